import {join} from 'node:path';
import * as v from 'valibot';
import {createTable} from '../duckdb/create-table.ts';
import {type Database, identifier} from '../duckdb/database.ts';
import {selectFile} from '../duckdb/files.ts';
import type {SchoolYear} from '../school-year.ts';
import {isBeforeFinal} from '../sources/preliminary.ts';
import type {Column, Source} from '../sources/source.ts';
import type {Landed} from './land.ts';
import type {Reshaped} from './reshaped.ts';

/** A landed and reshaped file, and the school years of it that go into the build. */
export interface Ingested {
  source: Source;
  landed: Landed;
  reshaped: Reshaped;
  schoolYears: SchoolYear[];
  isSample: boolean;
}

/** The types of the kinds that are no text. */
const sqlTypes: Partial<Record<Column['kind'], string>> = {
  count: 'integer',
  number: 'double',
  flag: 'boolean',
  date: 'date',
};

/** The columns that say where a row comes from. */
const origin = ['school_year varchar', 'landed_sha256 varchar', 'line_number bigint'];

/** Loads Parquet from the lake into the `raw` schema of an empty warehouse. Creates every raw table, even if it stays empty. */
export async function load(
  db: Database,
  lake: string,
  sources: readonly Source[],
  ingested: readonly Ingested[],
): Promise<void> {
  await db.run('create schema raw; create schema audit');
  const tables = new Map(sources.flatMap((source) => Object.entries(listRawTables(source))));
  tables.set('rejected_row', [
    'school_year varchar',
    'landed_sha256 varchar',
    'source_id varchar',
    'line_number bigint',
    'district_code varchar',
    'school_code varchar',
    'kind varchar',
    'reason varchar',
    'content varchar',
  ]);
  tables.set('extra_value', [...origin, 'column_label varchar', 'value varchar']);
  for (const [table, columns] of tables) {
    await db.run(`create table raw.${identifier(table)} (${columns.join(', ')})`);
    for (const {schoolYear, files} of ingested.flatMap(selectPartitions)) {
      if (files[table] === undefined) continue;
      await db.run(
        `insert into raw.${identifier(table)} by name
          select *, cast($schoolYear as varchar) as school_year from ${selectFile('read_parquet', join(lake, files[table]))}`,
        {schoolYear},
      );
    }
  }
  await loadProvenance(db, ingested);
}

/** Selects the partitions of a file that go into the build. */
export function selectPartitions({reshaped, schoolYears}: Pick<Ingested, 'reshaped' | 'schoolYears'>) {
  return reshaped.partitions.filter(({schoolYear}) => schoolYear === null || schoolYears.includes(schoolYear));
}

/** Lists the raw tables of a source with their columns, as `name type`. */
export function listRawTables(source: Source): Record<string, string[]> {
  const {pivot} = source;
  const columns = source.columns
    .filter(({id}) => id !== 'school_year' && !pivot?.measures.includes(id))
    .flatMap(({id, kind}) => [
      `${identifier(id)} ${sqlTypes[kind] ?? 'varchar'}`,
      ...(kind === 'count' ? [`${identifier(`${id}_status`)} varchar`] : []),
    ]);
  if (pivot === undefined) return {[source.table]: [...origin, ...columns]};
  return {
    [pivot.rowTable]: [...origin, ...columns],
    [source.table]: [
      ...origin,
      `${pivot.labelColumn} varchar`,
      `${pivot.countColumn} integer`,
      `${pivot.countColumn}_status varchar`,
      `${pivot.printedColumn} integer`,
    ],
  };
}

/**
 * Fills `raw.landed_file`, one row for each file, and `raw.source_partition`, one row for each file and school year with counts
 * of its rows. The time of landing is only in the manifest, because the same files must give the same warehouse at any time.
 */
async function loadProvenance(db: Database, ingested: readonly Ingested[]): Promise<void> {
  await createTable(
    db,
    {schema: 'raw', name: 'landed_file'},
    {
      landed_sha256: ['varchar', ({landed}) => landed.sha256],
      source_id: ['varchar', ({landed}) => landed.sourceId],
      file_name: ['varchar', ({landed}) => landed.fileName],
      origin: ['varchar', ({landed}) => landed.origin],
      bytes: ['bigint', ({landed}) => landed.bytes],
      published_at: ['timestamp', ({landed}) => landed.publishedAt?.replace('Z', '') ?? null],
      is_sample: ['boolean', ({isSample}) => isSample],
      note: ['varchar', ({landed}) => landed.note ?? null],
    },
    ingested,
  );
  await createTable(
    db,
    {schema: 'raw', name: 'source_partition'},
    {
      source_id: ['varchar', ({landed}) => landed.sourceId],
      school_year: ['varchar', ({schoolYear}) => schoolYear],
      landed_sha256: ['varchar', ({landed}) => landed.sha256],
      rows_in: ['bigint', ({rowsIn}) => rowsIn],
      rows_loaded: ['bigint', ({rowsLoaded}) => rowsLoaded],
      rows_rejected: ['bigint', ({rowsRejected}) => rowsRejected],
      is_preliminary: ['boolean', ({isPreliminary}) => isPreliminary],
    },
    await Array.fromAsync(
      ingested.flatMap((file) => selectPartitions(file).map((partition) => ({...file, ...partition}))),
      async (partition) => ({...partition, isPreliminary: await isPreliminary(db, partition)}),
    ),
  );
}

/** Says whether the figures of a file for a school year are preliminary: by its name, or because they are older than the final release. */
async function isPreliminary(
  db: Database,
  {source, landed, schoolYear}: Pick<Ingested, 'source' | 'landed'> & {schoolYear: SchoolYear | null},
): Promise<boolean> {
  if (landed.isPreliminary) return true;
  const column = source.columns.find(({kind}) => kind === 'date');
  if (schoolYear === null || source.releases === undefined || column === undefined) return false;
  const {latest} = await db.readOne(
    v.object({latest: v.nullable(v.string())}),
    `select cast(max(${identifier(column.id)}) as varchar) as latest
      from raw.${identifier(source.pivot?.rowTable ?? source.table)}
      where landed_sha256 = $sha256 and school_year = $schoolYear`,
    {sha256: landed.sha256, schoolYear},
  );
  return isBeforeFinal(source, schoolYear, [latest, landed.publishedAt]);
}
