import {createReadStream} from 'node:fs';
import {rm} from 'node:fs/promises';
import {join} from 'node:path';
import {pipeline} from 'node:stream/promises';
import {setTimeout as pause} from 'node:timers/promises';
import {type Client, DatabaseError} from 'pg';
import {from as copyFrom} from 'pg-copy-streams';
import {type Database, identifier} from '../duckdb/database.ts';
import {exit, Failure} from '../failure.ts';
import {createWorkFolder} from '../replace.ts';
import {createDataPackage, type DataPackage} from './data-package.ts';
import {copyToCsv} from './folder.ts';
import {type Connection, connect, explainLoadFailure} from './postgres-connection.ts';
import {
  type ExistingTable,
  formatColumns,
  formatComments,
  planChanges,
  planRows,
  readExisting,
} from './postgres-tables.ts';
import {type Build, qualifyName, quoteName, type Table} from './tables.ts';

/** What an export changed. */
export interface RowCounts {
  deleted: number;
  updated: number;
  inserted: number;
}

interface Export {
  db: Database;
  build: Build;
  tables: readonly Table[];
  update?: (text: string) => void;
}

/** Where an export keeps the descriptor of what it has put there. */
const descriptorTable = {schema: 'rollcall', name: 'data_package'};
/** How long things may take. Milliseconds. */
export interface Timeouts {
  /** A line that takes no byte while rows are on their way. */
  silence: number;
  /** Readers of tables whose columns change. */
  readers: number;
}

const defaultTimeouts: Timeouts = {silence: 60_000, readers: 60_000};
/** Milliseconds of a try to have the tables to oneself: less than the second after which Postgres looks for deadlocks. */
const lockTimeout = 500;

/**
 * Brings the tables into a Postgres database: the former export's rows become this one's, in one transaction. Whoever reads sees
 * the one or the other, whole, and never waits while rows change; grants, views and indexes of others stay, for the tables do.
 * The tables are those of this export when it is done: a former one's that are not among them are dropped.
 *
 * @throws Failure with exit code 3 where the line breaks, 4 where another export is under way; nothing has changed then
 */
export async function exportToPostgres(url: string, what: Export, patience = defaultTimeouts): Promise<RowCounts> {
  const connection = await connect(url);
  const {client} = connection;
  const state = {doing: 'beginning'};
  const folder = await createWorkFolder();
  try {
    await client.query(`begin; set local statement_timeout = 0; set local idle_in_transaction_session_timeout = 0;
      set local lock_timeout = 0; set local search_path = ''; set local client_min_messages = warning`);
    const changes = await load(connection, folder, what, patience, (doing) => {
      state.doing = doing;
      what.update?.(doing);
    });
    state.doing = 'committing';
    await client.query('commit');
    return changes;
  } catch (error) {
    throw explainLoadFailure(error, connection, url, state.doing);
  } finally {
    await rm(folder, {recursive: true, force: true});
    // A line that is broken has nobody to say goodbye to.
    if (connection.broken() === undefined) await client.end().catch(() => {});
  }
}

async function load(
  connection: Connection,
  folder: string,
  {db, build, tables}: Export,
  patience: Timeouts,
  update: (doing: string) => void,
): Promise<RowCounts> {
  const {client} = connection;
  await claimDatabase(client);
  const former = await readFormerTables(client);
  const schemas = [...new Set([descriptorTable, ...tables, ...former].map(({schema}) => schema))];
  await createSchemas(client, schemas);
  const existing = await readExisting(client, schemas);
  assertOurs(tables, former, existing);

  const incoming = new Map<Table, string>();
  for (const [index, table] of tables.entries()) {
    update(`loading ${qualifyName(table)}`);
    const isThere = existing.has(qualifyName(table));
    const into = isThere ? `pg_temp.incoming_${index}` : quoteName(table);
    await client.query(
      `create ${isThere ? 'temporary ' : ''}table ${into} (${formatColumns(table)})${isThere ? ' on commit drop' : ''}`,
    );
    const path = join(folder, 'table.csv');
    await copyToCsv(db, table, path);
    await copyRows(connection, table, into, path, patience);
    await client.query(`analyze ${into}`);
    if (isThere) incoming.set(table, into);
  }

  const ours = new Set(tables.map(qualifyName));
  const gone = former.filter((table) => !ours.has(qualifyName(table)) && existing.has(qualifyName(table)));
  const {alone, before, after} = planChanges(tables, gone, existing);
  if (alone.length > 0) {
    update('changing columns');
    await lockTables(client, alone, patience);
    for (const statement of before) await client.query(statement);
  }

  const changes: RowCounts = {deleted: 0, updated: 0, inserted: 0};
  await client.query('set constraints all deferred');
  for (const [table, from] of incoming) {
    update(`changing rows of ${qualifyName(table)}`);
    const statements = planRows(table, from);
    changes.deleted += await countRows(client, statements.delete);
    if (statements.update !== undefined) changes.updated += await countRows(client, statements.update);
    changes.inserted += await countRows(client, statements.insert);
  }
  for (const table of tables) if (!incoming.has(table)) changes.inserted += table.rowCount;
  await client.query('set constraints all immediate');

  update('adding keys and comments');
  for (const statement of after) await client.query(statement);
  for (const table of tables) {
    await client.query(formatComments(table));
    await client.query(`analyze ${quoteName(table)}`);
  }
  await storeDescriptor(client, createDataPackage(build, placeTables(tables)));
  return changes;
}

