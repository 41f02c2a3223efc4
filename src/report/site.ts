import {execFile} from 'node:child_process';
import {cp, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile} from 'node:fs/promises';
import {join, resolve} from 'node:path';
import {fileURLToPath} from 'node:url';
import {promisify} from 'node:util';
import {open} from '../duckdb/database.ts';
import {exit, Failure} from '../failure.ts';
import {projectFolder} from '../project-folder.ts';
import type {BuildFacts} from './build-facts.ts';
import {diagramsIn, readTables} from './documents.ts';
import {writeDownloads} from './downloads.ts';
import {type Report, type Restatements, readReport} from './report.ts';
import {type SiteSettings, stampOf} from './stamp.ts';

/** What a report is made of. */
export interface SiteSource {
  warehouse: string;
  facts: BuildFacts;
  restatements?: Restatements | undefined;
}

/** Beside the pages: what they were made of and with. A folder that has it is a report, and may be replaced by another. */
const marker = 'rollcall-site.json';

/**
 * Makes the report of a warehouse in a folder: its pages, and the files to download. Nobody sees a half-made one: it is made
 * elsewhere, and then put in the place of the one that is there.
 *
 * @throws Failure where something else is in the folder, or the pages can't be made
 */
export async function buildSite(source: SiteSource, settings: SiteSettings, out: string): Promise<void> {
  const folder = resolve(out);
  await assertReplaceable(folder);
  // Under the project's packages, where the pages find theirs.
  const shed = join(projectFolder, 'node_modules', '.cache');
  await mkdir(shed, {recursive: true});
  const workshop = await mkdtemp(join(shed, 'rollcall-site-'));
  try {
    const pages = await makePages(workshop, source, settings);
    const {build: of, isSample} = source.facts;
    const made = {build: of, isSample, stamp: await stampOf(source.facts.build, settings)};
    await writeFile(join(pages, marker), `${JSON.stringify(made, null, 2)}\n`);
    await replace(pages, folder);
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure(`The report can't be made: ${(error as Error).message}`, exit.failed);
  } finally {
    await rm(workshop, {recursive: true, force: true});
  }
}

/** Whether the report in a folder is the one that would be made. */
export async function isMade(build: string, settings: SiteSettings, folder: string): Promise<boolean> {
  const text = await readFile(join(folder, marker), 'utf8').catch(() => '{}');
  return (JSON.parse(text) as {stamp?: string}).stamp === (await stampOf(build, settings));
}

async function makePages(workshop: string, source: SiteSource, settings: SiteSettings): Promise<string> {
  const downloads = join(workshop, 'downloads');
  const diagrams = join(projectFolder, 'docs', 'diagrams');
  const report = await read(source, settings, downloads, diagrams);
  const reportFile = join(workshop, 'report.json');
  await writeFile(reportFile, JSON.stringify(report));
  const pages = join(workshop, 'pages');
  const url = settings.url === undefined ? undefined : new URL(settings.url);
  await drawPages({
    report: reportFile,
    out: pages,
    cache: join(workshop, 'cache'),
    base: settings.base ?? url?.pathname ?? '/',
    origin: url?.origin,
  });
  await cp(downloads, join(pages, 'data', 'files'), {recursive: true});
  for (const name of report.diagrams) await cp(join(diagrams, name), join(pages, 'data', 'diagrams', name));
  if (url === undefined) await rm(join(pages, 'sitemap.xml'));
  return pages;
}

/** What the program that draws the pages is told. */
export interface PagesOptions {
  /** The file with the report. */
  report: string;
  out: string;
  cache: string;
  base: string;
  origin?: string | undefined;
}

async function drawPages(options: PagesOptions): Promise<void> {
  const program = fileURLToPath(new URL('./pages.ts', import.meta.url));
  try {
    await promisify(execFile)(process.execPath, [program, JSON.stringify(options)], {cwd: projectFolder});
  } catch (error) {
    const {stderr, stdout, message} = error as Error & {stderr?: string; stdout?: string};
    throw new Error([stderr, stdout].filter(Boolean).join('\n').trim() || message);
  }
}

async function read(
  {warehouse, facts, restatements}: SiteSource,
  {schoolYear}: SiteSettings,
  downloads: string,
  diagrams: string,
): Promise<Report> {
  const db = await open(warehouse, {readOnly: true});
  try {
    const report = await readReport(db, facts, schoolYear);
    return {
      ...report,
      tables: await readTables(join(projectFolder, 'dbt')),
      downloads: await writeDownloads(db, downloads, [...report.questions, ...report.explorations], facts.isSample),
      diagrams: await diagramsIn(diagrams),
      restatements,
    };
  } finally {
    db.close();
  }
}

async function assertReplaceable(folder: string): Promise<void> {
  const names: string[] = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw new Failure(`${folder}: no folder can be made here (${error.message}). Name another.`, exit.usage);
  });
  if (names.length === 0 || names.includes(marker)) return;
  throw new Failure(
    `${folder}: there are files here that are no report, and the report takes the whole folder. Name a folder that is new or empty.`,
    exit.usage,
  );
}

/** Puts a folder in the place of another. It is copied beside it first, since a rename can't cross file systems. */
async function replace(from: string, to: string): Promise<void> {
  const [next, last] = [`${to}.new.tmp`, `${to}.old.tmp`];
  await Promise.all([next, last].map((left) => rm(left, {recursive: true, force: true})));
  await cp(from, next, {recursive: true});
  await rename(to, last).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
  await rename(next, to);
  await rm(last, {recursive: true, force: true});
}
