import {exit, Failure} from '../failure.ts';
import type {Metadata} from '../fetch/socrata.ts';
import type {SchoolYear} from '../school-year.ts';
import type {Source} from '../sources/source.ts';
import {sources} from '../sources/sources.ts';
import type {KnownLanded} from './remembered.ts';

/** A data set of the publisher's, and the school years that are taken from it. */
export interface Dataset {
  source: Source;
  id: string;
  schoolYears: SchoolYear[];
}

/**
 * The data sets that give the school years wanted; where none are, every year that has both students and teachers.
 *
 * @throws Failure where a year is wanted that no source declares
 */
export function datasetsFor(years: readonly SchoolYear[] | undefined): Dataset[] {
  const published = sources.flatMap((source) => (source.datasets ? [{source, datasets: source.datasets}] : []));
  const declared = [...new Set(published.flatMap(({datasets}) => Object.keys(datasets)))].sort();
  const wanted = years ?? declared.filter((year) => published.every(({datasets}) => year in datasets));
  const undeclared = wanted.filter((year) => !declared.includes(year));
  if (undeclared.length > 0) {
    throw new Failure(
      `--years: ${undeclared.join(', ')} is not among the school years that are declared (${declared[0]} to ${declared.at(-1)}). A new year is a line in src/sources/.`,
      exit.usage,
    );
  }
  return published.flatMap(({source, datasets}) => {
    const years = wanted.filter((year) => year in datasets);
    return [...Map.groupBy(years, (year) => datasets[year] ?? '')].map(([id, schoolYears]) => ({
      source,
      id,
      schoolYears,
    }));
  });
}

/** What the publisher said of a data set, and what is known of it from before. */
export interface Asked {
  dataset: Dataset;
  metadata: Metadata;
  known: KnownLanded | undefined;
}
