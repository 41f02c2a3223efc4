import {availableParallelism, tmpdir} from 'node:os';
import {join} from 'node:path';
import type {DuckDBConnection, DuckDBDataChunk, DuckDBInstance, DuckDBType, DuckDBValue} from '@duckdb/node-api';
import * as v from 'valibot';
import {exit, Failure, getErrorMessage} from '../failure.ts';
import {parseRows, type RowSchema} from '../parse-rows.ts';
import {findWritablePath} from './writable.ts';

/** A value that a query returns: whole numbers as numbers, dates and times as ISO text. */
export type Value = string | number | boolean | null | Value[] | {[key: string]: Value};
export type Row = Record<string, Value>;

/** The result of a query: the columns in order, even if there are no rows, and the rows. */
export interface Result {
  columns: string[];
  /** DuckDB's names for the types of the columns. */
  types: string[];
  rows: Row[];
}

/** The result of a query as DuckDB holds it: every value of every type, unchanged. */
export interface Chunks {
  columns: string[];
  types: DuckDBType[];
  chunks: DuckDBDataChunk[];
  rowCount: number;
}

/** Values for the `$name` parameters of a statement. Of several statements, the last one gets them. */
export type Parameters = Readonly<Record<string, string | number | bigint | boolean | null | readonly string[]>>;

/** An open DuckDB database. */
export interface Database {
  /** Runs statements and drops their results. */
  run(sql: string, parameters?: Parameters): Promise<void>;
  /**
   * Runs one query and parses its rows.
   *
   * @example db.read(v.object({name: v.string()}), 'select name from schools where code = $code', {code})
   * @throws UnexpectedRow if a row does not match the schema
   */
  read<Schema extends RowSchema>(
    schema: Schema,
    sql: string,
    parameters?: Parameters,
  ): Promise<v.InferOutput<Schema>[]>;
  /** Runs a query that returns exactly one row, and parses it. */
  readOne<Schema extends RowSchema>(
    schema: Schema,
    sql: string,
    parameters?: Parameters,
  ): Promise<v.InferOutput<Schema>>;
  /**
   * Runs one query whose columns are not known in advance, and returns its columns and rows.
   *
   * @param limit stops reading soon after so many rows
   */
  query(sql: string, parameters?: Parameters, limit?: number): Promise<Result>;
  /** Runs such a query and returns its rows as DuckDB holds them. */
  readChunks(sql: string, parameters?: Parameters, limit?: number): Promise<Chunks>;
  /** Creates a table from such rows. They may come from another database. */
  createFromChunks(table: string, rows: Chunks): Promise<void>;
  /** Runs such a query and returns only its rows. */
  rows(sql: string, parameters?: Parameters): Promise<Row[]>;
  /** Opens another connection to the same database, whose statements run in parallel with those of this one. */
  connect(): Promise<Database>;
  close(): void;
}

/** The row of `select count(*) as n`. */
export const countRow = v.object({n: v.number()});

interface Options {
  readOnly?: boolean;
  /** Forbids access to other files and changes of settings. */
  sealed?: boolean;
  /** The search path: schemas whose tables a query may name without the schema. */
  schemas?: string[];
  /** The folder for spilled data; by default beside the file, or the system's temporary folder for a database in memory. */
  spill?: string;
}

/**
 * Returns how much memory a database may use before it spills to disk, in DuckDB's notation (decision 33).
 *
 * @throws Failure (exit 2) if ROLLCALL_MEMORY is not a size
 */
function readMemoryLimit(): string {
  const asked = process.env['ROLLCALL_MEMORY'] || '2GB';
  const [, amount, unit] = /^(\d+(?:\.\d+)?)\s*([KMGT]i?B)$/i.exec(asked) ?? [];
  if (amount === undefined)
    throw new Failure(`ROLLCALL_MEMORY is "${asked}", which is not a size. Write it as 4GB or 500MB.`, exit.usage);
  return `${amount}${unit}`;
}

/** The oldest DuckDB that can read the files. This format writes in two thirds of the time the older one needs. */
export const storageVersion = 'v1.3.0';

/** Has the allocator give freed memory back early. DuckDB doesn't count what it keeps, so it comes on top of the limit (decision 33). */
const allocator = {
  allocator_background_threads: 'true',
  allocator_flush_threshold: '16MB',
  allocator_bulk_deallocation_flush_threshold: '64MB',
};

/**
 * Opens a DuckDB file, or a database in memory. Never downloads an extension. Loads the library on first use, since some commands
 * don't need it.
 */
export async function open(path = ':memory:', options: Options = {}): Promise<Database> {
  const {DuckDBInstance} = await import('@duckdb/node-api');
  const {written, finish} = options.readOnly ? {written: path, finish: () => {}} : findWritablePath(path);
  const instance = await DuckDBInstance.create(written, {
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    storage_compatibility_version: storageVersion,
    threads: String(availableParallelism()),
    memory_limit: readMemoryLimit(),
    ...allocator,
    ...(path === ':memory:' && {temp_directory: join(tmpdir(), `rollcall-${process.pid}.tmp`)}),
    ...(options.spill !== undefined && {temp_directory: options.spill}),
    ...(options.readOnly && {access_mode: 'READ_ONLY'}),
  }).catch((error: unknown) => {
    throw explainOpenElsewhere(path, error);
  });
  const connection = await instance.connect();
  if (options.schemas) await connection.run(`set search_path = ${literal(options.schemas.join(','))}`);
  if (options.sealed) await seal(connection);
  return wrapConnection(instance, connection, () => {
    connection.closeSync();
    instance.closeSync();
    finish();
  });
}

