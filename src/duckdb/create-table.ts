import {type Database, identifier, literal} from './database.ts';

/**
 * Creates a table from rows in memory and keeps their order.
 *
 * @param columns names and DuckDB types; a column of type json takes any value
 */
export async function createTable<Column extends string>(
  db: Database,
  table: {schema: string; name: string},
  columns: Record<Column, string>,
  rows: readonly Record<Column, unknown>[],
): Promise<void> {
  const into = `${identifier(table.schema)}.${identifier(table.name)}`;
  const typed = Object.entries<string>(columns);
  await db.run(
    `create or replace table ${into} (${typed.map(([name, type]) => `${identifier(name)} ${type}`).join(', ')})`,
  );
  const structure = literal(JSON.stringify([columns]));
  await db.run(`insert into ${into} select unnest(from_json($rows::json, ${structure}), recursive := true)`, {
    rows: JSON.stringify(rows),
  });
}
