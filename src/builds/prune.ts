import {readdir, rename, rm, stat} from 'node:fs/promises';
import {join} from 'node:path';
import {makeTemporaryName, measureFolder} from '../files.ts';
import type {Home} from '../home.ts';
import {readPublications} from '../ledger/ledger.ts';
import {recorded} from '../ledger/record.ts';
import type {Progress} from '../progress.ts';
import {type Build, listBuilds} from './find.ts';
import {publishedId} from './publish.ts';

export interface Pruned {
  kept: string[];
  removed: {build: string; bytes: number}[];
  /** Files of the lake that no kept build was made of; they can be made again of what has landed. */
  lake: {files: number; bytes: number};
  bytes: number;
}

/**
 * Takes away all builds but the published one and the latest others, `keep` in all; and what is in the lake for builds that are
 * gone. What has landed stays: the publisher may not have it any more.
 */
export async function prune(
  home: Home,
  {keep, dryRun = false}: {keep: number; dryRun?: boolean},
  progress: Progress,
): Promise<Pruned> {
  if (dryRun) return (await planPrune(home, keep)).pruned;
  return recorded(home, {name: 'prune', options: {keep}}, progress, async (record) => {
    const {pruned, lake} = await planPrune(home, keep);
    for (const {build} of pruned.removed) {
      // Renamed first, so that what a kill leaves of it is known for what it is.
      const gone = makeTemporaryName(join(home.builds, build));
      await rename(join(home.builds, build), gone);
      await rm(gone, {recursive: true, force: true});
    }
    for (const path of lake) await rm(path, {force: true});
    record.lineage.emitRun('COMPLETE');
    return {outcome: 'done', result: pruned};
  });
}

async function planPrune(home: Home, keep: number): Promise<{pruned: Pruned; lake: string[]}> {
  const published = await publishedId(home);
  const {builds, damaged} = await listBuilds(home);
  const order = inOrder(home, builds);
  const others = order
    .filter(({id}) => id !== published)
    .slice(0, Math.max(0, keep - (published === undefined ? 0 : 1)));
  const kept = order.filter((build) => build.id === published || others.includes(build));
  const gone = [...order.filter((build) => !kept.includes(build)), ...damaged.filter(({id}) => id !== published)];
  const removed = await Promise.all(
    gone.map(async ({id}) => ({build: id, bytes: await measureFolder(join(home.builds, id))})),
  );
  const isPublishedDamaged = damaged.some(({id}) => id === published);
  const lake = isPublishedDamaged ? [] : await unreferenced(home, kept);
  const sizes = await Promise.all(lake.map(async (path) => (await stat(path)).size));
  const lakeBytes = sizes.reduce((sum, size) => sum + size, 0);
  const bytes = removed.reduce((sum, build) => sum + build.bytes, lakeBytes);
  return {
    pruned: {kept: kept.map(({id}) => id), removed, lake: {files: lake.length, bytes: lakeBytes}, bytes},
    lake,
  };
}

/** The builds, the latest published first; the order is the ledger's, which no clock can upset. */
function inOrder(home: Home, builds: readonly Build[]): Build[] {
  const publications = readPublications(home.ledger);
  const last = ({id}: Build) => publications.findLastIndex(({build}) => build === id);
  return builds
    .map((build, made) => ({build, made}))
    .sort((a, b) => last(b.build) - last(a.build) || b.made - a.made)
    .map(({build}) => build);
}

/** The files of the lake that none of these builds was made of. */
async function unreferenced({lake}: Home, builds: readonly Build[]): Promise<string[]> {
  const used = new Set(builds.flatMap(({manifest}) => manifest.inputs.map(({reshaped}) => reshaped)));
  const entries = await readdir(lake, {recursive: true, withFileTypes: true}).catch(() => []);
  return entries
    .filter((entry) => entry.isFile() && !used.has(entry.name.replace(/\.(parquet|json)$/, '')))
    .map((entry) => join(entry.parentPath, entry.name));
}
