import {chown, mkdtemp, readdir, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {exit, Failure} from '../../src/failure.ts';
import {isThere, run, start} from './programs.ts';

/** A PostgreSQL server with an empty database, reached by a socket in its own folder and in no other way. */
export interface Postgres {
  /** How programs of PostgreSQL, and dbt, find it. */
  environment: Record<string, string>;
  /** Runs a file of psql's. */
  runFile(path: string): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a server in a temporary folder. */
export async function startPostgres(): Promise<Postgres> {
  const programs = await findPrograms();
  const folder = await mkdtemp(join(tmpdir(), 'rollcall-postgres-'));
  try {
    const user = await userThatMayRun();
    if (user) await chown(folder, user.uid, user.gid);
    const here = {...user, cwd: folder};
    const data = join(folder, 'data');
    // Names are compared byte by byte, as in DuckDB and in Spark.
    const choices = ['--username=rollcall', '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync'];
    await run(join(programs, 'initdb'), ['--pgdata', data, ...choices], here);
    const settings = ['listen_addresses=', `unix_socket_directories=${folder}`, 'fsync=off'];
    const server = await start(
      join(programs, 'postgres'),
      ['-D', data, ...settings.flatMap((setting) => ['-c', setting])],
      /ready to accept connections/,
      here,
    );
    const environment = {PGHOST: folder, PGUSER: 'rollcall', PGDATABASE: 'postgres'};
    return {
      environment,
      runFile: async (path) => {
        await run(join(programs, 'psql'), ['--no-psqlrc', '--quiet', '--set=ON_ERROR_STOP=1', '--file', path], {
          env: environment,
        });
      },
      stop: async () => {
        await server.stop();
        await rm(folder, {recursive: true, force: true});
      },
    };
  } catch (error) {
    await rm(folder, {recursive: true, force: true});
    throw error;
  }
}

/** The folder with the programs of the newest PostgreSQL that is here. Debian keeps them out of the PATH. */
async function findPrograms(): Promise<string> {
  const debian = '/usr/lib/postgresql';
  const versions = (await readdir(debian).catch(() => [])).sort((a, b) => Number(b) - Number(a));
  const folders = [...versions.map((version) => join(debian, version, 'bin')), ''];
  for (const folder of folders) {
    if (await isThere(join(folder, 'initdb'), '--version')) return folder;
  }
  throw new Failure('There is no PostgreSQL here. On Debian: apt-get install postgresql', exit.usage);
}

/** PostgreSQL refuses to be run by root; root lets somebody else run it. */
async function userThatMayRun(): Promise<{uid: number; gid: number} | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const name = (await isThere('id', 'postgres')) ? 'postgres' : 'nobody';
  return {uid: Number(await run('id', ['-u', name])), gid: Number(await run('id', ['-g', name]))};
}
