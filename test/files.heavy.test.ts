import assert from 'node:assert/strict';
import {chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {test} from 'node:test';
import {sync} from '../src/files.ts';
import {makeTemporaryFolder} from './support/temporary.ts';

test('a folder of many files is written to disk with one call; without such a call, and for few files, each file has its own', {
  skip: process.platform !== 'linux' && 'other systems have no such call',
}, async (t) => {
  const root = makeTemporaryFolder('sync');
  const many = join(root, 'many');
  const few = join(root, 'few');
  const tool = join(root, 'sync');
  const calls = join(root, 'calls');
  for (const [folder, count] of [
    [many, 101],
    [few, 99],
  ] as const) {
    mkdirSync(folder);
    for (let file = 0; file < count; file++) writeFileSync(join(folder, String(file)), '');
  }
  const path = process.env['PATH'];
  t.after(() => {
    process.env['PATH'] = path;
  });
  process.env['PATH'] = root;
  await sync(many);
  for (const result of [0, 1]) {
    writeFileSync(tool, `#!/bin/sh\necho "$@" >> "${calls}"\nexit ${result}\n`);
    chmodSync(tool, 0o755);
    await sync(few);
    await sync(many);
  }
  assert.equal(readFileSync(calls, 'utf8'), `-f ${many}\n`.repeat(2));
  rmSync(many, {recursive: true});
  await assert.rejects(sync(many), /ENOENT/);
});
