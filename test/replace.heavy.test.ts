import assert from 'node:assert/strict';
import {spawnSync} from 'node:child_process';
import {readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {test} from 'node:test';
import {fileURLToPath} from 'node:url';
import {replaceFile} from '../src/replace.ts';
import {now, old, readContents, replaceWith} from './support/replace-at.ts';
import {makeTemporaryFolder} from './support/temporary.ts';

const preload = fileURLToPath(new URL('sweep/kill-at.ts', import.meta.url));
const program = fileURLToPath(new URL('support/replace-at.ts', import.meta.url));

/** Starts a replacement that is killed right before its nth change of a file. Returns whether it was. */
function killAt(n: number, ...args: string[]): boolean {
  const {signal, status, stderr} = spawnSync(process.execPath, ['--import', preload, program, ...args], {
    env: {...process.env, ROLLCALL_KILL_AT: String(n)},
    encoding: 'utf8',
  });
  if (signal !== 'SIGKILL') assert.equal(status, 0, stderr);
  return signal === 'SIGKILL';
}

test('a replacement that is killed at any change leaves each page old or new, and the next one completes it', async () => {
  let kills = 0;
  for (let n = 1; ; n++) {
    const folder = join(makeTemporaryFolder('kill'), 'out');
    await replaceWith(folder, old);
    writeFileSync(join(folder, 'CNAME'), 'rollcall.example');
    if (!killAt(n, 'folder', folder, ...Object.entries(now).map(([name, text]) => `${name}=${text}`))) break;
    kills++;
    assert.match(readFileSync(join(folder, 'index.html'), 'utf8'), /^(old|new)$/, `killed at ${n}`);
    await replaceWith(folder, now);
    assert.deepEqual(readContents(folder), {...now, CNAME: 'rollcall.example'}, `killed at ${n}`);
    assert.deepEqual(readdirSync(dirname(folder)), ['out']);
  }
  assert.ok(kills > 12, `${kills} kills`);
});

test('a replacement of a file that is killed at any change leaves the old or the new one, and nothing after the next', async () => {
  let kills = 0;
  for (let n = 1; ; n++) {
    const path = join(makeTemporaryFolder('kill'), 'out.txt');
    writeFileSync(path, 'old');
    if (!killAt(n, 'file', path, 'new')) break;
    kills++;
    assert.match(readFileSync(path, 'utf8'), /^(old|new)$/);
    await replaceFile(path, async (aside) => writeFileSync(aside, 'next'));
    assert.deepEqual(readContents(dirname(path)), {'out.txt': 'next'});
  }
  assert.ok(kills > 1, `${kills} kills`);
});
