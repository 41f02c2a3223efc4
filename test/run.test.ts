import assert from 'node:assert/strict';
import {spawnSync} from 'node:child_process';
import {join} from 'node:path';
import {test} from 'node:test';
import {projectFolder} from '../src/project-folder.ts';

/** Runs `npm test -- NAME` without npm, and returns the exit code, the number of tests and the output. */
function runTests(...names: string[]) {
  const {NODE_TEST_CONTEXT: _, ...env} = process.env;
  const {status, stdout, stderr} = spawnSync(process.execPath, [join(projectFolder, 'test/run.ts'), ...names], {
    cwd: import.meta.dirname,
    env: {...env, NO_COLOR: '1'},
    encoding: 'utf8',
  });
  return {code: status, ran: Number(/^ℹ tests (\d+)$/m.exec(stdout)?.[1]), stdout, stderr};
}

test('a NAME in a path runs those files, and any other NAME runs the tests with that name, in every file', () => {
  const byPath = runTests('bench/sizes', 'test/yaml.test.ts');
  assert.deepEqual([byPath.code, byPath.ran], [0, 1 + 3], byPath.stderr);
  const byName = runTests('both', 'versions READ');
  assert.equal(byName.code, 0, byName.stderr);
  // This file contains the name too, but has no test of that name.
  assert.deepEqual(byName.stdout.match(/(?<=^✔ ).*(?= \()/gm), [
    'test/run.test.ts',
    'values that both versions read alike are accepted',
  ]);
});

test('a NAME that matches nothing is an error, even if it occurs in a file but in no name of a test', () => {
  for (const name of [['no such', 'test'].join(' '), 'runs the tests with that name, in no file']) {
    const {code, stderr} = runTests(name);
    assert.equal(code, 2);
    assert.match(stderr, new RegExp(`^No test: nothing in test/ has "${name}"`));
  }
});
