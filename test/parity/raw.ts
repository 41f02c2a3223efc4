import {rm} from 'node:fs/promises';
import {identifier, literal, open} from '../../src/duckdb/database.ts';

/** Makes a warehouse with only the raw tables of another. */
export async function copyRaw(from: string, to: string): Promise<void> {
  await rm(to, {force: true});
  const db = await open(to);
  await db.run(`attach ${literal(from)} as published (read_only); create schema raw`);
  const tables = await db.rows(
    `select table_name from duckdb_tables() where database_name = 'published' and schema_name = 'raw'`,
  );
  for (const {table_name} of tables) {
    const table = identifier(String(table_name));
    await db.run(`create table raw.${table} as select * from published.raw.${table}`);
  }
  db.close();
}
