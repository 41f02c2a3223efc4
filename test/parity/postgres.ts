import {mkdir, readdir, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {identifier, literal, open} from '../../src/duckdb/database.ts';
import {exit, Failure} from '../../src/failure.ts';
import {noPostgres, postgresPrograms, type Server, startPostgres, superuser} from '../support/postgres.ts';
import {compareEngines} from './parity.ts';
import {install, makeDbtArguments, printLine, run, runDbt} from './programs.ts';

/*
 * npm run parity:postgres [DIR]
 *
 * Compares Rollcall's build with one by dbt on a PostgreSQL server, which is started here and loaded from the same Parquet files
 * of the lake. Fractions may differ by 1e-9 of their size. Everything else must be equal.
 */
const tolerance = 1e-9;

/** DuckDB's names for the types of Postgres. Any other type is read as text, so that it shows up as a difference. */
const types: Record<string, string> = {
  text: 'varchar',
  'character varying': 'varchar',
  boolean: 'boolean',
  integer: 'integer',
  bigint: 'bigint',
  'double precision': 'double',
  date: 'date',
  'timestamp without time zone': 'timestamp',
  numeric: 'decimal(38, 9)',
};

await compareEngines('Postgres', tolerance, async ({raw, work}) => {
  if (noPostgres !== false) throw new Failure(`Parity with Postgres: ${noPostgres}.`, exit.usage);
  const programs = await install('postgres');
  printLine('starting a PostgreSQL server');
  const postgres = await startPostgres();
  try {
    await mkdir(join(work, 'csv'));
    await loadRaw(postgres, raw, work);
    printLine('building with dbt on Postgres');
    await runDbt(programs, makeDbtArguments('postgres', work), work, makeEnvironment(postgres));
    return await fetchTables(postgres, work);
  } finally {
    await postgres.stop();
  }
});

/** Loads the raw tables: DuckDB turns the Parquet into CSV, and psql copies it in. */
async function loadRaw(postgres: Server, raw: string, work: string): Promise<void> {
  const db = await open();
  const script = ['create schema raw;'];
  for (const table of await readdir(raw)) {
    const files = `read_parquet(${literal(join(raw, table, '**/*.parquet'))}, hive_partitioning = true)`;
    const csv = literal(join(work, 'csv', `raw.${table}.csv`));
    await db.run(`copy (from ${files}) to ${csv} (format csv, header false)`);
    const columns = await db.rows(`select column_name, column_type from (describe from ${files})`);
    const typed = columns.map(({column_name: name, column_type: type}) => {
      return `${identifier(String(name))} ${type === 'DOUBLE' ? 'double precision' : type}`;
    });
    script.push(`create table raw.${identifier(table)} (${typed.join(', ')});`);
    script.push(`\\copy raw.${identifier(table)} from ${csv} (format csv)`);
  }
  db.close();
  await runScript(postgres, work, script);
}

/** Copies every table and view of the server into a DuckDB file. */
async function fetchTables(postgres: Server, work: string): Promise<string> {
  const path = join(work, 'theirs.duckdb');
  const db = await open(path);
  const csv = (name: string) => join(work, 'csv', `${name}.csv`);
  const fetch = (query: string, name: string) => `\\copy (${query}) to ${literal(csv(name))} (format csv)`;
  const described = `select table_schema, table_name, column_name, data_type from information_schema.columns
    where table_schema not in ('pg_catalog', 'information_schema') order by table_schema, table_name, ordinal_position`;
  await runScript(postgres, work, [fetch(described.replaceAll('\n', ' '), 'columns')]);
  const names = {schema: 'varchar', name: 'varchar', column: 'varchar', type: 'varchar'};
  const tables = Map.groupBy(await db.rows(`from ${readCsv(csv('columns'), names)}`), ({schema, name}) =>
    [schema, name].map(String).map(identifier).join('.'),
  );
  await runScript(
    postgres,
    work,
    [...tables.keys()].map((table) => fetch(`select * from ${table}`, table)),
  );
  for (const [table, columns] of tables) {
    const typed = columns.map(({column, type}) => [String(column), types[String(type)] ?? 'varchar']);
    await db.run(`create schema if not exists ${table.split('.')[0]};
      create table ${table} as from ${readCsv(csv(table), Object.fromEntries(typed))}`);
  }
  db.close();
  return path;
}

function readCsv(path: string, columns: Record<string, string>): string {
  const typed = Object.entries(columns).map(([name, type]) => `${literal(name)}: ${literal(type)}`);
  return `read_csv(${literal(path)}, header = false, auto_detect = false, delim = ',', quote = '"', escape = '"',
    allow_quoted_nulls = false, columns = {${typed.join(', ')}})`;
}

async function runScript(postgres: Server, work: string, lines: readonly string[]): Promise<void> {
  const path = join(work, 'script.sql');
  await writeFile(path, `${lines.join('\n')}\n`);
  const psql = join(postgresPrograms ?? '', 'psql');
  await run(psql, ['--no-psqlrc', '--quiet', '--set=ON_ERROR_STOP=1', '--file', path], {
    env: makeEnvironment(postgres),
  });
}

/** Returns the environment variables by which psql and dbt find the server. */
function makeEnvironment({port}: Server): Record<string, string> {
  return {PGHOST: '127.0.0.1', PGPORT: String(port), PGUSER: superuser, PGDATABASE: 'postgres'};
}
