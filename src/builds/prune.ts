import {readdir, rm, stat} from 'node:fs/promises';
import {join, parse} from 'node:path';
import {makeTemporaryName, measureFolder, removeTemporary, renamePatiently} from '../files.ts';
import type {Home} from '../home.ts';
import {isReshapedName} from '../ingest/reshaped.ts';
import {readPublications} from '../ledger/ledger.ts';
import {lock} from '../ledger/lock.ts';
import {runRecorded} from '../ledger/record.ts';
import type {Progress} from '../progress.ts';
import {type Build, listBuilds} from './find.ts';
import {adoptPublished} from './publish.ts';
import {readPublishedId} from './published-id.ts';

export interface PruneResult {
  kept: string[];
  removed: {build: string; bytes: number}[];
  /** Reshaped files that no kept build needs. A run can reshape the landed files again. */
  lake: {files: number; bytes: number};
  bytes: number;
}

/**
 * Removes all builds but the published one and the latest others, `keep` in all, and the lake's files that no kept build needs.
 * Landed files stay, since the publisher may no longer have them.
 */
export async function prune(
  home: Home,
  {keep, dryRun = false}: {keep: number; dryRun?: boolean},
  progress: Progress,
): Promise<PruneResult> {
  if (dryRun) return (await planPrune(home, keep)).pruned;
  // On a full disk the ledger can't take an entry before there is room for one.
  const pruned = await removeUnneeded(home, keep).catch((error: Error) => error);
  return runRecorded(home, {name: 'prune', options: {keep}}, progress, async (record) => {
    if (pruned instanceof Error) throw pruned;
    record.lineage.emitRun('COMPLETE');
    return {outcome: 'done', result: pruned};
  });
}

async function removeUnneeded(home: Home, keep: number): Promise<PruneResult> {
  const release = lock(home);
  try {
    await adoptPublished(home);
    const {pruned, lake} = await planPrune(home, keep);
    for (const {build} of pruned.removed) {
      // Renamed first, so that a kill leaves no half-deleted build under its own name.
      const gone = makeTemporaryName(join(home.builds, build));
      await renamePatiently(join(home.builds, build), gone);
      await rm(gone, {recursive: true, force: true});
    }
    for (const path of lake) await rm(path, {force: true});
    await removeTemporary(home.builds, {isLocked: true});
    return pruned;
  } finally {
    release();
  }
}

async function planPrune(home: Home, keep: number): Promise<{pruned: PruneResult; lake: string[]}> {
  const published = await readPublishedId(home);
  const {builds, damaged} = await listBuilds(home);
  const order = sortByPublication(home, builds);
  const others = order
    .filter(({id}) => id !== published)
    .slice(0, Math.max(0, keep - (published === undefined ? 0 : 1)));
  const kept = order.filter((build) => build.id === published || others.includes(build));
  const gone = [...order.filter((build) => !kept.includes(build)), ...damaged.filter(({id}) => id !== published)];
  const removed = await Promise.all(
    gone.map(async ({id}) => ({build: id, bytes: await measureFolder(join(home.builds, id))})),
  );
  const isPublishedDamaged = damaged.some(({id}) => id === published);
  const lake = isPublishedDamaged ? [] : await listUnreferenced(home, kept);
  const sizes = await Promise.all(lake.map(async (path) => (await stat(path)).size));
  const lakeBytes = sizes.reduce((sum, size) => sum + size, 0);
  const bytes = removed.reduce((sum, build) => sum + build.bytes, lakeBytes);
  return {
    pruned: {kept: kept.map(({id}) => id), removed, lake: {files: lake.length, bytes: lakeBytes}, bytes},
    lake,
  };
}

/** Sorts builds by their last publication, latest first. The order is the ledger's, so it doesn't depend on the clock. */
function sortByPublication(home: Home, builds: readonly Build[]): Build[] {
  const publications = readPublications(home.ledger);
  const last = ({id}: Build) => publications.findLastIndex(({build}) => build === id);
  return builds.toReversed().sort((a, b) => last(b) - last(a));
}

/** Lists the lake's files that none of these builds was made of. */
async function listUnreferenced({lake}: Home, builds: readonly Build[]): Promise<string[]> {
  const used = new Set(builds.flatMap(({manifest}) => manifest.inputs.map(({reshaped}) => reshaped)));
  const entries = await readdir(lake, {recursive: true, withFileTypes: true}).catch(() => []);
  return entries
    .filter((entry) => entry.isFile() && isReshapedName(entry.name) && !used.has(parse(entry.name).name))
    .map((entry) => join(entry.parentPath, entry.name));
}
