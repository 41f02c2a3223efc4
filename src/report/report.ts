import {type Answer, access, answers, formatQuestion, representationByGroup} from '../answers/answers.ts';
import {ask, type Coverage, chooseUsualYear, describePreliminary, readCoverage} from '../answers/ask.ts';
import {explorations} from '../answers/explorations.ts';
import {type RegionChange, readDistrictScopes, readRegionChanges} from '../answers/read-scope.ts';
import {chooseRegion} from '../answers/regions.ts';
import {describeScope} from '../answers/scope.ts';
import type {Database} from '../duckdb/database.ts';
import {Failure} from '../failure.ts';
import type {SchoolYear} from '../school-year.ts';
import type {Source} from '../sources/source.ts';
import {sources} from '../sources/sources.ts';
import type {BuildFacts} from './build-facts.ts';
import type {Table} from './catalog.ts';
import {type Checks, readChecks} from './checks.ts';
import {
  type District,
  type Group,
  type Region,
  readDistrictCodes,
  readDistricts,
  readGroups,
  readRegion,
} from './organizations.ts';
import {limitExperience} from './public.ts';
import type {Question} from './question.ts';
import {readSchoolIds, readSchools, type School} from './schools.ts';
import type {SourceRows} from './source-rows.ts';
import {type LandedFile, readLandedFiles} from './trace.ts';

/** Everything that the pages of a school year show, as plain values. It is read from the warehouse once, before any page is rendered. */
export interface Report {
  build: BuildFacts;
  /** The school year of the pages. */
  schoolYear: SchoolYear;
  /** The school years of the build, the latest first, each with its sources. */
  years: Coverage[];
  groups: Group[];
  /** The sources that Rollcall reads. */
  sources: readonly Pick<Source, 'id' | 'title' | 'publisher' | 'subject'>[];
  region: Region;
  /** The region, or its schools with figures if some of its districts have none. */
  place: string;
  /** Says which districts have none, as a sentence without its period. */
  partial: string | undefined;
  /** Says which figures of the school year are preliminary, as a sentence without its period. */
  preliminary: string | undefined;
  /** How the region differs from its list, by school year. */
  changes: RegionChange[];
  districts: District[];
  schools: School[];
  questions: Question[];
  explorations: Question[];
  files: LandedFile[];
  /** The publisher's own rows of the school year, by the hash of their file. Empty if the landing zone isn't at hand. */
  sourceRows: Map<string, SourceRows>;
  checks: Checks;
  tables: Table[];
  downloads: readonly Download[];
  /** What is in these files, by file. Only the page about them has it: the other pages are drawn while the files are written. */
  sizes: ReadonlyMap<string, DownloadSize>;
  diagrams: string[];
  restatements: Restatements | undefined;
  /** The school years that are published and were held back from the build, each with the reason. */
  heldYears: readonly {schoolYear: SchoolYear; why: string}[];
  /** The address to report mistakes to: `https:` or `mailto:`. */
  contact: string | undefined;
}

/** A file to download. In a build of the sample, its name starts with `SAMPLE-` and its first column is `is_sample`. */
export interface Download {
  /** The name of the answer or the mart in it, or `rollcall`. */
  name: string;
  kind: 'answer' | 'mart' | 'everything';
  /** Relative to the folder of downloads. */
  file: string;
  format: 'csv' | 'json' | 'parquet' | 'zip' | 'xlsx' | 'duckdb.zip';
}

export interface DownloadSize {
  rows: number;
  bytes: number;
}

/** How the build differs from the one published before it. */
export interface Restatements {
  from: {build: string; builtAt: string};
  sentences: string[];
}

/** The part of the report that comes from the warehouse. */
export type ReportOfYear = Omit<
  Report,
  'sourceRows' | 'tables' | 'downloads' | 'sizes' | 'diagrams' | 'restatements' | 'contact' | 'heldYears'
>;

/** What tells which pages a school year has: a report without its figures. */
export interface Outline
  extends Pick<
    ReportOfYear,
    'build' | 'schoolYear' | 'years' | 'place' | 'preliminary' | 'questions' | 'explorations'
  > {
  districts: readonly Pick<District, 'district_code'>[];
  schools: readonly Pick<School, 'school_id'>[];
}

