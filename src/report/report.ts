import {type Answer, answers, formatQuestion, representationByGroup} from '../answers/answers.ts';
import {ask, type Coverage, readCoverage} from '../answers/ask.ts';
import {explorations} from '../answers/explorations.ts';
import {chooseRegion} from '../answers/regions.ts';
import type {Database} from '../duckdb/database.ts';
import {Failure} from '../failure.ts';
import type {SchoolYear} from '../school-year.ts';
import type {Source} from '../sources/source.ts';
import {sources} from '../sources/sources.ts';
import type {BuildFacts} from './build-facts.ts';
import {type Checks, readChecks} from './checks.ts';
import {type District, type Group, type Region, readDistricts, readGroups, readRegion} from './organizations.ts';
import type {Question} from './question.ts';
import {readSchools, type School} from './schools.ts';
import {type LandedFile, readLandedFiles} from './trace.ts';

/** Everything that the pages show, as plain values: read from the warehouse once, before any page is drawn. */
export interface Report {
  build: BuildFacts;
  /** The school year that the pages are about. */
  schoolYear: SchoolYear;
  /** The school years that are there, the latest first, each with the sources it has. */
  years: Coverage[];
  groups: Group[];
  /** What is read of publishers. */
  sources: Pick<Source, 'id' | 'title'>[];
  region: Region;
  districts: District[];
  schools: School[];
  questions: Question[];
  explorations: Question[];
  files: LandedFile[];
  checks: Checks;
  tables: Table[];
  downloads: Download[];
  diagrams: string[];
  restatements: Restatements | undefined;
}

/** A table of the warehouse, as its model describes it. */
export interface Table {
  schema: string;
  name: string;
  description: string;
  columns: {name: string; description: string}[];
  /** The tables that it is made from. */
  madeFrom: string[];
  sql: string;
}

/** A file to take away. A build on the sample has its mark in every name and in the first column of every row. */
export interface Download {
  /** What it holds: the name of an answer or of a mart. */
  name: string;
  kind: 'answer' | 'mart';
  /** Relative to the folder of downloads. */
  file: string;
  format: 'csv' | 'json' | 'parquet';
  rows: number;
  bytes: number;
}

/** What differs from the build that was published before. */
export interface Restatements {
  from: {build: string; builtAt: string};
  sentences: string[];
}

/** The part of the report that comes from the warehouse alone. */
type FromWarehouse = Omit<Report, 'tables' | 'downloads' | 'diagrams' | 'restatements'>;

/** Reads the report of an open warehouse. `usual` is the school year to show where it can be answered. */
export async function readReport(db: Database, build: BuildFacts, usual: SchoolYear): Promise<FromWarehouse> {
  // The pages are about one region, the first.
  const region = await chooseRegion(db);
  const questions: Question[] = [];
  for (const answer of [...answers, representationByGroup])
    questions.push(await answerQuestion(db, answer, {usual, region: region.region_id}, build));
  const explored: Question[] = [];
  for (const answer of explorations)
    explored.push(await answerQuestion(db, answer, {usual, region: region.region_id}, build));
  const years = await readCoverage(db, region);
  const schoolYear =
    questions.find(({name}) => name === 'representation')?.schoolYear ??
    questions.find(({name}) => name === 'schools')?.schoolYear ??
    years[0]?.schoolYear ??
    usual;
  return {
    build,
    schoolYear,
    years,
    groups: await readGroups(db),
    sources: sources.map(({id, title}) => ({id, title})),
    region: await readRegion(db, schoolYear, region),
    districts: await readDistricts(db, schoolYear, region.region_id),
    schools: await readSchools(db, schoolYear, region.region_id),
    questions,
    explorations: explored,
    files: await readLandedFiles(db, build.inputs),
    checks: await readChecks(db),
  };
}

async function answerQuestion(
  db: Database,
  answer: Answer,
  {usual, region}: {usual: SchoolYear; region: string},
  {thresholds}: BuildFacts,
): Promise<Question> {
  const name = answer === representationByGroup ? 'representation-by-group' : answer.name;
  const {columns} = answer;
  const question = formatQuestion(answer, thresholds);
  try {
    const {schoolYear, rows, notes} = await ask(db, answer, {usual, region});
    return {name, question, schoolYear, sql: answer.sql(schoolYear, {region}), columns, rows, notes};
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return {
      name,
      question,
      schoolYear: null,
      sql: answer.sql(usual, {region}),
      columns,
      rows: [],
      notes: [error.message],
    };
  }
}
