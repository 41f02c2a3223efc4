import {mkdir, stat, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {stringify} from 'csv-stringify/sync';
import {chooseRegion} from '../src/answers/regions.ts';
import {shapeAnswer} from '../src/answers/shape.ts';
import {countRow, type Database, identifier, literal} from '../src/duckdb/database.ts';
import {guardCells} from '../src/duckdb/guarded-csv.ts';
import type {Question} from '../src/report/question.ts';
import type {Download} from '../src/report/report.ts';
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

/** Writes every answer and every mart to download into a folder. */
export async function writeDownloads(
  db: Database,
  folder: string,
  questions: readonly Question[],
  build: Marks,
): Promise<Download[]> {
  await mkdir(folder, {recursive: true});
  const prefix = chooseFilePrefix(build);
  const marks = createMarkColumns(build);
  const selected = Object.entries(marks).map(([name, mark]) => `${mark === true ? mark : literal(mark)} as ${name}, `);
  const downloads: Download[] = [];
  const {region_id: region} = await chooseRegion(db);
  for (const {name, schoolYear, ...answered} of questions) {
    if (schoolYear === null) continue;
    const {columns, rows} = await shapeAnswer(db, {...answered, schoolYear, region});
    const marked = rows.map((row) => ({...marks, ...row}));
    const header = [...Object.keys(marks), ...columns];
    for (const format of ['csv', 'json'] as const) {
      const file = `${prefix}${name}-${schoolYear}.${format}`;
      const text =
        format === 'csv'
          ? stringify(marked, {header: true, columns: header, cast: {boolean: String, string: guardCell}})
          : `${JSON.stringify(marked, null, 2)}\n`;
      await writeFile(join(folder, file), text);
      downloads.push({name, kind: 'answer', file, format, rows: rows.length, bytes: Buffer.byteLength(text)});
    }
  }
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
