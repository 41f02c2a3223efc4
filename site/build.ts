import {copyFile, cp, mkdir, readdir, writeFile} from 'node:fs/promises';
import {dirname, join, resolve} from 'node:path';
import {listFiles, makeRelative} from '../src/files.ts';
import {projectFolder} from '../src/project-folder.ts';
import {isOfHost, replaceFolder} from '../src/replace.ts';
import {apiFolder, apiTablePath, readApi} from '../src/report/api.ts';
import type {BuildFacts} from '../src/report/build-facts.ts';
import {readCatalog} from '../src/report/catalog.ts';
import {openPublic} from '../src/report/public.ts';
import {type Report, type ReportOfYear, type Restatements, readReports} from '../src/report/report.ts';
import {type ReadPublishedRows, readSourceRows} from '../src/report/source-rows.ts';
import {readAssets} from './assets.ts';
import {readDocuments} from './documents.ts';
import {writeAnswers, writeTables} from './downloads.ts';
import {createPageContext, type Site, type YearPages} from './page-context.ts';
import {writePreview} from './preview.ts';
import {listSharedRoutes, listYearRoutes} from './routes.ts';
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
  return (await listFiles(folder)).map((file) => makeRelative(folder, file));
}

/** Writes one page after the other, so that a report of many schools takes no more memory than one of few. */
async function writeSite(source: SiteSource, settings: SiteSettings, folder: string): Promise<void> {
  const url = settings.url === undefined ? undefined : new URL(settings.url);
  const documents = await readDocuments();
  const describe = (report: Report, folder: string): YearPages => {
    const files = new Set(listYearRoutes(report, documents).map(({path}) => path));
    return {report, folder, files};
  };
  const write = async (path: string, contents: string | Buffer) => {
    const file = join(folder, path);
    await mkdir(dirname(file), {recursive: true});
    await writeFile(file, contents);
  };
  const [first, ...others] = await readAndWriteFigures(source, settings, folder, write);
  const site: Site = {
    years: [describe(first, ''), ...others.map((report) => describe(report, `${report.schoolYear}/`))],
    assets: await readAssets(),
    ...documents,
    base: settings.base ?? url?.pathname ?? '/',
    origin: url?.origin,
  };
  for (const year of site.years) {
    for (const {path, render} of listYearRoutes(year.report, documents))
      await write(`${year.folder}${path}`, String(render(createPageContext(site, path, year))));
  }
  for (const {path, render} of listSharedRoutes(site)) await write(path, String(render(createPageContext(site, path))));
  for (const {path, contents} of site.assets.files) await write(path, contents);
  await cp(join(siteFolder, 'public'), folder, {recursive: true});
  await mkdir(join(folder, 'data', 'diagrams'), {recursive: true});
  for (const name of first.diagrams) await copyFile(join(diagrams, name), join(folder, 'data', 'diagrams', name));
  if (url !== undefined) await writePreview(first, join(folder, 'preview.png'));
  const {build, isSample} = source.facts;
  const files = [...(await listPaths(folder)), marker];
  await write(marker, `${JSON.stringify({build, isSample, stamp: computeStamp(build, settings), files}, null, 2)}\n`);
}

const diagrams = join(projectFolder, 'docs', 'diagrams');

/**
 * Reads the report of each school year, that of the first year first, and writes what comes from the warehouse directly: the files
 * to download and the API.
 */
async function readAndWriteFigures(
  {warehouse, facts, readRows, restatements}: SiteSource,
  {schoolYear, contact, heldYears = []}: SiteSettings,
  folder: string,
  write: (path: string, contents: string) => Promise<void>,
): Promise<[Report, ...Report[]]> {
  const db = await openPublic(warehouse);
  const downloads = join(folder, 'data', 'files');
  try {
    const shared = {
      // The staging and intermediate views would be worked out once more, for values that other tables have.
      tables: (await readCatalog(db, (table) => !/^(staging|intermediate)\./.test(table))).tables,
      diagrams: (await readdir(diagrams).catch(() => [])).filter((name) => name.endsWith('.svg')).sort(),
      restatements,
      heldYears,
      contact,
    };
    const [first, ...others] = await readReports(db, facts, schoolYear);
    const build = {...facts, id: facts.build, warehouse};
    const tables = await writeTables(downloads, {db, build, schoolYear: first.schoolYear});
    const complete = async (report: ReportOfYear): Promise<Report> => {
      const sourceRows = readRows ? await readSourceRows(db, report, readRows) : new Map();
      return {...report, ...shared, sourceRows, downloads: [...(await writeAnswers(db, downloads, report)), ...tables]};
    };
    const report = await complete(first);
    for await (const {path, contents} of readApi(db, report))
      await write(`${apiFolder}/${path}`, `${JSON.stringify(contents)}\n`);
    await mkdir(join(folder, apiFolder, 'tables'));
    for (const {name, file} of tables.filter(({format}) => format === 'parquet'))
      await copyFile(join(downloads, file), join(folder, apiFolder, apiTablePath(name)));
    return [report, ...(await Array.fromAsync(others, complete))];
  } finally {
    db.close();
  }
}
