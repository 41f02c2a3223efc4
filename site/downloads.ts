import {mkdir, stat, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {stringify} from 'csv-stringify/sync';
import {countRow, type Database, identifier, literal} from '../src/duckdb/database.ts';
import {guardCells} from '../src/duckdb/guarded-csv.ts';
import type {Download, ReportOfYear} from '../src/report/report.ts';
import {chooseFilePrefix, createMarkColumns, type Marks} from '../src/words/marks.ts';
import {guardCell} from '../src/words/outgoing.ts';

/** The marts to download: those that the pages use. */
export const downloadedMarts = [
  'schools',
  'school_demographics',
  'school_representation',
  'school_representation_by_group',
  'school_trend',
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
  school_demographics: 'where (school_year, school_id) in (select (school_year, school_id) from marts.schools)',
};

/** Writes every answer of a school year into a folder. */
export async function writeAnswers(
  folder: string,
  {questions, explorations, preliminary, build}: ReportOfYear,
): Promise<Download[]> {
  await mkdir(folder, {recursive: true});
  const prefix = chooseFilePrefix(build);
  const marks = createMarkColumns(build);
  const downloads: Download[] = [];
  for (const {name, columns, rows, schoolYear} of [...questions, ...explorations]) {
    if (schoolYear === null) continue;
    const marked = rows.map((row) => ({...marks, ...row}));
    const header = [...Object.keys(marks), ...columns];
    for (const format of ['csv', 'json'] as const) {
      const file = `${prefix}${name}-${schoolYear}${preliminary === undefined ? '' : '-preliminary'}.${format}`;
      const text =
        format === 'csv'
          ? stringify(marked, {header: true, columns: header, cast: {boolean: String, string: guardCell}})
          : `${JSON.stringify(marked, null, 2)}\n`;
      await writeFile(join(folder, file), text);
      downloads.push({name, kind: 'answer', file, format, rows: rows.length, bytes: Buffer.byteLength(text)});
    }
  }
  return downloads;
}

/** Writes every mart to download into a folder. */
export async function writeMarts(db: Database, folder: string, build: Marks): Promise<Download[]> {
  await mkdir(folder, {recursive: true});
  const prefix = chooseFilePrefix(build);
  const marks = Object.entries(createMarkColumns(build));
  const selected = marks.map(([name, mark]) => `${mark === true ? mark : literal(mark)} as ${name}, `);
  const downloads: Download[] = [];
  for (const name of downloadedMarts) {
    const from = `from marts.${identifier(name)} ${regionFilters[name] ?? ''}`;
    const {n} = await db.readOne(countRow, `select count(*) as n ${from}`);
    for (const format of ['csv', 'parquet'] as const) {
      const file = `${prefix}${name}.${format}`;
      const path = join(folder, file);
      const query = `select ${selected.join('')}* ${from} order by all`;
      await db.run(
        format === 'csv'
          ? `copy (${await guardCells(db, query)}) to ${literal(path)} (format csv, header)`
          : `copy (${query}) to ${literal(path)} (format parquet, compression zstd)`,
      );
      downloads.push({name, kind: 'mart', file, format, rows: n, bytes: (await stat(path)).size});
    }
  }
  return downloads;
}
