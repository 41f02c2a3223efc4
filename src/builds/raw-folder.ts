import {constants, copyFile, link, mkdir} from 'node:fs/promises';
import {basename, dirname, join} from 'node:path';
import * as v from 'valibot';
import {type Database, identifier, literal} from '../duckdb/database.ts';
import {type Ingested, selectPartitions} from '../ingest/load.ts';

/** The name of a null partition in Hive, which every reader of partitioned Parquet understands. */
const nullPartition = '__HIVE_DEFAULT_PARTITION__';

/**
 * Writes a build's raw tables as Parquet, `<table>/school_year=<year>/<file>`, for engines that can't read the warehouse. Files
 * of the lake are linked. Only tables that the lake doesn't have are written: the small provenance tables, and empty ones.
 */
export async function writeRawFolder(
  db: Database,
  lake: string,
  folder: string,
  ingested: readonly Ingested[],
): Promise<void> {
  const inLake = new Set<string>();
  for (const {schoolYear, files} of ingested.flatMap(selectPartitions)) {
    for (const [table, path] of Object.entries(files)) {
      const partition = `school_year=${schoolYear ?? nullPartition}`;
      await linkOrCopy(join(lake, path), join(folder, table, partition, basename(path)));
      inLake.add(table);
    }
  }
  const tables = await db.read(
    v.object({table: v.string()}),
    `select table_name as "table" from duckdb_tables() where schema_name = 'raw' order by table_name`,
  );
  for (const {table} of tables) {
    if (inLake.has(table)) continue;
    const path = join(folder, table, `${table}.parquet`);
    await mkdir(dirname(path), {recursive: true});
    await db.run(`copy raw.${identifier(table)} to ${literal(path)} (format parquet, compression zstd)`);
  }
}

/** Creates a hard link, so a build keeps the file even if the lake loses it. Copies where the file system has no hard links. */
async function linkOrCopy(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), {recursive: true});
  await link(from, to).catch(() => copyFile(from, to, constants.COPYFILE_EXCL));
}
