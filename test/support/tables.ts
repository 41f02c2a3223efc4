import {createHash} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {readdir} from 'node:fs/promises';
import {join} from 'node:path';
import {requirePublished} from '../../src/builds/published.ts';
import {type Database, identifier, literal, open} from '../../src/duckdb/database.ts';
import {writeTable} from '../../src/duckdb/parquet.ts';
import {locateHome} from '../../src/home.ts';
import {makeTemporaryFolder} from './temporary.ts';

async function withPublished<T>(home: string, use: (db: Database) => Promise<T>): Promise<T> {
  const {warehouse} = await requirePublished(locateHome(home));
  const db = await open(warehouse, {readOnly: true});
  try {
    return await use(db);
  } finally {
    db.close();
  }
}

async function listTables(db: Database): Promise<{schema: string; name: string}[]> {
  const rows = await db.rows(`select table_schema as schema, table_name as name from information_schema.tables
    where table_catalog = current_database() order by all`);
  return rows.map(({schema, name}) => ({schema: String(schema), name: String(name)}));
}

/** Exports every table and view of the published build, and returns the SHA-256 of each file by name. */
export function hashExport(home: string): Promise<Record<string, string>> {
  return withPublished(home, async (db) => {
    const folder = makeTemporaryFolder('export');
    for (const table of await listTables(db)) {
      for (const format of ['parquet', 'csv'] as const) {
        await writeTable(db, table, join(folder, `${table.schema}.${table.name}.${format}`), format);
      }
    }
    return hashFiles(folder);
  });
}

/** Returns the SHA-256 of each file under a folder, by path. */
export async function hashFiles(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, {recursive: true, withFileTypes: true});
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(
    files
      .sort()
      .map((file) => [file.slice(folder.length + 1), createHash('sha256').update(readFileSync(file)).digest('hex')]),
  );
}

/**
 * Returns a checksum over the rows of every table and view of the published build, in their stored order. Cheaper than
 * an export of all of them.
 */
export function hashTables(home: string): Promise<string> {
  return withPublished(home, async (db) => {
    const parts = (await listTables(db)).map(({schema, name}) => {
      const table = `${identifier(schema)}.${identifier(name)}`;
      return `select ${literal(`${schema}.${name}`)} as name, count(*) as n,
        md5(coalesce(string_agg(hash(t)::varchar, ',' order by hash(t)), '')) as rows from ${table} as t`;
    });
    return JSON.stringify(await db.rows(`${parts.join(' union all ')} order by name`));
  });
}
