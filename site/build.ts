import {copyFile, cp, mkdir, readdir, rm, writeFile} from 'node:fs/promises';
import {dirname, join, resolve} from 'node:path';
import {serialize} from 'node:v8';
import type {Database} from '../src/duckdb/database.ts';
import {listFiles, makeRelative} from '../src/files.ts';
import {projectFolder} from '../src/project-folder.ts';
import {isOfHost, replaceFolder} from '../src/replace.ts';
import {type AnswerShape, type ApiFile, apiFolder, apiTablePath, listAnswers, readApi} from '../src/report/api.ts';
import type {BuildFacts} from '../src/report/build-facts.ts';
import {readCatalog} from '../src/report/catalog.ts';
import {openPublic} from '../src/report/public.ts';
import {
  chooseFirstYear,
  type Download,
  prepareReports,
  type ReadReport,
  type Report,
  type Restatements,
} from '../src/report/report.ts';
import {type ReadPublishedRows, readSourceRows} from '../src/report/source-rows.ts';
import {type Assets, readAssets} from './assets.ts';
import {type Documents, readDocuments} from './documents.ts';
import {writeAnswers, writeTables} from './downloads.ts';
import {finishAll} from './finish-all.ts';
import {describeYear, type Site, type YearPages} from './page-context.ts';
import {writePreview} from './preview.ts';
import {type Order, type OrderedReport, type Renderers, startRenderers} from './renderers.ts';
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
    const [tables, years] = await finishAll([
      writeAllTables(db, source, settings, folder),
      readYears(db, source, settings, folder, {write, documents}),
    ]);
    const report = {...years[0].report, downloads: tables};
    await finishAll([
      renderPages(renderers, years, tables),
      writeApi(db, report, years, folder, write),
      writeAssets(assets, report, folder, write),
      settings.url !== undefined && writePreview(report, join(folder, 'preview.png')),
    ]);
  } finally {
    db.close();
  }
}

/** Writes the tables to download from a database of its own: DuckDB does not write a file completely while another connection looks at all. */
async function writeAllTables(
  db: Database,
  {warehouse, facts}: SiteSource,
  {schoolYear: usual}: SiteSettings,
  folder: string,
): Promise<Download[]> {
  const {schoolYear} = await chooseFirstYear(db, facts, usual);
  const beside = await openPublic(warehouse);
  try {
    const build = {...facts, id: facts.build, warehouse};
    return await writeTables(join(folder, downloads), {db: beside, build, schoolYear});
  } finally {
    beside.close();
  }
}

/** A school year whose report is stored in a file for the threads. */
interface StoredYear extends Pick<Order, 'file'> {
  pages: YearPages;
  /** Its answers to download. */
  answers: Download[];
  shapes: AnswerShape[];
}

/**
 * Reads the report of each school year, stores it, and writes its answers, one year after the other, so that one is in memory.
 *
 * @returns the years, the first one with its report
 */
async function readYears(
  db: Database,
  {facts, readRows, restatements}: SiteSource,
  {schoolYear: usual, contact, heldYears = []}: SiteSettings,
  folder: string,
  {write, documents}: {write: Write; documents: Documents},
): Promise<[StoredYear & {report: OrderedReport}, ...StoredYear[]]> {
  const shared = {
    // The staging and intermediate views would be worked out once more, for values that other tables have.
    tables: (await readCatalog(db, (table) => !/^(staging|intermediate)\./.test(table))).tables,
    diagrams: (await readdir(diagrams).catch(() => [])).filter((name) => name.endsWith('.svg')).sort(),
    restatements,
    heldYears,
    contact,
  };
  const readYear = async (read: ReadReport, isFirst: boolean) => {
    const ofYear = await read();
    const sourceRows = readRows ? await readSourceRows(db, ofYear, readRows) : new Map();
    const report: OrderedReport = {...ofYear, ...shared, sourceRows};
    const {schoolYear} = report;
    const file = join(folder, `.${schoolYear}`);
    await writeFile(file, serialize(report));
    const {files, shapes} = await listAnswers(db, report);
    for (const each of files) await writeApiFile(each, write);
    const pages = {
      schoolYear,
      remark: describeYear(report),
      folder: isFirst ? '' : `${schoolYear}/`,
      files: new Set(listYearRoutes(report, documents).map(({path}) => path)),
    };
    return {report, file, pages, answers: await writeAnswers(db, join(folder, downloads), report), shapes};
  };
  const [first, ...others] = await prepareReports(db, facts, usual);
  const readOther = async (read: ReadReport): Promise<StoredYear> => {
    const {report: _, ...stored} = await readYear(read, false);
    return stored;
  };
  return [await readYear(first, true), ...(await Array.fromAsync(others, readOther))];
}

/** Renders the pages of one school year after the other, so that the threads hold one report at a time. */
async function renderPages(
  {render}: Renderers,
  [first, ...others]: readonly [StoredYear, ...StoredYear[]],
  tables: readonly Download[],
): Promise<void> {
  const years: Site['years'] = [first.pages, ...others.map(({pages}) => pages)];
  for (const {file, answers} of [first, ...others]) {
    await render({file, downloads: [...answers, ...tables], years});
    await rm(file);
  }
}

async function writeApi(
  db: Database,
  report: Report,
  years: readonly StoredYear[],
  folder: string,
  write: Write,
): Promise<void> {
  const shapes = years.flatMap((year) => year.shapes);
  for await (const file of readApi(db, report, shapes)) await writeApiFile(file, write);
  await mkdir(join(folder, apiFolder, 'tables'));
  for (const {name, file} of report.downloads.filter(({format}) => format === 'parquet'))
    await copyFile(join(folder, downloads, file), join(folder, apiFolder, apiTablePath(name)));
}

async function writeApiFile({path, contents}: ApiFile, write: Write): Promise<void> {
  await write(`${apiFolder}/${path}`, `${JSON.stringify(contents)}\n`);
}

async function writeAssets({files}: Assets, report: Report, folder: string, write: Write): Promise<void> {
  for (const {path, contents} of files) await write(path, contents);
  await cp(join(siteFolder, 'public'), folder, {recursive: true});
  await mkdir(join(folder, 'data', 'diagrams'), {recursive: true});
  for (const name of report.diagrams) await copyFile(join(diagrams, name), join(folder, 'data', 'diagrams', name));
}

const downloads = join('data', 'files');
const diagrams = join(projectFolder, 'docs', 'diagrams');
