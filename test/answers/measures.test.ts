import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {type Built, build} from '../support/pipeline.ts';
import {type Cells, enrollmentFile, listFile, teacherFile} from '../support/publisher.ts';

/**
 * Three schools, computed by hand:
 *
 *              students                                  teachers
 *   A (e)      40 Black, 40 Asian, 20 White  (100)       2 Black, 0 Asian, 7 White, 1 Not Provided  (10)
 *   B (e, m)   10 Hispanic, 30 White          (40)       5 Hispanic, 15 White                       (20)
 *   C (h)      5 White                         (5)       1 Asian, 1 White                            (2)
 */
let built: Built;

const school = (code: string, name: string): Cells => ({
  district_code: '99001',
  district_name: 'Lyra School District',
  school_code: code,
  school_name: name,
});
const allGrades = (code: string, name: string, counts: Cells): Cells[] => [
  {...school(code, name), grade_level: '1st Grade', ...counts},
  {...school(code, name), grade_level: 'AllGrades', ...counts},
];
const noRaces = {
  'American Indian/Alaskan Native': 0,
  Asian: 0,
  'Black/African American': 0,
  'Hispanic/Latino of any race(s)': 0,
  'Native Hawaiian/Other Pacific Islander': 0,
  'Not Provided': 0,
  'Two or more races': 0,
  White: 0,
};

before(async () => {
  built = await build({
    'students.csv': enrollmentFile([
      ...allGrades('9001', 'A', {black_african_american: 40, asian: 40, white: 20}),
      ...allGrades('9002', 'B', {hispanic_latino: 10, white: 30}),
      ...allGrades('9003', 'C', {white: 5}),
    ]),
    'teachers.csv': teacherFile([
      {
        cells: school('9001', 'A'),
        races: {...noRaces, 'Black/African American': 2, White: 7, 'Not Provided': 1},
        genders: {Female: 6, Male: 4, 'Not Provided': 0},
      },
      {
        cells: school('9002', 'B'),
        races: {...noRaces, 'Hispanic/Latino of any race(s)': 5, White: 15},
        genders: {Female: 10, Male: 10, 'Not Provided': 0},
      },
      {
        cells: school('9003', 'C'),
        races: {...noRaces, Asian: 1, White: 1},
        genders: {Female: 2, Male: 0, 'Not Provided': 0},
      },
    ]),
    'list.csv': listFile([
      {district: '99001', school: '9001', types: ['e']},
      {district: '99001', school: '9002', types: ['e', 'm']},
      {district: '99001', school: '9003', types: ['h']},
    ]),
  });
});
after(() => built.close());

const close = (actual: unknown, expected: number) =>
  assert.ok(Math.abs(Number(actual) - expected) < 1e-12, `${actual} is not ${expected}`);

test('school A: most students of color, few teachers of color', async () => {
  const [a = {}] = await built.rows(`select * from marts.school_representation where school_code = '9001'`);
  assert.equal(a['students_of_color_count'], 80);
  close(a['students_of_color_share'], 0.8);
  assert.equal(a['teachers_of_color_count'], 2, 'the teacher whose race is not provided is not of color');
  close(a['teachers_of_color_share'], 0.2);
  close(a['teachers_of_color_share_high'], 0.3);
  close(a['gap_pp'], -60);
  close(a['parity_ratio'], 0.25);
  // Black |0.2 − 0.4| + Asian |0 − 0.4| + White |0.7 − 0.2| + Not Provided |0.1 − 0| = 1.2; 1 − 0.6 = 0.4
  close(a['overlap'], 0.4);
  assert.equal(a['groups_without_a_teacher'], 1, 'Asian students, no Asian teacher');
  assert.equal(a['teachers_to_parity'], 6, '80 % of 10 is 8, 2 are there');
  assert.equal(a['is_small'], false);
});

test('school B is at parity exactly, and needs no further teacher', async () => {
  const [b = {}] = await built.rows(`select * from marts.school_representation where school_code = '9002'`);
  close(b['gap_pp'], 0);
  close(b['parity_ratio'], 1);
  close(b['overlap'], 1);
  assert.equal(b['teachers_to_parity'], 0);
  assert.equal(b['groups_without_a_teacher'], 0);
});

