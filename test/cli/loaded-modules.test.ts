import assert from 'node:assert/strict';
import {execFile} from 'node:child_process';
import {join} from 'node:path';
import {test} from 'node:test';
import {pathToFileURL} from 'node:url';
import {promisify} from 'node:util';
import {projectFolder} from '../../src/project-folder.ts';
import {rollcall} from '../support/command.ts';
import {makeFolder} from '../support/publisher.ts';
import {findSmallHome, list, makeStudents, teachers} from '../support/small.ts';
import {makeTemporaryFolder} from '../support/temporary.ts';

const hook = `import {registerHooks} from 'node:module';
  registerHooks({load(url, context, next) { process.stderr.write('loads ' + url + '\\n'); return next(url, context); }});`;

/** Runs a command, and lists the modules that it loads: paths below the project. */
async function listModules(args: readonly string[]): Promise<string[]> {
  const {code, stderr} = await rollcall(args, {
    env: {NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(hook)}`},
  });
  assert.equal(code, 0, stderr);
  return listLoaded(stderr);
}

function listLoaded(stderr: string): string[] {
  return [...stderr.matchAll(/^loads file:.*\/((?:src|site|node_modules)\/.*)$/gm)].map(([, path = '']) => path);
}

test('the help loads no command, and no library but the one that reads the command line', async () => {
  const modules = await listModules(['--help']);
  assert.deepEqual(
    modules.filter((path) => !path.startsWith('node_modules/commander/')),
    ['src/cli/main.ts', 'src/failure.ts'],
  );
});

test('a run with nothing to do loads what it decides with, and no library but for the command line and for checking files', async () => {
  const home = makeTemporaryFolder('home');
  const from = await makeFolder({'s.csv': makeStudents(30), 't.csv': teachers, 'l.csv': list});
  const run = ['run', '--from', from, '--home', home];
  const heavy =
    /^(src\/(dbt|changes|answers|report|fetch)\/|src\/(duckdb\/parquet|ingest\/(inspect|reshape|load)|cli\/table)\.ts|site\/(?!stamp))/;
  const light = /^node_modules\/(commander|valibot|fastest-levenshtein)\//;
  const first = await listModules(run);
  assert.ok(
    first.some((path) => heavy.test(path)),
    'a run that builds needs them',
  );
  const modules = await listModules(run);
  assert.deepEqual(
    modules.filter((path) => heavy.test(path) || (path.startsWith('node_modules/') && !light.test(path))),
    [],
  );
  assertFew(modules, 78);
});

test('an answer loads no models, no ingestion, no report and no library that lays out tables', async () => {
  const home = await findSmallHome();
  const modules = await listModules(['answer', 'teachers-of-color', '--home', home]);
  assert.ok(modules.some((path) => path.startsWith('node_modules/@duckdb/')));
  const others =
    /^(src\/(dbt|ingest|incoming|runs|changes|report|fetch|notices)\/|src\/files\.ts|site\/|node_modules\/(croner|p-retry|csv-parse|js-yaml|undici)\/)/;
  assert.deepEqual(
    modules.filter((path) => others.test(path)),
    [],
  );
  assertFew(
    modules.filter((path) => !path.startsWith('node_modules/@duckdb/')),
    66,
  );
});

test('what renders pages loads no database, no models, and no library but those that write markup, CSV and colors', async () => {
  const {stderr} = await promisify(execFile)(process.execPath, [
    ...['--import', `data:text/javascript,${encodeURIComponent(hook)}`],
    ...['-e', `import(${JSON.stringify(pathToFileURL(join(projectFolder, 'site', 'routes.ts')).href)})`],
  ]);
  const modules = listLoaded(stderr);
  assert.ok(modules.includes('site/pages/schools/school.ts'));
  const others =
    /^(src\/(dbt|builds|ingest|incoming|runs|duckdb|cli|fetch|export)\/|node_modules\/(valibot|@duckdb|csv-parse|js-yaml)\/)/;
  assert.deepEqual(
    modules.filter((path) => others.test(path)),
    [],
  );
});

/** Each module takes about a millisecond, a twentieth of what starting Node takes. */
function assertFew(modules: readonly string[], most: number): void {
  assert.ok(modules.length <= most, `${modules.length} modules:\n${modules.join('\n')}`);
}
