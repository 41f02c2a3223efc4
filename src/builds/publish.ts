import {readlink, rename, rm, symlink} from 'node:fs/promises';
import {basename, join, relative} from 'node:path';
import {makeTemporaryName} from '../files.ts';
import type {Home} from '../home.ts';
import type {Ledger, Publication, PublicationKind} from '../ledger/ledger.ts';

/** Reads the id of the published build; undefined if nothing is published. */
export async function readPublishedId(home: Home): Promise<string | undefined> {
  const target = await readlink(home.published).catch(() => undefined);
  return target === undefined ? undefined : basename(target);
}

/** Publishes a build in one atomic switch. */
export async function publish(
  home: Home,
  ledger: Ledger,
  run: number,
  build: string,
  kind: PublicationKind,
): Promise<void> {
  await reconcile(home, ledger, run);
  if ((await readPublishedId(home)) === build) return;
  ledger.recordPublication(run, build, kind);
  const link = makeTemporaryName(home.published);
  await rm(link, {force: true});
  await symlink(relative(home.folder, join(home.builds, build)), link, 'dir');
  await rename(link, home.published);
}

/** Undoes publications that a killed process recorded but never completed: each is recorded before the switch. */
async function reconcile(home: Home, ledger: Ledger, run: number): Promise<void> {
  const current = await readPublishedId(home);
  const all = ledger.listPublications();
  const completed = selectCompleted(all, current);
  for (const publication of all.slice(completed.length)) ledger.deletePublication(publication);
  if (current !== undefined && completed.length === 0) ledger.recordPublication(run, current, 'found');
}

/** Selects the publications up to the last one of the current build. Later ones were never completed. */
export function selectCompleted(all: readonly Publication[], current: string | undefined): Publication[] {
  return all.slice(0, all.findLastIndex(({build}) => build === current) + 1);
}

/**
 * Replays publications in order. A rollback shortens the line; any other publication extends it.
 *
 * @returns `line`, the builds that a rollback can go back to, from the first to the current one, without those that were rolled back
 *   from; and `withdrawn`, those that were rolled back from and not published since, which a run doesn't publish again by itself
 */
export function replayPublications(publications: readonly Publication[]): {line: string[]; withdrawn: Set<string>} {
  let line: string[] = [];
  const withdrawn = new Set<string>();
  for (const {build, kind} of publications) {
    const place = kind === 'rollback' ? line.lastIndexOf(build) : -1;
    if (place !== -1) {
      for (const passed of line.slice(place + 1)) withdrawn.add(passed);
      line = line.slice(0, place + 1);
    } else if (line.at(-1) !== build) {
      line.push(build);
    }
    withdrawn.delete(build);
  }
  return {line, withdrawn};
}
