import {createReadStream} from 'node:fs';
import {rm} from 'node:fs/promises';
import {join} from 'node:path';
import {pipeline} from 'node:stream/promises';
import {setTimeout as pause} from 'node:timers/promises';
import {type Client, DatabaseError} from 'pg';
import {from as copyFrom} from 'pg-copy-streams';
import {identifier} from '../duckdb/database.ts';
import {exit, Failure} from '../failure.ts';
import {createWorkFolder} from '../replace.ts';
import {createDataPackage, type DataPackage, placeInDatabase} from './data-package.ts';
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
import {type Export, qualifyName, quoteName, type Table} from './tables.ts';

/** Counts of rows that an export changed. */
export interface RowCounts {
  deleted: number;
  updated: number;
  inserted: number;
}

/** The table that holds the descriptor of the last export. */
const descriptorTable = {schema: 'rollcall', name: 'data_package'};
/** Milliseconds. */
export interface Timeouts {
  /** How long the server may take no byte while rows are sent. */
  silence: number;
  /** How long to wait for readers of tables whose columns change. */
  readers: number;
}

const defaultTimeouts: Timeouts = {silence: 60_000, readers: 60_000};
/** Milliseconds of one attempt to lock the tables: less than the second after which Postgres looks for deadlocks. */
const lockTimeout = 500;

/**
 * Exports the tables into a Postgres database, in one transaction that changes the earlier export's rows to the new ones. Readers
 * see either export whole, and never wait while rows change. The tables stay, and so do other people's grants, views and indexes
 * on them. Tables of the earlier export that are not in this one are dropped.
 *
 * @throws Failure (exit 3) if the connection breaks, (exit 4) if another export is under way; nothing has changed then
 */
export async function exportToPostgres(
  url: string,
  what: Export & {update?: (text: string) => void},
  patience = defaultTimeouts,
): Promise<RowCounts> {
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
    // A broken connection can't be closed properly.
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
  await storeDescriptor(client, createDataPackage(build, placeInDatabase(tables, {format: 'postgresql'})));
  return changes;
}

/** Locks out other exports until the transaction ends. A killed export leaves no lock behind. */
async function claimDatabase(client: Client): Promise<void> {
  const {rows} = await client.query<{claimed: boolean}>(
    `select pg_try_advisory_xact_lock(hashtext('rollcall export')) as claimed`,
  );
  if (rows[0]?.claimed !== true)
    throw new Failure('Another export into this database is under way. Wait for it to end.', exit.locked);
}

/** Reads the names of the tables of the last export. */
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

/** @throws Failure (exit 1) if a table to export exists, and no export created it */
function assertOurs(
  tables: readonly Table[],
  former: readonly {schema: string; name: string}[],
  existing: Map<string, ExistingTable>,
): void {
  const ours = new Set(former.map(qualifyName));
  const strangers = tables.map(qualifyName).filter((name) => existing.has(name) && !ours.has(name));
  if (strangers.length === 0) return;
  throw new Failure(
    `The database has ${strangers.join(', ')} already, and no export of Rollcall put ${strangers.length === 1 ? 'it' : 'them'} there. Rename or drop ${strangers.length === 1 ? 'it' : 'them'}, or give another database. Nothing was changed.`,
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
  const onSilence = () => socket.destroy(new Error(`the server took no byte for ${silence / 1000} s`));
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
 * Waits until nobody reads the tables, then locks everybody out until the transaction ends. It gives up its locks after each
 * short attempt, so no reader gets into a deadlock with it.
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
    `The columns of ${names.length === 1 ? 'a table' : `${names.length} tables`} change, and nobody may read them meanwhile; but ${rows.map(({who}) => who).join(', ') || 'somebody'} has been reading for ${readers / 1000} s. End that transaction, and run the export again. The tables there are as they were.`,
  );
}

async function countRows(client: Client, statement: string): Promise<number> {
  return (await client.query(statement)).rowCount ?? 0;
}

async function storeDescriptor(client: Client, descriptor: DataPackage): Promise<void> {
  await client.query(`create table if not exists ${quoteName(descriptorTable)}
    (build text primary key, exported_at timestamp with time zone not null, descriptor jsonb not null)`);
  await client.query(`comment on table ${quoteName(descriptorTable)} is
    'One row: the Frictionless data package descriptor of the last "rollcall export" into this database.'`);
  await client.query(`delete from ${quoteName(descriptorTable)}`);
  await client.query(`insert into ${quoteName(descriptorTable)} values ($1, now(), $2)`, [
    descriptor.rollcall.build,
    JSON.stringify(descriptor),
  ]);
}
