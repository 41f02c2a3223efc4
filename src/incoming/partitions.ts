import {exit, Failure} from '../failure.ts';
import type {SchoolYear} from '../school-year.ts';
import type {Source} from '../sources/source.ts';

/** A file, landed or not, and the school years that it has rows of. */
interface Offered {
  source: Source;
  fileName: string;
  schoolYears: readonly SchoolYear[];
}

/**
 * Settles which file gives which school year of its source: each year comes from one file. A release of that year alone
 * goes before a release of many years.
 *
 * @param years the school years wanted; all that are there where it is undefined. Sources whose rows hold beyond their own
 *   year are taken whole.
 * @throws Failure where two files give the same year with equal right, or a year is wanted that no file has
 */
export function choosePartitions<File extends Offered>(
  files: readonly File[],
  years: readonly SchoolYear[] | undefined,
  note: (text: string) => void,
): (File & {schoolYears: SchoolYear[]})[] {
  const bySource = Map.groupBy(files, ({source}) => source);
  const chosen: (File & {schoolYears: SchoolYear[]})[] = [];
  for (const [source, ofSource] of bySource) {
    const taken = new Map<File, SchoolYear[]>();
    const available = [...new Set(ofSource.flatMap(({schoolYears}) => schoolYears))].sort();
    for (const year of available) {
      if (years !== undefined && !source.holdsBeyondItsYear && !years.includes(year)) continue;
      const {file, passedOver} = fileOf(year, ofSource);
      for (const other of passedOver) {
        note(
          `${source.title} ${year} is taken from ${file.fileName}, the release of that year, not from ${other.fileName}`,
        );
      }
      taken.set(file, [...(taken.get(file) ?? []), year]);
    }
    for (const [file, schoolYears] of taken) chosen.push({...file, schoolYears});
    // A file of which no year can be read goes along, so that reshaping says what is wrong with it.
    for (const file of ofSource.filter(({schoolYears}) => schoolYears.length === 0))
      chosen.push({...file, schoolYears: []});
  }
  const found = new Set(
    chosen.filter(({source}) => !source.holdsBeyondItsYear).flatMap(({schoolYears}) => schoolYears),
  );
  const absent = (years ?? []).filter((year) => !found.has(year));
  if (absent.length > 0) {
    const there = [...new Set(files.flatMap(({schoolYears}) => schoolYears))].sort().join(', ');
    throw new Failure(`--years: no file has school year ${absent.join(', ')} (there are: ${there}).`, exit.usage);
  }
  return chosen;
}

function fileOf<File extends Offered>(year: SchoolYear, files: readonly File[]): {file: File; passedOver: File[]} {
  const ofYear = files.filter(({schoolYears}) => schoolYears.includes(year));
  const single = ofYear.filter(({schoolYears}) => schoolYears.length === 1);
  const [file, rival] = single.length > 0 ? single : ofYear;
  if (file === undefined) throw new Error(`no file has ${year}`);
  if (rival !== undefined) {
    throw new Failure(
      `${file.fileName} and ${rival.fileName} are two different files of ${file.source.title} for ${year}, and nothing says which is right. Take one of them out of the folder. The published build is unchanged.`,
    );
  }
  return {file, passedOver: ofYear.filter((other) => other !== file)};
}
