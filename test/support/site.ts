import {createReadStream, existsSync, readdirSync, readFileSync, statSync} from 'node:fs';
import {createServer} from 'node:http';
import {extname, join, relative, sep} from 'node:path';
import {parseHTML} from 'linkedom';
import {buildSite} from '../../site/build.ts';
import type {SiteSettings} from '../../site/stamp.ts';
import {readPublishedRows} from '../../src/builds/published-rows.ts';
import {locateHome} from '../../src/home.ts';
import type {ReadPublishedRows} from '../../src/report/source-rows.ts';
import {type Built, build, buildFrom} from './pipeline.ts';
import {makeTemporaryFolder} from './temporary.ts';

/** The report of a test's build. */
export interface Site extends Built {
  folder: string;
  /**
   * The pages of the school year that it opens with, and those that all years share, as paths that begin with a slash: `/`,
   * `/schools/99001-9001/`, `/404.html`.
   */
  pages: string[];
  /** The pages of the other school years: `/2019-20/schools/`. */
  otherPages: string[];
  html(page: string): string;
  document(page: string): ReturnType<typeof parseHTML>['document'];
}

/** Runs the pipeline on these files (or on `sample`, or a folder) and makes the report of the published build. */
export async function makeSite(
  from: Record<string, string> | string,
  settings: Partial<SiteSettings> = {},
): Promise<Site> {
  const built = await (typeof from === 'string' ? buildFrom(from) : build(from));
  built.close();
  const folder = join(makeTemporaryFolder('site'), 'site');
  const {landing} = locateHome(built.home);
  const readRows: ReadPublishedRows = (...asked) => readPublishedRows(landing, ...asked);
  const source = {warehouse: built.warehouse, facts: built.manifest, readRows};
  await buildSite(source, {schoolYear: '2020-21', ...settings}, folder);
  const html = (page: string) => readFileSync(resolveFile(folder, page), 'utf8');
  const pages = listFiles(folder)
    .filter((path) => path.endsWith('.html'))
    .map((path) => path.replace(/index\.html$/, ''));
  const isOfOther = (page: string) => /^\/\d{4}-\d\d\//.test(page);
  return {
    ...built,
    folder,
    pages: pages.filter((page) => !isOfOther(page)),
    otherPages: pages.filter(isOfOther),
    html,
    document: (page) => parseHTML(html(page)).document,
  };
}

/** Lists every file of a folder, as paths that begin with a slash. */
export function listFiles(folder: string): string[] {
  return readdirSync(folder, {recursive: true, withFileTypes: true})
    .filter((entry) => entry.isFile())
    .map((entry) => `/${relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/')}`)
    .sort();
}

/** Returns the file that a web server would send for a path. */
export function resolveFile(folder: string, path: string): string {
  return join(folder, decodeURIComponent(path.endsWith('/') ? `${path}index.html` : path));
}

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
  '.csv': 'text/csv; charset=utf-8',
};

/** Serves a folder under a path, like any web server. */
export async function serveFolder(folder: string, base = ''): Promise<{origin: string; close(): void}> {
  const server = createServer((request, response) => {
    const {pathname} = new URL(request.url ?? '/', 'http://localhost');
    const file = pathname.startsWith(`${base}/`) ? resolveFile(folder, pathname.slice(base.length)) : folder;
    if (!existsSync(file) || !statSync(file).isFile()) {
      response.writeHead(404, {'content-type': 'text/html'}).end(readFileSync(join(folder, '404.html')));
      return;
    }
    response.writeHead(200, {'content-type': types[extname(file)] ?? 'application/octet-stream'});
    createReadStream(file).pipe(response);
  });
  // A connection that the server closes while the browser reuses it fails the request.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return {
    origin: `http://127.0.0.1:${address.port}`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
