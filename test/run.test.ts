import assert from 'node:assert/strict';
import {spawnSync} from 'node:child_process';
import {join} from 'node:path';
import {test} from 'node:test';
import {projectFolder} from '../src/project-folder.ts';

/** `npm test -- NAME`, without npm: its exit code, how many tests ran, and what it said. */
function runTests(...names: string[]) {
  const {NODE_TEST_CONTEXT: _, ...env} = process.env;
  const {status, stdout, stderr} = spawnSync(process.execPath, [join(projectFolder, 'test/run.ts'), ...names], {
    cwd: import.meta.dirname,
    env: {...env, NO_COLOR: '1'},
    encoding: 'utf8',
  });
  return {code: status, ran: Number(/^ℹ tests (\d+)$/m.exec(stdout)?.[1]), stdout, stderr};
}

test('a part of a path runs its files, another part of a name its tests, from wherever', () => {
  const byPath = runTests('bench/sizes', 'test/yaml.test.ts');
  assert.deepEqual([byPath.code, byPath.ran], [0, 1 + 3], byPath.stderr);
  const byName = runTests('both', 'read ALIKE');
  assert.equal(byName.code, 0, byName.stderr);
  // This file has the name in it too, and no test of it.
  assert.deepEqual(byName.stdout.match(/(?<=^✔ ).*(?= \()/gm), ['test/run.test.ts', 'what both read alike is read']);
});

test('a name that matches nothing is an error: in no file, or in one but in no test’s name', () => {
  for (const name of [
    ['no such', 'test'].join(' '),
    'runs its files, another part of a name its tests, from nowhere',
  ]) {
    const {code, stderr} = runTests(name);
    assert.equal(code, 2);
    assert.match(stderr, new RegExp(`^No test: nothing in test/ has "${name}"`));
  }
});
