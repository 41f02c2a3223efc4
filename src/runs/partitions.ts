import {exit, Failure} from '../failure.ts';
import type {Landed} from '../ingest/land.ts';
import type {SchoolYear} from '../school-year.ts';
import type {Source} from '../sources/source.ts';

export interface Chosen {
  source: Source;
  landed: Landed;
  schoolYears: SchoolYear[];
}

/**
 * Settles which file gives which school year of its source: each year comes from one file. A release of that year alone
 * goes before a release of many years.
 *
 * @param years the school years wanted; all that are there where it is undefined. Sources whose rows hold beyond their own
 *   year are taken whole.
 * @throws Failure where two files give the same year with equal right, or a year is wanted that no file has
 */
export function choosePartitions(
  files: readonly {source: Source; landed: Landed}[],
  years: readonly SchoolYear[] | undefined,
  note: (text: string) => void,
): Chosen[] {
  const bySource = Map.groupBy(files, ({source}) => source);
  const chosen: Chosen[] = [];
  for (const [source, ofSource] of bySource) {
    const taken = new Map<Landed, SchoolYear[]>();
    const available = [...new Set(ofSource.flatMap(({landed}) => landed.schoolYears))].sort();
    for (const year of available) {
      if (years !== undefined && !source.holdsBeyondItsYear && !years.includes(year)) continue;
      const {landed, passedOver} = fileOf(
        source,
        year,
        ofSource.map(({landed}) => landed),
      );
      for (const other of passedOver) {
        note(
          `${source.title} ${year} is taken from ${landed.fileName}, the release of that year, not from ${other.fileName}`,
        );
      }
      taken.set(landed, [...(taken.get(landed) ?? []), year]);
    }
    for (const [landed, schoolYears] of taken) chosen.push({source, landed, schoolYears});
    // A file of which no year can be read goes along, so that reshaping says what is wrong with it.
    const yearless = ofSource.filter(({landed}) => landed.schoolYears.length === 0);
    for (const {landed} of yearless) chosen.push({source, landed, schoolYears: []});
  }
  const found = new Set(
    chosen.filter(({source}) => !source.holdsBeyondItsYear).flatMap(({schoolYears}) => schoolYears),
  );
  const absent = (years ?? []).filter((year) => !found.has(year));
  if (absent.length > 0) {
    const there = [...new Set(files.flatMap(({landed}) => landed.schoolYears))].sort().join(', ');
    throw new Failure(`--years: no file has school year ${absent.join(', ')} (there are: ${there}).`, exit.usage);
  }
  return chosen;
}

function fileOf(source: Source, year: SchoolYear, files: readonly Landed[]): {landed: Landed; passedOver: Landed[]} {
  const ofYear = files.filter(({schoolYears}) => schoolYears.includes(year));
  const single = ofYear.filter(({schoolYears}) => schoolYears.length === 1);
  const [landed, rival] = single.length > 0 ? single : ofYear;
  if (landed === undefined) throw new Error(`no file of ${source.id} has ${year}`);
  if (rival !== undefined) {
    throw new Failure(
      `${landed.fileName} and ${rival.fileName} are two different files of ${source.title} for ${year}, and nothing says which is right. Take one of them out of the folder. The published build is unchanged.`,
    );
  }
  return {landed, passedOver: ofYear.filter((other) => other !== landed)};
}
