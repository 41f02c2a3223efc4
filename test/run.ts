import {globSync, mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {availableParallelism, tmpdir} from 'node:os';
import {join, sep} from 'node:path';
import {run} from 'node:test';
import {spec} from 'node:test/reporters';
import {parseArgs} from 'node:util';
import {projectFolder} from '../src/project-folder.ts';

/*
 * Runs the tests: the quick ones, the heavy ones (`--heavy`), or both (`--all`). A NAME selects from both the files with NAME in their
 * path; if there is none, the tests with NAME in their name.
 */

const {values, positionals: names} = parseArgs({
  options: {heavy: {type: 'boolean', default: false}, all: {type: 'boolean', default: false}},
  allowPositionals: true,
});

process.chdir(projectFolder);
const files = globSync('test/**/*.test.ts')
  .map((path) => path.split(sep).join('/'))
  .sort();
const isHeavy = (path: string) => path.endsWith('.heavy.test.ts');

/** Chooses the files to run, and the name of the tests to run in them. */
function chooseTests(): {files: string[]; name?: string} {
  if (names.length === 0) {
    return {files: values.all ? files : files.filter((path) => isHeavy(path) === values.heavy)};
  }
  const has = (text: string, name: string) => text.toLowerCase().includes(name.toLowerCase());
  const path = (name: string) => name.replace(/^\.\//, '').replaceAll('\\', '/');
  if (names.every((name) => files.some((file) => has(file, path(name))))) {
    return {files: files.filter((file) => names.some((name) => has(file, path(name))))};
  }
  const name = names.join(' ');
  return {files: files.filter((file) => has(readFileSync(file, 'utf8'), name)), name};
}

function refuse(): void {
  process.stderr.write(
    `No test: nothing in test/ has "${names.join(' ')}" in its path or in a test's name (of a name that is put together, give a part).\n`,
  );
  process.exitCode = 2;
}

const {files: wanted, name} = chooseTests();
if (wanted.length === 0) {
  refuse();
} else {
  if (names.length === 0 && !values.heavy && !values.all) hideTools();
  // Homes that several files need are built once, into this folder, which is removed after the last file (support/shared.ts).
  const shared = mkdtempSync(join(tmpdir(), 'rollcall-shared-'));
  process.env['ROLLCALL_TEST_SHARED'] = shared;
  process.on('exit', () => rmSync(shared, {recursive: true, force: true}));
  const pattern = name?.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  const tests = run({
    files: wanted,
    concurrency: availableParallelism(),
    timeout: 20 * 60_000,
    forceExit: true,
    ...(pattern !== undefined && {testNamePatterns: [new RegExp(pattern, 'i')]}),
  });
  // Node reports a file without a matching test as a passed test, under its path.
  let ran = 0;
  const count = (result: {name: string}) => {
    if (!wanted.includes(result.name)) ran++;
  };
  tests.on('test:pass', count).on('test:fail', count);
  tests.on('test:summary', ({file, success}) => {
    if (file !== undefined) return;
    if (!success) process.exitCode = 1;
    else if (ran === 0) refuse();
  });
  tests.compose(spec).pipe(process.stdout);
}

/** Hides the machine's programs and the real files, since quick tests must need nothing but the checkout. */
function hideTools(): void {
  process.env['PATH'] = join(projectFolder, 'node_modules', '.bin');
  for (const name of ['ROLLCALL_TRIAL_DATA', 'CHROMIUM']) delete process.env[name];
}
