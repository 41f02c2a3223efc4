import assert from 'node:assert/strict';
import {posix, win32} from 'node:path';
import {test} from 'node:test';
import {isWithin, makeRelative, renamePatiently} from '../src/files.ts';

test('a path within a folder has slashes on every system', () => {
  assert.equal(makeRelative('C:\\lake', 'C:\\lake\\enrollment\\a b.parquet', win32), 'enrollment/a b.parquet');
  assert.equal(makeRelative('/lake/', '/lake/enrollment/a\\b.parquet', posix), 'enrollment/a\\b.parquet');
});

test('a folder has what is in it, not its neighbors, and nothing on another drive', () => {
  for (const [file, expected] of [
    ['C:\\home', true],
    ['C:\\home\\report', true],
    ['c:\\HOME\\..report', true],
    ['C:\\homes', false],
    ['C:\\', false],
    ['D:\\home\\report', false],
  ] as const) {
    assert.equal(isWithin('C:\\home', file, win32), expected, file);
  }
  assert.equal(isWithin('/home', '/home/..report', posix), true);
  assert.equal(isWithin('/home', '/homes', posix), false);
});

/** Renames a file that another program has open for so many tries, and counts the tries. */
async function renameHeld(platform: NodeJS.Platform, code: string, held: number) {
  let tries = 0;
  const once = async () => {
    if (++tries <= held) throw Object.assign(new Error(`${code}: rename`), {code});
  };
  const error = await renamePatiently('a', 'b', {platform, once}).then(
    () => undefined,
    ({code: found}: NodeJS.ErrnoException) => found,
  );
  return {tries, error};
}

test('on Windows a file that another program has open is renamed once it is free', async () => {
  for (const code of ['EPERM', 'EBUSY', 'EACCES'])
    assert.deepEqual(await renameHeld('win32', code, 2), {tries: 3, error: undefined}, code);
});

test('tries to rename are bounded; other errors, and other systems, get one', async () => {
  const all = Number.POSITIVE_INFINITY;
  const [busy, ...others] = await Promise.all([
    renameHeld('win32', 'EBUSY', all),
    renameHeld('win32', 'ENOENT', all),
    renameHeld('linux', 'EBUSY', all),
    renameHeld('darwin', 'EPERM', all),
  ]);
  assert.deepEqual(busy, {tries: 7, error: 'EBUSY'});
  assert.deepEqual(
    others,
    ['ENOENT', 'EBUSY', 'EPERM'].map((error) => ({tries: 1, error})),
  );
});
