import {constants} from 'node:fs';
import {access, stat, statfs} from 'node:fs/promises';
import {arch, freemem, platform, release, tmpdir, totalmem} from 'node:os';
import {dirname} from 'node:path';
import * as v from 'valibot';
import {assertFedModels} from '../builds/fed-models.ts';
import {open} from '../duckdb/database.ts';
import {getErrorCode} from '../failure.ts';
import type {Home} from '../home.ts';
import {examine, type Finding, type Result} from './finding.ts';

/** Bytes of the disk. The first has room for a run with every school year. With less than the second, no run can end well. */
const comfortableDisk = 2e9;
const leastDisk = 100e6;
/** Bytes of memory, beyond what Node and the system take. */
const comfortableMemory = 2e9;
/** This version is not older, so a clock that shows an earlier time is wrong. */
const released = Date.UTC(2026, 0);

/** Examines the machine, without a network. */
export async function examineMachine(home: Home, now: Date, env: NodeJS.ProcessEnv): Promise<Finding[]> {
  return Promise.all([
    examine('machine', 'Node', async () => ({
      status: 'ok',
      says: `${process.version} on ${platform()} ${arch()} (${release()})`,
    })),
    examine(
      'machine',
      'DuckDB',
      checkDuckdb,
      'Install again with "npm ci". The package @duckdb/node-api has a part for each system.',
    ),
    examine('machine', 'sources', async () => {
      assertFedModels();
      return {status: 'ok', says: 'each feeds models that are there'};
    }),
    examine('machine', 'memory', async () => checkMemory(env)),
    examine('machine', 'disk', async () => checkDisk(await findExisting(home.folder))),
    examine(
      'machine',
      'temporary folder',
      async () => {
        await access(tmpdir(), constants.W_OK);
        return {status: 'ok', says: `${tmpdir()} can be written`};
      },
      'Name another one with TMPDIR.',
    ),
    examine('machine', 'clock', async () => checkClock(now)),
    examine('machine', 'locale', async () => checkLocale(env)),
  ]);
}

async function checkDuckdb(): Promise<Result> {
  const db = await open();
  try {
    const {version} = await db.readOne(v.object({version: v.string()}), 'select version() as version');
    return {status: 'ok', says: version};
  } finally {
    db.close();
  }
}

function checkMemory(env: NodeJS.ProcessEnv): Result {
  // A container may have less than its machine.
  const limit = process.constrainedMemory();
  const total = limit > 0 ? Math.min(limit, totalmem()) : totalmem();
  const asked = env['ROLLCALL_MEMORY'] || '2GB (unless ROLLCALL_MEMORY is set)';
  const says = `${formatGigabytes(total)}, of which the machine has ${formatGigabytes(freemem())} free; DuckDB may take ${asked}`;
  if (total >= comfortableMemory) return {status: 'ok', says};
  return {
    status: 'remark',
    says,
    wayOut: 'If a run is killed, set ROLLCALL_MEMORY=500MB, or take fewer years with --years.',
  };
}

async function checkDisk(folder: string): Promise<Result> {
  const {bavail, bsize} = await statfs(folder);
  const room = bavail * bsize;
  const says = `${formatGigabytes(room)} free in ${folder}`;
  if (room >= comfortableDisk) return {status: 'ok', says};
  const wayOut =
    'Make room, remove old builds with "npx rollcall prune --keep 1", or give a folder on another disk with --home.';
  return {status: room < leastDisk ? 'trouble' : 'remark', says, wayOut};
}

function checkClock(now: Date): Result {
  const zone = new Intl.DateTimeFormat().resolvedOptions().timeZone;
  const says = `${now.toISOString()}, time zone ${zone}`;
  if (now.getTime() >= released) return {status: 'ok', says};
  return {status: 'trouble', says: `${says}: before this version was made`, wayOut: clockWayOut};
}

/** What to do about a wrong clock. */
export const clockWayOut = 'Set the clock of this machine. Certificates and the times of runs depend on it.';

function checkLocale(env: NodeJS.ProcessEnv): Result {
  const name = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || '';
  const says = `${name || 'none set'}, ${new Intl.DateTimeFormat().resolvedOptions().locale}`;
  if (platform() === 'win32' || /utf-?8/i.test(name)) return {status: 'ok', says};
  return {
    status: 'remark',
    says: `${says}; Rollcall writes UTF-8`,
    wayOut: 'If letters with accents look wrong in the terminal, set LANG=C.UTF-8.',
  };
}

function formatGigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}

/** Finds the nearest folder that exists, of a folder that a run would make. */
export async function findExisting(folder: string): Promise<string> {
  const found = await stat(folder).catch((error: unknown) => {
    if (getErrorCode(error) === 'ENOENT' && dirname(folder) !== folder) return undefined;
    throw error;
  });
  return found === undefined ? findExisting(dirname(folder)) : folder;
}