/** A school year whose report can be read. */
export interface ReadableYear {
  outline: Outline;
  read(): Promise<ReportOfYear>;
}

/**
 * Prepares to read the reports of all school years from a warehouse that `openPublic` has opened, one at a time: that of a large state
 * takes 100 MB.
 *
 * @param usual the school year that the report opens with, if the build has it; else the newest with students and teachers
 * @returns that year, and then the others, the newest first
 */
export async function prepareReports(
  db: Database,
  build: BuildFacts,
  usual: SchoolYear | undefined,
): Promise<[ReadableYear, ...ReadableYear[]]> {
  // The pages show one region, the first.
  const region = await chooseRegion(db);
  const years = await readCoverage(db, region);
  const shared = {
    build,
    changes: await readRegionChanges(db, region),
    years,
    groups: await readGroups(db),
    sources: sources.map(({id, title, publisher, subject}) => ({id, title, publisher, subject})),
    files: await readLandedFiles(db, build.inputs),
    checks: await readChecks(db),
  };
  const prepareYear = async (year: Coverage): Promise<ReadableYear> => {
    const {schoolYear} = year;
    const of = {schoolYear, region: region.region_id};
    const answerAll = (all: readonly Answer[]) =>
      Array.fromAsync(all, (answer) => answerQuestion(db, answer, of, build));
    const scope = describeScope(await readDistrictScopes(db, region, year), ['enrollment', 'teachers'], region);
    const place = scope?.place ?? region.region_name;
    const ofYear = {...shared, schoolYear, place, partial: scope?.note, preliminary: describePreliminary(year)};
    // Its answer is asked again with the report, so that the rows of all districts aren't held for every year.
    const outline = {
      ...ofYear,
      districts: await readDistrictCodes(db, region.region_id),
      schools: await readSchoolIds(db, schoolYear, region.region_id),
      // Rows of single districts have no pages.
      questions: (await answerAll([access])).map((answer) => ({
        ...answer,
        rows: answer.rows.filter(({name}) => name === place),
      })),
      explorations: [],
    };
    const read = async () => ({
      ...ofYear,
      region: await readRegion(db, schoolYear, region),
      districts: await readDistricts(db, schoolYear, region.region_id),
      schools: await readSchools(db, schoolYear, region.region_id),
      questions: await answerAll([...answers, representationByGroup, access]),
      explorations: await answerAll(explorations),
    });
    return {outline, read};
  };
  const first = await chooseFirstYear(db, build, usual);
  const others = years.filter((year) => year !== first);
  return [await prepareYear(first), ...(await Array.fromAsync(others, prepareYear))];
}

/**
 * Chooses the school year that the report opens with.
 *
 * @param usual the school year to open with, if the build has it; else the newest with students and teachers
 */
export async function chooseFirstYear(
  db: Database,
  build: BuildFacts,
  usual: SchoolYear | undefined,
): Promise<Coverage> {
  const years = await readCoverage(db, await chooseRegion(db));
  return chooseUsualYear(years, usual) ?? describeListYear(build);
}

/** Describes the school year of a build that has no students and no teachers: that of its list. */
function describeListYear({inputs}: BuildFacts): Coverage {
  const schoolYear =
    inputs
      .flatMap(({schoolYears}) => schoolYears)
      .sort()
      .at(-1) ?? '';
  return {schoolYear, sources: [], subjects: ['school_list'], listYear: schoolYear, preliminary: []};
}

async function answerQuestion(
  db: Database,
  answer: Answer,
  {schoolYear: wanted, region}: {schoolYear: SchoolYear; region: string},
  {thresholds}: BuildFacts,
): Promise<Question> {
  const name = answer === representationByGroup ? 'representation-by-group' : answer.name;
  const {columns, needs, wants, spansYears = false} = answer;
  const question = {
    name,
    question: formatQuestion(answer, thresholds),
    columns,
    subjects: [...needs, ...wants],
    spansYears,
  };
  try {
    const {schoolYear, types, rows, notes} = await ask(db, answer, {wanted, region});
    return {...question, schoolYear, sql: answer.sql(schoolYear, {region}), types, rows: limitExperience(rows), notes};
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return {
      ...question,
      schoolYear: null,
      sql: answer.sql(wanted, {region}),
      types: [],
      rows: [],
      notes: [error.message],
    };
  }
}
