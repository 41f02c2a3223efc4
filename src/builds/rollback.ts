import {exit, Failure} from '../failure.ts';
import type {Home} from '../home.ts';
import {type RunRecord, runRecorded} from '../ledger/record.ts';
import type {Progress} from '../progress.ts';
import {type Build, readBuild, requireBuild} from './find.ts';
import {publish, replayPublications, selectCompleted} from './publish.ts';
import {openBuild} from './published.ts';
import {readPublishedId} from './published-id.ts';

export interface Rollback {
  from: string;
  to: string;
  /** Builds that a run doesn't publish again by itself. */
  withdrawn: string[];
}

/**
 * Publishes an earlier build: the previous one, or the one whose id begins with `start`. The build that was published stays, and
 * can be published again in the same way.
 *
 * @throws Failure if there is no such build, or it is damaged
 */
export async function rollback(home: Home, start: string | undefined, progress: Progress): Promise<Rollback> {
  const from = await readPublishedId(home);
  if (from === undefined) {
    throw new Failure(`${home.folder}: nothing is published here yet, so there is nothing to roll back.`);
  }
  // A name that is wrong is found out before the ledger has a run.
  const named = start === undefined ? undefined : await requireBuild(home, start);
  if (named?.id === from) throw new Failure(`Build ${from} is already published.`, exit.usage);
  return runRecorded(home, {name: 'rollback', options: {build: start}}, progress, async (record) => {
    const target = named ?? (await findBuildBefore(home, from, record));
    // A rollback must end at a build that works.
    (await openBuild(target)).close();
    await publish(home, record.ledger, record.run, target.id, 'rollback');
    record.ledger.recordEvent(
      record.run,
      'rolled_back',
      target.id,
      `Rolled back from build ${from} to build ${target.id}.`,
      {
        from,
      },
    );
    const {withdrawn} = replayPublications(record.ledger.listPublications());
    const result = {from, to: target.id, withdrawn: [...withdrawn]};
    record.lineage.emitRun('COMPLETE');
    return {outcome: 'done', build: target.id, result};
  });
}

async function findBuildBefore(home: Home, from: string, {ledger}: RunRecord): Promise<Build> {
  const {line} = replayPublications(selectCompleted(ledger.listPublications(), from));
  for (const id of line.slice(0, -1).reverse()) {
    const found = await readBuild(home, id);
    if (id !== from && 'manifest' in found) return found;
  }
  throw new Failure(
    `${home.folder}: no build that was published before ${from} is here. "npx rollcall history" lists the builds; name one: npx rollcall rollback BUILD.`,
  );
}
