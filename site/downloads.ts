import {createWriteStream} from 'node:fs';
import {mkdir, rm, stat, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {pipeline} from 'node:stream/promises';
import {ZipFile} from 'yazl';
import {chooseRegion} from '../src/answers/regions.ts';
import {shapeAnswer} from '../src/answers/shape.ts';
import {readGraph} from '../src/dbt/graph/read-graph.ts';
import {countRow, type Database, identifier, literal} from '../src/duckdb/database.ts';
import {exportDuckdbFile} from '../src/export/duckdb-file.ts';
import {exportFolder} from '../src/export/folder.ts';
import {type Build, quoteName, readTables, type Table} from '../src/export/tables.ts';
import {exportWorkbook} from '../src/export/workbook.ts';
import {listFiles, makeRelative, renamePatiently} from '../src/files.ts';
import {projectFolder} from '../src/project-folder.ts';
import type {Download, DownloadSize, ReportOfYear} from '../src/report/report.ts';
import type {SchoolYear} from '../src/school-year.ts';
import {formatCsv} from '../src/words/csv.ts';
import {chooseFilePrefix, createMarkColumns, type Marks} from '../src/words/marks.ts';
import {finishAll} from './finish-all.ts';

/** The marts to download: those that the pages use. */
export const downloadedMarts = [
  'schools',
  'school_demographics',
  'school_representation',
  'school_representation_by_group',
  'school_trend',
  'similar_school',
  'district_representation',
  'district_representation_by_group',
  'district_trend',
  'region_changes',
  'region_representation',
  'region_representation_by_group',
  'region_trend',
  'top_schools_by_student_group',
  'top_elementary_schools_by_teacher_group',
  'top_schools_by_teachers_of_color',
];
/** Marts that hold the whole state are downloaded for the region's schools only. */
const regionFilters: Record<string, string> = {
  school_demographics: '(school_year, school_id) in (select (school_year, school_id) from marts.schools)',
};

/** A database that `openPublic` has opened, and the facts about its build. */
interface Source {
  db: Database;
  build: Build;
  /** The school year of the workbook. */
  schoolYear: SchoolYear;
}

/** A file to download, with its size. */
export type WrittenDownload = Download & DownloadSize;

/** Writes every answer of a school year into a folder. */
export async function writeAnswers(
  db: Database,
  folder: string,
  {questions, explorations, preliminary, build}: ReportOfYear,
): Promise<WrittenDownload[]> {
  await mkdir(folder, {recursive: true});
  const prefix = chooseFilePrefix(build);
  const marks = createMarkColumns(build);
  const downloads: WrittenDownload[] = [];
  const {region_id: region} = await chooseRegion(db);
  for (const {name, schoolYear, ...answered} of [...questions, ...explorations]) {
    if (schoolYear === null) continue;
    const {columns, rows} = await shapeAnswer(db, {...answered, schoolYear, region});
    const marked = rows.map((row) => ({...marks, ...row}));
    const header = [...Object.keys(marks), ...columns];
    for (const format of ['csv', 'json'] as const) {
      const file = `${prefix}${name}-${schoolYear}${preliminary === undefined ? '' : '-preliminary'}.${format}`;
      const text = format === 'csv' ? formatCsv(header, marked) : `${JSON.stringify(marked, null, 2)}\n`;
      await writeFile(join(folder, file), text);
      downloads.push({name, kind: 'answer', file, format, rows: rows.length, bytes: Buffer.byteLength(text)});
    }
  }
  return downloads;
}

/** Lists the files that `writeTables` writes: each mart in its own files, and all in a zip archive, a workbook and a database. */
export function listTableFiles(build: Marks): Download[] {
  const prefix = chooseFilePrefix(build);
  return [
    ...downloadedMarts.flatMap((name) =>
      (['csv', 'parquet'] as const).map((format): Download => {
        return {name, kind: 'mart', file: `${prefix}${name}.${format}`, format};
      }),
    ),
    ...(['zip', 'xlsx', 'duckdb.zip'] as const).map((format): Download => {
      return {name: 'rollcall', kind: 'everything', file: `${prefix}rollcall.${format}`, format};
    }),
  ];
}

/** Writes the marts as an export does. */
export async function writeTables(folder: string, {db, build, schoolYear}: Source): Promise<WrittenDownload[]> {
  const {project} = await readGraph(join(projectFolder, 'dbt'));
  const wanted = downloadedMarts.map((name) => `marts.${name}`);
  const tables = await Array.fromAsync(await readTables(db, project, build, wanted), (table) => limitRows(db, table));
  const prefix = chooseFilePrefix(build);

  const made = join(folder, 'made');
  await mkdir(made, {recursive: true});
  const database = join(made, `${prefix}rollcall.duckdb`);
  await exportDuckdbFile(database, {db, build, tables});
  // The file has the tables as they are exported, so their queries need not run again for the other formats.
  await db.run(`attach ${literal(database)} as made (read_only)`);
  const copies = tables.map((table) => ({...table, query: `select * from made.${quoteName(table)}`}));
  // The descriptors beside the files of an export are in the archive of the tables.
  const exported = join(made, 'tables');
  await exportFolder(exported, {db, build, tables: copies}).finally(() => db.run('detach made'));
  const workbook = `${prefix}rollcall.xlsx`;
  const year = {wanted: undefined, usual: schoolYear};
  await finishAll([
    zipFiles(join(folder, `${prefix}rollcall.zip`), exported, await listFiles(exported)),
    // Most of the database file is empty: compressed, it has a tenth of the size.
    zipFiles(join(folder, `${prefix}rollcall.duckdb.zip`), made, [database]),
    exportWorkbook(join(made, workbook), {db, build, tables, year}),
  ]);
  await renamePatiently(join(made, workbook), join(folder, workbook));
  const files = listTableFiles(build);
  for (const {name, file, format} of files.filter(({kind}) => kind === 'mart'))
    await renamePatiently(join(exported, 'marts', `${name}.${format}`), join(folder, file));
  await rm(made, {recursive: true});
  const all = tables.reduce((sum, {rowCount}) => sum + rowCount, 0);
  return Promise.all(
    files.map(async (download) => ({
      ...download,
      rows: download.kind === 'everything' ? all : (tables.find(({name}) => name === download.name)?.rowCount ?? 0),
      bytes: (await stat(join(folder, download.file))).size,
    })),
  );
}

async function limitRows(db: Database, table: Table): Promise<Table> {
  const filter = regionFilters[table.name];
  if (filter === undefined) return table;
  // Ordered again: a filter keeps the order of its rows on one thread only.
  const query = `select * from (${table.query}) where ${filter} order by ${table.primaryKey.map(identifier).join(', ')}`;
  return {...table, query, rowCount: (await db.readOne(countRow, `select count(*) as n from (${query})`)).n};
}

/** Packs files of a folder. The same files give the same bytes. */
async function zipFiles(path: string, folder: string, files: readonly string[]): Promise<void> {
  const zip = new ZipFile();
  const options = {mtime: new Date(1980, 0, 1), forceDosTimestamp: true, mode: 0o100644};
  for (const file of files.toSorted()) zip.addFile(file, makeRelative(folder, file), options);
  zip.end();
  await pipeline(zip.outputStream, createWriteStream(path));
}
