import {readFile, rm} from 'node:fs/promises';
import {join} from 'node:path';
import * as v from 'valibot';
import type {Build} from '../builds/find.ts';
import {writeAtomically} from '../files.ts';
import type {Home} from '../home.ts';
import {findLanded} from '../ingest/land.ts';
import {parseJson} from '../schemas.ts';
import type {SchoolYear} from '../school-year.ts';
import type {Source} from '../sources/source.ts';
import {formatDay} from '../words/format.ts';
import {type HeldYear, type Incoming, lastLanded, type Step} from './incoming.ts';

/** A school year of a landed file that a build can't be made with. */
export type Refused = v.InferOutput<typeof refused>;
const refused = v.object({
  source: v.string(),
  schoolYear: v.string(),
  sha256: v.string(),
  /** The files that gave the other sources' rows of the year, since one of them may be at fault. */
  beside: v.array(v.string()),
  /** Identifies the code whose contract or checks it fails. */
  code: v.string(),
  /** Without a period. */
  why: v.string(),
});

function locateRefused({landing}: Home): string {
  return join(landing, 'refused.json');
}

/** Reads what the contract or the checks of this code have refused. */
export async function readRefused(home: Home, code: string): Promise<Refused[]> {
  const known = parseJson(v.array(refused), await readFile(locateRefused(home), 'utf8').catch(() => ''));
  return (known ?? []).filter((each) => each.code === code);
}

/** Stores what was refused, so that the next run doesn't build with it again. */
export async function rememberRefused(home: Home, all: readonly Refused[]): Promise<void> {
  await writeAtomically(locateRefused(home), `${JSON.stringify(all, null, 2)}\n`);
}

/** Forgets what was refused, so that the next run builds with it again. */
export async function forgetRefused(home: Home): Promise<void> {
  await rm(locateRefused(home), {force: true});
}

/** Returns whether the published build takes a school year from this very file. */
export function isPublishedFrom(
  {source, sha256}: Pick<Incoming, 'source' | 'sha256'>,
  year: SchoolYear,
  published: Build | undefined,
): boolean {
  return findPublishedInput(source, year, published)?.sha256 === sha256;
}

function findPublishedInput({id}: Source, year: SchoolYear, published: Build | undefined) {
  return published?.manifest.inputs.find(({source, schoolYears}) => source === id && schoolYears.includes(year));
}

/**
 * Replaces the refused school years by what is published of them. Holds back those of which nothing is published, from all sources, so
 * that no year has students without teachers.
 *
 * @returns undefined if no school year would be left
 */
export async function leaveOutRefused(
  {landing}: Home,
  incoming: readonly Incoming[],
  all: readonly Refused[],
  published: Build | undefined,
): Promise<{incoming: Incoming[]; heldYears: HeldYear[]; steps: Step[]} | undefined> {
  const files = [...incoming];
  const heldYears: HeldYear[] = [];
  const steps: Step[] = [];
  for (const {source, schoolYear, sha256, beside, why} of all) {
    const isHere = (hash: string) =>
      incoming.some((file) => file.sha256 === hash && file.schoolYears.includes(schoolYear));
    if (!beside.every(isHere)) continue;
    const index = files.findIndex(
      (file) => file.source.id === source && file.sha256 === sha256 && file.schoolYears.includes(schoolYear),
    );
    const file = files[index];
    const isHeld = heldYears.some((held) => held.schoolYear === schoolYear);
    if (isHeld || file === undefined || isPublishedFrom(file, schoolYear, published)) continue;
    const before = findPublishedInput(file.source, schoolYear, published);
    const landed = before && (await findLanded(landing, file.source, before.sha256));
    const at = {kind: 'year_held', subject: `${source} ${schoolYear}`} as const;
    if (landed === undefined) {
      heldYears.push({schoolYear, why: `${file.source.title}: ${why}`});
      steps.push({...at, message: `the school year is held back: ${why}.`});
      continue;
    }
    steps.push({
      ...at,
      message: `the file that landed on ${formatDay(landed.landedAt)} stays, since the new one is refused: ${why}.`,
    });
    files[index] = without(file, [schoolYear]);
    const [schoolYears, fileName] = [[schoolYear], landed.fileName];
    files.push({source: file.source, fileName, schoolYears, landing: lastLanded, sha256: landed.sha256, landed});
  }
  const sound = holdBack(mergeFiles(files), heldYears);
  return sound.some(isOnline) ? {incoming: sound, heldYears, steps} : undefined;
}

function without(file: Incoming, years: readonly SchoolYear[]): Incoming {
  return {...file, schoolYears: file.schoolYears.filter((year) => !years.includes(year))};
}

/** Takes school years away from every source that is published online. */
export function holdBack(files: readonly Incoming[], heldYears: readonly HeldYear[]): Incoming[] {
  const years = heldYears.map(({schoolYear}) => schoolYear);
  return files
    .map((file) => (isOnline(file) ? without(file, years) : file))
    .filter((file) => !isOnline(file) || file.schoolYears.length > 0);
}

export function isOnline({source}: Pick<Incoming, 'source'>): boolean {
  return source.datasets !== undefined;
}

/** Makes one of the entries with the same landed bytes. */
export function mergeFiles(files: readonly Incoming[]): Incoming[] {
  const groups = Map.groupBy(files, ({source, fileName, sha256}) => `${source.id} ${sha256 ?? fileName}`);
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    return first ? [{...first, schoolYears: [...new Set(group.flatMap(({schoolYears}) => schoolYears))].sort()}] : [];
  });
}
