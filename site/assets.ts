import {createHash} from 'node:crypto';
import {readdir, readFile} from 'node:fs/promises';
import {createRequire} from 'node:module';
import {join} from 'node:path';
import {siteFolder} from './stamp.ts';

/** What pages load: styles, scripts, fonts. A hash of the contents is in each name, so that browsers may keep it for good. */
export interface Assets {
  files: {path: string; contents: string | Buffer}[];
  /** The path of a file by its plain name: `points.js` is at `assets/points.3f9a0c1d.js`. */
  pathOf(name: string): string;
}

const styles = ['tokens.css', 'page.css', 'figures.css', 'controls.css'];

export const fonts = {
  headings: 'besley-latin-wght-normal.woff2',
  text: 'public-sans-latin-wght-normal.woff2',
} as const;

const fontFiles = {
  '@fontsource-variable/besley': [fonts.headings, 'besley-latin-ext-wght-normal.woff2'],
  '@fontsource-variable/public-sans': [fonts.text, 'public-sans-latin-ext-wght-normal.woff2'],
};

export async function readAssets(): Promise<Assets> {
  const paths = new Map<string, string>();
  const files: Assets['files'] = [];
  const add = (name: string, contents: string | Buffer) => {
    const hash = createHash('sha256').update(contents).digest('hex').slice(0, 8);
    const path = `assets/${name.replace(/(\.\w+)$/, `.${hash}$1`)}`;
    paths.set(name, path);
    files.push({path, contents});
  };
  const {resolve} = createRequire(import.meta.url);
  for (const [name, ofFont] of Object.entries(fontFiles)) {
    for (const file of ofFont) add(file, await readFile(resolve(`${name}/files/${file}`)));
    add(`${name.replace(/.*\//, '')}-license.txt`, await readFile(resolve(`${name}/LICENSE`)));
  }
  const css = await Promise.all(styles.map((name) => readFile(join(siteFolder, 'styles', name), 'utf8')));
  add(
    'styles.css',
    css.join('\n').replaceAll(/[\w-]+\.(?:woff2|txt)/g, (name) => pathOf(name).replace('assets/', '')),
  );
  for (const name of await readdir(join(siteFolder, 'browser')))
    add(name, await readFile(join(siteFolder, 'browser', name)));
  function pathOf(name: string): string {
    const path = paths.get(name);
    if (path === undefined) throw new Error(`There is no style, script or font called ${name}.`);
    return path;
  }
  return {files, pathOf};
}
