import {join} from 'node:path';
import {readProject} from '../../src/dbt/project/read-project.ts';
import {projectFolder} from '../../src/project-folder.ts';
import {compareSql} from './compiled.ts';
import {evaluateProject} from './evaluator.ts';
import {compareTemplates} from './jinja.ts';
import {compareEngines} from './parity.ts';
import {install, makeDbtArguments, printLine, runDbt} from './programs.ts';
import {copyRaw} from './raw.ts';

/*
 * npm run parity:dbt [DIR]
 *
 * Compares Rollcall's build with one by dbt on the same engine. Everything must be equal to the last bit. The
 * models' compiled SQL must be equal, and generated templates must render the same. The checks of dbt-project-evaluator
 * must find nothing except the listed exceptions. PARITY_SEED generates other templates.
 */
const programs = await install('dbt');
await compareEngines(
  'dbt',
  0,
  async (ours) => {
    const warehouse = join(ours.work, 'theirs.duckdb');
    await copyRaw(ours.warehouse, warehouse);
    printLine('building with dbt');
    await runDbt(programs, makeDbtArguments('duckdb', ours.work), ours.work, {ROLLCALL_WAREHOUSE: warehouse});
    return warehouse;
  },
  async ({work}) => {
    printLine("rendering templates with dbt's Jinja");
    return [
      await compareSql(await readProject(join(projectFolder, 'dbt')), join(work, 'target')),
      await evaluateProject(join(work, 'target')),
      await compareTemplates(programs, Number(process.env['PARITY_SEED'] ?? 1), 600),
    ];
  },
);
