import {z} from 'zod';
import type {Database, Result} from '../duckdb/database.ts';
import {exit, Failure} from '../failure.ts';
import type {SchoolYear} from '../school-year.ts';
import {sourceById} from '../sources/sources.ts';
import type {Answer, AnswerOptions} from './answers.ts';

/** The school years that the warehouse has something of, latest first, each with the sources it has. */
export type Coverage = z.infer<typeof coverageRow>;
const coverageRow = z.object({
  schoolYear: z.string(),
  sources: z.array(z.string()),
  /** The school year of the list that defines the region in this one; null where the region is the declared one. */
  listYear: z.string().nullable(),
});

export interface Answered extends Result {
  answer: Answer;
  schoolYear: SchoolYear;
  /** What the reader should know of the answer. */
  notes: string[];
}

const known = new WeakMap<Database, Promise<Coverage[]>>();

/** What an open warehouse has. It is looked up once: nobody writes to a warehouse that answers. */
export function coverage(db: Database): Promise<Coverage[]> {
  const years = known.get(db) ?? readCoverage(db);
  known.set(db, years);
  return years;
}

async function readCoverage(db: Database): Promise<Coverage[]> {
  // The list of schools is carried over into other years, so where a year has a region decides, not where it has a list.
  return db.read(
    coverageRow,
    `with had as (
      select school_year, source_id from raw.source_partition where rows_loaded > 0 and source_id <> 'school-list'
    ),
    regions as (
      select school_year, any_value(list_school_year) as list_school_year from core.bridge_school_region group by school_year
    )
    select
      had.school_year as "schoolYear",
      list_sort(list_distinct(list(had.source_id)))
        || case when any_value(regions.school_year) is null then [] else ['school-list'] end as sources,
      any_value(regions.list_school_year) as "listYear"
    from had left join regions using (school_year)
    where had.school_year is not null
    group by had.school_year
    order by had.school_year desc`,
  );
}

/** Whether a year has the sources that an answer can't do without. */
export function canAnswer({needs}: Answer, year: Coverage): boolean {
  return needs.every((id) => year.sources.includes(id));
}

/**
 * Answers a question for a school year.
 *
 * @param wanted a school year, or `latest`; where it is undefined, `usual` if that can be answered, else the latest that can
 * @throws Failure where the year is not in the warehouse, what the answer needs is missing, or there is no such group
 */
export async function ask(
  db: Database,
  answer: Answer,
  options: AnswerOptions & {wanted?: string | undefined; usual: SchoolYear},
): Promise<Answered> {
  const years = await coverage(db);
  const {year, notes} = chooseYear(answer, years, options.wanted, options.usual);
  if (options.group !== undefined && options.group !== 'all') await assertGroup(db, options.group);
  const result = await db.query(answer.sql(year.schoolYear, options));
  const absent = answer.wants.filter((id) => !year.sources.includes(id));
  if (absent.length > 0)
    notes.push(`no ${titles(absent)} for ${year.schoolYear}: the columns that rest on it are empty`);
  if (year.listYear !== null && year.listYear !== year.schoolYear) {
    notes.push(
      `the region and the school types of ${year.schoolYear} are those of the ${year.listYear} school list, carried over: schools that the list of ${year.schoolYear} would have and that one has not are left out`,
    );
  }
  if (year.listYear === null) {
    notes.push(
      'no school list is given: the region is six districts whole and the schools of southern Seattle, as declared in dbt/seeds; the school types are those that the grades with students tell',
    );
  }
  if (result.rows.length === 0) notes.push(answer.whenEmpty);
  return {answer, schoolYear: year.schoolYear, ...result, notes};
}

function chooseYear(answer: Answer, years: Coverage[], wanted: string | undefined, usual: SchoolYear) {
  const answerable = years.filter((year) => canAnswer(answer, year));
  if (wanted !== undefined && wanted !== 'latest') {
    const year = years.find(({schoolYear}) => schoolYear === wanted);
    if (year === undefined) {
      throw new Failure(
        `--year ${wanted}: the published build has no such school year (it has ${list(years)}).`,
        exit.usage,
      );
    }
    if (!canAnswer(answer, year)) throw new Failure(whatIsMissing(answer, year, answerable));
    return {year, notes: []};
  }
  const year = (wanted === undefined && answerable.find(({schoolYear}) => schoolYear === usual)) || answerable[0];
  if (year === undefined) {
    const [latest] = years;
    throw new Failure(
      latest
        ? whatIsMissing(answer, years.find(({schoolYear}) => schoolYear === usual) ?? latest, answerable)
        : `${answer.name} can't be answered: the published build has no ${titles(answer.needs.filter((id) => id !== 'school-list'))}. Add the file to the folder and run again.`,
    );
  }
  const isOther = wanted === undefined && year.schoolYear !== usual;
  return {
    year,
    notes: isOther ? [`${usual} can't be answered from the published build; this is ${year.schoolYear}`] : [],
  };
}

function whatIsMissing(answer: Answer, year: Coverage, answerable: Coverage[]): string {
  const missing = answer.needs.filter((id) => !year.sources.includes(id));
  const instead = answerable.length > 0 ? ` It can be answered for ${list(answerable)} (--year).` : '';
  return `${answer.name} can't be answered for ${year.schoolYear}: the published build has no ${titles(missing)} for it. Add the file to the folder and run again.${instead}`;
}

function titles(ids: readonly string[]): string {
  return ids.map((id) => sourceById(id).title).join(' and no ');
}

function list(years: readonly Coverage[]): string {
  return years.map(({schoolYear}) => schoolYear).join(', ');
}

async function assertGroup(db: Database, group: string): Promise<void> {
  const groups = await db.read(
    z.object({id: z.string()}),
    `select demographic_group_id as id from core.dim_demographic_group
      where demographic_group_id in (select demographic_group_id from core.fct_enrollment_all_grades)
        and demographic_group_id <> 'total' order by sort_order`,
  );
  const ids = groups.map(({id}) => id);
  if (ids.includes(group)) return;
  throw new Failure(
    `--group ${group}: there is no such group of students. There are: ${ids.join(', ')}; or all.`,
    exit.usage,
  );
}

/** The names for people of what stands as an id in an answer, as `column value` to name. */
export async function namesOf(db: Database): Promise<Map<string, string>> {
  const rows = await db.read(
    z.object({key: z.string(), name: z.string()}),
    `select 'demographic_group ' || demographic_group as key, demographic_group_name as name from core.dim_demographic_group
      where demographic_group <> 'not_provided'
    union all values ('demographic_group not_provided', 'Not Provided')
    union all select 'school_type ' || school_type_id, school_type_name || 's' from core.dim_school_type
    union all values ('category_type race_ethnicity', 'Race/ethnicity'), ('category_type gender', 'Gender')`,
  );
  return new Map(rows.map(({key, name}) => [key, name]));
}
