import {availableParallelism, tmpdir} from 'node:os';
import {join} from 'node:path';
import type {DuckDBConnection, DuckDBInstance, DuckDBType, DuckDBValue} from '@duckdb/node-api';
import {z} from 'zod';
import {exit, Failure, getErrorMessage} from '../failure.ts';
import {parseRows, type RowSchema} from '../parse-rows.ts';

/** A value as it leaves the warehouse: whole numbers as numbers, dates and times as ISO text. */
export type Value = string | number | boolean | null | Value[] | {[key: string]: Value};
export type Row = Record<string, Value>;

/** The result of a query: the columns in order (also where there are no rows), and the rows. */
export interface Result {
  columns: string[];
  /** DuckDB's names for the types of the columns. */
  types: string[];
  rows: Row[];
}

/** Values for the places in a statement that are written `$name`. They are bound to the last statement where there are several. */
export type Parameters = Readonly<Record<string, string | number | bigint | boolean | null | readonly string[]>>;

/** An open DuckDB database. */
export interface Database {
  /** Runs statements and drops their results. */
  run(sql: string, parameters?: Parameters): Promise<void>;
  /**
   * Runs one query and parses its rows.
   *
   * @example db.read(z.object({name: z.string()}), 'select name from schools where code = $code', {code})
   * @throws UnexpectedRow where a row is not what the schema says
   */
  read<Schema extends RowSchema>(schema: Schema, sql: string, parameters?: Parameters): Promise<z.output<Schema>[]>;
  /** Does the same for a query that yields one row, as counting does. */
  readOne<Schema extends RowSchema>(schema: Schema, sql: string, parameters?: Parameters): Promise<z.output<Schema>>;
  /** Runs one query whose columns are not known beforehand, and reads all of it. */
  query(sql: string, parameters?: Parameters): Promise<Result>;
  /** The rows of such a query. */
  rows(sql: string, parameters?: Parameters): Promise<Row[]>;
  /** A further connection to the same database: what runs on it runs beside what runs here. */
  connect(): Promise<Database>;
  close(): void;
}

/** What `select count(*) as n` yields. */
export const countRow = z.object({n: z.number()});

interface Options {
  readOnly?: boolean;
  /** Shuts the database in: no reading and writing of other files, no changed settings. */
  sealed?: boolean;
  /** Schemas in which tables are found without naming them, in this order. */
  schemas?: string[];
  /** The folder for what doesn't fit into memory; beside the file, or with the system's temporary files, where it is undefined. */
  spill?: string;
  /** Among how many databases that are at work at the same time the machine is shared; 1 where it is undefined. */
  shared?: number;
}

/**
 * How much memory an open database takes before it writes aside, as DuckDB takes sizes (decision 33).
 *
 * @param shared among how many databases that are open at the same time
 * @throws Failure where ROLLCALL_MEMORY is no size
 */
function readMemoryLimit(shared: number): string {
  const asked = process.env['ROLLCALL_MEMORY'] || '2GB';
  const [, amount, unit] = /^(\d+(?:\.\d+)?)\s*([KMGT]i?B)$/i.exec(asked) ?? [];
  if (amount === undefined)
    throw new Failure(`ROLLCALL_MEMORY is "${asked}", which is no size. Write it as 4GB or 500MB.`, exit.usage);
  return `${Number(amount) / shared}${unit}`;
}

/** The oldest DuckDB that can read the files. What it writes it writes in two thirds of the time that older ones' format takes. */
export const storageVersion = 'v1.3.0';

/**
 * Opens a DuckDB file, or a database in memory. No extension is ever downloaded. The library is loaded here and not before: some
 * commands have no use for it.
 */
export async function open(path = ':memory:', options: Options = {}): Promise<Database> {
  const {shared = 1} = options;
  const {DuckDBInstance} = await import('@duckdb/node-api');
  const instance = await DuckDBInstance.create(path, {
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    storage_compatibility_version: storageVersion,
    threads: String(Math.max(1, Math.floor(availableParallelism() / shared))),
    memory_limit: readMemoryLimit(shared),
    ...(path === ':memory:' && {temp_directory: join(tmpdir(), `rollcall-${process.pid}.tmp`)}),
    ...(options.spill !== undefined && {temp_directory: options.spill}),
    ...(options.readOnly && {access_mode: 'READ_ONLY'}),
    ...(options.sealed && {enable_external_access: 'false'}),
  });
  const connection = await instance.connect();
  if (options.schemas) await connection.run(`set search_path = ${literal(options.schemas.join(','))}`);
  if (options.sealed) await connection.run('set lock_configuration = true');
  return wrapConnection(instance, connection, () => {
    connection.closeSync();
    instance.closeSync();
  });
}

