import {mkdir, open, readdir, rename, stat} from 'node:fs/promises';
import {dirname, join} from 'node:path';

/** Writes a file so that nobody ever reads half of it: to a temporary name, to the disk, then to its own name. */
export async function writeWhole(path: string, contents: string | Uint8Array): Promise<void> {
  await mkdir(dirname(path), {recursive: true});
  const temporary = temporaryName(path);
  const file = await open(temporary, 'w');
  try {
    await file.writeFile(contents);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
}

/** A name beside the given one, for what is not whole yet. What a killed run leaves under such names is never read. */
export function temporaryName(path: string): string {
  return `${path}.${process.pid}.tmp`;
}

/** The bytes of the files in a folder that are nowhere else: files of the lake that are linked into it don't count. */
export async function sizeOf(folder: string): Promise<number> {
  const entries = await readdir(folder, {recursive: true, withFileTypes: true}).catch(() => []);
  const files = await Promise.all(
    entries.filter((entry) => entry.isFile()).map((entry) => stat(join(entry.parentPath, entry.name))),
  );
  return files.reduce((sum, {size, nlink}) => sum + (nlink === 1 ? size : 0), 0);
}
