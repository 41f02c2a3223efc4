import {join} from 'node:path';
import {readProject} from '../../src/dbt/project/read-project.ts';
import {projectFolder} from '../../src/project-folder.ts';
import {compareSql} from './compiled.ts';
import {evaluateProject} from './evaluator.ts';
import {compareTemplates} from './jinja.ts';
import {parity} from './parity.ts';
import {dbtBuild, install, runDbt, tell} from './programs.ts';
import {copyRaw} from './raw.ts';

/*
 * npm run parity:dbt [DIR]
 *
 * Compares Rollcall's build with that of dbt itself, in the same engine: everything has to be the same to the last bit. The
 * models' SQL has to be the same to the letter, and templates that are generated have to come out the same. The checks of dbt-project-evaluator
 * find nothing but what is excepted. PARITY_SEED names others than the usual ones.
 */
const programs = await install('dbt');
await parity(
  'dbt',
  0,
  async (ours) => {
    const warehouse = join(ours.work, 'theirs.duckdb');
    await copyRaw(ours.warehouse, warehouse);
    tell('building with dbt');
    await runDbt(programs, dbtBuild('duckdb', ours.work), ours.work, {ROLLCALL_WAREHOUSE: warehouse});
    return warehouse;
  },
  async ({work}) => {
    tell("rendering templates with dbt's Jinja");
    return [
      await compareSql(await readProject(join(projectFolder, 'dbt')), join(work, 'target')),
      await evaluateProject(join(work, 'target')),
      await compareTemplates(programs, Number(process.env['PARITY_SEED'] ?? 1), 600),
    ];
  },
);
