/** Every row and column of the five answers, against the same worked out from the files (expected.ts). */
import assert from 'node:assert/strict';
import {after, before} from 'node:test';
import * as expected from './expected.ts';
import {
  ask,
  hasTrialData,
  mustRollcall,
  type Printed,
  removeTemporaryFolders,
  rollcall,
  temporaryFolder,
  trial,
  trialFolder,
} from './rollcall.ts';
import {readTrialFiles, type TrialFiles} from './source-files.ts';

const COLUMNS = {
  'student-groups':
    'school_year, school_type, demographic_group, rank, school_code, school_name, district_name, city, ' +
    'student_count, all_students_count, student_share, tied_beyond',
  schools:
    'school_year, school_code, school_name, district_code, district_name, city, school_types, all_students_count, ' +
    'teacher_count',
  'teacher-groups':
    'school_year, category_type, demographic_group, rank, school_code, school_name, district_name, teacher_count, ' +
    'all_teachers_count, teacher_share, tied_beyond',
  'teachers-of-color':
    'rank, school_code, school_name, district_name, all_teachers_count, teachers_of_color_count, ' +
    'teachers_of_color_share, teachers_of_color_share_high, students_of_color_share, gap_pp, parity_ratio, is_small, ' +
    'tied_beyond',
};

let files: TrialFiles;
let home = '';

before(async () => {
  if (!hasTrialData) return;
  files = readTrialFiles(trialFolder());
  home = temporaryFolder();
  await mustRollcall(home, 'run', '--from', `${trialFolder()}/ospi`, '--school-list', files.listPath);
});
after(removeTemporaryFolders);

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

const GROUP_KEY = ['school_year', 'school_type', 'demographic_group', 'rank'];
const latest = () => expected.schoolsOf(files, '2020-21');
const listed = (columns: string) => columns.split(', ');

trial('7a student-groups: the three groups asked for, five schools of each type', async () => {
  const printed = await ask(home, 'student-groups');
  assertColumns(printed, listed(COLUMNS['student-groups']));
  assertSameRows(printed.rows, expected.studentGroups(latest(), '2020-21', expected.ASKED_GROUPS), GROUP_KEY);
  assertRanks(printed.rows, 5);
});

trial('7a student-groups --group all: every group the file counts, and --group ID is that one', async () => {
  const [all, one] = await Promise.all([
    ask(home, 'student-groups --group all'),
    ask(home, 'student-groups --group homeless'),
  ]);
  const schools = latest();
  const groups = [...(schools[0]?.students.keys() ?? [])].filter((group) => group !== 'total');
  assert.equal(groups.length, 30);
  assertColumns(all, listed(COLUMNS['student-groups']));
  assertSameRows(all.rows, expected.studentGroups(schools, '2020-21', groups), GROUP_KEY);
  assertRanks(all.rows, 5);
  assertColumns(one, listed(COLUMNS['student-groups']));
  assertSameRows(one.rows, expected.studentGroups(schools, '2020-21', ['homeless']), GROUP_KEY);
});

trial('7a for 2019-20: the list is carried over, and that is said', async () => {
  const [asked, all] = await Promise.all([
    ask(home, 'student-groups --year 2019-20'),
    ask(home, 'student-groups --year 2019-20 --group all'),
  ]);
  const schools = expected.schoolsOf(files, '2019-20');
  const groups = [...(schools[0]?.students.keys() ?? [])].filter((group) => group !== 'total');
  for (const [printed, wanted] of [
    [asked, expected.ASKED_GROUPS],
    [all, groups],
  ] as const) {
    assertColumns(printed, listed(COLUMNS['student-groups']));
    assertSameRows(printed.rows, expected.studentGroups(schools, '2019-20', wanted), GROUP_KEY);
    assert.match(printed.stderr, /2019-20.*2020-21.*carried over/s);
  }
  const ofTheListsYear = await ask(home, 'student-groups --year 2020-21');
  assert.doesNotMatch(ofTheListsYear.stderr, /carried over/);
});

trial('7b schools: every school of the list, with its teachers or null', async () => {
  const printed = await ask(home, 'schools');
  assertColumns(printed, listed(COLUMNS.schools));
  assertSameRows(printed.rows, expected.schoolsDataSet(latest(), '2020-21'), ['school_year', 'school_code']);
  assert.equal(printed.rows.length, files.list.length);
});

trial('7c teacher-groups: the categories of the teachers’ file, five elementary schools each', async () => {
  const printed = await ask(home, 'teacher-groups');
  const wanted = expected.teacherGroups(latest(), '2020-21');
  assertColumns(printed, listed(COLUMNS['teacher-groups']));
  assertSameRows(printed.rows, wanted, ['school_year', 'category_type', 'demographic_group', 'rank']);
  assertRanks(printed.rows, 5);
  const categories = new Set(printed.rows.map((row) => `${row['category_type']} ${row['demographic_group']}`));
  const inTheFile = new Set(
    files.teachers.rows
      .filter((row) => row['DemographicCategoryType'] !== 'All')
      .map((row) => `${row['DemographicCategoryType']} ${row['DemographicCategory']}`),
  );
  assert.equal(categories.size, inTheFile.size);
  assert.ok(categories.has('race_ethnicity not_provided') && categories.has('gender not_provided'));
});

trial('7d representation: a row a school', async () => {
  const printed = await ask(home, 'representation');
  const wanted = expected.representation(latest(), '2020-21');
  assertColumns(printed, Object.keys(wanted[0] ?? {}));
  assertSameRows(printed.rows, wanted, ['school_year', 'school_code']);
});

trial('7d representation --by group: a row a school and group', async () => {
  const printed = await ask(home, 'representation --by group');
  const wanted = expected.representationByGroup(latest(), '2020-21');
  assertColumns(printed, Object.keys(wanted[0] ?? {}));
  assertSameRows(printed.rows, wanted, ['school_year', 'school_code', 'category_type', 'demographic_group']);
});

trial('7e and 7f teachers-of-color: ten schools, beside their students of color', async () => {
  const printed = await ask(home, 'teachers-of-color');
  assertColumns(printed, listed(COLUMNS['teachers-of-color']));
  assertSameRows(printed.rows, expected.teachersOfColor(latest()), ['rank']);
  assertRanks(printed.rows, 10);
});

trial('what needs teachers can’t be answered for 2019-20: one clear message, and nothing on stdout', async () => {
  for (const question of ['teacher-groups', 'representation', 'teachers-of-color']) {
    const {code, stdout, stderr} = await rollcall(home, 'answer', question, '--year', '2019-20', '--format', 'json');
    assert.equal(code, 1, question);
    assert.equal(stdout, '');
    assert.match(stderr, /2019-20.*[Tt]eacher/s);
    assert.doesNotMatch(stderr, /\n\s+at /);
  }
});
