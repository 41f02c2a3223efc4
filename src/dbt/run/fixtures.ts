import {type Database, describeColumns, identifier, writeLiteral} from '../../duckdb/database.ts';
import {Failure} from '../../failure.ts';
import type {Fixture} from '../project/project.ts';

/** The columns of a table or query, each with its type. */
export type Columns = Map<string, string>;

export async function readColumns(query: string, db: Database): Promise<Columns> {
  return new Map((await describeColumns(db, `select * from (\n${query}\n)`)).map(({name, type}) => [name, type]));
}

/** Caches the columns of tables that don't change. */
export class TableColumns {
  readonly #known = new Map<string, Promise<Columns>>();

  /** @param table the quoted name in SQL */
  of(table: string, db: Database): Promise<Columns> {
    const columns = this.#known.get(table) ?? readColumns(`select * from ${table}`, db);
    this.#known.set(table, columns);
    return columns;
  }
}

/**
 * Writes the rows of a unit test as a query. Each value is cast to its column's type; a column that a row omits is null.
 *
 * @param of the table or model that has the columns
 * @param wanted the columns of the query
 * @throws Failure if a row has an unknown column
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
 * Lists the columns that the expected rows name.
 *
 * @returns undefined if they name none, so that all columns are compared
 * @throws Failure if the rows don't all name the same columns in the same order
 */
export function listNamedColumns(fixture: Fixture): string[] | undefined {
  const [first, ...others] = 'rows' in fixture ? fixture.rows : [];
  if (first === undefined) return undefined;
  const names = Object.keys(first);
  if (others.some((row) => Object.keys(row).join() !== names.join())) {
    throw new Failure('The expected rows do not all name the same columns in the same order.');
  }
  return names;
}
