import {exit, Failure} from '../failure.ts';
import type {Home} from '../home.ts';
import {type Recorded, recorded} from '../ledger/record.ts';
import type {Progress} from '../progress.ts';
import {type Build, buildNamed, readBuild} from './find.ts';
import {publish, publishedId, thoseCarriedOut, wayBack} from './publish.ts';
import {openPublished} from './published.ts';

export interface Rollback {
  from: string;
  to: string;
  /** The builds that a run doesn't publish again by itself. */
  withdrawn: string[];
}

/**
 * Publishes an earlier build: the one before, or the one whose name begins with `start`. What is rolled back from stays, and can be
 * published again in the same way.
 *
 * @throws Failure where there is no such build, or it is damaged
 */
export async function rollback(home: Home, start: string | undefined, progress: Progress): Promise<Rollback> {
  const from = await publishedId(home);
  if (from === undefined) {
    throw new Failure(`${home.folder}: nothing is published here yet, so there is nothing to roll back.`);
  }
  return recorded(home, {name: 'rollback', options: {build: start}}, progress, async (record) => {
    const target = start === undefined ? await buildBefore(home, from, record) : await buildNamed(home, start);
    if (target.id === from) throw new Failure(`Build ${from} is the published one already.`, exit.usage);
    // Whoever goes back wants something that works.
    (await openPublished(target)).close();
    await publish(home, record.ledger, record.run, target.id, 'rollback');
    record.ledger.event(record.run, 'rolled_back', target.id, `Rolled back from build ${from} to build ${target.id}.`, {
      from,
    });
    const {withdrawn} = wayBack(record.ledger.publications());
    const result = {from, to: target.id, withdrawn: [...withdrawn]};
    record.lineage.emitRun('COMPLETE');
    return {outcome: 'done', build: target.id, result};
  });
}

async function buildBefore(home: Home, from: string, {ledger}: Recorded): Promise<Build> {
  const {line} = wayBack(thoseCarriedOut(ledger.publications(), from));
  for (const id of line.slice(0, -1).reverse()) {
    const found = await readBuild(home, id);
    if (id !== from && 'manifest' in found) return found;
  }
  throw new Failure(
    `${home.folder}: no build that was published before ${from} is here. "npx rollcall history" lists the builds; name one: npx rollcall rollback BUILD.`,
  );
}
