/**
 * Replaces a folder, or a file, by the lines of a text: `node replace-at.ts folder PATH a.html=1 assets/x=2`, `… file PATH text`. Tests
 * start it as a process to kill it (test/sweep/kill-at.ts).
 */
import {readdirSync, readFileSync} from 'node:fs';
import {mkdir, readFile, writeFile} from 'node:fs/promises';
import {dirname, join, sep} from 'node:path';
import * as v from 'valibot';
import {type Ours, replaceFile, replaceFolder} from '../../src/replace.ts';
import {parseJson} from '../../src/schemas.ts';

const marker = 'made.json';

const made: Ours = {
  what: 'a test',
  marker,
  list: async (folder) => parseJson(v.array(v.string()), await readFile(join(folder, marker), 'utf8').catch(() => '')),
};

export function replaceWith(path: string, files: Record<string, string>): Promise<void> {
  return replaceFolder(path, made, async (aside) => {
    const all = {...files, [marker]: JSON.stringify([...Object.keys(files), marker])};
    for (const [name, text] of Object.entries(all)) {
      await mkdir(dirname(join(aside, name)), {recursive: true});
      await writeFile(join(aside, name), text);
    }
  });
}

/** The contents of a folder before and after a replacement. A file becomes a folder. */
export const old = {'index.html': 'old', 'gone/a.html': 'old', 'assets/old.css': 'old', swap: 'a file'};
export const now = {'index.html': 'new', 'b.html': 'new', 'assets/new.css': 'new', 'swap/c.html': 'a folder'};

/** Reads what is in the files of a folder, but for the marker. */
export function readContents(folder: string): Record<string, string> {
  const paths = readdirSync(folder, {recursive: true, withFileTypes: true})
    .filter((entry) => entry.isFile() && entry.name !== marker)
    .map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(
    paths.map((file) => [file.slice(folder.length + 1).replaceAll(sep, '/'), readFileSync(file, 'utf8')]),
  );
}

const [kind, path = '', ...rest] = import.meta.main ? process.argv.slice(2) : [];
if (kind === 'folder') await replaceWith(path, Object.fromEntries(rest.map((each) => each.split('=', 2))));
if (kind === 'file') await replaceFile(path, (aside) => writeFile(aside, rest.join(' ')));
