import assert from 'node:assert/strict';
import {spawnSync} from 'node:child_process';
import {existsSync, mkdirSync, readdirSync} from 'node:fs';
import {join} from 'node:path';
import {test} from 'node:test';
import {createWorkFolder} from '../src/replace.ts';
import {makeTemporaryFolder} from './support/temporary.ts';

test('the next export removes the work folder of a killed one, but not those of exports that are running', async () => {
  const here = makeTemporaryFolder('aside');
  const former = process.env['TMPDIR'];
  process.env['TMPDIR'] = here;
  try {
    const {pid: dead} = spawnSync(process.execPath, ['--version']);
    const folders = [
      `rollcall-export-${dead}-aaaaaa`,
      `rollcall-export-${process.ppid}-bbbbbb`,
      `other-${dead}-cccccc`,
    ];
    for (const name of folders) mkdirSync(join(here, name, 'within'), {recursive: true});
    const folder = await createWorkFolder();
    assert.ok(existsSync(folder));
    assert.equal(readdirSync(here).length, 3);
    assert.deepEqual(
      folders.map((name) => existsSync(join(here, name))),
      [false, true, true],
    );
  } finally {
    if (former === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = former;
  }
});
