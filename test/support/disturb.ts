/**
 * Checks that lineage is complete, without reading SQL: a column of a parent gets other values, the model's query runs
 * again, and the lineage must lead from the changed column to every column that differs.
 */
import {type Database, identifier} from '../../src/duckdb/database.ts';
import type {Lineage, ProjectTable} from '../../src/lineage/project-lineage.ts';
import {formatColumnName} from '../../src/lineage/trace.ts';

/** Other values for a column: nulls in every second row, or only nulls for queries that fail on the former. */
const disturbances = [
  (column: string, type: string) => `case when nth % 2 = 0 then ${disturbValue(column, type)} end`,
  (_: string, type: string) => `cast(null as ${type})`,
];

function disturbValue(column: string, type: string): string {
  if (type === 'VARCHAR') return `md5(concat(${column}, nth))`;
  if (type === 'BOOLEAN') return `not ${column}`;
  return /INT|DOUBLE/.test(type) ? `cast(hash(nth) % 4 as ${type})` : column;
}

/**
 * Finds columns of a model that depend on a column missing in its lineage, as `parent column → column`.
 *
 * @param db a database in memory, with the inputs of the query attached as `stored`
 */
export async function findUnnamedDependencies(
  db: Database,
  lineage: Lineage,
  {table, sql}: {table: string; sql: string},
): Promise<{found: string[]; tries: number}> {
  const parents = [...lineage.tables.values()].filter(
    (other) => sql.includes(other.table) || sql.includes(quoteTable(other)),
  );
  for (const parent of parents) {
    await db.run(`create schema if not exists ${identifier(parent.table.split('.')[0] ?? '')}; ${createView(parent)}`);
  }
  const {columns, rows} = lineage.of(table);
  // Lineage omits which rows a distinct or a union keeps. Its statements about values must still hold.
  const isDistinct = /\bdistinct\b|\bunion\b(?!\s+all)/i.test(sql);
  const looked = [...columns].filter(([, {fixed}]) => !isDistinct || fixed !== 'row count').map(([name]) => name);
  const before = await hashColumns(db, sql, looked, isDistinct);
  const found = new Set<string>();
  let tries = 0;
  for (const parent of parents) {
    const types = await db.rows(`describe stored.${quoteTable(parent)}`);
    for (const {name} of parent.columns) {
      const here = formatColumnName({table: parent.table, column: name});
      if (rows.some(({column}) => formatColumnName(column) === here)) continue;
      const type = String(types.find((row) => row['column_name'] === name)?.['column_type']);
      for (const disturb of disturbances) {
        await db.run(createView(parent, `replace (${disturb(identifier(name), type)} as ${identifier(name)})`));
        const after = await hashColumns(db, sql, looked, isDistinct).catch(() => undefined);
        if (after === undefined) continue;
        tries += 1;
        for (const column of looked) {
          const {from = [], decidedBy = []} = columns.get(column) ?? {};
          const isSaid = [...from, ...decidedBy].some((other) => formatColumnName(other) === here);
          if (!isSaid && before[column] !== after[column]) found.add(`${here} → ${table}.${column}`);
        }
        break;
      }
      await db.run(createView(parent));
    }
  }
  return {found: [...found], tries};
}

function createView(table: ProjectTable, replacement = ''): string {
  return `create or replace view ${quoteTable(table)} as select * exclude (nth) ${replacement}
    from (select *, rowid as nth from stored.${quoteTable(table)})`;
}

/** Returns a hash of each column's values that does not depend on the order of rows. */
async function hashColumns(db: Database, sql: string, columns: readonly string[], isDistinct: boolean) {
  const distinct = isDistinct ? 'distinct ' : '';
  const of = (name: string) =>
    `concat(count(${distinct}${name}), ' ', cast(sum(${distinct}hash(${name})) as varchar)) as ${name}`;
  const [row] = await db.rows(`select ${columns.map((name) => of(identifier(name))).join(', ')} from (${sql})`);
  return row ?? {};
}

function quoteTable({table}: ProjectTable): string {
  return table.split('.').map(identifier).join('.');
}
