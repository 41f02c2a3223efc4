import {type Database, identifier, literal} from './database.ts';

/**
 * Creates a table from rows in memory and keeps their order.
 *
 * @param columns for each column its DuckDB type and its value in a row; a column of type json takes any value
 */
export async function createTable<Item>(
  db: Database,
  table: {schema: string; name: string},
  columns: Record<string, [type: string, pick: (item: Item) => unknown]>,
  items: readonly Item[],
): Promise<void> {
  const into = `${identifier(table.schema)}.${identifier(table.name)}`;
  const all = Object.entries(columns);
  const typed = all.map(([name, [type]]) => `${identifier(name)} ${type}`).join(', ');
  await db.run(`create or replace table ${into} (${typed})`);
  const structure = literal(JSON.stringify([Object.fromEntries(all.map(([name, [type]]) => [name, type]))]));
  const rows = items.map((item) => Object.fromEntries(all.map(([name, [, pick]]) => [name, pick(item)])));
  await db.run(`insert into ${into} select unnest(from_json($rows::json, ${structure}), recursive := true)`, {
    rows: JSON.stringify(rows),
  });
}
