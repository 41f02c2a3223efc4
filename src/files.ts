import {createHash} from 'node:crypto';
import {createReadStream} from 'node:fs';
import {mkdir, open, readdir, rename, stat, writeFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {pipeline as connect} from 'node:stream';
import {pipeline} from 'node:stream/promises';
import {createGunzip} from 'node:zlib';

/** Lists the files under a folder at any depth, sorted. For the path of a file, returns that path alone. */
export async function listFiles(path: string): Promise<string[]> {
  const entries = await readdir(path, {withFileTypes: true, recursive: true}).catch(() => undefined);
  if (entries === undefined) return [path];
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** Returns the SHA-256 of a file, in hexadecimal digits. */
export async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

/** Returns whether a file begins as gzipped ones do, whatever its name. */
export async function isGzipped(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const {buffer, bytesRead} = await file.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
  } finally {
    await file.close();
  }
}

/** Reads the bytes of a file; of a gzipped file, those that were compressed. */
export async function readPlain(path: string): Promise<AsyncIterable<Buffer>> {
  const isCompressed = await isGzipped(path);
  const bytes = createReadStream(path, {highWaterMark: 1 << 20});
  // The one who reads gets the error of either stream.
  return isCompressed ? connect(bytes, createGunzip({chunkSize: 1 << 20}), () => {}) : bytes;
}

/** Writes a file so that no reader sees half of it: under a temporary name, synced to disk, then renamed. */
export async function writeAtomically(path: string, contents: string | Uint8Array): Promise<void> {
  await mkdir(dirname(path), {recursive: true});
  const temporary = makeTemporaryName(path);
  await writeFile(temporary, contents, {flush: true});
  await rename(temporary, path);
}

/** Returns a name beside the given one for an incomplete file or folder. Nothing reads what a killed run leaves there. */
export function makeTemporaryName(path: string): string {
  return `${path}.${process.pid}.tmp`;
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
