import {copyFile, mkdtemp, readFile, rm, stat} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import * as v from 'valibot';
import {readProject} from '../../src/dbt/project/read-project.ts';
import {Failure} from '../../src/failure.ts';
import {projectFolder} from '../../src/project-folder.ts';
import {parseJson} from '../../src/schemas.ts';
import {formatCounted} from '../../src/words/count.ts';
import {findBuild} from './parity.ts';
import {install, printLine, run} from './programs.ts';

/*
 * npm run dbt:docs [DIR]
 *
 * Makes dbt's documentation of the project, one page that opens without a server, from the sample, a folder of files or a home directory
 * with a published build. Fails if the page lacks a table or an exposure with its owner.
 */

const catalog = v.object({nodes: v.record(v.string(), v.unknown()), sources: v.record(v.string(), v.unknown())});
const manifest = v.object({
  exposures: v.record(v.string(), v.object({name: v.string(), owner: v.object({name: v.string()})})),
});

async function makeDocs(work: string): Promise<string> {
  const programs = await install('dbt');
  const {warehouse} = await findBuild(work);
  // dbt opens the file for writing.
  const copy = join(work, 'warehouse.duckdb');
  await copyFile(warehouse, copy);
  await run('chmod', ['u+w', copy]);
  const folder = join(projectFolder, 'dbt');
  const target = join(folder, 'target');
  printLine('making the pages with dbt');
  await run(
    join(programs, 'dbt'),
    [
      ['docs', 'generate', '--static', '--target', 'duckdb', '--project-dir', folder, '--profiles-dir', folder],
      ['--target-path', target, '--log-path', join(work, 'logs')],
    ].flat(),
    {env: {ROLLCALL_WAREHOUSE: copy}},
  );
  const read = (name: string) => readFile(join(target, name), 'utf8');
  const found = parseJson(catalog, await read('catalog.json'));
  const described = parseJson(manifest, await read('manifest.json'));
  const {models, seeds, sources, exposures} = await readProject(folder);
  const tables = models.length + seeds.length + sources.size;
  const inCatalog = Object.keys(found?.nodes ?? {}).length + Object.keys(found?.sources ?? {}).length;
  const owned = Object.values(described?.exposures ?? {}).filter(({owner}) => owner.name !== '').length;
  if (inCatalog !== tables || owned !== exposures.length)
    throw new Failure(
      `dbt's pages have ${inCatalog} of ${tables} tables, and ${owned} of ${exposures.length} exposures.`,
    );
  const page = join(target, 'static_index.html');
  await stat(page);
  return `${page}\n${formatCounted(tables, 'table')}, ${formatCounted(owned, 'exposure')}\n`;
}

const work = await mkdtemp(join(tmpdir(), 'rollcall-dbt-docs-'));
try {
  process.stdout.write(await makeDocs(work));
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = error.exitCode;
} finally {
  await rm(work, {recursive: true, force: true});
}
