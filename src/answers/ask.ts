import * as v from 'valibot';
import {countRow, type Database, type Result} from '../duckdb/database.ts';
import {readOnce} from '../duckdb/read-once.ts';
import {exit, Failure} from '../failure.ts';
import type {SchoolYear} from '../school-year.ts';
import {getSource, sources} from '../sources/sources.ts';
import {near} from '../suggest-names.ts';
import {formatCounted} from '../words/count.ts';
import {joinWords} from '../words/format.ts';
import {formatSize, type Size} from '../words/rankings.ts';
import type {Answer} from './answers.ts';
import {selectLarge} from './rankings.ts';
import {readDistrictScopes, readRegionChanges} from './read-scope.ts';
import {chooseRegion, describeDeclaredRegion, filterYearAndRegion, type Region} from './regions.ts';
import {describeRegionChanges, describeScope} from './scope.ts';

/** A school year for which the warehouse has rows of a region's sources. */
export interface Coverage {
  schoolYear: SchoolYear;
  sources: string[];
  /** The school year of the list that defines the region in this one; null if the region is the declared one. */
  listYear: SchoolYear | null;
  /** The sources whose figures the publisher will restate. */
  preliminary: string[];
  /** The subjects of the sources, and `school_list` if the region is known in the year. */
  subjects: string[];
}

const loadedRow = v.object({schoolYear: v.string(), source: v.string(), isPreliminary: v.boolean()});
const regionYearRow = v.object({schoolYear: v.string(), listYear: v.nullable(v.string())});

export interface AnswerResult extends Result {
  answer: Answer;
  schoolYear: SchoolYear;
  /** The other school years for which it can be answered. */
  otherYears: SchoolYear[];
  isPreliminary: boolean;
  region: Region;
  /** The schools with figures, if some of the region's districts have none: `36 schools of Kent School District`. */
  place?: string;
  /** What the reader should know about the answer. */
  notes: string[];
}

/**
 * Reads which school years an open warehouse has for a region.
 *
 * @returns the latest year first
 */
export const readCoverage = readOnce(async (db, {region_id, state}: Region): Promise<Coverage[]> => {
  const figures = sources.filter((source) => source.state === state && source.subject !== 'school_list');
  const loaded = await db.read(
    loadedRow,
    `select school_year as "schoolYear", source_id as source, coalesce(is_preliminary, false) as "isPreliminary"
    from raw.source_partition
    where rows_loaded > 0 and list_contains($ids, source_id) and school_year is not null order by school_year, source_id`,
    {ids: figures.map(({id}) => id)},
  );
  // The school list is carried over to other years. So what counts is whether a year has a region, not whether it has a list.
  const regions = await db.read(
    regionYearRow,
    `select school_year as "schoolYear", any_value(list_school_year) as "listYear" from core.bridge_school_region
    where region_id = $region_id group by school_year`,
    {region_id},
  );
  const years = [...Map.groupBy(loaded, ({schoolYear}) => schoolYear)].reverse();
  return years.map(([schoolYear, ofYear]) => {
    const ids = [...new Set(ofYear.map(({source}) => source))];
    const preliminary = ids.filter((id) => ofYear.some(({source, isPreliminary}) => source === id && isPreliminary));
    const region = regions.find((each) => each.schoolYear === schoolYear);
    const subjects = [...ids.map((id) => getSource(id).subject), ...(region ? ['school_list'] : [])];
    return {schoolYear, sources: ids, listYear: region?.listYear ?? null, preliminary, subjects};
  });
});

/** Says whether a year has the sources that an answer needs. */
export function canAnswer({needs}: Answer, year: Coverage): boolean {
  return needs.every((subject) => year.subjects.includes(subject));
}

/**
 * Answers a question for a school year.
 *
 * @param options.wanted a school year or `latest`; if undefined, `usual` if it is given and can be answered, else the newest with
 *   students and teachers that can, else the newest that can
 * @throws Failure (exit 2) if the build has no such school year, group or region; (exit 1) if a source is missing
 */
