/** Compares an answer of the command with a worked-out one: every row, every column, in JSON and in CSV. */
import assert from 'node:assert/strict';
import * as expected from './expected.ts';
import {ask, type Printed} from './rollcall.ts';
import type {TrialFiles} from './source-files.ts';

/** The columns of the answers. */
const STUDENT_GROUPS =
  'school_year, school_type, demographic_group_id, demographic_group, rank, school_code, school_name, district_name, city, student_count, ' +
  'all_students_count, student_share, is_small, is_rank_small, tied_beyond, tied_schools';
const SCHOOLS =
  'school_year, school_code, school_name, district_code, district_name, city, school_types, all_students_count, ' +
  'teacher_count';
const TEACHER_GROUPS =
  'school_year, category_type, demographic_group_id, demographic_group, rank, school_code, school_name, district_name, teacher_count, ' +
  'all_teachers_count, teacher_share, is_small, is_rank_small, tied_beyond, tied_schools';
const TEACHERS_OF_COLOR =
  'rank, school_code, school_name, district_name, all_teachers_count, teachers_of_color_count, ' +
  'teachers_of_color_share, teachers_of_color_share_high, all_students_count, students_of_color_share, gap_pp, ' +
  'parity_ratio, top_probability, is_small, is_rank_small, tied_beyond, tied_schools';

/** Fractions must be equal to a billionth; everything else (text, ranks, counts) exactly. */
const isMeasure = (column: string) =>
  /_share(_high)?$|_pp$|_ratio$|^overlap$|representation$|^students_per_teacher$/.test(column);

function isSame(column: string, actual: expected.Value | undefined, wanted: expected.Value): boolean {
  // The models take the number of schools above one for normal.
  if (column === 'top_probability') return Math.abs(Number(actual) - Number(wanted)) < 0.01;
  if (typeof actual !== 'number' || typeof wanted !== 'number' || !isMeasure(column)) return actual === wanted;
  return Math.abs(actual - wanted) <= 1e-9 * Math.abs(wanted) + 1e-10;
}

/** Asserts that the rows are equal in any order. `key` identifies a row. */
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

/** The columns that begin every CSV about schools. */
const leading = [
  'school_year',
  'region_id',
  'school_id',
  'school_code',
  'school_name',
  'district_code',
  'district_name',
];

/** Asserts that the JSON has these columns in order, and that the CSV has their values, after the columns of every answer. */
function assertColumns(printed: Printed, columns: string[]) {
  for (const row of printed.rows) assert.deepEqual(Object.keys(row), columns);
  const header = [...leading, ...columns.filter((column) => !leading.includes(column))];
  assert.equal(printed.csvHeader, header.join(','));
  const inCsv = (value: expected.Value) => (value === null ? '' : String(value));
  const pick = (cells: string[]) => columns.map((column) => cells[header.indexOf(column)]);
  assert.deepEqual(
    printed.csvRows.map(pick),
    printed.rows.map((row) => columns.map((column) => inCsv(row[column] ?? null))),
  );
  for (const cells of printed.csvRows) {
    const [schoolYear, region, id, code, , district] = cells;
    assert.match(schoolYear ?? '', /^\d{4}-\d{2}$/);
    assert.equal(region, 'road_map');
    assert.equal(id, `${district}-${code}`);
  }
}

/**
 * Asserts that ranks run 1, 2, 3 … and restart with every list, and that no list is longer than requested. (Of some groups, fewer
 * schools have a known count; that none is missing is up to the comparison of the rows.)
 */
function assertRanks(rows: expected.Answer[], length: number) {
  for (const [index, {rank}] of rows.entries()) {
    const before = rows[index - 1]?.['rank'] ?? 0;
    assert.ok(rank === 1 || (rank === Number(before) + 1 && rank <= length), `rank ${rank} after ${before}`);
  }
}

/** Every group of the file except All Students, in the order of the file: some school has a known count of each. */
export const groupsOf = (schools: expected.School[]) => {
  const known = schools.toSorted((a, b) => b.students.size - a.students.size);
  return [...new Set(known.flatMap(({students}) => [...students.keys()]))].filter((group) => group !== 'total');
};

export interface Question {
  title: string;
  words: string;
  year: string;
  /** By default, the columns of the worked-out rows. */
  columns?: string;
  key: string[];
  /** The length of each list, if the rows are ranked. */
  ranked?: number;
  rows(schools: expected.School[], year: string): expected.Answer[];
}

const aboutStudents = {
  columns: STUDENT_GROUPS,
  key: ['school_year', 'school_type', 'demographic_group_id', 'rank'],
  ranked: 5,
};

export const ABOUT_2020_21: Question[] = [
  {
    ...aboutStudents,
    title: '7a student-groups: the three groups asked for, five schools of each type',
    words: 'student-groups',
    year: '2020-21',
    rows: (schools, year) => expected.rankByStudentGroup(schools, year, expected.ASKED_GROUPS),
  },
  {
    ...aboutStudents,
    title: '7a student-groups --group all: every group that the file counts',
    words: 'student-groups --group all',
    year: '2020-21',
    rows: (schools, year) => expected.rankByStudentGroup(schools, year, groupsOf(schools)),
  },
  {
    ...aboutStudents,
    title: '7a student-groups --group ID: that group',
    words: 'student-groups --group homeless',
    year: '2020-21',
    rows: (schools, year) => expected.rankByStudentGroup(schools, year, ['homeless']),
  },
  {
    title: '7b schools: every school of the list, with its teachers or null',
    words: 'schools',
    year: '2020-21',
    columns: SCHOOLS,
    key: ['school_year', 'school_code'],
    rows: expected.listSchools,
  },
  {
    title: '7c teacher-groups: the categories of the teachers’ file, five elementary schools each',
    words: 'teacher-groups',
    year: '2020-21',
    columns: TEACHER_GROUPS,
    key: ['school_year', 'category_type', 'demographic_group_id', 'rank'],
    ranked: 5,
    rows: expected.rankByTeacherGroup,
  },
  {
    title: '7d representation: a row a school',
    words: 'representation',
    year: '2020-21',
    key: ['school_year', 'school_code'],
    rows: expected.computeRepresentation,
  },
  {
    title: '7d representation --by group: a row a school and group',
    words: 'representation --by group',
    year: '2020-21',
    key: ['school_year', 'school_code', 'demographic_group_id'],
    rows: expected.computeRepresentationByGroup,
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
    rows: (schools, year) => expected.rankByStudentGroup(schools, year, expected.ASKED_GROUPS),
  },
  {
    ...aboutStudents,
    title: '7a for the year before: every group',
    words: 'student-groups --year 2019-20 --group all',
    year: '2019-20',
    rows: (schools, year) => expected.rankByStudentGroup(schools, year, groupsOf(schools)),
  },
];

/** Runs the command, compares everything, and returns the output for further assertions. */
export async function assertAnswer(home: string, files: TrialFiles, question: Question): Promise<Printed> {
  const printed = await ask(home, question.words);
  const wanted = question.rows(expected.readSchools(files, question.year), question.year);
  assertColumns(printed, question.columns?.split(', ') ?? Object.keys(wanted[0] ?? {}));
  assertSameRows(printed.rows, wanted, question.key);
  if (question.ranked !== undefined) assertRanks(printed.rows, question.ranked);
  return printed;
}
