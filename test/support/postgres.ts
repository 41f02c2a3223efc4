import {type ChildProcess, execFileSync, spawn} from 'node:child_process';
import {chownSync, existsSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {createServer} from 'node:net';
import {join} from 'node:path';
import {setTimeout as pause} from 'node:timers/promises';
import {Client, type QueryResult} from 'pg';
import {makeTemporaryFolder} from './temporary.ts';
import {skipWithout} from './tools.ts';

/** A PostgreSQL server for one test, on a free port of the loopback, in a temporary folder. */
export interface Server {
  port: number;
  /** Its data folder, for files that it should read. */
  folder: string;
  /** Returns the address of a database for a user; the test creates both. Another port is that of a proxy. */
  url(options?: {user?: string; password?: string; database?: string; query?: string; port?: number}): string;
  /** Creates an empty database and returns its name. */
  database(): Promise<string>;
  /** Runs queries as the superuser, and returns the rows of the last one. */
  rows(sql: string, database?: string): Promise<Record<string, unknown>[]>;
  /** Opens a connection, which the caller closes. */
  client(options?: {user?: string; password?: string; database?: string}): Promise<Client>;
  stop(): Promise<void>;
}

export const superuser = 'keeper';

/** Where initdb, postgres and psql are. */
export const postgresPrograms = findPrograms();
/** Why tests that need PostgreSQL are skipped; false if it is installed. */
export const noPostgres = skipWithout(
  postgresPrograms !== undefined,
  'there is no PostgreSQL (apt-get install postgresql)',
);

function findPrograms(): string | undefined {
  const versions = '/usr/lib/postgresql';
  const debian = existsSync(versions) ? readdirSync(versions).map((version) => join(versions, version, 'bin')) : [];
  return [...debian.reverse(), ...(process.env['PATH'] ?? '').split(':')].find(
    (folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres')),
  );
}

/** Returns the user for PostgreSQL, which refuses to run as root: `nobody` if the tests run as root. */
function findUnprivilegedUser(): {uid?: number; gid?: number} {
  if (process.getuid?.() !== 0) return {};
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith('nobody:'));
  const [, , uid, gid] = (line ?? '').split(':');
  return {uid: Number(uid), gid: Number(gid)};
}

/**
 * Starts a PostgreSQL server.
 *
 * @param settings of postgresql.conf, as `name=value`
 * @param hba lines of pg_hba.conf that precede the one that admits everybody
 * @param files in its data folder, readable only by the server
 */
export async function startPostgres({
  settings = [],
  hba = [],
  files = {},
}: {
  settings?: readonly string[];
  hba?: readonly string[];
  files?: Record<string, string>;
} = {}): Promise<Server> {
  if (postgresPrograms === undefined) throw new Error(String(noPostgres));
  const folder = makeTemporaryFolder('postgres');
  const owner = findUnprivilegedUser();
  if (owner.uid !== undefined && owner.gid !== undefined) chownSync(folder, owner.uid, owner.gid);
  const data = join(folder, 'data');
  const options = {...owner, env: {...process.env, LC_ALL: 'C.UTF-8', TZ: 'UTC'}};
  execFileSync(
    join(postgresPrograms, 'initdb'),
    ['--pgdata', data, '--username', superuser, '--auth', 'trust', '--encoding', 'UTF8', '--no-sync'],
    {...options, stdio: 'pipe'},
  );
  const hbaFile = join(data, 'pg_hba.conf');
  writeFileSync(hbaFile, [...hba, readFileSync(hbaFile, 'utf8')].join('\n'));
  for (const [name, text] of Object.entries(files)) {
    const path = join(data, name);
    writeFileSync(path, text, {mode: 0o600});
    if (owner.uid !== undefined && owner.gid !== undefined) chownSync(path, owner.uid, owner.gid);
  }
  const port = await findFreePort();
  const args = ['-D', data, '-p', String(port), '-c', 'listen_addresses=127.0.0.1', '-k', folder, '-c', 'fsync=off'];
  const server = spawn(join(postgresPrograms, 'postgres'), [...args, ...settings.flatMap((line) => ['-c', line])], {
    ...options,
    stdio: 'pipe',
  });
  let log = '';
  server.stderr.on('data', (chunk: Buffer) => {
    log += chunk;
  });
  process.once('exit', () => server.kill('SIGQUIT'));
  const client = async ({user = superuser, password, database = 'postgres'}: Parameters<Server['client']>[0] = {}) => {
    const opened = new Client({
      host: '127.0.0.1',
      port,
      user,
      database,
      ssl: false,
      ...(password !== undefined && {password}),
    });
    await opened.connect();
    return opened;
  };
  for (let attempt = 0; ; attempt++) {
    if (server.exitCode !== null || attempt === 200) throw new Error(`PostgreSQL doesn't start:\n${log}`);
    const first = await client().catch(() => undefined);
    if (first) {
      await first.end();
      break;
    }
    await pause(50);
  }
  const rows = async (sql: string, database?: string) => {
    const asked = await client(database === undefined ? {} : {database});
    try {
      const result: QueryResult<Record<string, unknown>> | QueryResult<Record<string, unknown>>[] =
        await asked.query(sql);
      return (Array.isArray(result) ? result.at(-1) : result)?.rows ?? [];
    } finally {
      await asked.end();
    }
  };
  let databases = 0;
  return {
    port,
    folder,
    client,
    rows,
    database: async () => {
      const name = `db${++databases}`;
      await rows(`create database ${name}`);
      return name;
    },
    url: ({user = superuser, password, database = 'postgres', query = '', port: other = port} = {}) =>
      `postgres://${user}${password === undefined ? '' : `:${encodeURIComponent(password)}`}@127.0.0.1:${other}/${database}${query}`,
    stop: () => end(server),
  };
}

async function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null) return;
  const ended = new Promise((resolve) => server.once('exit', resolve));
  server.kill('SIGINT');
  await ended;
}

async function findFreePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
