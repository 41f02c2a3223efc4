import {createHash, type Hash, randomBytes} from 'node:crypto';
import {
  closeSync,
  createReadStream,
  type Dirent,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  statSync,
} from 'node:fs';
import {mkdir, open, readdir, rename, rm, stat, writeFile} from 'node:fs/promises';
import {hostname} from 'node:os';
import thisSystem, {basename, dirname, join, type PlatformPath} from 'node:path';
import {pipeline as connect} from 'node:stream';
import {createGunzip} from 'node:zlib';
import {getErrorCode} from './failure.ts';

/** Lists the files under a folder at any depth, sorted. For the path of a file, returns that path alone. */
export async function listFiles(path: string): Promise<string[]> {
  const entries = await readdir(path, {withFileTypes: true, recursive: true}).catch(() => undefined);
  return entries === undefined ? [path] : selectFiles(path, entries);
}

function selectFiles(folder: string, entries: readonly Dirent[]): string[] {
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => makeRelative(folder, join(entry.parentPath, entry.name)))
    .sort()
    .map((name) => join(folder, name));
}

/**
 * Adds files, and those under folders at any depth, to a hash: the name of each, relative to `root`, and its contents. Reads them
 * synchronously, which takes a third of the time for the hundreds of small files of a project.
 */
export function hashInto(hash: Hash, root: string, paths: readonly string[]): Hash {
  for (const path of paths) {
    const isFolder = statSync(path).isDirectory();
    const files = isFolder ? selectFiles(path, readdirSync(path, {withFileTypes: true, recursive: true})) : [path];
    for (const file of files)
      hash
        .update(`${makeRelative(root, file)}\0`)
        .update(readFileSync(file))
        .update('\0');
  }
  return hash;
}

/**
 * Returns the path of a file within a folder, with slashes on every system, as it stands in lists, hashes and messages.
 *
 * @param system the system whose paths these are; by default the one of this machine
 */
export function makeRelative(
  folder: string,
  file: string,
  system: Pick<PlatformPath, 'relative' | 'sep'> = thisSystem,
): string {
  return system.relative(folder, file).replaceAll(system.sep, '/');
}

/** Returns whether a path is that of a folder or of something in it. */
export function isWithin(
  folder: string,
  file: string,
  system: Pick<PlatformPath, 'relative' | 'sep' | 'isAbsolute'> = thisSystem,
): boolean {
  const way = system.relative(folder, file);
  // From one drive of Windows to another, the way is the whole path.
  return way !== '..' && !way.startsWith(`..${system.sep}`) && !system.isAbsolute(way);
}

/** Returns the SHA-256 of a file, in hexadecimal digits. Reads it synchronously, which takes half of the time. */
export async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  const file = openSync(path, 'r');
  try {
    const buffer = Buffer.allocUnsafe(1 << 16);
    for (let chunks = 1, length = readSync(file, buffer); length > 0; chunks++, length = readSync(file, buffer)) {
      hash.update(buffer.subarray(0, length));
      // Lets a signal be handled between chunks.
      if (chunks % 64 === 0) await new Promise(setImmediate);
    }
  } finally {
    closeSync(file);
  }
  return hash.digest('hex');
}

/** Returns whether a file begins as gzipped ones do, whatever its name. */
export function isGzipped(path: string): boolean {
  const file = openSync(path, 'r');
  try {
    const start = Buffer.alloc(2);
    return readSync(file, start) === 2 && start.readUInt16BE() === 0x1f8b;
  } finally {
    closeSync(file);
  }
}

/** Reads the bytes of a file, unpacked if it is gzipped. */
export async function readPlain(path: string): Promise<AsyncIterable<Buffer>> {
  const isCompressed = isGzipped(path);
  const bytes = createReadStream(path, {highWaterMark: 1 << 20});
  // The reader gets the errors of both streams.
  return isCompressed ? connect(bytes, createGunzip({chunkSize: 1 << 20}), () => {}) : bytes;
}

/** Writes a file so that no reader sees half of it: under a temporary name, synced to disk, then renamed. */
export async function writeAtomically(path: string, contents: string | Uint8Array): Promise<void> {
  await mkdir(dirname(path), {recursive: true});
  const temporary = makeTemporaryName(path);
  try {
    await writeFile(temporary, contents, {flush: true});
    await renamePatiently(temporary, path);
  } catch (error) {
    await rm(temporary, {force: true});
    throw error;
  }
  await syncFolder(dirname(path));
}