export async function ask(
  db: Database,
  answer: Answer,
  options: {wanted?: string | undefined; usual?: SchoolYear | undefined; region?: string; group?: string} & Size,
): Promise<AnswerResult> {
  const region = await chooseRegion(db, options.region);
  const ofRegion = {...options, region: region.region_id};
  const years = await readCoverage(db, region);
  const {year, notes} = chooseYear(answer, years, options, region);
  if (options.group !== undefined && options.group !== 'all') await assertGroup(db, options.group);
  assertSize(options, year, region);
  const result = await db.query(answer.sql(year.schoolYear, ofRegion));
  const scope = describeScope(await readDistrictScopes(db, region, year), answer.needs, region);
  if (scope !== undefined) {
    notes.push(scope.note);
    // A row of the whole region would claim more than it has.
    for (const row of result.rows) if (row['name'] === region.region_name) row['name'] = scope.place;
  }
  const used = answer.spansYears ? years : [year];
  notes.push(...used.flatMap((each) => describePreliminary(each) ?? []));
  const absent = answer.wants.filter((subject) => !year.subjects.includes(subject));
  if (absent.length > 0)
    notes.push(`no ${joinTitles(absent, region)} for ${year.schoolYear}: the columns that need it are empty`);
  if (year.listYear !== null && year.listYear !== year.schoolYear) {
    notes.push(
      `the region and the school types of ${year.schoolYear} are those of the ${year.listYear} school list, carried over. Schools missing from that list are left out, even if they opened since`,
      ...describeRegionChanges(await readRegionChanges(db, region), year.schoolYear),
    );
  }
  if (year.listYear === null) {
    notes.push(
      `no school list is given: the region is ${await describeDeclaredRegion(db, region)}, as declared in dbt/seeds. School types follow from the grades that have students`,
    );
  }
  const leftOut = await describeLeftOut(db, year.schoolYear, ofRegion);
  notes.push(...leftOut);
  if (result.rows.length === 0) {
    notes.push(leftOut.length > 0 ? 'no school is left with what the answer needs' : answer.whenEmpty);
  } else {
    notes.push(...(answer.notes?.(result.rows) ?? []));
    if (answer.unlisted !== undefined) {
      const names = await db.read(v.object({name: v.string()}), answer.unlisted.sql(year.schoolYear, ofRegion));
      if (names.length > 0) notes.push(`${answer.unlisted.note}: ${names.map(({name}) => name).join(', ')}`);
    }
  }
  const otherYears = years
    .filter((other) => other !== year && canAnswer(answer, other))
    .map(({schoolYear}) => schoolYear);
  return {
    answer,
    schoolYear: year.schoolYear,
    otherYears,
    isPreliminary: year.preliminary.length > 0,
    region,
    ...(scope && {place: scope.place}),
    ...result,
    notes,
  };
}

function chooseYear(
  answer: Answer,
  years: Coverage[],
  {wanted, usual}: {wanted?: string | undefined; usual?: SchoolYear | undefined},
  region: Region,
) {
  const answerable = years.filter((year) => canAnswer(answer, year));
  if (wanted !== undefined && wanted !== 'latest') {
    const year = years.find(({schoolYear}) => schoolYear === wanted);
    if (year === undefined) {
      throw new Failure(
        `--year ${wanted}: the published build has no such school year (it has ${joinYears(years)}).`,
        exit.usage,
      );
    }
    if (!canAnswer(answer, year)) throw new Failure(explainMissing(answer, year, answerable, region));
    return {year, notes: []};
  }
  const year = wanted === undefined ? chooseUsualYear(answerable, usual) : answerable[0];
  if (year === undefined) {
    const [latest] = years;
    throw new Failure(
      latest
        ? explainMissing(answer, years.find(({schoolYear}) => schoolYear === usual) ?? latest, answerable, region)
        : `${answer.name} can't be answered: the published build has no ${joinTitles(
            answer.needs.filter((subject) => subject !== 'school_list'),
            region,
          )}. Add the file to the folder and run again.`,
    );
  }
  const isOther = wanted === undefined && usual !== undefined && year.schoolYear !== usual;
  return {
    year,
    notes: isOther ? [`${usual} can't be answered from the published build; this is ${year.schoolYear}`] : [],
  };
}

/**
 * Chooses the school year to open with: the usual one if it is among them, else the newest with students and teachers, else the
 * newest. A year with preliminary figures is chosen only if there is no other.
 */
export function chooseUsualYear(years: readonly Coverage[], usual: SchoolYear | undefined): Coverage | undefined {
  const isComplete = ({subjects}: Coverage) =>
    ['enrollment', 'teachers', 'school_list'].every((subject) => subjects.includes(subject));
  const final = years.filter(({preliminary}) => preliminary.length === 0);
  const open = final.length > 0 ? final : years;
  return years.find(({schoolYear}) => schoolYear === usual) ?? open.find(isComplete) ?? open[0];
}

