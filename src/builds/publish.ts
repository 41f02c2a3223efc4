import {readlink, rename, rm, symlink} from 'node:fs/promises';
import {basename, join, relative} from 'node:path';
import {makeTemporaryName} from '../files.ts';
import type {Home} from '../home.ts';
import type {Ledger, Publication, PublicationKind} from '../ledger/ledger.ts';

/** The name of the published build; undefined where nothing is. */
export async function publishedId(home: Home): Promise<string | undefined> {
  const target = await readlink(home.published).catch(() => undefined);
  return target === undefined ? undefined : basename(target);
}

/** Switches to a build, in one step: whoever opens the published build gets the old one or the new one, whole. */
export async function publish(
  home: Home,
  ledger: Ledger,
  run: number,
  build: string,
  kind: PublicationKind,
): Promise<void> {
  await reconcile(home, ledger, run);
  if ((await publishedId(home)) === build) return;
  ledger.publication(run, build, kind);
  const link = makeTemporaryName(home.published);
  await rm(link, {force: true});
  await symlink(relative(home.folder, join(home.builds, build)), link, 'dir');
  await rename(link, home.published);
}

/** A publication is noted before the switch. This takes back those that a killed process noted and didn't carry out. */
async function reconcile(home: Home, ledger: Ledger, run: number): Promise<void> {
  const current = await publishedId(home);
  const all = ledger.publications();
  const carriedOut = thoseCarriedOut(all, current);
  for (const publication of all.slice(carriedOut.length)) ledger.forget(publication);
  if (current !== undefined && carriedOut.length === 0) ledger.publication(run, current, 'found');
}

/** The publications up to the one that is published now. */
export function thoseCarriedOut(all: readonly Publication[], current: string | undefined): Publication[] {
  return all.slice(0, all.findLastIndex(({build}) => build === current) + 1);
}

/** Where one can go back to, and what a run doesn't publish again by itself. */
export interface WayBack {
  /** The builds from the first published to the one that is published now, without those that were rolled back from. */
  line: string[];
  /** The builds that were rolled back from, and not published since. */
  withdrawn: Set<string>;
}

/** What the publications come to. A rollback goes back along the line; any other publication goes on. */
export function wayBack(publications: readonly Publication[]): WayBack {
  let line: string[] = [];
  const withdrawn = new Set<string>();
  for (const {build, kind} of publications) {
    const place = kind === 'rollback' ? line.lastIndexOf(build) : -1;
    if (place !== -1) {
      for (const left of line.slice(place + 1)) withdrawn.add(left);
      line = line.slice(0, place + 1);
    } else if (line.at(-1) !== build) {
      line.push(build);
    }
    withdrawn.delete(build);
  }
  return {line, withdrawn};
}