function wrapConnection(instance: DuckDBInstance, connection: DuckDBConnection, close: () => void): Database {
  async function query(sql: string, parameters?: Parameters): Promise<Result> {
    const reader = await connection.runAndReadAll(sql, ...(await bindParameters(parameters)));
    const columns = reader.deduplicatedColumnNames();
    const types = reader.columnTypes().map((type) => type.toString());
    const numeric = types.map((type) => /^(U?BIGINT|U?HUGEINT|DECIMAL)/.test(type));
    const rows = reader.getRowsJson().map((cells) => {
      const row: Row = {};
      for (const [index, column] of columns.entries()) {
        const cell = cells[index] ?? null;
        row[column] = numeric[index] && typeof cell === 'string' ? toExactNumber(cell) : cell;
      }
      return row;
    });
    return {columns, types, rows};
  }
  return {
    run: async (sql, parameters) => {
      await connection.run(sql, ...(await bindParameters(parameters)));
    },
    ...createReaders(query),
    connect: async () => {
      const further = await instance.connect();
      return wrapConnection(instance, further, () => further.closeSync());
    },
    close,
  };
}

/** The ways to read from a database, all by one. */
export function createReaders(query: Database['query']): Pick<Database, 'read' | 'readOne' | 'query' | 'rows'> {
  const read: Database['read'] = async (schema, sql, parameters) =>
    parseRows(schema, (await query(sql, parameters)).rows, sql);
  return {
    read,
    readOne: async (schema, sql, parameters) => {
      const [row, ...others] = await read(schema, sql, parameters);
      if (row === undefined || others.length > 0)
        throw new Error(`one row was expected, and ${others.length + (row ? 1 : 0)} came, of the query ${sql}`);
      return row;
    },
    query,
    rows: async (sql, parameters) => (await query(sql, parameters)).rows,
  };
}

type BoundParameters = [values?: Record<string, DuckDBValue>, types?: Record<string, DuckDBType>];

/** Parameters as the library takes them. A list may be empty, so the type of its items is given. */
async function bindParameters(parameters: Parameters | undefined): Promise<BoundParameters> {
  if (parameters === undefined) return [];
  const {LIST, VARCHAR, listValue} = await import('@duckdb/node-api');
  const values: Record<string, DuckDBValue> = {};
  const types: Record<string, DuckDBType> = {};
  for (const [name, value] of Object.entries(parameters)) {
    if (typeof value === 'object' && value !== null) {
      values[name] = listValue(value);
      types[name] = LIST(VARCHAR);
    } else {
      values[name] = value;
    }
  }
  return [values, types];
}

/** DuckDB hands out 64-bit integers and decimals as text; those that a JavaScript number holds exactly become numbers. */
function toExactNumber(text: string): string | number {
  const number = Number(text);
  return Number.isInteger(number) && !Number.isSafeInteger(number) ? text : number;
}

/** What DuckDB says where the machine is the trouble, and not what was asked or read. */
export const machineErrors = {
  memory: /^Out of Memory Error/i,
  fullDisk: /no space left on device|disk quota|file too large/i,
  brokenDisk: /input\/output error/i,
};

export function isMachineError(error: unknown): boolean {
  return Object.values(machineErrors).some((says) => says.test(getErrorMessage(error)));
}

/** A text as an SQL literal. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

const columnRow = z.object({name: z.string(), type: z.string()});

/** The columns of a query, each with its type, in order. */
export function describeColumns(db: Database, sql: string): Promise<z.infer<typeof columnRow>[]> {
  return db.read(columnRow, `select column_name as name, column_type as type from (describe ${sql})`);
}

/** The columns that a schema names, as a selection. */
export function listColumns(schema: RowSchema): string {
  return Object.keys(schema.shape).map(identifier).join(', ');
}

/** A name as an SQL identifier. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
