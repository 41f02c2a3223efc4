import {cp, mkdtemp, readdir, rename, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join, resolve} from 'node:path';
import {fileURLToPath} from 'node:url';
import {build} from 'astro';
import type {SchoolYear} from '../school-year.ts';
import {open} from '../warehouse/duckdb.ts';
import {writeDownloads} from './downloads.ts';
import {type BuildFacts, type Report, type Restatements, readReport} from './report.ts';
import {diagramsIn, readTables} from './documents.ts';

const projectFolder = fileURLToPath(new URL('../../', import.meta.url));
const diagramsFolder = join(projectFolder, 'docs', 'diagrams');

export interface SiteOptions {
  warehouse: string;
  facts: BuildFacts;
  /** The school year to show where it can be answered. */
  schoolYear: SchoolYear;
  /** Where the report goes. What is there is replaced when the new one is whole. */
  out: string;
  /** The path that it will be served under; `/` where it is undefined. */
  base?: string | undefined;
  /** The origin that it will be served at, for what can't be said without it: preview images, canonical links, a sitemap. */
  origin?: string | undefined;
  restatements?: Restatements | undefined;
}

/** Makes the report of a warehouse: its pages and the files to download. */
export async function buildSite({warehouse, facts, schoolYear, out, base, origin, restatements}: SiteOptions): Promise<{pages: number}> {
  const workshop = await mkdtemp(join(tmpdir(), 'rollcall-site-'));
  try {
    const downloads = join(workshop, 'downloads');
    const db = await open(warehouse, {readOnly: true});
    let report: Report;
    try {
      const read = await readReport(db, facts, schoolYear);
      report = {
        ...read,
        tables: await readTables(join(projectFolder, 'dbt')),
        downloads: await writeDownloads(db, downloads, [...read.questions, ...read.explorations], facts.isSample),
        diagrams: await diagramsIn(diagramsFolder),
        restatements,
      };
    } finally {
      db.close();
    }
    const reportFile = join(workshop, 'report.json');
    await writeFile(reportFile, JSON.stringify(report));
    const pages = join(workshop, 'pages');
    await build({
      configFile: false,
      root: join(projectFolder, 'site'),
      srcDir: '.',
      outDir: pages,
      cacheDir: join(workshop, 'cache'),
      base: base ?? '/',
      ...(origin !== undefined && {site: origin}),
      trailingSlash: 'always',
      logLevel: 'error',
      devToolbar: {enabled: false},
      build: {assets: 'assets', inlineStylesheets: 'never', format: 'directory'},
      vite: {cacheDir: join(workshop, 'cache'), define: {__REPORT_FILE__: JSON.stringify(reportFile)}},
    });
    await cp(downloads, join(pages, 'data', 'files'), {recursive: true});
    for (const name of report.diagrams) await cp(join(diagramsFolder, name), join(pages, 'data', 'diagrams', name));
    await replace(pages, resolve(out));
    return {pages: (await readdir(out, {recursive: true})).filter((name) => name.endsWith('.html')).length};
  } finally {
    await rm(workshop, {recursive: true, force: true});
  }
}

/** Puts a folder in the place of another. It is copied beside it first, since a rename can't cross file systems. */
async function replace(from: string, to: string): Promise<void> {
  const next = `${to}.${process.pid}.tmp`;
  await cp(from, next, {recursive: true});
  const last = `${to}.${process.pid}.old`;
  await rename(to, last).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
  await rename(next, to);
  await rm(last, {recursive: true, force: true});
}