/**
 * Keeps queries from files. Without external access DuckDB still lets them read and replace the database itself and its log, so the
 * file system is disabled too; a query that needs more than the memory fails then, since it can't spill.
 */
async function seal(connection: DuckDBConnection): Promise<void> {
  await connection.run('set enable_external_access = false');
  await connection.run(`set disabled_filesystems = 'LocalFileSystem'`);
  await connection.run('set lock_configuration = true');
}

/** Explains that another process has a database open for writing. Returns other errors unchanged. */
function explainOpenElsewhere(path: string, error: unknown): unknown {
  const [, holder, pid] = /lock is held in (.*?) ?\(PID (\d+)\)/.exec(getErrorMessage(error)) ?? [];
  if (pid === undefined) return error;
  return new Failure(
    `${path} is open for writing in process ${pid} (${holder}). End that program, or close the file there.`,
  );
}

function wrapConnection(instance: DuckDBInstance, connection: DuckDBConnection, close: () => void): Database {
  async function query(sql: string, parameters?: Parameters, limit?: number): Promise<Result> {
    const bound = await bindParameters(parameters);
    const reader =
      limit === undefined
        ? await connection.runAndReadAll(sql, ...bound)
        : await connection.streamAndReadUntil(sql, limit + 1, ...bound);
    const columns = reader.deduplicatedColumnNames();
    const types = reader.columnTypes().map((type) => type.toString());
    // Column by column: row by row, the library takes a third longer.
    const named = reader.getColumnsJson().map((values, index) => {
      const isNumeric = /^(U?BIGINT|U?HUGEINT|DECIMAL)/.test(types[index] ?? '');
      const exact = (cell: Value) => (typeof cell === 'string' ? toExactNumber(cell) : cell);
      return {name: columns[index] ?? '', values: isNumeric ? values.map(exact) : values};
    });
    const rows: Row[] = [];
    for (let index = 0; index < reader.currentRowCount; index++) {
      const row: Row = {};
      for (const {name, values} of named) row[name] = values[index] ?? null;
      rows.push(row);
    }
    return {columns, types, rows};
  }
  async function readChunks(sql: string, parameters?: Parameters, limit = Number.POSITIVE_INFINITY): Promise<Chunks> {
    const result = await connection.stream(sql, ...(await bindParameters(parameters)));
    const chunks: DuckDBDataChunk[] = [];
    let rowCount = 0;
    for (
      let chunk = await result.fetchChunk();
      chunk !== null && chunk.rowCount > 0;
      chunk = await result.fetchChunk()
    ) {
      chunks.push(chunk);
      rowCount += chunk.rowCount;
      if (rowCount > limit) break;
    }
    return {columns: result.deduplicatedColumnNames(), types: result.columnTypes(), chunks, rowCount};
  }
  return {
    readChunks,
    createFromChunks: async (table, {columns, types, chunks}) => {
      const typed = columns.map((column, index) => `${identifier(column)} ${types[index]}`);
      await connection.run(`create table ${identifier(table)} (${typed.join(', ')})`);
      const appender = await connection.createAppender(table);
      for (const chunk of chunks) appender.appendDataChunk(chunk);
      appender.closeSync();
    },
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

/** Derives every way of reading from `query`. */
export function createReaders(query: Database['query']): Pick<Database, 'read' | 'readOne' | 'query' | 'rows'> {
  const read: Database['read'] = async (schema, sql, parameters) =>
    parseRows(schema, (await query(sql, parameters)).rows, sql);
  return {
    read,
    readOne: async (schema, sql, parameters) => {
      const [row, ...others] = await read(schema, sql, parameters);
      if (row === undefined || others.length > 0)
        throw new Error(`expected one row, got ${others.length + (row ? 1 : 0)}, from the query ${sql}`);
      return row;
    },
    query,
    rows: async (sql, parameters) => (await query(sql, parameters)).rows,
  };
}

type BoundParameters = [values?: Record<string, DuckDBValue>, types?: Record<string, DuckDBType>];

/** Converts parameters to the library's form. A list may be empty, so its item type is stated. */
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

/** Converts a 64-bit integer or decimal, which DuckDB returns as text, to a number if a number can hold it exactly. */
function toExactNumber(text: string): string | number {
  const number = Number(text);
  return Number.isInteger(number) && !Number.isSafeInteger(number) ? text : number;
}

/** DuckDB's messages for errors whose cause is the machine, not the query or the file. */
export const machineErrors = {
  memory: /^Out of Memory Error/i,
  fullDisk: /no space left on device|disk quota|file too large/i,
  brokenDisk: /input\/output error/i,
};

export function isMachineError(error: unknown): boolean {
  return Object.values(machineErrors).some((pattern) => pattern.test(getErrorMessage(error)));
}

/** Quotes a text as an SQL literal. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** Returns a value as SQL: a text in quotes, anything else as it is. */
export function writeLiteral(value: string | number | boolean | null | undefined): string {
  return typeof value === 'string' ? literal(value) : `${value}`;
}

const columnRow = v.object({name: v.string(), type: v.string()});

/** Returns the columns of a query in order, each with its type. */
export function describeColumns(db: Database, sql: string): Promise<v.InferOutput<typeof columnRow>[]> {
  return db.read(columnRow, `select column_name as name, column_type as type from (describe ${sql})`);
}

/** Lists the columns of a schema for a select clause. */
export function listColumns(schema: RowSchema): string {
  return Object.keys(schema.entries).map(identifier).join(', ');
}

/** Quotes a name as an SQL identifier. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
