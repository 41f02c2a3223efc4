import {existsSync} from 'node:fs';
import {mkdir, rm, symlink} from 'node:fs/promises';
import {basename, join, relative, resolve} from 'node:path';
import {makeTemporaryName, renamePatiently, syncFolder} from '../files.ts';
import type {Home} from '../home.ts';
import type {Ledger, Publication, PublicationKind} from '../ledger/ledger.ts';
import {isPublishedCopy, readCopiedId, readPublishedId} from './published-id.ts';

/**
 * Moves a published build that is a folder instead of a link to its place among the builds, and links to it. The caller holds the
 * lock.
 */
export async function adoptPublished(home: Home): Promise<void> {
  if (!isPublishedCopy(home)) return;
  const id = basename(readCopiedId(home));
  const folder = join(home.builds, id);
  const gone = existsSync(folder) ? makeTemporaryName(home.published) : folder;
  await mkdir(home.builds, {recursive: true});
  const link = await createLink(home, id);
  await renamePatiently(home.published, gone);
  await renamePatiently(link, home.published);
  if (gone !== folder) await rm(gone, {recursive: true, force: true});
}

async function createLink({folder, builds, published}: Home, id: string, platform = process.platform): Promise<string> {
  const link = makeTemporaryName(published);
  const build = join(builds, id);
  if (platform === 'win32') await symlink(resolve(build), link, 'junction');
  else await symlink(relative(folder, build), link, 'dir');
  return link;
}

/**
 * Points `published` to a build. A relative link survives when the home directory moves, and is replaced in one step.
 *
 * On Windows a symbolic link needs a right that most users lack. A junction needs none, but its target is absolute and nothing can be renamed
 * over it, so for an instant nothing is published there.
 */
export async function switchPublished(home: Home, id: string, platform = process.platform): Promise<void> {
  const link = await createLink(home, id, platform);
  if (platform === 'win32') await rm(home.published, {force: true});
  await renamePatiently(link, home.published);
}

/** Publishes a build in one switch. */
export async function publish(
  home: Home,
  ledger: Ledger,
  run: number,
  build: string,
  kind: PublicationKind,
): Promise<void> {
  await adoptPublished(home);
  await reconcile(home, ledger, run);
  if ((await readPublishedId(home)) === build) return;
  ledger.recordPublication(run, build, kind);
  await switchPublished(home, build);
  await syncFolder(home.folder);
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