/** Says which figures of a school year are preliminary, as a sentence without its period; undefined if none are. */
export function describePreliminary({schoolYear, preliminary}: Coverage): string | undefined {
  if (preliminary.length === 0) return undefined;
  const titles = preliminary.map((id) => getSource(id).title);
  return `the ${schoolYear} figures of ${joinWords(titles)} are preliminary: the publisher will restate them`;
}

function explainMissing(answer: Answer, year: Coverage, answerable: Coverage[], region: Region): string {
  const missing = answer.needs.filter((subject) => !year.subjects.includes(subject));
  const instead = answerable.length > 0 ? ` It can be answered for ${joinYears(answerable)} (--year).` : '';
  return `${answer.name} can't be answered for ${year.schoolYear}: the published build has no ${joinTitles(missing, region)} for it. Add the file to the folder and run again.${instead}`;
}

function joinTitles(subjects: readonly string[], {state}: Region): string {
  const findTitle = (subject: string) =>
    sources.find((source) => source.subject === subject && source.state === state)?.title ??
    subject.replaceAll('_', ' ');
  return subjects.map(findTitle).join(' and no ');
}

/** @throws Failure (exit 2) if a size is asked for that no school of the year is known to have */
function assertSize({minStudents = 0, minTeachers = 0}: Size, {schoolYear, subjects}: Coverage, region: Region): void {
  const wanted = {enrollment: ['--min-students', minStudents], teachers: ['--min-teachers', minTeachers]} as const;
  for (const [subject, [option, least]] of Object.entries(wanted)) {
    if (least === 0 || subjects.includes(subject)) continue;
    throw new Failure(
      `${option} ${least}: the published build has no ${joinTitles([subject], region)} for ${schoolYear}, so nobody knows which schools are that large. Leave the option out, or choose another --year.`,
      exit.usage,
    );
  }
}

/** Says how many schools a size leaves out. */
async function describeLeftOut(
  db: Database,
  schoolYear: SchoolYear,
  {region, ...size}: Size & {region: string},
): Promise<string[]> {
  const few = formatSize(size);
  if (few.length === 0) return [];
  const {n} = await db.readOne(
    countRow,
    `select count(*) as n from marts.schools where ${filterYearAndRegion(schoolYear, region)}
      and school_id not in (${selectLarge(schoolYear, {region, ...size})})`,
  );
  return [
    `${formatCounted(n, 'school of the region is', 'schools of the region are')} left out: fewer than ${few.join(' or ')}, or a number that is not known`,
  ];
}

function joinYears(years: readonly Coverage[]): string {
  return years.map(({schoolYear}) => schoolYear).join(', ');
}

async function assertGroup(db: Database, group: string): Promise<void> {
  const groups = await db.read(
    v.object({id: v.string()}),
    `select demographic_group_id as id from core.dim_demographic_group
      where demographic_group_id in (select demographic_group_id from core.fct_enrollment_all_grades)
        and demographic_group_id <> 'total' order by sort_order`,
  );
  const ids = groups.map(({id}) => id);
  if (ids.includes(group)) return;
  const [nearest] = near(group, [...ids, 'all']);
  throw new Failure(
    `--group ${group}: there is no such group of students. ${nearest === undefined ? '' : `Did you mean ${nearest}? `}There are: ${ids.join(', ')}; or all.`,
    exit.usage,
  );
}

/** Reads the names for people of the ids in an answer, as `column value` to name. */
export async function readNames(db: Database): Promise<Map<string, string>> {
  const rows = await db.read(
    v.object({key: v.string(), name: v.string()}),
    `select 'school_type ' || school_type_id as key, school_type_name || 's' as name from core.dim_school_type
    union all values ('category_type race_ethnicity', 'Race/ethnicity'), ('category_type gender', 'Gender')`,
  );
  return new Map(rows.map(({key, name}) => [key, name]));
}

/** Reads the short name of each demographic group, but for names that two groups share. */
export async function readShortGroups(db: Database): Promise<Map<string, string>> {
  const rows = await db.read(
    v.object({name: v.string(), short: v.string()}),
    'select demographic_group as name, any_value(short_name) as short from seeds.demographic_groups group by name having count(*) = 1',
  );
  return new Map(rows.map(({name, short}) => [name, short]));
}
