import {copyFile, cp, mkdir, readdir, writeFile} from 'node:fs/promises';
import {dirname, join, relative, resolve, sep} from 'node:path';
import {listFiles} from '../src/files.ts';
import {projectFolder} from '../src/project-folder.ts';
import {isOfHost, replaceFolder} from '../src/replace.ts';
import type {BuildFacts} from '../src/report/build-facts.ts';
import {openPublic} from '../src/report/public.ts';
import {type Report, type Restatements, readReport} from '../src/report/report.ts';
import {type ReadPublishedRows, readSourceRows} from '../src/report/source-rows.ts';
import {readTables} from '../src/report/table-descriptions.ts';
import {readAssets} from './assets.ts';
import {readDocuments} from './documents.ts';
import {writeDownloads} from './downloads.ts';
import {createPageContext, type Site} from './page-context.ts';
import {writePreview} from './preview.ts';
import {listRoutes} from './routes.ts';
import {computeStamp, marker, readMarker, type SiteSettings, siteFolder} from './stamp.ts';

/** What a report is made from. */
export interface SiteSource {
  warehouse: string;
  facts: BuildFacts;
  /** Reads rows of the files that the build was made from. Without it, the pages name their lines only. */
  readRows?: ReadPublishedRows;
  restatements?: Restatements | undefined;
}

/**
 * Builds the report of a warehouse in a folder: its pages and the files to download. It is moved into place once it is complete.
 *
 * @throws Failure (exit 2) if the folder has other files; (exit 4) if another process writes a report there
 */
export async function buildSite(source: SiteSource, settings: SiteSettings, out: string): Promise<void> {
  const ours = {what: 'a report', marker, list: listReportFiles};
  await replaceFolder(resolve(out), ours, (aside) => writeSite(source, settings, aside));
}

async function listReportFiles(folder: string): Promise<string[] | undefined> {
  const found = await readMarker(folder);
  if (found === undefined) return undefined;
  // Rollcall 0.1 did not list the files, and left no other ones in a folder but those of its host.
  return found.files ?? (await listPaths(folder)).filter((path) => !isOfHost(path));
}

async function listPaths(folder: string): Promise<string[]> {
  return (await listFiles(folder)).map((file) => relative(folder, file).replaceAll(sep, '/'));
}

/** Writes one page after the other, so that a report of many schools takes no more memory than one of few. */
async function writeSite(source: SiteSource, settings: SiteSettings, folder: string): Promise<void> {
  const url = settings.url === undefined ? undefined : new URL(settings.url);
  const site: Site = {
    report: await readSiteReport(source, settings, join(folder, 'data', 'files')),
    assets: await readAssets(),
    ...(await readDocuments()),
    base: settings.base ?? url?.pathname ?? '/',
    origin: url?.origin,
  };
  const write = async (path: string, contents: string | Buffer) => {
    const file = join(folder, path);
    await mkdir(dirname(file), {recursive: true});
    await writeFile(file, contents);
  };
  for (const {path, render} of listRoutes(site)) await write(path, String(render(createPageContext(site, path))));
  for (const {path, contents} of site.assets.files) await write(path, contents);
  await cp(join(siteFolder, 'public'), folder, {recursive: true});
  await mkdir(join(folder, 'data', 'diagrams'), {recursive: true});
  for (const name of site.report.diagrams) await copyFile(join(diagrams, name), join(folder, 'data', 'diagrams', name));
  if (url !== undefined) await writePreview(site.report, join(folder, 'preview.png'));
  const {build, isSample} = source.facts;
  const files = [...(await listPaths(folder)), marker];
  await write(
    marker,
    `${JSON.stringify({build, isSample, stamp: await computeStamp(build, settings), files}, null, 2)}\n`,
  );
}

const diagrams = join(projectFolder, 'docs', 'diagrams');

async function readSiteReport(
  {warehouse, facts, readRows, restatements}: SiteSource,
  {schoolYear}: SiteSettings,
  downloads: string,
): Promise<Report> {
  const db = await openPublic(warehouse);
  try {
    const report = await readReport(db, facts, schoolYear);
    return {
      ...report,
      sourceRows: readRows ? await readSourceRows(db, report, readRows) : new Map(),
      tables: await readTables(join(projectFolder, 'dbt')),
      downloads: await writeDownloads(db, downloads, [...report.questions, ...report.explorations], facts),
      diagrams: (await readdir(diagrams).catch(() => [])).filter((name) => name.endsWith('.svg')).sort(),
      restatements,
    };
  } finally {
    db.close();
  }
}
