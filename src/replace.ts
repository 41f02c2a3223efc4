import {existsSync, lstatSync} from 'node:fs';
import {
  access,
  constants,
  copyFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  realpath,
  rm,
  rmdir,
  writeFile,
} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {basename, dirname, join, normalize, resolve, sep} from 'node:path';
import * as v from 'valibot';
import {exit, Failure, getErrorCode} from './failure.ts';
import {
  forEach,
  isRunning,
  isTemporaryName,
  listFiles,
  makeRelative,
  makeTemporaryName,
  removeTemporary,
  renamePatiently,
  sync,
  syncFolder,
} from './files.ts';
import {removeLock, takeLock} from './lock-file.ts';
import {parseJson} from './schemas.ts';

/**
 * Replaces a file only once the new one is complete and on disk: it is written under a temporary name beside it, then renamed. A
 * link stays, and the file that it leads to is replaced.
 *
 * @param write writes to the path that it gets
 */
export async function replaceFile(path: string, write: (aside: string) => Promise<void>): Promise<void> {
  const target = await followLinks(path);
  const aside = makeTemporaryName(target);
  try {
    await write(aside).catch(nameIn(path));
    await sync(aside);
    await renamePatiently(aside, target).catch(async (error: unknown) => {
      // A file that is mounted by itself can't be replaced by a rename.
      if (getErrorCode(error) !== 'EBUSY') throw error;
      await copyFile(aside, target);
      await sync(target);
    });
  } finally {
    await rm(aside, {recursive: true, force: true});
  }
  await finish(target);
}

/** Has the system's errors name what was to be replaced, if they name no path themselves. That of a write to a full disk doesn't. */
function nameIn(path: string): (error: unknown) => never {
  return (error) => {
    throw error instanceof Error && getErrorCode(error) && !('path' in error) ? Object.assign(error, {path}) : error;
  };
}

/** How to tell what Rollcall wrote into a folder. */
export interface Ours {
  /** What stands in the folder, for messages. */
  what: string;
  /** The file that marks the folder as complete. It is written last. */
  marker: string;
  /** Lists the files that the marker of a folder says were written with it; undefined if there is none, or it is someone else's. */
  list: (folder: string) => Promise<readonly string[] | undefined>;
}

/**
 * Replaces the files that an earlier call wrote into a folder, once the new ones are complete and on disk. Whatever else is in the
 * folder stays. A new folder appears at once; in one that is there, file after file is renamed, since a mount point or the target
 * of a link can't be renamed itself. If that is interrupted, the marker is missing, and the next call goes on from a list that this
 * one left.
 *
 * @throws Failure (exit 2) if the folder isn't one that Rollcall wrote, or has someone else's file under a name that is needed;
 *   (exit 4) if another process is replacing its files
 */
export async function replaceFolder(path: string, ours: Ours, write: (aside: string) => Promise<void>): Promise<void> {
  const folder = await followLinks(path);
  const names = await readdir(folder).catch((error: unknown) => {
    if (getErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  });
  if (names === undefined) return createFolder(folder, ours, write);
  // SQLite, which keeps the lock, doesn't say that a file system is read-only.
  await access(folder, constants.W_OK);
  const lockPath = join(folder, lockName);
  const release = takeLock(lockPath, `${path}: another process is writing there`);
  const aside = makeTemporaryName(`${folder}${sep}`);
  try {
    const earlier = await listEarlier(folder, ours);
    await write(join(aside, 'new')).catch(nameIn(path));
    await sync(join(aside, 'new'));
    await moveContents(folder, aside, earlier, ours);
    await removeTemporary(folder, {isLocked: true});
  } catch (error) {
    if (!existsSync(join(aside, journal))) await rm(aside, {recursive: true, force: true});
    throw error;
  } finally {
    release();
    removeLock(lockPath);
  }
}

const lockName = '.rollcall.lock';
/** In the temporary folder within a folder: every file that is being replaced, removed or written. */
const journal = 'files.json';

async function createFolder(folder: string, ours: Ours, write: (aside: string) => Promise<void>): Promise<void> {
  const aside = makeTemporaryName(folder);
  await mkdir(dirname(aside), {recursive: true});
  // Not with its parents: on a read-only file system, Node would report that it is missing.
  await mkdir(aside);
  try {
    await write(aside).catch(nameIn(folder));
    await sync(aside);
    await renamePatiently(aside, folder).catch((error: unknown) => {
      if (!existsSync(folder)) throw error;
      return replaceFolder(folder, ours, (within) => moveFolder(aside, within));
    });
  } finally {
    await rm(aside, {recursive: true, force: true});
  }
  await finish(folder);
}

/** Has the new name written to disk, and removes what killed processes left beside it. */
async function finish(path: string): Promise<void> {
  await syncFolder(dirname(path));
  await removeTemporary(dirname(path), {of: basename(path)});
}

async function moveFolder(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), {recursive: true});
  await renamePatiently(from, to);
}

