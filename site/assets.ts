import {createHash} from 'node:crypto';
import {readdir, readFile} from 'node:fs/promises';
import {createRequire} from 'node:module';
import {dirname, join} from 'node:path';
import {fontFiles, locateFont} from '../src/words/fonts.ts';
import {type AssetPaths, findAsset} from './asset-paths.ts';
import {siteFolder} from './stamp.ts';

/** The styles, scripts and fonts that pages load. Each name has a hash of the contents, so browsers may cache it forever. */
export interface Assets {
  files: {path: string; contents: string | Buffer}[];
  paths: AssetPaths;
}

const styles = ['tokens.css', 'page.css', 'figures.css', 'controls.css'];

export async function readAssets(): Promise<Assets> {
  const paths = new Map<string, string>();
  const files: Assets['files'] = [];
  const add = (name: string, contents: string | Buffer) => {
    const hash = createHash('sha256').update(contents).digest('hex').slice(0, 8);
    const path = `assets/${name.replace(/(\.\w+)$/, `.${hash}$1`)}`;
    paths.set(name, path);
    files.push({path, contents});
  };
  for (const [name, ofFont] of Object.entries(fontFiles)) {
    for (const file of ofFont) add(file, await readFile(join(locateFont(name), 'files', file)));
    add(`${name.replace(/.*\//, '')}-license.txt`, await readFile(join(locateFont(name), 'LICENSE')));
  }
  const css = await Promise.all(styles.map((name) => readFile(join(siteFolder, 'styles', name), 'utf8')));
  add(
    'styles.css',
    css.join('\n').replaceAll(/[\w-]+\.(?:woff2|txt)/g, (name) => findAsset(paths, name).replace('assets/', '')),
  );
  for (const name of await readdir(join(siteFolder, 'browser')))
    add(name, await readFile(join(siteFolder, 'browser', name)));
  const library = dirname(createRequire(import.meta.url).resolve('minisearch'));
  const license = await readFile(join(library, '..', '..', 'LICENSE.txt'), 'utf8');
  const code = await readFile(join(library, '..', 'umd', 'index.js'), 'utf8');
  add('minisearch.js', `/* MiniSearch\n${license}*/\n${code.replace(/\/\/# sourceMappingURL=.*/, '')}`);
  return {files, paths};
}
