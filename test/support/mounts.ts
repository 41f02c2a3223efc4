import {execFileSync} from 'node:child_process';
import {mkdirSync} from 'node:fs';
import {join} from 'node:path';
import type {TestContext} from 'node:test';
import {temporaryFolder} from './temporary.ts';

/** Why file systems can't be mounted here; undefined where they can. */
export function whyNoMounts(): string | undefined {
  if (process.platform !== 'linux') return 'mounting a small or read-only file system is done on Linux alone';
  if (process.getuid?.() !== 0) return 'mounting a small or read-only file system needs root';
  try {
    const folder = temporaryFolder('mount');
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder], {stdio: 'pipe'});
    execFileSync('umount', [folder]);
    return undefined;
  } catch (error) {
    return `mounting is not allowed here: ${(error as Error).message.split('\n')[0]}`;
  }
}

/** A file system of its own with room for so many megabytes. Gone after the test. */
export function smallDisk(t: TestContext, megabytes: number): string {
  const folder = temporaryFolder('disk');
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder]);
  t.after(() => execFileSync('umount', [folder]));
  return folder;
}

/** The same folder under another name, where it can't be written. Gone after the test. */
export function readOnly(t: TestContext, folder: string): string {
  const path = join(temporaryFolder('read-only'), 'home');
  mkdirSync(path);
  execFileSync('mount', ['--bind', folder, path]);
  t.after(() => execFileSync('umount', [path]));
  execFileSync('mount', ['-o', 'remount,ro,bind', path]);
  return path;
}
