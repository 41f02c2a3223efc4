import {type Answer, access, answers, formatQuestion} from '../answers/answers.ts';
import {type Coverage, canAnswer, readCoverage} from '../answers/ask.ts';
import {explorations} from '../answers/explorations.ts';
import {formatOrigin, listOrigins} from '../answers/origins.ts';
import {chooseRegion, type Region} from '../answers/regions.ts';
import {combineLicenses, listSources} from '../answers/source-files.ts';
import type {Database, Result, Row, Value} from '../duckdb/database.ts';
import {collectDescriptions} from '../words/descriptions.ts';
import type {BuildFacts} from './build-facts.ts';
import {describeApi, describeRow, type Properties} from './openapi.ts';
import {joinGroups} from './organizations.ts';
import type {Question} from './question.ts';
import type {Report, ReportOfYear} from './report.ts';

/** The folder of the API in a report. Its name holds the version of the contract, which docs/stability.md explains. */
export const apiFolder = 'api/v1';

/** A file of the API, relative to its folder. */
export interface ApiFile {
  path: string;
  contents: unknown;
}

/** How many schools' figures of all school years are in memory at once. */
const schoolsAtOnce = 200;

/** Returns the path of a table of the API, relative to its folder. It is the same for real data and for a sample. */
export function apiTablePath(table: string): string {
  return `tables/${table}.parquet`;
}

/** The columns of an answer of the API, without its rows. */
export type AnswerShape = Pick<Question, 'name' | 'columns' | 'types'>;

/** Lists the files of the API with the answers of a school year, and the shapes of the answers. */
export async function listAnswers(
  db: Database,
  {build, schoolYear, years, questions, explorations}: ReportOfYear,
): Promise<{files: ApiFile[]; shapes: AnswerShape[]}> {
  const region = await chooseRegion(db);
  const given = [...questions, ...explorations].filter(
    (answer) => answer.schoolYear !== null && answered.some(({name}) => name === answer.name),
  );
  return {
    files: given.map(({name, question, subjects, spansYears, notes, rows}) => {
      const from = spansYears ? years.map((each) => each.schoolYear) : [schoolYear];
      const sources = listOrigins(build.inputs, subjects, from, region).map(formatOrigin);
      const about = {name, question, school_year: schoolYear, region_id: region.region_id, sources, notes};
      return {path: `answers/${name}/${schoolYear}.json`, contents: {...describeHead(build), ...about, rows}};
    }),
    shapes: given.map(({name, columns, types}) => ({name, columns, types})),
  };
}

/** Describes the build at the head of each file. */
function describeHead({build, isSample, label}: BuildFacts) {
  return {build, is_sample: isSample, label: label ?? null};
}

/**
 * Reads the other files of the API one after the other, all school years of the first region: the schools, each school, the region, its
 * districts, what the files are about, and their description as OpenAPI.
 *
 * @param db opened by `openPublic`
 * @param shapes those of the answers of all school years
 */
export async function* readApi(db: Database, report: Report, shapes: readonly AnswerShape[]): AsyncGenerator<ApiFile> {
  const {build} = report;
  const region = await chooseRegion(db);
  const ofRegion = {region: region.region_id};
  const head = describeHead(build);
  const describeColumn = collectDescriptions(report.tables);
  const describe = (result: Pick<Result, 'columns' | 'types'>) => describeRow(result, describeColumn);

  const schools = await db.query(selectSchools, ofRegion);
  yield {path: 'schools.json', contents: {...head, schools: schools.rows}};
  let ofSchool: {year: Properties; group: Properties} = {year: {}, group: {}};
  for (let start = 0; start < schools.rows.length; start += schoolsAtOnce) {
    const some = schools.rows.slice(start, start + schoolsAtOnce);
    const ids = some.map(({school_id}) => String(school_id));
    const ofEach = nestRows(await db.query(selectYears, {...ofRegion, ids}), ['school_id']);
    const groups = nestRows(await db.query(selectGroups, {...ofRegion, ids}), ['school_id', 'school_year']);
    ofSchool = {year: describe(ofEach), group: describe(groups)};
    for (const school of some) {
      const id = String(school['school_id']);
      const contents = {
        ...head,
        school,
        years: ofEach.of(id).map((year) => ({...year, groups: groups.of(id, year['school_year'])})),
      };
      yield {path: `schools/${id}.json`, contents};
    }
  }

  const regionYears = await db.query(selectRegionYears, ofRegion);
  const groups = nestRows(await db.query(selectRegionGroups, ofRegion), ['school_year']);
  const ofYears = regionYears.rows.map((year) => ({...year, groups: groups.of(year['school_year'])}));
  yield {path: 'region.json', contents: {...head, region, years: ofYears}};
  const districts = await db.query(selectDistricts, ofRegion);
  yield {path: 'districts.json', contents: {...head, districts: districts.rows}};

  const coverage = await readCoverage(db, region);
  const rowsOf: Record<string, Properties> = {};
  for (const {name} of answered) {
    const shape = shapes.find((each) => each.name === name);
    if (shape !== undefined) rowsOf[name] = describe(shape);
  }
  yield {path: 'meta.json', contents: {...head, ...describeBuild(report, region, coverage)}};
  yield {
    path: 'openapi.json',
    contents: describeApi({
      school: describe(schools),
      schoolYear: ofSchool.year,
      schoolGroup: ofSchool.group,
      regionYear: describe(regionYears),
      regionGroup: describe(groups),
      districtYear: describe(districts),
      answers: rowsOf,
    }),
  };
}

