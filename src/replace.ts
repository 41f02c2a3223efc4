import {mkdtemp, readdir, rename, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {basename, dirname, join} from 'node:path';
import {getErrorCode} from './failure.ts';
import {makeTemporaryName} from './files.ts';

/**
 * Puts a file or a folder in the place of the former one when it is whole: it is written under another name beside it, and
 * renamed. What a killed export has left under such names goes with the next one that ends well.
 *
 * @param write writes it under the name that it is given; what stands there when this fails is removed
 */
export async function replace(path: string, write: (aside: string) => Promise<void>): Promise<void> {
  const aside = makeTemporaryName(path);
  await rm(aside, {recursive: true, force: true});
  try {
    await write(aside);
    await rename(aside, path).catch(async (error: unknown) => {
      if (!['ENOTEMPTY', 'EEXIST'].includes(getErrorCode(error) ?? '')) throw error;
      // A folder can't be renamed over one that has something in it, so that one steps aside first.
      await rename(path, `${aside}.old`);
      await rename(aside, path);
    });
  } catch (error) {
    await rm(aside, {recursive: true, force: true});
    throw error;
  }
  await removeLeftovers(path);
}

/** A folder for what is on its way to elsewhere; the caller removes it. Those that killed exports have left go now. */
export async function createWorkFolder(): Promise<string> {
  const prefix = 'rollcall-export-';
  for (const name of await readdir(tmpdir())) {
    const [, pid] = name.startsWith(prefix) ? (/^(\d+)-/.exec(name.slice(prefix.length)) ?? []) : [];
    // One of another user's stays; it is theirs to remove.
    if (pid !== undefined && !isRunning(Number(pid)))
      await rm(join(tmpdir(), name), {recursive: true, force: true}).catch(() => {});
  }
  return mkdtemp(join(tmpdir(), `${prefix}${process.pid}-`));
}

async function removeLeftovers(path: string): Promise<void> {
  for (const name of await readdir(dirname(path))) {
    const [, pid] = /^\.(\d+)\.tmp(\..+)?$/.exec(name.slice(basename(path).length)) ?? [];
    if (!name.startsWith(basename(path)) || pid === undefined) continue;
    if (Number(pid) === process.pid || !isRunning(Number(pid)))
      await rm(join(dirname(path), name), {recursive: true, force: true});
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return getErrorCode(error) === 'EPERM';
  }
}
