import {exit, Failure} from '../failure.ts';
import type {SchoolYear} from '../school-year.ts';
import type {Incoming} from './incoming.ts';

/**
 * Chooses one file for each school year of a source. A release of that year alone is preferred to a release of many years.
 *
 * @param years the school years wanted; all by default. Sources whose rows hold beyond their own year are taken whole.
 * @throws Failure if two files give the same year and neither is preferred, or (exit 2) if no file has a wanted year
 */
export function choosePartitions(
  files: readonly Incoming[],
  years: readonly SchoolYear[] | undefined,
  note: (text: string) => void,
): Incoming[] {
  const bySource = Map.groupBy(files, ({source}) => source);
  const chosen: Incoming[] = [];
  for (const [source, ofSource] of bySource) {
    const taken = new Map<Incoming, SchoolYear[]>();
    const available = [...new Set(ofSource.flatMap(({schoolYears}) => schoolYears))].sort();
    for (const year of available) {
      if (years !== undefined && !source.holdsBeyondItsYear && !years.includes(year)) continue;
      const {file, passedOver} = chooseFile(year, ofSource);
      for (const other of passedOver) {
        note(
          `${source.title} ${year} is taken from ${file.fileName}, the release of that year, not from ${other.fileName}`,
        );
      }
      taken.set(file, [...(taken.get(file) ?? []), year]);
    }
    for (const [file, schoolYears] of taken) chosen.push({...file, schoolYears});
    // A file without a readable year is kept, so that reshaping can report what is wrong with it.
    chosen.push(...ofSource.filter(({schoolYears}) => schoolYears.length === 0));
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

function chooseFile(year: SchoolYear, files: readonly Incoming[]): {file: Incoming; passedOver: Incoming[]} {
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
