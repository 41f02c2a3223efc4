import * as v from 'valibot';
import {answers, formatQuestion, type Question} from '../answers/answers.ts';
import {type Coverage, canAnswer, readCoverage} from '../answers/ask.ts';
import {readRegions} from '../answers/regions.ts';
import type {Database, Row, Value} from '../duckdb/database.ts';
import type {SchoolYear} from '../school-year.ts';
import type {Thresholds} from '../words/thresholds.ts';
import type {SideName} from './changed-rows.ts';

/** What changed in an answer for a school year. An answer that only one of the builds can give is `added` or `gone`. */
export interface AnswerChange {
  answer: string;
  /** The number of the question. */
  number: string;
  question: string;
  schoolYear: SchoolYear;
  /** The id of the answer's region. */
  region: string;
  kind: 'added' | 'gone' | 'changed';
  rows: AnswerRowChange[];
}

/**
 * What changed for a school in an answer: it `entered` or `left` a list, `moved` in it, or kept its place with other values
 * (`changed`).
 */
export interface AnswerRowChange {
  kind: 'entered' | 'left' | 'moved' | 'changed';
  /** The columns that tell this list from the answer's others, such as a school type or a group. */
  list: Record<string, Value>;
  schoolCode: string;
  schoolName: string | null;
  districtName: string | null;
  rankBefore: number | null;
  rankAfter: number | null;
  /** Both are null if the later build no longer knows a value: what the publisher has withdrawn is not shown again. */
  values: {column: string; before: Value; after: Value}[];
}

/** Two builds, and which of them was made later. */
interface Compared {
  before: Database;
  after: Database;
  later: SideName;
}

/** Values closer than this are equal, since shares are fractions. */
const epsilon = 1e-12;
/** Columns that are not compared: changed names are reported with the schools, and the others describe the list. */
const notCompared = new Set(['rank', 'demographic_group', 'school_name', 'tied_beyond', 'tied_schools', 'school_year']);

/** The columns that every answer has about its school. */
const namedSchool = v.object({
  school_code: v.string(),
  school_name: v.nullable(v.string()),
  district_name: v.nullable(v.string()),
  rank: v.optional(v.nullable(v.number()), null),
});

/** Compares the answers that two builds give, every question, school year and region. */
export async function compareAnswers(builds: Compared, thresholds: Thresholds): Promise<AnswerChange[]> {
  const {before, after} = builds;
  const [former, present] = [await readRegions(before), await readRegions(after)];
  const changes: AnswerChange[] = [];
  for (const region of new Set([...present, ...former].map(({region_id}) => region_id)))
    changes.push(...(await compareRegion(region, builds, thresholds)));
  return changes;
}

async function compareRegion(
  id: string,
  {before, after, later}: Compared,
  thresholds: Thresholds,
): Promise<AnswerChange[]> {
  const covered = async (db: Database) => {
    const region = (await readRegions(db)).find(({region_id}) => region_id === id);
    return region === undefined ? [] : readCoverage(db, region);
  };
  const [old, now] = [await covered(before), await covered(after)];
  const years = [...new Set([...old, ...now].map(({schoolYear}) => schoolYear))].sort().reverse();
  const changes: AnswerChange[] = [];
  for (const answer of answers) {
    for (const schoolYear of years) {
      const [could, can] = [isAnswerable(answer, old, schoolYear), isAnswerable(answer, now, schoolYear)];
      if (!(could || can)) continue;
      const kind = could && can ? 'changed' : can ? 'added' : 'gone';
      const sql = answer.sql(schoolYear, {region: id});
      const rows =
        kind === 'changed' ? compareAnswer(answer, await before.rows(sql), await after.rows(sql), later) : [];
      if (kind === 'changed' && rows.length === 0) continue;
      const {name, number} = answer;
      changes.push({
        answer: name,
        number,
        question: formatQuestion(answer, thresholds),
        schoolYear,
        region: id,
        kind,
        rows,
      });
    }
  }
  return changes;
}

function isAnswerable(answer: Question, years: readonly Coverage[], schoolYear: SchoolYear): boolean {
  const year = years.find((each) => each.schoolYear === schoolYear);
  return year !== undefined && canAnswer(answer, year);
}

function compareAnswer(
  answer: Question,
  before: readonly Row[],
  after: readonly Row[],
  later: SideName,
): AnswerRowChange[] {
  const keyOf = (row: Row) => JSON.stringify(answer.key.map((column) => row[column]));
  const old = new Map(before.map((row) => [keyOf(row), row]));
  const now = new Map(after.map((row) => [keyOf(row), row]));
  const gone = before.filter((row) => !now.has(keyOf(row))).map((row) => describeChange(answer, row, undefined, later));
  const here = after.map((row) => describeChange(answer, old.get(keyOf(row)), row, later));
  return [...here, ...gone].filter(({kind, values}) => kind !== 'changed' || values.length > 0);
}

function describeChange(
  answer: Question,
  before: Row | undefined,
  after: Row | undefined,
  later: SideName,
): AnswerRowChange {
  const row = after ?? before ?? {};
  const rank = (of: Row | undefined) => (of ? v.parse(namedSchool, of).rank : null);
  const [rankBefore, rankAfter] = [rank(before), rank(after)];
  const {school_code, school_name, district_name} = v.parse(namedSchool, row);
  const columns = answer.columns.filter((column) => !(notCompared.has(column) || answer.key.includes(column)));
  const values = columns.flatMap((column) => {
    const [was, is] = [before?.[column] ?? null, after?.[column] ?? null];
    if (!before || !after || isSame(was, is)) return [];
    const isWithdrawn = (later === 'after' ? is : was) === null;
    return [isWithdrawn ? {column, before: null, after: null} : {column, before: was, after: is}];
  });
  return {
    kind:
      before === undefined ? 'entered' : after === undefined ? 'left' : rankBefore === rankAfter ? 'changed' : 'moved',
    list: Object.fromEntries(answer.sections.map((column) => [column, row[column] ?? null])),
    schoolCode: school_code,
    schoolName: school_name,
    districtName: district_name,
    rankBefore,
    rankAfter,
    values,
  };
}

function isSame(a: Value, b: Value): boolean {
  if (typeof a === 'number' && typeof b === 'number') return Math.abs(a - b) <= epsilon * Math.max(1, Math.abs(a));
  return a === b;
}
