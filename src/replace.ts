import {mkdtemp, readdir, rename, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {basename, dirname, join} from 'node:path';
import {getErrorCode} from './failure.ts';
import {makeTemporaryName} from './files.ts';

/**
 * Replaces a file or a folder only once the new one is complete: it is written under a temporary name beside it, then renamed.
 * The next successful export removes what a killed one left under such names.
 *
 * @param write writes to the path that it gets; if it fails, whatever is at that path is removed
 */
export async function replace(path: string, write: (aside: string) => Promise<void>): Promise<void> {
  const aside = makeTemporaryName(path);
  await rm(aside, {recursive: true, force: true});
  try {
    await write(aside);
    await rename(aside, path).catch(async (error: unknown) => {
      if (!['ENOTEMPTY', 'EEXIST'].includes(getErrorCode(error) ?? '')) throw error;
      // A folder can't be renamed over one that isn't empty, so the old one is renamed first.
      await rename(path, `${aside}.old`);
      await rename(aside, path);
    });
  } catch (error) {
    await rm(aside, {recursive: true, force: true});
    throw error;
  }
  await removeLeftovers(path);
}

/** Creates a temporary folder, which the caller removes, and removes those that killed exports left behind. */
export async function createWorkFolder(): Promise<string> {
  const prefix = 'rollcall-export-';
  for (const name of await readdir(tmpdir())) {
    const [, pid] = name.startsWith(prefix) ? (/^(\d+)-/.exec(name.slice(prefix.length)) ?? []) : [];
    // A folder of another user can't be removed, and stays.
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
