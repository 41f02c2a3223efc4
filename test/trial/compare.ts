/** How an answer of the command is held against the same worked out: every row, every column, in JSON and in CSV. */
import assert from 'node:assert/strict';
import * as expected from './expected.ts';
import {ask, type Printed} from './rollcall.ts';
import type {TrialFiles} from './source-files.ts';

/** The columns as the issue names them. */
const STUDENT_GROUPS =
  'school_year, school_type, demographic_group, rank, school_code, school_name, district_name, city, student_count, ' +
  'all_students_count, student_share, tied_beyond';
const SCHOOLS =
  'school_year, school_code, school_name, district_code, district_name, city, school_types, all_students_count, ' +
  'teacher_count';
const TEACHER_GROUPS =
  'school_year, category_type, demographic_group, rank, school_code, school_name, district_name, teacher_count, ' +
  'all_teachers_count, teacher_share, tied_beyond';
const TEACHERS_OF_COLOR =
  'rank, school_code, school_name, district_name, all_teachers_count, teachers_of_color_count, ' +
  'teachers_of_color_share, teachers_of_color_share_high, students_of_color_share, gap_pp, parity_ratio, is_small, ' +
  'tied_beyond';

/** Measured, so equal to a billionth; all else (text, ranks, counts) to the letter. */
const isMeasure = (column: string) => /_share(_high)?$|_pp$|_ratio$|^overlap$|^students_per_teacher$/.test(column);

function isSame(column: string, actual: expected.Value | undefined, wanted: expected.Value): boolean {
  if (typeof actual !== 'number' || typeof wanted !== 'number' || !isMeasure(column)) return actual === wanted;
  return Math.abs(actual - wanted) <= 1e-9 * Math.abs(wanted) + 1e-12;
}

/** The same rows, whatever their order; what tells them apart is in `key`. */
function assertSameRows(actual: expected.Answer[], wanted: expected.Answer[], key: string[]) {
  const keyOf = (row: expected.Answer) => key.map((column) => row[column]).join(' | ');
  const byKey = new Map(actual.map((row) => [keyOf(row), row]));
  assert.equal(byKey.size, actual.length, `more than one row with the same ${key.join(', ')}`);
  const differences: string[] = [];
  for (const row of wanted) {
    const found = byKey.get(keyOf(row));
    byKey.delete(keyOf(row));
    if (found === undefined) differences.push(`${keyOf(row)}: no such row`);
    for (const [column, value] of Object.entries(found === undefined ? {} : row)) {
      if (isSame(column, found?.[column], value)) continue;
      differences.push(`${keyOf(row)}: ${column} is ${found?.[column]}, worked out ${value}`);
    }
  }
  for (const unexpected of byKey.keys()) differences.push(`${unexpected}: a row too many`);
  assert.equal(differences.length, 0, `${differences.length} differences\n${differences.slice(0, 20).join('\n')}`);
  assert.ok(wanted.length > 0);
}

/** The same columns in the same order in every row of the JSON and in the CSV, and the same values in both. */
function assertColumns(printed: Printed, columns: string[]) {
  for (const row of printed.rows) assert.deepEqual(Object.keys(row), columns);
  assert.equal(printed.csvHeader, columns.join(','));
  const inCsv = (value: expected.Value) => (value === null ? '' : String(value));
  assert.deepEqual(
    printed.csvRows,
    printed.rows.map((row) => columns.map((column) => inCsv(row[column] ?? null))),
  );
}

/** Ranks run 1, 2, 3 … down the page and begin anew with every list; each list is as long as it was asked for. */
function assertRanks(rows: expected.Answer[], length: number) {
  assert.deepEqual(
    rows.map((row) => row['rank']),
    rows.map((_, index) => (index % length) + 1),
  );
}

/** Every group of the file but All Students. */
export const groupsOf = (schools: expected.School[]) =>
  [...(schools[0]?.students.keys() ?? [])].filter((group) => group !== 'total');

export interface Question {
  title: string;
  words: string;
  year: string;
  /** Where the issue gives none, the worked-out rows' own. */
  columns?: string;
  key: string[];
  /** The length of each list, where the rows are ranked. */
  ranked?: number;
  rows(schools: expected.School[], year: string): expected.Answer[];
}

const aboutStudents = {
  columns: STUDENT_GROUPS,
  key: ['school_year', 'school_type', 'demographic_group', 'rank'],
  ranked: 5,
};

export const ABOUT_2020_21: Question[] = [
  {
    ...aboutStudents,
    title: '7a student-groups: the three groups asked for, five schools of each type',
    words: 'student-groups',
    year: '2020-21',
    rows: (schools, year) => expected.studentGroups(schools, year, expected.ASKED_GROUPS),
  },
  {
    ...aboutStudents,
    title: '7a student-groups --group all: every group that the file counts',
    words: 'student-groups --group all',
    year: '2020-21',
    rows: (schools, year) => expected.studentGroups(schools, year, groupsOf(schools)),
  },
  {
    ...aboutStudents,
    title: '7a student-groups --group ID: that group',
    words: 'student-groups --group homeless',
    year: '2020-21',
    rows: (schools, year) => expected.studentGroups(schools, year, ['homeless']),
  },
  {
    title: '7b schools: every school of the list, with its teachers or null',
    words: 'schools',
    year: '2020-21',
    columns: SCHOOLS,
    key: ['school_year', 'school_code'],
    rows: expected.schoolsDataSet,
  },
  {
    title: '7c teacher-groups: the categories of the teachers’ file, five elementary schools each',
    words: 'teacher-groups',
    year: '2020-21',
    columns: TEACHER_GROUPS,
    key: ['school_year', 'category_type', 'demographic_group', 'rank'],
    ranked: 5,
    rows: expected.teacherGroups,
  },
  {
    title: '7d representation: a row a school',
    words: 'representation',
    year: '2020-21',
    key: ['school_year', 'school_code'],
    rows: expected.representation,
  },
  {
    title: '7d representation --by group: a row a school and group',
    words: 'representation --by group',
    year: '2020-21',
    key: ['school_year', 'school_code', 'category_type', 'demographic_group'],
    rows: expected.representationByGroup,
  },
  {
    title: '7e and 7f teachers-of-color: ten schools, beside their students of color',
    words: 'teachers-of-color',
    year: '2020-21',
    columns: TEACHERS_OF_COLOR,
    key: ['rank'],
    ranked: 10,
    rows: (schools) => expected.teachersOfColor(schools),
  },
];

export const ABOUT_2019_20: Question[] = [
  {
    ...aboutStudents,
    title: '7a for the year before: the three groups asked for',
    words: 'student-groups --year 2019-20',
    year: '2019-20',
    rows: (schools, year) => expected.studentGroups(schools, year, expected.ASKED_GROUPS),
  },
  {
    ...aboutStudents,
    title: '7a for the year before: every group',
    words: 'student-groups --year 2019-20 --group all',
    year: '2019-20',
    rows: (schools, year) => expected.studentGroups(schools, year, groupsOf(schools)),
  },
];

/** Asks the command, compares everything, and gives what it printed for a closer look. */
export async function assertAnswer(home: string, files: TrialFiles, question: Question): Promise<Printed> {
  const printed = await ask(home, question.words);
  const wanted = question.rows(expected.schoolsOf(files, question.year), question.year);
  assertColumns(printed, question.columns?.split(', ') ?? Object.keys(wanted[0] ?? {}));
  assertSameRows(printed.rows, wanted, question.key);
  if (question.ranked !== undefined) assertRanks(printed.rows, question.ranked);
  return printed;
}