/** Lists the files in a folder that Rollcall wrote, also those of an interrupted call. */
async function listEarlier(folder: string, {what, marker, list}: Ours): Promise<ReadonlySet<string>> {
  const names = await readdir(folder);
  const journals = await Promise.all(
    names.filter(isTemporaryName).map((name) => readFile(join(folder, name, journal), 'utf8').catch(() => '')),
  );
  const interrupted = journals.flatMap((text) => parseJson(v.array(v.string()), text) ?? []);
  const listed = await list(folder);
  const stranger = names.find((name) => !isOfHost(name));
  if (listed === undefined && interrupted.length === 0 && stranger !== undefined) {
    throw new Failure(
      `${folder}: the folder has files that are not ${what} (${stranger}). Name a folder that is new or empty, or has an earlier one.`,
      exit.usage,
    );
  }
  return new Set([marker, ...(listed ?? []), ...interrupted].filter((name) => !normalize(name).startsWith('..')));
}

/** Files that web hosts and file systems put into an otherwise empty folder, as they do ones whose names begin with a dot. */
const hostFiles = new Set(['CNAME', 'lost+found']);

/** Returns whether a file belongs to the host of a folder, not to what stands in it. */
export function isOfHost(path: string): boolean {
  return path.startsWith('.') || hostFiles.has(path.split('/')[0] ?? '');
}

/** Moves new files into their folder, and removes the earlier ones that are not among them. */
async function moveContents(
  folder: string,
  aside: string,
  earlier: ReadonlySet<string>,
  {what, marker}: Ours,
): Promise<void> {
  const staged = join(aside, 'new');
  const files = (await listFiles(staged)).map((file) => makeRelative(staged, file));
  const stranger = files.find((file) => !earlier.has(file) && isFile(join(folder, file)));
  if (stranger !== undefined) {
    throw new Failure(
      `${join(folder, stranger)}: Rollcall did not write this file, and ${what} needs its name. Move it away, or name another folder.`,
      exit.usage,
    );
  }
  await writeFile(join(aside, journal), JSON.stringify([...new Set([...earlier, ...files])]), {flush: true});
  await syncFolder(aside);
  await rm(join(folder, marker), {force: true});
  const isNew = new Set(files);
  const removeGone = async () => {
    for (const file of earlier) {
      if (isNew.has(file)) continue;
      if (isFile(join(folder, file))) await rm(join(folder, file));
      await removeEmptyFolders(folder, dirname(file));
    }
  };
  const made = new Set<string>();
  const move = async (file: string) => {
    const parent = dirname(join(folder, file));
    if (!made.has(parent)) await mkdir(parent, {recursive: true});
    made.add(parent);
    await renamePatiently(join(staged, file), join(folder, file));
  };
  // Pages come after what they refer to, and the marker comes last.
  const rank = (file: string) => (file.endsWith('.html') ? 1 : 0);
  for (const file of files.filter((each) => each !== marker).sort((a, b) => rank(a) - rank(b))) {
    await move(file).catch(async () => {
      // An earlier file may stand where a folder goes now, or the other way around.
      await removeGone();
      made.clear();
      await move(file);
    });
  }
  await removeGone();
  await forEach([...new Set(files.map((file) => dirname(join(folder, file))))], syncFolder);
  await move(marker);
  await syncFolder(folder);
}

function isFile(path: string): boolean {
  return existsSync(path) && !lstatSync(path).isDirectory();
}

async function removeEmptyFolders(root: string, path: string): Promise<void> {
  for (let at = path; at !== '.'; at = dirname(at)) {
    const isRemoved = await rmdir(join(root, at)).then(
      () => true,
      () => false,
    );
    if (!isRemoved) return;
  }
}

/** Returns the path that a path leads to, also if nothing is there yet. */
async function followLinks(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (getErrorCode(error) !== 'ENOENT') throw error;
    const target = await readlink(path).catch(() => undefined);
    return target === undefined ? resolve(path) : followLinks(resolve(dirname(path), target));
  }
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
