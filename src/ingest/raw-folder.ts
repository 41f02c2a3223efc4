import {constants, copyFile, link, mkdir} from 'node:fs/promises';
import {basename, dirname, join} from 'node:path';
import {z} from 'zod';
import {type Database, identifier, literal} from '../duckdb/database.ts';
import type {Ingested} from './load.ts';

/** How Hive, and with it every reader of partitioned Parquet, writes that a partition's value is null. */
const nullPartition = '__HIVE_DEFAULT_PARTITION__';

/**
 * Lays a build's raw tables out as Parquet, `<table>/school_year=<year>/<file>`, for engines that read files and not the
 * warehouse. What came from the lake is the lake's own file, linked; what is not in the lake is written: the small tables that
 * say where the rows come from, and those without rows.
 */
export async function writeRawFolder(
  db: Database,
  lake: string,
  folder: string,
  ingested: readonly Ingested[],
): Promise<void> {
  const inLake = new Set<string>();
  for (const {reshaped, schoolYears} of ingested) {
    for (const {schoolYear, files} of reshaped.partitions) {
      if (schoolYear !== null && !schoolYears.includes(schoolYear)) continue;
      for (const [table, path] of Object.entries(files)) {
        const partition = `school_year=${schoolYear ?? nullPartition}`;
        await linkOrCopy(join(lake, path), join(folder, table, partition, basename(path)));
        inLake.add(table);
      }
    }
  }
  const tables = await db.read(
    z.object({table: z.string()}),
    `select table_name as "table" from duckdb_tables() where schema_name = 'raw' order by table_name`,
  );
  for (const {table} of tables) {
    if (inLake.has(table)) continue;
    const path = join(folder, table, `${table}.parquet`);
    await mkdir(dirname(path), {recursive: true});
    await db.run(`copy raw.${identifier(table)} to ${literal(path)} (format parquet, compression zstd)`);
  }
}

/** A second name for the same bytes, so a build keeps them whatever becomes of the lake; a copy where there are no such links. */
async function linkOrCopy(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), {recursive: true});
  await link(from, to).catch(() => copyFile(from, to, constants.COPYFILE_EXCL));
}