test('school C has no student of color: no ratio, and it is small', async () => {
  const [c = {}] = await built.rows(`select * from marts.school_representation where school_code = '9003'`);
  close(c['gap_pp'], 50);
  assert.equal(c['parity_ratio'], null);
  close(c['overlap'], 0.5);
  assert.equal(c['teachers_to_parity'], 0);
  assert.equal(c['is_small'], true);
});

test('the interval is that of Wilson', async () => {
  // 2 of 10, z = 1.96: (0.2 + 0.192073 ± 1.959964 · √(0.016 + 0.0096036)) / 1.384146, worked out by hand: 0.0567, 0.5098
  const [a = {}] = await built.rows(`select * from marts.school_representation where school_code = '9001'`);
  assert.equal(Number(a['teachers_of_color_share_ci_low']).toFixed(4), '0.0567');
  assert.equal(Number(a['teachers_of_color_share_ci_high']).toFixed(4), '0.5098');
});

test('by group: gap, ratio, students per teacher, and what rests on few people', async () => {
  const rows = await built.rows(`select * from marts.school_representation_by_group where school_code = '9001'`);
  const group = (id: string) => rows.find((row) => row['demographic_group_id'] === id) ?? {};
  close(group('black_african_american')['gap_pp'], -20);
  close(group('black_african_american')['parity_ratio'], 0.5);
  close(group('black_african_american')['students_per_teacher'], 20);
  assert.equal(group('black_african_american')['is_small'], false);
  close(group('asian')['parity_ratio'], 0);
  assert.equal(group('asian')['students_per_teacher'], null, 'no Asian teacher to divide by');
  assert.equal(group('two_or_more_races')['parity_ratio'], null, 'no student to compare with');
  assert.equal(group('two_or_more_races')['is_small'], true);
  assert.equal(group('not_provided')['teacher_count'], 1);
  assert.equal(group('gender_not_provided')['teacher_count'], 0);
  close(group('female')['teacher_share'], 0.6);
});

test('7a: a school with two types counts under each, and schools of one type only compete among themselves', async () => {
  const rows = await built.rows(`select school_type, school_rank, school_code, student_share, tied_beyond
    from marts.top_schools_by_student_group where demographic_group_id = 'hispanic_latino' order by 1, 2`);
  assert.deepEqual(rows, [
    {school_type: 'elementary', school_rank: 1, school_code: '9002', student_share: 0.25, tied_beyond: 0},
    {school_type: 'elementary', school_rank: 2, school_code: '9001', student_share: 0, tied_beyond: 0},
    {school_type: 'high', school_rank: 1, school_code: '9003', student_share: 0, tied_beyond: 0},
    {school_type: 'middle', school_rank: 1, school_code: '9002', student_share: 0.25, tied_beyond: 0},
  ]);
});

test('7e: by share of all teachers, not of those whose race is known', async () => {
  const rows = await built.rows(
    `select school_code, teachers_of_color_share from marts.top_schools_by_teachers_of_color order by school_rank`,
  );
  assert.deepEqual(rows, [
    {school_code: '9003', teachers_of_color_share: 0.5},
    {school_code: '9002', teachers_of_color_share: 0.25},
    {school_code: '9001', teachers_of_color_share: 0.2},
  ]);
});

test('a school whose teachers the state counts as none has no share, and no way to parity', async () => {
  const none = await build({
    'students.csv': enrollmentFile(allGrades('9001', 'A', {black_african_american: 40, white: 20})),
    'teachers.csv': teacherFile([
      {cells: school('9001', 'A'), races: noRaces, genders: {Female: 0, Male: 0, 'Not Provided': 0}},
    ]),
    'list.csv': listFile([{district: '99001', school: '9001', types: ['e']}]),
  });
  const [row = {}] = await none.rows('select * from marts.school_representation');
  none.close();
  for (const measure of ['teachers_of_color_share', 'gap_pp', 'parity_ratio', 'overlap', 'teachers_to_parity']) {
    assert.equal(row[measure], null, measure);
  }
  assert.equal(row['teachers_of_color_count'], 0);
});
