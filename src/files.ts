import {mkdir, open, rename} from 'node:fs/promises';
import {dirname} from 'node:path';

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