/** `representation --by group` is left out: each school's file has its groups. */
const answered: readonly Answer[] = [...answers, access, ...explorations];

function findYears(answer: Answer, coverage: readonly Coverage[]): Coverage[] {
  return coverage.filter((year) => canAnswer(answer, year));
}

/** Groups the rows of a result by the values of some columns, and drops these columns. */
function nestRows(
  {columns, types, rows}: Result,
  key: readonly string[],
): Result & {of: (...values: (Value | undefined)[]) => Row[]} {
  const drop = (all: readonly string[]) => all.filter((_, index) => !key.includes(columns[index] ?? ''));
  const groups = Map.groupBy(rows, (row) => JSON.stringify(key.map((column) => row[column])));
  const of = (...values: (Value | undefined)[]) =>
    (groups.get(JSON.stringify(values)) ?? []).map((row) =>
      Object.fromEntries(Object.entries(row).filter(([column]) => !key.includes(column))),
    );
  return {columns: drop(columns), types: drop(types), rows, of};
}

/** Each school as in its latest school year, with all of its school years. */
const selectSchools = `
  select schools.school_id, schools.school_code, schools.school_name, schools.district_id, schools.district_code,
    schools.district_name, schools.city, schools.school_types, latitude, longitude, school_year, schools.all_students_count,
    teacher_count, students_of_color_share, teachers_of_color_share, gap_pp, is_small,
    list(school_year) over (partition by schools.school_id order by school_year
      rows between unbounded preceding and unbounded following) as school_years
  from marts.schools as schools
  join core.dim_school using (school_id)
  left join marts.school_representation using (school_year, school_id, region_id)
  where region_id = $region
  qualify row_number() over (partition by schools.school_id order by school_year desc) = 1
  order by schools.district_name, schools.school_name, schools.school_id`;

const selectYears = `
  select schools.* exclude (region_id, district_id, district_code), measures.* exclude (school_year, school_id, region_id,
    school_code, school_name, district_code, district_name, school_types, all_students_count)
  from marts.schools as schools
  left join marts.school_representation as measures using (school_year, school_id, region_id)
  where region_id = $region and list_contains($ids, school_id)
  order by school_year`;

/** What most readers need; the table school_representation_by_group has the rest. */
const selectGroups = `
  select figures.school_id, figures.school_year, demographic_group_id, figures.category_type, figures.student_count,
    student_count_status, figures.student_share, figures.teacher_count, teacher_count_status, figures.teacher_share, gap_pp,
    parity_ratio, is_small
  from marts.school_representation_by_group as figures
  left join marts.school_demographics using (school_year, school_id, demographic_group_id)
  ${joinGroups}
  where region_id = $region and list_contains($ids, figures.school_id)
  order by groups.sort_order`;

const selectRegionYears = `
  select * exclude (region_id, region_name) from marts.region_representation where region_id = $region order by school_year`;

const selectRegionGroups = `
  select figures.* exclude (region_id, region_name)
  from marts.region_representation_by_group as figures ${joinGroups}
  where region_id = $region order by school_year, groups.sort_order`;

const selectDistricts = `
  select * exclude (region_id) from marts.district_representation
  where region_id = $region order by district_name, district_id, school_year`;

/** Says what the files are about: the build, its sources and their license, the school years, answers and tables. */
function describeBuild(
  {build, groups, tables, downloads, sizes}: Report,
  region: Region,
  coverage: readonly Coverage[],
) {
  const sources = listSources(build);
  return {
    openapi: 'openapi.json',
    built_at: build.builtAt,
    versions: {rollcall: build.versions.rollcall, duckdb: build.versions.duckdb},
    licenses: combineLicenses(sources) ?? null,
    sources: sources.map(({title, publisher, path, description, sha256, publishedAt, schoolYears, license}) => ({
      title,
      publisher,
      path,
      description,
      sha256,
      published_at: publishedAt,
      school_years: schoolYears,
      license,
    })),
    region,
    school_years: coverage.map(({schoolYear, subjects, listYear}) => ({
      school_year: schoolYear,
      subjects,
      list_school_year: listYear,
    })),
    groups: groups.map(({demographic_group_id, demographic_group, category_type, is_of_color}) => ({
      demographic_group_id,
      demographic_group,
      category_type,
      is_of_color,
    })),
    answers: answered.map((answer) => ({
      name: answer.name,
      number: answer.number ?? null,
      question: formatQuestion(answer, build.thresholds),
      school_years: findYears(answer, coverage).map(({schoolYear}) => schoolYear),
    })),
    tables: downloads
      .filter(({format}) => format === 'parquet')
      .map(({name, file}) => {
        const table = tables.find((each) => each.name === name);
        return {
          name,
          path: apiTablePath(name),
          ...sizes.get(file),
          description: `${table?.grain} ${table?.about}`.trim(),
        };
      }),
  };
}
