import assert from 'node:assert/strict';
import {test} from 'node:test';
import {rollcall} from '../support/command.ts';
import {makeFolder} from '../support/publisher.ts';
import {list, makeStudents, teachers} from '../support/small.ts';
import {makeTemporaryFolder} from '../support/temporary.ts';

const hook = `import {registerHooks} from 'node:module';
  registerHooks({load(url, context, next) { process.stderr.write('loads ' + url + '\\n'); return next(url, context); }});`;

/** Runs a command, and lists the modules that it loads: paths below the project. */
async function listModules(args: readonly string[]): Promise<string[]> {
  const {code, stderr} = await rollcall(args, {
    env: {NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(hook)}`},
  });
  assert.equal(code, 0, stderr);
  return [...stderr.matchAll(/^loads file:.*\/((?:src|site|node_modules)\/.*)$/gm)].map(([, path = '']) => path);
}

test('the help loads no command, and no library but the one that reads the command line', async () => {
  const modules = await listModules(['--help']);
  assert.deepEqual(
    modules.filter((path) => !path.startsWith('node_modules/commander/')),
    ['src/cli/main.ts', 'src/failure.ts'],
  );
});

test('a run with nothing to do loads no models, no comparison, no report and no database', async () => {
  const home = makeTemporaryFolder('home');
  const from = await makeFolder({'s.csv': makeStudents(30), 't.csv': teachers, 'l.csv': list});
  const run = ['run', '--from', from, '--home', home];
  const first = await listModules(run);
  const heavy = /^(src\/(dbt|changes|answers|report)\/|site\/(?!stamp)|node_modules\/(@duckdb|diff|undici)\/)/;
  assert.ok(
    first.some((path) => heavy.test(path)),
    'a run that builds needs them',
  );
  assert.deepEqual(
    (await listModules(run)).filter((path) => heavy.test(path)),
    [],
  );
});
