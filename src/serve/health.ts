import {statfs} from 'node:fs/promises';
import {findPublished} from '../builds/published.ts';
import {readLatestRun} from '../runs/history.ts';
import {formatBytes} from '../words/format.ts';
import type {Server} from './overview.ts';

/** Bytes. With less than this left, no run can end well. */
const leastRoom = 100e6;

/**
 * Reads whether the server works: it has an undamaged build to show, room on the disk, and its schedule is running. A failed run doesn't
 * count: the published build is still served, and a restart would not help.
 */
export async function readHealth({home, schedule}: Server, measureRoom = measureFreeBytes) {
  const trouble = (error: Error) => ({problem: error.message});
  const published = await findPublished(home).catch(trouble);
  const problem =
    published === undefined ? 'Nothing is published yet.' : 'problem' in published ? published.problem : null;
  const room = await measureRoom(home.folder);
  const full = room < leastRoom ? `The disk has ${formatBytes(room)} left.` : null;
  const kept = schedule === undefined ? 'at rest' : schedule.isAlive() ? 'kept' : 'dead';
  const last = findLastRun(home);
  return {
    status: problem === null && full === null && kept !== 'dead' ? 'ok' : 'unwell',
    published: published && 'id' in published ? published.id : null,
    lastRun: last ? {run: last.run, outcome: last.outcome, endedAt: last.endedAt} : null,
    schedule: kept,
    problem: problem ?? full ?? (kept === 'dead' ? 'The schedule is no longer kept.' : null),
  };
}

/** Returns the bytes that are left on the disk of a folder; Infinity if that can't be told. */
async function measureFreeBytes(folder: string): Promise<number> {
  const found = await statfs(folder).catch(() => undefined);
  return found ? found.bavail * found.bsize : Number.POSITIVE_INFINITY;
}

function findLastRun(home: Server['home']) {
  try {
    return readLatestRun(home);
  } catch {
    return undefined;
  }
}
