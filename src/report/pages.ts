import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {build} from 'astro';
import {projectFolder} from '../project-folder.ts';
import {writePreview} from './preview.ts';
import type {PagesOptions} from './site.ts';

/**
 * Draws the pages of a report, and its preview picture. A program of its own, started in the project's folder, since Astro keeps
 * what it makes on the way under the folder that it is started in, and says what it likes on standard output.
 */
const {report, out, cache, base, origin}: PagesOptions = JSON.parse(process.argv[2] ?? '');

await build({
  configFile: false,
  root: join(projectFolder, 'site'),
  srcDir: '.',
  outDir: out,
  cacheDir: cache,
  base,
  ...(origin !== undefined && {site: origin}),
  trailingSlash: 'always',
  logLevel: 'error',
  devToolbar: {enabled: false},
  build: {assets: 'assets', inlineStylesheets: 'never', format: 'directory'},
  vite: {cacheDir: cache, define: {__REPORT_FILE__: JSON.stringify(report)}},
});

if (origin !== undefined) await writePreview(JSON.parse(await readFile(report, 'utf8')), join(out, 'preview.png'));
