import {execFileSync} from 'node:child_process';
import {mkdirSync} from 'node:fs';
import {join} from 'node:path';
import type {TestContext} from 'node:test';
import {makeTemporaryFolder} from './temporary.ts';

/** Returns why file systems can't be mounted here; undefined if they can. */
export function explainNoMounts(): string | undefined {
  if (process.platform !== 'linux') return 'mounting a small or read-only file system is done on Linux alone';
  if (process.getuid?.() !== 0) return 'mounting a small or read-only file system needs root';
  try {
    const folder = makeTemporaryFolder('mount');
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder], {stdio: 'pipe'});
    execFileSync('umount', [folder]);
    return undefined;
  } catch (error) {
    return `mounting is not allowed here: ${(error as Error).message.split('\n')[0]}`;
  }
}

/** Mounts a file system with room for so many megabytes, until the test ends. */
export function mountSmallDisk(t: TestContext, megabytes: number): string {
  const folder = makeTemporaryFolder('disk');
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder]);
  t.after(() => execFileSync('umount', [folder]));
  return folder;
}

/** Mounts a folder read-only under another path, until the test ends. */
export function mountReadOnly(t: TestContext, folder: string): string {
  const path = join(makeTemporaryFolder('read-only'), 'home');
  mkdirSync(path);
  execFileSync('mount', ['--bind', folder, path]);
  t.after(() => execFileSync('umount', [path]));
  execFileSync('mount', ['-o', 'remount,ro,bind', path]);
  return path;
}

/** Mounts a file or folder at another path, until the test ends. */
export function mountAt(t: TestContext, from: string, path: string): void {
  execFileSync('mount', ['--bind', from, path]);
  t.after(() => execFileSync('umount', [path]));
}
