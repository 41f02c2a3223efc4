import {exit, Failure} from '../failure.ts';
import type {Metadata} from '../fetch/socrata.ts';
import type {SchoolYear} from '../school-year.ts';
import type {Source} from '../sources/source.ts';
import {sources} from '../sources/sources.ts';
import type {RememberedFile} from './remembered.ts';

/** One of the publisher's data sets, and the school years taken from it. */
export interface Dataset {
  source: Source;
  id: string;
  schoolYears: SchoolYear[];
}

/**
 * Chooses the data sets for the given school years, or for every year with both students and teachers if none are given.
 *
 * @throws Failure (exit 2) if no source declares one of the years
 */
export function chooseDatasets(years: readonly SchoolYear[] | undefined): Dataset[] {
  const published = sources.flatMap((source) => (source.datasets ? [{source, datasets: source.datasets}] : []));
  const declared = [...new Set(published.flatMap(({datasets}) => Object.keys(datasets)))].sort();
  const wanted = years ?? declared.filter((year) => published.every(({datasets}) => year in datasets));
  const undeclared = wanted.filter((year) => !declared.includes(year));
  if (undeclared.length > 0) {
    throw new Failure(
      `--years: ${undeclared.join(', ')} is not among the declared school years (${declared[0]} to ${declared.at(-1)}). A new year is a line in src/sources/.`,
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

/** A data set as the publisher describes it now, and as it last landed. */
export interface DatasetStatus {
  dataset: Dataset;
  metadata: Metadata;
  known: RememberedFile | undefined;
}
