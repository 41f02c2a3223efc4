import {constants, existsSync} from 'node:fs';
import {access, readdir, stat} from 'node:fs/promises';
import {basename} from 'node:path';
import {listBuilds, repairHint} from '../builds/find.ts';
import {findPublished} from '../builds/published.ts';
import {isTemporaryName} from '../files.ts';
import type {Home} from '../home.ts';
import {isLocked} from '../ledger/lock.ts';
import {goodOutcomes, readHeldYears, readLatestRun} from '../runs/history.ts';
import {formatCounted} from '../words/count.ts';
import {formatMinute} from '../words/format.ts';
import {examine, type Finding, type Result} from './finding.ts';
import {findExisting} from './machine.ts';

/** Examines the home directory. Only reads it. */
export async function examineHome(home: Home): Promise<Finding[]> {
  const folder = await examine('home', 'folder', () => checkFolder(home), 'Give another folder with --home.');
  if (folder.status === 'trouble' || !existsSync(home.folder)) return [folder];
  return [
    folder,
    ...(await Promise.all([
      examine('home', 'lock', async () => checkLock(home)),
      examine('home', 'ledger', async () => checkLedger(home)),
      examine('home', 'builds', () => checkBuilds(home)),
      examine('home', 'published', () => checkPublished(home)),
      examine('home', 'held years', async () => checkHeldYears(home)),
      examine('home', 'leftovers', () => checkLeftovers(home)),
    ])),
  ];
}

async function checkFolder({folder}: Home): Promise<Result> {
  const existing = await findExisting(folder);
  if (!(await stat(existing)).isDirectory())
    throw Object.assign(new Error('not a folder'), {code: 'ENOTDIR', path: existing});
  await access(existing, constants.R_OK | constants.W_OK | constants.X_OK);
  if (existing === folder) return {status: 'ok', says: `${folder} can be read and written`};
  return {status: 'ok', says: `${folder} is not there yet; the first run makes it`};
}

function checkLock(home: Home): Result {
  if (!isLocked(home)) return {status: 'ok', says: 'free'};
  return {
    status: 'remark',
    says: 'a run is going on in this home directory',
    wayOut: `Wait for it to end. ${basename(home.lock)}.holder names its process.`,
  };
}

function checkLedger(home: Home): Result {
  const run = readLatestRun(home);
  if (run === undefined) return {status: 'ok', says: 'no run yet'};
  const says = `run ${run.run} of ${formatMinute(run.startedAt)}: ${run.outcome}${run.error ? ` (${run.error})` : ''}`;
  const isGood = [...goodOutcomes, 'running'].some((outcome) => outcome === run.outcome);
  return isGood
    ? {status: 'ok', says}
    : {status: 'remark', says, wayOut: `"npx rollcall history ${run.run}" has its log.`};
}

async function checkBuilds(home: Home): Promise<Result> {
  const {builds, damaged} = await listBuilds(home);
  const [first] = damaged;
  if (first === undefined) return {status: 'ok', says: `${formatCounted(builds.length, 'build')}, none damaged`};
  return {
    status: 'trouble',
    says: `${damaged.length} of ${formatCounted(builds.length + damaged.length, 'build')} can't be read: ${damaged.map(({problem}) => problem).join(' ')}`,
    wayOut: repairHint,
  };
}

async function checkPublished(home: Home): Promise<Result> {
  const build = await findPublished(home);
  if (build === undefined) return {status: 'ok', says: 'nothing yet'};
  const {manifest, id} = build;
  return {status: 'ok', says: `${id}, built ${formatMinute(manifest.builtAt)}, ${manifest.schoolYears.join(', ')}`};
}

function checkHeldYears(home: Home): Result {
  const held = readHeldYears(home).map(({schoolYear, why}) => `${schoolYear}: ${why}`);
  if (held.length === 0) return {status: 'ok', says: 'none'};
  return {
    status: 'remark',
    says: held.join('; '),
    wayOut:
      'They come in once their files can be had and pass. "npx rollcall history" with the number of the last run has the rows that failed.',
  };
}

async function checkLeftovers(home: Home): Promise<Result> {
  const folders = [home.folder, home.builds, home.lake, home.landing];
  const names = await Promise.all(
    folders.map((folder) =>
      readdir(folder, {recursive: folder !== home.folder && folder !== home.builds}).catch(() => []),
    ),
  );
  const left = names.flat().filter((name) => isTemporaryName(basename(name)));
  const damaged = names.flat().filter((name) => /^ledger\.damaged-/.test(name));
  if (left.length + damaged.length === 0) return {status: 'ok', says: 'none'};
  return {
    status: 'remark',
    says: [...left, ...damaged].join(', '),
    wayOut: `The next run removes what a killed one left.${damaged.length > 0 ? ' Delete the damaged ledgers if you no longer need them.' : ''}`,
  };
}
