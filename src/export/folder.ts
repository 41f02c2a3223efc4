import {mkdir, readFile, stat, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import * as v from 'valibot';
import {type Database, literal} from '../duckdb/database.ts';
import {guardCells} from '../duckdb/guarded-csv.ts';
import {hashFile} from '../files.ts';
import {replaceFolder} from '../replace.ts';
import {parseJson} from '../schemas.ts';
import {formatCount, joinWords} from '../words/format.ts';
import {createMarkColumns, listBuildMarks} from '../words/marks.ts';
import {formatSize} from '../words/rankings.ts';
import type {Thresholds} from '../words/thresholds.ts';
import {createDataPackage, type DataPackage, formatDescriptor, type PlacedTable} from './data-package.ts';
import {type Build, composeRemark, type Export, qualifyName, type Table} from './tables.ts';

const csvFormat = {format: 'csv', mediatype: 'text/csv', encoding: 'utf-8'};
const parquetFormat = {format: 'parquet', mediatype: 'application/vnd.apache.parquet'};
const descriptorName = 'datapackage.json';
const readmeName = 'README.md';

/**
 * Writes a folder of CSV and Parquet files, with a folder for each schema, a data package descriptor and a README. The files
 * replace those of an earlier export.
 *
 * @throws Failure (exit 2) if the folder has other files than those of an export
 */
export async function exportFolder(folder: string, {db, build, tables}: Export): Promise<void> {
  const ours = {what: 'an export', marker: descriptorName, list: listExported};
  await replaceFolder(folder, ours, async (aside) => {
    const placed: PlacedTable[] = [];
    for (const table of tables) placed.push(...(await writeTable(aside, {db, build, table})));
    const descriptor = createDataPackage(build, placed);
    await writeFile(join(aside, descriptorName), formatDescriptor(descriptor));
    await writeFile(join(aside, readmeName), formatReadme(descriptor, tables, build.thresholds));
  });
}

async function writeTable(
  folder: string,
  {db, build, table}: {db: Database; build: Build; table: Table},
): Promise<PlacedTable[]> {
  const name = qualifyName(table);
  const csv = `${table.schema}/${table.name}.csv`;
  const parquet = `${table.schema}/${table.name}.parquet`;
  await mkdir(join(folder, table.schema), {recursive: true});
  await copyToCsv(db, {query: await guardCells(db, table.query)}, join(folder, csv));
  await copyToParquet(db, table, build, join(folder, parquet));
  const [ofCsv, ofParquet] = [await fingerprint(join(folder, csv)), await fingerprint(join(folder, parquet))];
  return [
    {table, resource: {name, path: csv, type: 'table', ...csvFormat, ...ofCsv}},
    {
      table,
      resource: {name: `${name}.parquet`, path: parquet, type: 'file', ...parquetFormat, ...ofParquet},
      sameAs: name,
    },
  ];
}

/** Copies a table to CSV. Timestamps end in Z for UTC; null is nothing, and an empty text is `""`. */
export async function copyToCsv(db: Database, {query}: Pick<Table, 'query'>, path: string): Promise<void> {
  await db.run(`copy (${query}) to ${literal(path)} (format csv, header, nullstr '',
    dateformat '%Y-%m-%d', timestampformat '%Y-%m-%dT%H:%M:%S.%fZ')`);
}

async function copyToParquet(db: Database, table: Table, build: Build, path: string): Promise<void> {
  const about = {table: qualifyName(table), description: composeRemark(table), build: build.id};
  const metadata = Object.entries(about).map(([key, value]) => `${literal(key)}: ${literal(value)}`);
  await db.run(`copy (${table.query}) to ${literal(path)} (format parquet, compression zstd,
    kv_metadata {${metadata.join(', ')}})`);
}

export async function fingerprint(path: string): Promise<{bytes: number; hash: string}> {
  return {bytes: (await stat(path)).size, hash: `sha256:${await hashFile(path)}`};
}

/** The part of an earlier export's descriptor that is read. */
const ourDescriptor = v.object({rollcall: v.object({}), resources: v.array(v.object({path: v.string()}))});

async function listExported(folder: string): Promise<string[] | undefined> {
  const text = await readFile(join(folder, descriptorName), 'utf8').catch(() => '');
  const paths = parseJson(ourDescriptor, text)?.resources.map(({path}) => path);
  return paths && [descriptorName, readmeName, ...paths];
}

/** Where to start: what people look for, and the table that has it. */
const starts = [
  ['How well each school’s teachers represent its students', 'school_representation'],
  ['The same by race and gender', 'school_representation_by_group'],
  ['How a school, a district or the region has changed', 'school_trend', 'district_trend', 'region_trend'],
  ['The schools, with their numbers of students and teachers', 'schools'],
  ['Which students have a teacher of their group at their school', 'teacher_access'],
] as const;

function formatStart(tables: readonly Table[]): string {
  const lines = starts.flatMap(([wish, ...names]) => {
    const found = tables.filter(({schema, name}) => schema === 'marts' && names.some((each) => each === name));
    return found.length === 0 ? [] : [`- ${wish}: ${joinWords(found.map(linkToTable))}`];
  });
  return lines.length === 0 ? '' : `## Start here\n\n${lines.join('\n')}\n\n`;
}

function linkToTable(table: Table): string {
  return `[${qualifyName(table)}](${table.schema}/${table.name}.csv)`;
}

/** Returns what a row of a table is: the first part of its description, which the descriptor has whole. */
function findGrain(description = ''): string {
  return /One row = ([^:;.]+)/.exec(description)?.[1] ?? description;
}

function formatReadme(
  {title, description, sources, licenses, rollcall}: DataPackage,
  tables: readonly Table[],
  {smallNumber, rankMinStudents, rankMinTeachers}: Thresholds,
): string {
  const marks = listBuildMarks(rollcall);
  const repeatsPrinted = tables.some(({columns}) => columns.some(({name}) => name === 'printed_student_count'));
  const few = formatSize({minStudents: rankMinStudents, minTeachers: rankMinTeachers}).join(' or ');
  const license = licenses?.map(({title, name, path}) => [title ?? name, path].filter(Boolean).join(', ')).join('; ');
  return `# ${title}

${marks.length > 0 ? `**${marks.join(' ')}** Every row says so, in ${joinWords(Object.keys(createMarkColumns(rollcall)).map((name) => `\`${name}\``))}.\n\n` : ''}${description}
Build ${rollcall.build}. Every table and column is described in [${descriptorName}](${descriptorName}), a Frictionless data package.

${formatStart(tables)}## The tables

| table | rows | a row is |
|---|---:|---|
${tables.map((table) => `| ${linkToTable(table)} | ${formatCount(table.rowCount)} | ${findGrain(table.description)} |`).join('\n')}

Each table is a CSV file and a Parquet file, \`schema/table.csv\` and \`schema/table.parquet\`, with the same rows in the same order.
In CSV, nothing between two commas is a null, and \`""\` is an empty text. Timestamps are UTC. Codes are text, so tell your reader
to keep their leading zeros. A text that a spreadsheet would run as a formula (it begins with =, +, - or @) has an apostrophe before
it; Parquet has it as it is.

## Before you count

- **Of color** is every race but White. Teachers whose race is **not provided** are never counted as of color;
  \`teachers_of_color_share_high\` is the share if all of them were.
- A share of few people means little: \`is_small\` marks figures that rest on fewer than ${smallNumber} people, and \`is_rank_small\` ranks of
  schools with fewer than ${few}. Counts are of everybody, so shares are exact; the \`_chance_low\` and \`_chance_high\`
  columns of schools say what hiring of the same kind could as well have given.
- A figure that the state withholds, doesn't give, or gives as a partial sum is **null**, never 0. \`student_count_status\` says
  which.${repeatsPrinted ? ` \`printed_student_count\` is what the state prints all the same. Don't work out from it what the state withholds.` : ''}
${tables.some(({name}) => name === 'fct_enrollment') ? `- Grades add up to the school (\`fct_enrollment\`); the state's own total of all grades is in \`fct_enrollment_all_grades\`. Use one\n  or the other, never the sum of both.\n` : ''}- The state restates its figures. These are the figures of the files below.

## Sources

| source | publisher | how it came | SHA-256 |
|---|---|---|---|
${sources.map(({title, publisher, description, sha256}) => `| ${title} | ${publisher} | ${description} | \`${sha256}\` |`).join('\n')}

License of the data: ${license ?? 'not known for every source; see `sources` in the descriptor'}.
`;
}
