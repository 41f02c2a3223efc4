import {findPublished} from '../builds/published.ts';
import {readRunsAfter} from '../runs/history.ts';
import type {Server} from './overview.ts';

/**
 * Reads whether the server works: it has an undamaged build to show, and its schedule is running. A failed run doesn't count: the
 * published build is still served, and a restart would not help.
 */
export async function readHealth({home, schedule}: Server) {
  const trouble = (error: Error) => ({problem: error.message});
  const published = await findPublished(home).catch(trouble);
  const problem =
    published === undefined ? 'Nothing is published yet.' : 'problem' in published ? published.problem : null;
  const kept = schedule === undefined ? 'at rest' : schedule.isAlive() ? 'kept' : 'dead';
  const last = findLastRun(home);
  return {
    status: problem === null && kept !== 'dead' ? 'ok' : 'unwell',
    published: published && 'id' in published ? published.id : null,
    lastRun: last ? {run: last.run, outcome: last.outcome, endedAt: last.endedAt} : null,
    schedule: kept,
    problem: problem ?? (kept === 'dead' ? 'The schedule is no longer kept.' : null),
  };
}

function findLastRun(home: Server['home']) {
  try {
    return readRunsAfter(home, 0).findLast(({command}) => command === 'run');
  } catch {
    return undefined;
  }
}