/** One export at a time, without a trace that a killed one could leave. */
async function claimDatabase(client: Client): Promise<void> {
  const {rows} = await client.query<{claimed: boolean}>(
    `select pg_try_advisory_xact_lock(hashtext('rollcall export')) as claimed`,
  );
  if (rows[0]?.claimed !== true)
    throw new Failure('Another export into this database is under way. Wait for it to end.', exit.locked);
}

/** The tables that the last export put there. */
async function readFormerTables(client: Client): Promise<{schema: string; name: string}[]> {
  const {rows: found} = await client.query<{found: string | null}>('select to_regclass($1) as found', [
    quoteName(descriptorTable),
  ]);
  if (!found[0]?.found) return [];
  const {rows} = await client.query<{descriptor: DataPackage}>(`select descriptor from ${quoteName(descriptorTable)}`);
  return (rows[0]?.descriptor.resources ?? []).map(({title}) => {
    const [schema = '', name = ''] = String(title).split('.');
    return {schema, name};
  });
}

async function createSchemas(client: Client, schemas: readonly string[]): Promise<void> {
  const {rows} = await client.query<{nspname: string}>('select nspname from pg_namespace where nspname = any($1)', [
    schemas,
  ]);
  for (const schema of schemas) {
    if (!rows.some(({nspname}) => nspname === schema)) await client.query(`create schema ${identifier(schema)}`);
  }
}

/** What somebody else has put there is nobody's to overwrite. */
function assertOurs(
  tables: readonly Table[],
  former: readonly {schema: string; name: string}[],
  existing: Map<string, ExistingTable>,
): void {
  const ours = new Set(former.map(qualifyName));
  const strangers = tables.map(qualifyName).filter((name) => existing.has(name) && !ours.has(name));
  if (strangers.length === 0) return;
  throw new Failure(
    `The database has ${strangers.join(', ')} already, and no export of Rollcall has put ${strangers.length === 1 ? 'it' : 'them'} there. Rename or drop ${strangers.length === 1 ? 'it' : 'them'}, or give another database. Nothing was changed.`,
  );
}

async function copyRows(
  {client, socket}: Connection,
  table: Table,
  into: string,
  path: string,
  {silence}: Timeouts,
): Promise<void> {
  const columns = table.columns.map(({name}) => identifier(name)).join(', ');
  const onSilence = () => socket.destroy(new Error(`it took no byte for ${silence / 1000} s`));
  socket.setTimeout(silence, onSilence);
  try {
    await pipeline(
      createReadStream(path),
      client.query(copyFrom(`copy ${into} (${columns}) from stdin (format csv, header, null '')`)),
    );
  } finally {
    socket.setTimeout(0);
    socket.off('timeout', onSilence);
  }
}

/**
 * Waits until nobody reads the tables, and keeps everybody out until the transaction ends. It never waits long for one while it
 * holds another, so no reader comes to a deadlock with it.
 */
async function lockTables(client: Client, names: readonly string[], {readers}: Timeouts): Promise<void> {
  const until = performance.now() + readers;
  await client.query(`set local lock_timeout = ${lockTimeout}`);
  for (;;) {
    await client.query('savepoint alone');
    try {
      await client.query(`lock table ${names.join(', ')} in access exclusive mode`);
      break;
    } catch (error) {
      if (!(error instanceof DatabaseError) || error.code !== '55P03') throw error;
      await client.query('rollback to savepoint alone');
      if (performance.now() > until) throw await explainOccupied(client, names, readers);
      await pause(lockTimeout);
    }
  }
  await client.query('set local lock_timeout = 0');
}

async function explainOccupied(client: Client, names: readonly string[], readers: number): Promise<Failure> {
  const {rows} = await client.query<{who: string}>(
    `select distinct format('%s (process %s, %s%s)', usename, pid, state, ', ' || nullif(application_name, '')) as who
      from pg_locks join pg_stat_activity using (pid)
      where relation = any($1::text[]::regclass[]) and granted and pid <> pg_backend_pid()`,
    [names],
  );
  return new Failure(
    `The columns of ${names.length === 1 ? 'a table' : `${names.length} tables`} change, and for that nobody may be reading them; but ${rows.map(({who}) => who).join(', ') || 'somebody'} has been for ${readers / 1000} s. Ask for an end of that transaction, and run again. The tables there are as they were.`,
  );
}

async function countRows(client: Client, statement: string): Promise<number> {
  return (await client.query(statement)).rowCount ?? 0;
}

function placeTables(tables: readonly Table[]) {
  return tables.map((table) => ({
    table,
    resource: {
      name: qualifyName(table),
      path: qualifyName(table),
      type: 'file' as const,
      format: 'postgresql',
      dialect: {sql: {namespace: table.schema, table: table.name}},
    },
  }));
}

async function storeDescriptor(client: Client, descriptor: DataPackage): Promise<void> {
  await client.query(`create table if not exists ${quoteName(descriptorTable)}
    (build text primary key, exported_at timestamp with time zone not null, descriptor jsonb not null)`);
  await client.query(`comment on table ${quoteName(descriptorTable)} is
    'One row: the Frictionless data package descriptor of what the last "rollcall export" has put into this database.'`);
  await client.query(`delete from ${quoteName(descriptorTable)}`);
  await client.query(`insert into ${quoteName(descriptorTable)} values ($1, now(), $2)`, [
    descriptor.rollcall.build,
    JSON.stringify(descriptor),
  ]);
}
