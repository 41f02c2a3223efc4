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
  type Outline,
  prepareReports,
  type ReadableYear,
  type Report,
  type Restatements,
} from '../src/report/report.ts';
import {type ReadPublishedRows, readSourceRows} from '../src/report/source-rows.ts';
import {type Assets, readAssets} from './assets.ts';
import {type Documents, readDocuments} from './documents.ts';
import {listTableFiles, type WrittenDownload, writeAnswers, writeTables} from './downloads.ts';
import {finishAll} from './finish-all.ts';
import {describeYear, type Site, type YearPages} from './page-context.ts';
import {writePreview} from './preview.ts';
import {type LastOrder, type OrderedReport, type Renderers, type StoredReport, startRenderers} from './renderers.ts';
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
    const [tables, {first, answers, shapes, years, allStored, rendering}] = await finishAll([
      writeAllTables(db, source, settings, folder),
      readYears(db, source, settings, folder, {write, renderers, documents}),
    ]);
    const sizes = new Map([...answers, ...tables].map(({file, rows, bytes}) => [file, {rows, bytes}]));
    const report = {...first, downloads: tables, sizes};
    await finishAll([
      rendering.then(() => renderLastPages(renderers, {allStored, sizes, years})),
      writeApi(db, report, shapes, folder, write),
      writeAssets(assets, report, folder, write),
      settings.url !== undefined && writePreview(report, join(folder, 'preview.png')),
    ]);
  } finally {
    db.close();
  }
}

/**
 * Writes the tables to download from a database of its own: DuckDB does not write a file completely while another connection looks at all
 * of them.
 */
async function writeAllTables(
  db: Database,
  {warehouse, facts}: SiteSource,
  {schoolYear: usual}: SiteSettings,
  folder: string,
): Promise<WrittenDownload[]> {
  const {schoolYear} = await chooseFirstYear(db, facts, usual);
  const beside = await openPublic(warehouse);
  try {
    const build = {...facts, id: facts.build, warehouse};
    return await writeTables(join(folder, downloads), {db: beside, build, schoolYear});
  } finally {
    beside.close();
  }
}

/**
 * Reads the report of each school year, stores it in a file, writes its answers, and has its pages rendered. It takes one year after the
 * other, so the main thread holds two reports at most, the first and the current one, and each other thread holds one. Pages are rendered
 * while the next years are read.
 *
 * @returns the report of the first year; the answers, pages and stored reports of all years; and a promise that settles once the last of
 *   these pages is written
 */
async function readYears(
  db: Database,
  {facts, readRows, restatements}: SiteSource,
  {schoolYear: usual, contact, heldYears = []}: SiteSettings,
  folder: string,
  {write, renderers, documents}: {write: Write; renderers: Renderers; documents: Documents},
): Promise<{
  first: OrderedReport;
  answers: WrittenDownload[];
  shapes: AnswerShape[];
  years: Site['years'];
  allStored: StoredReport[];
  rendering: Promise<void>;
}> {
  const shared = {
    // The staging and intermediate views would be worked out once more, for values that other tables have.
    tables: (await readCatalog(db, (table) => !/^(staging|intermediate)\./.test(table))).tables,
    diagrams: (await readdir(diagrams).catch(() => [])).filter((name) => name.endsWith('.svg')).sort(),
    restatements,
    heldYears,
    contact,
  };
  const describe = (outline: Outline, folder: string): YearPages => ({
    schoolYear: outline.schoolYear,
    remark: describeYear(outline),
    folder,
    files: new Set(listYearRoutes(outline, documents).map(({path}) => path)),
  });
  const readYear = async ({read}: ReadableYear): Promise<OrderedReport> => {
    const report = await read();
    return {...report, ...shared, sourceRows: readRows ? await readSourceRows(db, report, readRows) : new Map()};
  };
  const tables = listTableFiles(facts);
  const answers: WrittenDownload[] = [];
  const shapes: AnswerShape[] = [];
  const allStored: StoredReport[] = [];
  let rendering = Promise.resolve();
  let hasFailed = false;
  const orderPages = async (report: OrderedReport) => {
    const file = join(folder, `.report-${report.schoolYear}`);
    await writeFile(file, serialize(report));
    const ofYear = await writeAnswers(db, join(folder, downloads), report);
    answers.push(...ofYear);
    const stored = {file, downloads: [...ofYear, ...tables]};
    allStored.push(stored);
    rendering = rendering.then(() => renderers.render({stored, years}));
    // Awaited later. Without this, an early failure would end the process.
    rendering.catch(() => {
      hasFailed = true;
    });
    const ofApi = await listAnswers(db, report);
    for (const each of ofApi.files) await writeApiFile(each, write);
    shapes.push(...ofApi.shapes);
  };
  const [opening, ...others] = await prepareReports(db, facts, usual);
  const years: Site['years'] = [
    describe(opening.outline, ''),
    ...others.map(({outline}) => describe(outline, `${outline.schoolYear}/`)),
  ];
  const first = await readYear(opening);
  await orderPages(first);
  for (const year of others) {
    if (hasFailed) await rendering;
    await orderPages(await readYear(year));
  }
  return {first, answers, shapes, years, allStored, rendering};
}

/** Renders the pages that say what is in the files to download. */
async function renderLastPages({render}: Renderers, order: LastOrder): Promise<void> {
  await render(order);
  for (const {file} of order.allStored) await rm(file);
}

async function writeApi(
  db: Database,
  report: Report,
  shapes: readonly AnswerShape[],
  folder: string,
  write: Write,
): Promise<void> {
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
