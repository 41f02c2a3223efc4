import {type Database, identifier, literal} from './database.ts';

/**
 * Writes a table or view to a file. Rows are sorted by all columns, so the same rows give the same bytes whatever their order in
 * the table.
 */
export async function writeTable(
  db: Database,
  table: {schema: string; name: string},
  path: string,
  format: 'parquet' | 'csv',
): Promise<void> {
  const selection = `from ${identifier(table.schema)}.${identifier(table.name)} order by all nulls first`;
  if (format === 'parquet') await writeParquet(db, selection, path);
  else await db.run(`copy (${selection}) to ${literal(path)} (format csv, header true)`);
}

/** Writes the rows of a query as Parquet, in their order. */
export async function writeParquet(db: Database, selection: string, path: string): Promise<void> {
  await db.run(`copy (${selection}) to ${literal(path)}
    (format parquet, compression zstd, row_group_size 122880)`);
}