/** How Windows refuses to rename what another program has open. */
const inUse = new Set(['EPERM', 'EBUSY', 'EACCES']);

/**
 * Renames a file or folder. On Windows a virus scanner or an indexer may have it open for a moment, so there it is tried again for
 * two seconds.
 */
export async function renamePatiently(
  from: string,
  to: string,
  {platform = process.platform, once = rename}: {platform?: NodeJS.Platform; once?: typeof rename} = {},
): Promise<void> {
  if (platform !== 'win32') return once(from, to);
  const {default: pRetry} = await import('p-retry');
  return pRetry(() => once(from, to), {
    retries: 6,
    minTimeout: 30,
    shouldRetry: ({error}) => inUse.has(getErrorCode(error) ?? ''),
  });
}

/** Has the system write a file to disk, or a folder with everything in it. */
export async function sync(path: string): Promise<void> {
  const syncFile = (file: string) => syncOne(file, process.platform === 'win32' ? 'r+' : 'r');
  if (!(await stat(path)).isDirectory()) return syncFile(path);
  const entries = await readdir(path, {recursive: true, withFileTypes: true});
  const all = entries.filter((entry) => entry.isDirectory() || entry.isFile());
  await forEach(all, (entry) => (entry.isFile() ? syncFile : syncFolder)(join(entry.parentPath, entry.name)));
  await syncFolder(path);
}

/** Does something for each item, several at a time, since a disk writes many small files at once in a third of the time. */
export async function forEach<T>(items: readonly T[], act: (item: T) => Promise<void>): Promise<void> {
  const {default: pLimit} = await import('p-limit');
  await pLimit(16).map(items, act);
}

/** Has the system write the names in a folder to disk. Windows does so by itself. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform !== 'win32') await syncOne(path, 'r');
}

async function syncOne(path: string, flags: string): Promise<void> {
  const file = await open(path, flags);
  try {
    await file.sync();
  } catch (error) {
    // Some file systems can't sync folders, and there is nothing else to do for them.
    if (getErrorCode(error) !== 'EINVAL') throw error;
  } finally {
    await file.close();
  }
}

/** Returns a name beside the given one for an incomplete file or folder, which no other program, process or machine uses. */
export function makeTemporaryName(path: string): string {
  return `${path}.rollcall-${hostname()}-${process.pid}-${randomBytes(4).toString('hex')}.tmp`;
}

const temporaryName = /\.rollcall-(.+)-(\d+)-[0-9a-f]{8}\.tmp(\.\w+)?$/;

/**
 * Removes what killed processes left under temporary names.
 *
 * @param of the file or folder that the names must be for; by default any
 * @param isLocked whether the caller keeps other writers out, so that none of the names is in use; else only those of dead
 *   processes of this machine are removed
 */
export async function removeTemporary(
  folder: string,
  {of = '', isLocked = false, recursive = false}: {of?: string; isLocked?: boolean; recursive?: boolean},
): Promise<void> {
  for (const name of listNames(folder, recursive)) {
    const [found, host, pid] = temporaryName.exec(basename(name)) ?? [];
    if (found === undefined || (of !== '' && basename(name) !== of + found)) continue;
    if (isLocked || (host === hostname() && !isRunning(Number(pid))))
      await rm(join(folder, name), {recursive: true, force: true});
  }
}

function listNames(folder: string, recursive: boolean): string[] {
  try {
    return readdirSync(folder, {encoding: 'utf8', recursive});
  } catch {
    return [];
  }
}

/** Returns whether a name is one of an incomplete file or folder. */
export function isTemporaryName(name: string): boolean {
  return temporaryName.test(name);
}

export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return getErrorCode(error) === 'EPERM';
  }
}

/** Returns the bytes that removing a folder would free: hard links to files of the lake don't count. */
export async function measureFolder(folder: string): Promise<number> {
  const entries = await readdir(folder, {recursive: true, withFileTypes: true}).catch(() => []);
  const files = await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      // A file may go while others are measured.
      .map((entry) => stat(join(entry.parentPath, entry.name)).catch(() => ({size: 0, nlink: 1}))),
  );
  return files.reduce((sum, {size, nlink}) => sum + (nlink === 1 ? size : 0), 0);
}
