import type {Home} from '../home.ts';
import {listFromFolders} from '../ingest/land.ts';
import type {SchoolYear} from '../school-year.ts';
import type {Release, Source} from '../sources/source.ts';
import {sources} from '../sources/sources.ts';
import {readFound} from './finding.ts';
import {readKnown} from './remembered.ts';

/** How fresh the landed files of a source are. Times are UTC. */
export interface Freshness {
  source: string;
  title: string;
  publisher: string;
  datasets: DatasetFreshness[];
  /** The last file that landed from a folder; null if none did. */
  file: {fileName: string; landedAt: string} | null;
  /** The last release due, if it has not arrived. Null if nothing is expected, or nothing was ever downloaded. */
  overdue: Overdue | null;
  next: {release: string; schoolYear: SchoolYear; by: string} | null;
}

export interface DatasetFreshness {
  id: string;
  schoolYears: SchoolYear[];
  rows: number | null;
  /** When Rollcall last asked the publisher, when the publisher last changed the data set, and when its file landed. */
  checkedAt: string | null;
  publishedAt: string | null;
  landedAt: string | null;
}

/** A release that was expected and has not arrived. */
export interface Overdue {
  /** `source year release` */
  id: string;
  release: string;
  schoolYear: SchoolYear;
  /** A date. */
  by: string;
  message: string;
}

/** Reads the freshness of every source from the landing folder, without asking a publisher. */
export async function readFreshness(home: Home, now: Date): Promise<Freshness[]> {
  const found = (await readFound(home.landing))?.found ?? [];
  return Promise.all(
    sources.map(async (source) => {
      const years = Map.groupBy(Object.keys(source.datasets ?? {}), (year) => source.datasets?.[year] ?? '');
      for (const {id, schoolYear, laterYears} of found.filter((each) => each.source === source.id)) {
        const more = schoolYear === null ? laterYears : [schoolYear];
        if (more.length > 0) years.set(id, [...new Set([...(years.get(id) ?? []), ...more])].sort());
      }
      const datasets = await Promise.all(
        [...years].map(async ([id, schoolYears]): Promise<DatasetFreshness> => {
          const known = await readKnown(home.landing, {source, id});
          return {
            id,
            schoolYears,
            rows: known?.rows ?? null,
            checkedAt: known?.checkedAt ?? null,
            publishedAt: known?.rowsUpdatedAt ? new Date(known.rowsUpdatedAt * 1000).toISOString() : null,
            landedAt: known?.landed.landedAt ?? null,
          };
        }),
      );
      const {id, title, publisher} = source;
      const [file = null] = await listFromFolders(home.landing, source);
      return {source: id, title, publisher, datasets, file, ...findExpectedReleases(source, datasets, now)};
    }),
  );
}

export async function findOverdueReleases(home: Home, now: Date): Promise<Overdue[]> {
  return (await readFreshness(home, now)).flatMap(({overdue}) => overdue ?? []);
}

/** Finds the last release that was due, if it has not arrived, and the next one. */
export function findExpectedReleases(
  source: Pick<Source, 'id' | 'title' | 'releases' | 'datasets'>,
  datasets: readonly DatasetFreshness[],
  now: Date,
): Pick<Freshness, 'overdue' | 'next'> {
  const today = now.toISOString().slice(0, 10);
  const all = [now.getUTCFullYear() - 1, now.getUTCFullYear(), now.getUTCFullYear() + 1]
    .flatMap((ending) => (source.releases ?? []).map((release) => dateRelease(release, ending)))
    .sort((a, b) => (a.by < b.by ? -1 : 1));
  const last = all.findLast(({by}) => by < today);
  const next = all.find(({by}) => by >= today);
  const isFed = datasets.some(({landedAt}) => landedAt !== null);
  const isHere = datasets.some(
    ({schoolYears, publishedAt}) => last && schoolYears.includes(last.schoolYear) && (publishedAt ?? '') >= last.from,
  );
  return {
    overdue: last === undefined || !isFed || isHere ? null : describeOverdue(source, last),
    next: next ? {release: next.release, schoolYear: next.schoolYear, by: next.by} : null,
  };
}

/** @param ending the year in which the school year ends */
function dateRelease({name, from, by}: Release, ending: number) {
  const schoolYear: SchoolYear = `${ending - 1}-${String(ending).slice(2)}`;
  return {release: name, schoolYear, from: `${ending}-${from}`, by: `${ending}-${by}`};
}

function describeOverdue(
  {id, title, datasets}: Pick<Source, 'id' | 'title' | 'datasets'>,
  {release, schoolYear, by}: ReturnType<typeof dateRelease>,
): Overdue {
  const isDeclared = datasets !== undefined && schoolYear in datasets;
  const way = isDeclared
    ? ''
    : ` A run takes its data set once the publisher's catalogue lists it. If it has another name there, add a line to src/sources/${id}.ts.`;
  const message = `${title} ${schoolYear}: the ${release} figures were expected by ${by} and have not arrived.${way}`;
  return {id: `${id} ${schoolYear} ${release}`, release, schoolYear, by, message};
}
