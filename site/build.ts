import {copyFile, cp, mkdir, readdir, writeFile} from 'node:fs/promises';
import {dirname, join, resolve} from 'node:path';
import type {Database} from '../src/duckdb/database.ts';
import {listFiles, makeRelative} from '../src/files.ts';
import {projectFolder} from '../src/project-folder.ts';
import {isOfHost, replaceFolder} from '../src/replace.ts';
import {apiFolder, apiTablePath, readApi} from '../src/report/api.ts';
import type {BuildFacts} from '../src/report/build-facts.ts';
import {readCatalog} from '../src/report/catalog.ts';
import {openPublic} from '../src/report/public.ts';
import {chooseFirstYear, type Report, type ReportOfYear, type Restatements, readReports} from '../src/report/report.ts';
import {type ReadPublishedRows, readSourceRows} from '../src/report/source-rows.ts';
import {type Assets, readAssets} from './assets.ts';
import {type Documents, readDocuments} from './documents.ts';
import {writeAnswers, writeTables} from './downloads.ts';
import {describeYear, type Site, type YearPages} from './page-context.ts';
import {writePreview} from './preview.ts';
import {type Renderers, startRenderers} from './renderers.ts';
import {listYearRoutes} from './routes.ts';
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

/** Writes a file of the report at its path. */
type Write = (path: string, contents: string | Buffer) => Promise<void>;

async function writeSite(source: SiteSource, settings: SiteSettings, folder: string): Promise<void> {
  const url = settings.url === undefined ? undefined : new URL(settings.url);
  const base = settings.base ?? url?.pathname ?? '/';
  const write: Write = async (path, contents) => {
    const file = join(folder, path);
    await mkdir(dirname(file), {recursive: true});
    await writeFile(file, contents);
  };
  const [documents, assets] = await Promise.all([readDocuments(), readAssets()]);
  const renderers = startRenderers(folder, {...documents, assets: assets.paths, base, origin: url?.origin});
  try {
    await writeContents(source, settings, folder, {write, renderers, documents, assets});
  } finally {
    await renderers.stop();
  }
  const {build, isSample} = source.facts;
  const files = [...(await listPaths(folder)), marker];
  const stamp = computeStamp(build, settings);
  await write(marker, `${JSON.stringify({build, isSample, stamp, files}, null, 2)}\n`);
}

/** Writes everything but the marker. */
async function writeContents(
  source: SiteSource,
  settings: SiteSettings,
  folder: string,
  {write, renderers, documents, assets}: {write: Write; renderers: Renderers; documents: Documents; assets: Assets},
): Promise<void> {
  const db = await openPublic(source.warehouse);
  try {
    const reports = await readReportsAndWriteTables(db, source, settings, folder);
    await finishAll([
      renderPages(renderers, documents, reports, async (report) =>
        source.readRows ? readSourceRows(db, report, source.readRows) : new Map(),
      ),
      writeApi(db, reports, folder, write),
      writeAssets(assets, reports[0], folder, write),
      settings.url !== undefined && writePreview(reports[0], join(folder, 'preview.png')),
    ]);
  } finally {
    db.close();
  }
}

/** Waits until all are done, even if one fails, so that nothing is at work after an error. */
async function finishAll<T extends readonly unknown[]>(all: T) {
  await Promise.allSettled(all);
  return Promise.all(all);
}

/**
 * Renders the pages of one school year after the other, so that the threads hold one report at a time, and the publisher's rows of
 * one year are in memory.
 */
async function renderPages(
  {render}: Renderers,
  documents: Documents,
  [first, ...others]: [Report, ...Report[]],
  readRows: (report: Report) => Promise<Report['sourceRows']>,
): Promise<void> {
  const describe = (report: Report, folder: string): YearPages => ({
    schoolYear: report.schoolYear,
    remark: describeYear(report),
    folder,
    files: new Set(listYearRoutes(report, documents).map(({path}) => path)),
  });
  const years: Site['years'] = [
    describe(first, ''),
    ...others.map((report) => describe(report, `${report.schoolYear}/`)),
  ];
  for (const report of [first, ...others])
    await render({report: {...report, sourceRows: await readRows(report)}, years});
}

async function writeApi(
  db: Database,
  reports: readonly [Report, ...Report[]],
  folder: string,
  write: Write,
): Promise<void> {
  const [{downloads: found}] = reports;
  for await (const {path, contents} of readApi(db, reports[0], reports))
    await write(`${apiFolder}/${path}`, `${JSON.stringify(contents)}\n`);
  await mkdir(join(folder, apiFolder, 'tables'));
  for (const {name, file} of found.filter(({format}) => format === 'parquet'))
    await copyFile(join(folder, downloads, file), join(folder, apiFolder, apiTablePath(name)));
}

async function writeAssets({files}: Assets, report: Report, folder: string, write: Write): Promise<void> {
  for (const {path, contents} of files) await write(path, contents);
  await cp(join(siteFolder, 'public'), folder, {recursive: true});
  await mkdir(join(folder, 'data', 'diagrams'), {recursive: true});
  for (const name of report.diagrams) await copyFile(join(diagrams, name), join(folder, 'data', 'diagrams', name));
}

const downloads = join('data', 'files');
const diagrams = join(projectFolder, 'docs', 'diagrams');

/**
 * Reads the report of each school year, that of the first year first, and writes the files to download.
 *
 * @param db opened by `openPublic`
 */
async function readReportsAndWriteTables(
  db: Database,
  {warehouse, facts, restatements}: SiteSource,
  {schoolYear: usual, contact, heldYears = []}: SiteSettings,
  folder: string,
): Promise<[Report, ...Report[]]> {
  const target = join(folder, downloads);
  const {schoolYear} = await chooseFirstYear(db, facts, usual);
  // A database of its own: DuckDB does not write a file completely while another connection looks at all of them.
  const beside = await openPublic(warehouse);
  try {
    const build = {...facts, id: facts.build, warehouse};
    const tables = writeTables(target, {db: beside, build, schoolYear});
    const readAll = async (): Promise<[Report, ...Report[]]> => {
      const [first, ...others] = await readReports(db, facts, usual);
      const shared = {
        // The staging and intermediate views would be worked out once more, for values that other tables have.
        tables: (await readCatalog(db, (table) => !/^(staging|intermediate)\./.test(table))).tables,
        diagrams: (await readdir(diagrams).catch(() => [])).filter((name) => name.endsWith('.svg')).sort(),
        restatements,
        heldYears,
        contact,
      };
      const complete = async (report: ReportOfYear): Promise<Report> => ({
        ...report,
        ...shared,
        sourceRows: new Map(),
        downloads: [...(await writeAnswers(db, target, report)), ...(await tables)],
      });
      return [await complete(first), ...(await Array.fromAsync(others, complete))];
    };
    const [, reports] = await finishAll([tables, readAll()]);
    return reports;
  } finally {
    beside.close();
  }
}
