import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import * as v from 'valibot';
import type {CatalogueEntry} from '../fetch/catalogue.ts';
import {writeAtomically} from '../files.ts';
import {matchHeader, recognize} from '../ingest/recognize.ts';
import {parseJson} from '../schemas.ts';
import {isSchoolYear, type SchoolYear} from '../school-year.ts';
import type {Source} from '../sources/source.ts';

/** A data set that was found in the catalogue. */
export type Found = v.InferOutput<typeof found>;
const found = v.object({
  source: v.string(),
  id: v.string(),
  name: v.string(),
  /** Its only school year; null if it has all years. */
  schoolYear: v.nullable(v.string()),
  isPreliminary: v.boolean(),
  /** The years after the declared ones that a data set with all years has. */
  laterYears: v.array(v.string()),
});

/** A data set of the catalogue that looks like one of a source, and why it is not taken. */
export interface Refused {
  id: string;
  name: string;
  why: string;
}

/**
 * Recognizes a source's data sets among those of the catalogue: by name, host, publisher and columns. The known ones of another name are
 * `renamed`.
 */
export function recognizeDatasets(
  source: Source,
  entries: readonly CatalogueEntry[],
  domain: string,
): {taken: Found[]; refused: Refused[]; renamed: Pick<Found, 'id' | 'name'>[]} {
  const {catalogue} = source;
  if (catalogue === undefined) return {taken: [], refused: [], renamed: []};
  const declared = new Set([...Object.values(source.datasets ?? {}), catalogue.allYears.id]);
  const taken: Found[] = [];
  const refused: Refused[] = [];
  const renamed: Pick<Found, 'id' | 'name'>[] = [];
  for (const entry of entries) {
    const {id, name} = entry;
    const [isYear, schoolYear = null, preliminary] = new RegExp(catalogue.year, 'i').exec(name) ?? [];
    const isNamed = isYear !== undefined || new RegExp(catalogue.allYears.name, 'i').test(name);
    // A declared data set under another name is still asked for by its id.
    if (declared.has(id) && !isNamed) {
      renamed.push({id, name});
      continue;
    }
    if (!(isNamed || recognize([source], entry.columns))) continue;
    const why = isNamed
      ? explainRefusal(source, catalogue.attribution, entry, domain)
      : `its name is not one of ${source.title}`;
    if (why === undefined && (schoolYear === null || isSchoolYear(schoolYear))) {
      const isPreliminary = preliminary !== undefined;
      taken.push({source: source.id, id, name, schoolYear, isPreliminary, laterYears: []});
    } else {
      refused.push({id, name, why: why ?? `${schoolYear} is no school year`});
    }
  }
  const isSame = (a: Found) => (b: Found) => a.schoolYear === b.schoolYear && a.isPreliminary === b.isPreliminary;
  const isTaken = (each: Found) => declared.has(each.id) || taken.filter(isSame(each)).length === 1;
  for (const each of taken) {
    if (isTaken(each)) continue;
    const original = taken.filter(isSame(each)).find(({id}) => declared.has(id));
    const why = original
      ? `it has the name of the known data set ${original.id}`
      : 'another data set has the same name, and nothing says which is right';
    refused.push({id: each.id, name: each.name, why});
  }
  return {taken: taken.filter(isTaken), refused, renamed};
}

function explainRefusal(
  source: Source,
  attribution: string,
  entry: CatalogueEntry,
  domain: string,
): string | undefined {
  if (entry.domain !== domain) return `it is on another host, ${entry.domain}`;
  if (entry.type !== 'dataset') return `it is a ${entry.type}, not a data set`;
  if (entry.parent !== null) return `it is a view of ${entry.parent}`;
  if (entry.attribution === null ? !entry.isOfficial : !new RegExp(attribution, 'i').test(entry.attribution))
    return `its publisher is ${entry.attribution ?? 'not stated'}`;
  const {missing, twice} = matchHeader(source, entry.columns);
  if (missing.length > 0) return `it has no column ${missing.map(({label}) => `"${label}"`).join(', ')}`;
  if (twice.length > 0) return `it has column "${twice[0]}" twice`;
  return undefined;
}

/** A data set that can give a school year of a source. The first is asked for first. */
export interface Offer {
  id: string;
  /** Why it is asked for, if it is not the declared one. */
  why?: string;
  /** Whether it has this school year alone, so that its rows can be compared with those of another year. */
  isOfOneYear?: true;
}

/** Lists the data sets that can give a school year: the declared, that of its name, that with all years, the preliminary one. */
export function listOffers(source: Source, schoolYear: SchoolYear, all: readonly Found[]): Offer[] {
  const own = all.filter((each) => each.source === source.id);
  const declared = source.datasets?.[schoolYear];
  const ofYear = own.filter((each) => each.schoolYear === schoolYear);
  const whole = own.filter((each) => each.schoolYear === null);
  const known = source.catalogue?.allYears.id;
  const offers: Offer[] = [
    ...(declared === undefined ? [] : [{id: declared}]),
    ...ofYear
      .filter(({isPreliminary}) => !isPreliminary)
      .map(({id, name}) => ({id, why: `found in the catalogue as "${name}"`, isOfOneYear: true as const})),
    ...(declared === undefined || known === undefined ? [] : [{id: known, why: 'the data set with all years'}]),
    ...whole
      .filter(({laterYears}) => declared !== undefined || laterYears.includes(schoolYear))
      .map(({id, name}) => ({id, why: `the data set with all years, "${name}"`})),
    ...ofYear
      .filter(({isPreliminary}) => isPreliminary)
      .map(({id, name}) => ({
        id,
        why: `found in the catalogue as "${name}": preliminary figures`,
        isOfOneYear: true as const,
      })),
  ];
  return offers.filter(({id}, index) => offers.findIndex((other) => other.id === id) === index);
}

/** Returns whether a count of rows is between half and twice that of the year before. */
export function isPlausible(rows: number, before: number): boolean {
  return rows * 2 >= before && rows <= before * 2;
}

const memory = v.object({checkedAt: v.string(), found: v.array(found)});

function locateMemory(landing: string): string {
  return join(landing, 'catalogue.json');
}

/** Reads what was found when the catalogue last answered. */
export async function readFound(landing: string): Promise<v.InferOutput<typeof memory> | undefined> {
  return parseJson(memory, await readFile(locateMemory(landing), 'utf8').catch(() => ''));
}

/** Stores what was found, for a day on which the catalogue doesn't answer. */
export async function rememberFound(landing: string, all: readonly Found[] | undefined): Promise<void> {
  if (all === undefined) return;
  const now = v.parse(memory, {checkedAt: new Date().toISOString(), found: all});
  await writeAtomically(locateMemory(landing), `${JSON.stringify(now, null, 2)}\n`);
}
