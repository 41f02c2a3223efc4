import {exit, Failure} from '../failure.ts';
import type {Metadata} from '../fetch/socrata.ts';
import {isSchoolYear, type SchoolYear} from '../school-year.ts';
import type {Source} from '../sources/source.ts';
import {sources} from '../sources/sources.ts';
import {type Found, listOffers, type Offer} from './finding.ts';
import type {RememberedFile} from './remembered.ts';

/** One of the publisher's data sets, and the school years taken from it. */
export interface Dataset {
  source: Source;
  id: string;
  schoolYears: SchoolYear[];
  /** Why it is taken, if it is not the declared one. */
  why?: string;
}

/** A school year of a source, and the data sets that can give it. */
export interface Wanted {
  source: Source;
  schoolYear: SchoolYear;
  offers: Offer[];
}

/** The sources that are published online. */
export function listPublished(): Source[] {
  return sources.filter(({datasets}) => datasets !== undefined);
}

/**
 * Chooses the school years to ask for: the given ones, or every year with both students and teachers.
 *
 * @param found what the catalogue lists
 * @throws Failure (exit 2) if one of the years is neither declared nor found
 */
export function chooseWanted(years: readonly SchoolYear[] | undefined, found: readonly Found[] = []): Wanted[] {
  const published = listPublished();
  const declared = published.flatMap(({datasets}) => Object.keys(datasets ?? {}));
  const listed = found.flatMap(({schoolYear, laterYears}) => (schoolYear === null ? laterYears : [schoolYear]));
  const there = [...new Set([...declared, ...listed])].filter(isSchoolYear).sort();
  const has = (source: Source, year: SchoolYear) => listOffers(source, year, found).length > 0;
  const wanted = years ?? there.filter((year) => published.every((source) => has(source, year)));
  const absent = wanted.filter((year) => !there.includes(year));
  if (absent.length > 0) {
    throw new Failure(
      `--years: ${absent.join(', ')} is not among the declared school years, nor those in the catalogue (${there[0]} to ${there.at(-1)}). A new year is a line in src/sources/.`,
      exit.usage,
    );
  }
  return published.flatMap((source) =>
    wanted
      .map((schoolYear) => ({source, schoolYear, offers: listOffers(source, schoolYear, found)}))
      .filter(({offers}) => offers.length > 0),
  );
}

/** Groups the school years by the data set that each is to be taken from, which is the first of its offers. */
export function groupByDataset(wanted: readonly Wanted[]): Dataset[] {
  const groups = Map.groupBy(wanted, ({source, offers}) => `${source.id} ${offers[0]?.id}`);
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    const offer = first?.offers[0];
    if (first === undefined || offer === undefined) return [];
    const why = group.flatMap(({offers}) => offers[0]?.why ?? [])[0];
    const schoolYears = group.map(({schoolYear}) => schoolYear);
    return [{source: first.source, id: offer.id, schoolYears, ...(why !== undefined && {why})}];
  });
}

/** A data set as the publisher describes it now, and as it last landed. */
export interface DatasetStatus {
  dataset: Dataset;
  metadata: Metadata;
  known: RememberedFile | undefined;
}

/** Returns whether two descriptions give the same time of the last change. Without a time, nothing says so. */
export function isSameTime(a: Pick<Metadata, 'rowsUpdatedAt'>, b: Pick<Metadata, 'rowsUpdatedAt'>): boolean {
  return a.rowsUpdatedAt !== null && a.rowsUpdatedAt === b.rowsUpdatedAt;
}
