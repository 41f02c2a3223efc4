import type {SchoolYear} from '../school-year.ts';
import {sources} from '../sources/sources.ts';
import {formatDay, formatYears, joinWords} from '../words/format.ts';
import type {Region} from './regions.ts';

/** A file of a build, as its manifest has it. */
export interface Input {
  source: string;
  file: string;
  /** The address that it was fetched from, or the name of a file that was supplied. */
  origin: string;
  /** UTC. */
  landedAt: string;
  isSample: boolean;
  /** What a reader must know about its figures. */
  note?: string;
  schoolYears: readonly SchoolYear[];
}

/** Where the figures of a source come from. */
export interface Origin {
  title: string;
  /** The initials of the publisher, if its name ends in them: `OSPI`. Nobody published the sample. */
  publisher: string;
  /** `fetched from HOST on DATE`, `as supplied in FILE`, or for the sample `invented`. */
  how: string;
  /** Whether somebody supplied the files, instead of a run fetching them. */
  isSupplied: boolean;
  note?: string | undefined;
}

/**
 * Says where figures come from: which files of a build, by source.
 *
 * @param subjects the subjects of the sources that the figures need
 * @param years the school years of the figures. A source that holds beyond its year, such as a school list, counts for all years
 */
export function listOrigins(
  inputs: readonly Input[],
  subjects: readonly string[],
  years: readonly SchoolYear[],
  {state}: Pick<Region, 'state'>,
): Origin[] {
  const wanted = sources.filter((source) => source.state === state && subjects.includes(source.subject));
  return wanted.flatMap(({id, title, publisher, holdsBeyondItsYear}) => {
    const used = inputs
      .filter(({source}) => source === id)
      .map((input) => ({
        ...input,
        schoolYears: input.schoolYears.filter((year) => holdsBeyondItsYear || years.includes(year)),
      }))
      .filter(({schoolYears}) => schoolYears.length > 0);
    const alike = Map.groupBy(used, (input) =>
      JSON.stringify([input.note, isSupplied(input) ? 'supplied' : describeOrigin(input)]),
    );
    return [...alike.values()].map((files) => ({
      title: `${title} ${formatYears([...new Set(files.flatMap(({schoolYears}) => schoolYears))].sort())}`,
      publisher: files[0]?.isSample ? 'Rollcall’s sample' : shortenPublisher(publisher),
      how: describeFiles(files),
      isSupplied: files.some(isSupplied),
      note: files[0]?.note,
    }));
  });
}

/** Says where one file came from. */
export function describeOrigin(input: Omit<Input, 'schoolYears' | 'source'>): string {
  return describeFiles([input]);
}

/** Describes files that came in the same way. */
function describeFiles(files: readonly Omit<Input, 'schoolYears' | 'source'>[]): string {
  const [first] = files;
  if (first === undefined) return '';
  if (first.isSample) return 'invented';
  if (isSupplied(first)) return `as supplied in ${joinWords(files.map(({file}) => file))}`;
  return `fetched from ${new URL(first.origin).host} on ${formatDay(first.landedAt)}`;
}

function isSupplied({isSample, origin}: Pick<Input, 'isSample' | 'origin'>): boolean {
  return !isSample && !/^https?:/.test(origin);
}

/** Formats an origin in a sentence, with its note. */
export function formatOrigin({title, publisher, how, note}: Origin): string {
  return `${title} (${publisher}), ${how}.${note === undefined ? '' : ` ${note}`}`;
}

/** Shortens a publisher to its initials, if its name ends in them: `OSPI`. */
function shortenPublisher(publisher: string): string {
  return /\((\w+)\)$/.exec(publisher)?.[1] ?? publisher;
}

/** Says whether a row of a source tells about a school year. A school list holds beyond its own. */
export function isOfYear(sourceId: string, year: string, schoolYear: string): boolean {
  return year === schoolYear || sources.some(({id, holdsBeyondItsYear}) => id === sourceId && holdsBeyondItsYear);
}
