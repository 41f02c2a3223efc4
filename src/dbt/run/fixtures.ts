import {type Database, describeColumns, identifier, literal} from '../../duckdb/database.ts';
import {Failure} from '../../failure.ts';
import type {Fixture} from '../project/project.ts';

/** The columns of a table or query, each with its type. */
export type Columns = Map<string, string>;

export async function readColumns(query: string, db: Database): Promise<Columns> {
  return new Map((await describeColumns(db, `select * from (\n${query}\n)`)).map(({name, type}) => [name, type]));
}

/** The columns of tables that stay as they are; each is described once. */
export class TableColumns {
  readonly #known = new Map<string, Promise<Columns>>();

  /** @param table as SQL names it */
  of(table: string, db: Database): Promise<Columns> {
    const columns = this.#known.get(table) ?? readColumns(`select * from ${table}`, db);
    this.#known.set(table, columns);
    return columns;
  }
}

/**
 * Rows of a unit test as a query: each value as its column's type, null where a row leaves the column out.
 *
 * @param of the table or model that has the columns
 * @param wanted the columns of the query
 * @throws Failure where a row has a column that is none of these
 */
export function writeFixtureQuery(
  of: string,
  fixture: Fixture,
  columns: Columns,
  wanted: readonly string[] = [...columns.keys()],
): string {
  if ('sql' in fixture) return fixture.sql;
  for (const name of fixture.rows.flatMap((row) => Object.keys(row))) {
    if (!columns.has(name)) throw new Failure(`${of} has no column ${name}. It has ${[...columns.keys()].join(', ')}.`);
  }
  const select = (row: (typeof fixture.rows)[number]) =>
    `select ${wanted
      .map((name) => `cast(${writeLiteral(row[name] ?? null)} as ${columns.get(name)}) as ${identifier(name)}`)
      .join(', ')}`;
  if (fixture.rows.length === 0) return `${select({})} where false`;
  return fixture.rows.map(select).join('\nunion all\n');
}

/**
 * The columns that the rows expected name; undefined where they name none, and all are compared.
 *
 * @throws Failure where the rows name different ones
 */
export function listNamedColumns(fixture: Fixture): string[] | undefined {
  const [first, ...others] = 'rows' in fixture ? fixture.rows : [];
  if (first === undefined) return undefined;
  const names = Object.keys(first);
  if (others.some((row) => Object.keys(row).join() !== names.join())) {
    throw new Failure('The rows expected do not all name the same columns in the same order.');
  }
  return names;
}

function writeLiteral(value: string | number | boolean | null): string {
  return typeof value === 'string' ? literal(value) : `${value}`;
}
