import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {type Built, build} from '../support/pipeline.ts';
import {type Cells, makeEnrollmentFile, makeListFile, makeTeacherFile, noRaces} from '../support/publisher.ts';

/**
 * Three schools, with figures worked out by hand:
 *
 *              students                                  teachers
 *   A (e)      40 Black, 40 Asian, 20 White  (100)       2 Black, 0 Asian, 7 White, 1 Not Provided  (10)
 *   B (e, m)   10 Hispanic, 30 White          (40)       5 Hispanic, 15 White                       (20)
 *   C (h)      5 White                         (5)       1 Asian, 1 White                            (2)
 *
 * A and B are in the district Lyra, C is in Cygnus; all three are in the region.
 */
let built: Built;

const school = (code: string, name: string): Cells => ({
  district_code: code === '9003' ? '99002' : '99001',
  district_name: code === '9003' ? 'Cygnus School District' : 'Lyra School District',
  school_code: code,
  school_name: name,
});
const allGrades = (code: string, name: string, counts: Cells): Cells[] => [
  {...school(code, name), grade_level: '1st Grade', ...counts},
  {...school(code, name), grade_level: 'AllGrades', ...counts},
];

before(async () => {
  built = await build({
    'students.csv': makeEnrollmentFile([
      ...allGrades('9001', 'A', {black_african_american: 40, asian: 40, white: 20}),
      ...allGrades('9002', 'B', {hispanic_latino: 10, white: 30}),
      ...allGrades('9003', 'C', {white: 5}),
    ]),
    'teachers.csv': makeTeacherFile([
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
    'list.csv': makeListFile([
      {district: '99001', school: '9001', types: ['e']},
      {district: '99001', school: '9002', types: ['e', 'm']},
      {district: '99002', school: '9003', types: ['h']},
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

test('school B is exactly at parity, and needs no more teachers', async () => {
  const [b = {}] = await built.rows(`select * from marts.school_representation where school_code = '9002'`);
  close(b['gap_pp'], 0);
  close(b['parity_ratio'], 1);
  close(b['overlap'], 1);
  assert.equal(b['teachers_to_parity'], 0);
  assert.equal(b['groups_without_a_teacher'], 0);
});

test('school C has no student of color, so it has no ratio, and it is marked as small', async () => {
  const [c = {}] = await built.rows(`select * from marts.school_representation where school_code = '9003'`);
  close(c['gap_pp'], 50);
  assert.equal(c['parity_ratio'], null);
  close(c['overlap'], 0.5);
  assert.equal(c['teachers_to_parity'], 0);
  assert.equal(c['is_small'], true);
});

test("what hiring of the same kind could as well have given is Wilson's interval", async () => {
  // 2 of 10, z = 1.96: (0.2 + 0.192073 ± 1.959964 · √(0.016 + 0.0096036)) / 1.384146, worked out by hand: 0.0567, 0.5098
  const [a = {}] = await built.rows(`select * from marts.school_representation where school_code = '9001'`);
  assert.equal(Number(a['teachers_of_color_share_chance_low']).toFixed(4), '0.0567');
  assert.equal(Number(a['teachers_of_color_share_chance_high']).toFixed(4), '0.5098');
  // The students' share, 0.8, is a given: 5.67 − 80 points, and 0.0567 / 0.8.
  assert.equal(Number(a['gap_pp_chance_low']).toFixed(2), '-74.33');
  assert.equal(Number(a['parity_ratio_chance_low']).toFixed(4), '0.0709');
});

test('no range of chance is given above the schools', async () => {
  const columns = await built.rows(`select table_name, count(*) as n from information_schema.columns
    where column_name like '%\\_chance\\_%' escape '\\' group by all order by all`);
  assert.deepEqual(columns, [
    {table_name: 'school_representation', n: 6},
    {table_name: 'school_representation_by_group', n: 6},
  ]);
});

test('by group: gap, ratio, students per teacher, and the mark of small numbers', async () => {
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

test('7a: a school with two types is ranked under each, and schools are ranked only within a type', async () => {
  const rows = await built.rows(`select school_type, school_rank, school_code, student_share, tied_beyond
    from marts.top_schools_by_student_group where demographic_group_id = 'hispanic_latino' order by 1, 2`);
  assert.deepEqual(rows, [
    {school_type: 'elementary', school_rank: 1, school_code: '9002', student_share: 0.25, tied_beyond: 0},
    {school_type: 'elementary', school_rank: 2, school_code: '9001', student_share: 0, tied_beyond: 0},
    {school_type: 'high', school_rank: 1, school_code: '9003', student_share: 0, tied_beyond: 0},
    {school_type: 'middle', school_rank: 1, school_code: '9002', student_share: 0.25, tied_beyond: 0},
  ]);
});

test('7e: schools are ranked by the share of all teachers, including those whose race is not known', async () => {
  const rows = await built.rows(
    `select school_code, teachers_of_color_share from marts.top_schools_by_teachers_of_color order by school_rank`,
  );
  assert.deepEqual(rows, [
    {school_code: '9003', teachers_of_color_share: 0.5},
    {school_code: '9002', teachers_of_color_share: 0.25},
    {school_code: '9001', teachers_of_color_share: 0.2},
  ]);
});

test('a school with a published count of 0 teachers has no share and no number of teachers to parity', async () => {
  const none = await build({
    'students.csv': makeEnrollmentFile(allGrades('9001', 'A', {black_african_american: 40, white: 20})),
    'teachers.csv': makeTeacherFile([
      {cells: school('9001', 'A'), races: noRaces, genders: {Female: 0, Male: 0, 'Not Provided': 0}},
    ]),
    'list.csv': makeListFile([{district: '99001', school: '9001', types: ['e']}]),
  });
  const [row = {}] = await none.rows('select * from marts.school_representation');
  none.close();
  for (const measure of ['teachers_of_color_share', 'gap_pp', 'parity_ratio', 'overlap', 'teachers_to_parity']) {
    assert.equal(row[measure], null, measure);
  }
  assert.equal(row['teachers_of_color_count'], 0);
});

test('a district: sums over its schools, and the range of gaps that the sums hide', async () => {
  const [d = {}] = await built.rows(`select * from marts.district_representation where district_id = '99001'`);
  assert.equal(d['school_count'], 2);
  assert.equal(d['compared_school_count'], 2);
  assert.equal(d['all_students_count'], 140);
  assert.equal(d['students_of_color_count'], 90);
  assert.equal(d['all_teachers_count'], 30);
  assert.equal(d['teachers_of_color_count'], 7);
  assert.equal(d['teachers_not_provided_count'], 1);
  close(d['teachers_of_color_share_high'], 8 / 30);
  close(d['gap_pp'], 100 * (7 / 30 - 90 / 140));
  close(d['parity_ratio'], (7 * 140) / (30 * 90));
  close(d['students_of_color_per_teacher_of_color'], 90 / 7);
  // Of 420: students 120 Black, 120 Asian, 30 Hispanic, 150 White; teachers 28, 0, 70, 308, and 14 Not Provided.
  close(d['overlap'], 1 - (92 + 120 + 40 + 158 + 14) / 840);
  assert.equal(d['groups_without_a_teacher'], 1, 'Asian students, no Asian teacher in the district');
  assert.equal(d['teachers_to_parity'], 13, '90/140 of 30 is 19.3, 7 are there');
  assert.equal(d['no_access_share'], 0, 'each of its schools has a teacher of color');
  close(d['own_group_exposure'], (80 * 0.2 + 10 * 0.25) / 90);
});

test('a district without students of color has no ratio and no exposure', async () => {
  const [d = {}] = await built.rows(`select * from marts.district_representation where district_id = '99002'`);
  close(d['gap_pp'], 50);
  for (const measure of ['parity_ratio', 'no_access_share', 'own_group_exposure'])
    assert.equal(d[measure], null, measure);
  assert.equal(d['teachers_to_parity'], 0);
  assert.equal(d['is_small'], true);
});

test('the region: all people of color together', async () => {
  const [r = {}] = await built.rows('select * from marts.region_representation');
  assert.equal(r['school_count'], 3);
  close(r['gap_pp'], 100 * (8 / 32 - 90 / 145));
  close(r['parity_ratio'], (8 * 145) / (32 * 90));
  // Of 4,640: students 1,280 Black, 1,280 Asian, 320 Hispanic, 1,760 White; teachers 290, 145, 725, 3,335, and 145 Not Provided.
  close(r['overlap'], 1 - (990 + 1135 + 405 + 1575 + 145) / 9280);
  assert.equal(r['groups_without_a_teacher'], 0);
  assert.equal(r['teachers_to_parity'], 12, '90/145 of 32 is 19.9, 8 are there');
});

test('the region by group: students without access to, and exposed to, teachers of their own group', async () => {
  const rows = await built.rows('select * from marts.region_representation_by_group');
  const group = (id: string) => rows.find((row) => row['demographic_group_id'] === id) ?? {};
  assert.equal(group('asian')['no_access_student_count'], 40, 'the Asian teacher is at C, the Asian students are at A');
  close(group('asian')['no_access_share'], 1);
  close(group('asian')['own_group_exposure'], 0);
  close(group('black_african_american')['no_access_share'], 0);
  close(group('black_african_american')['own_group_exposure'], 0.2);
  close(group('white')['own_group_exposure'], (20 * 0.7 + 30 * 0.75 + 5 * 0.5) / 55);
  close(group('black_african_american')['students_per_teacher'], 20);
  assert.equal(group('black_african_american')['teachers_to_parity'], 7, '40/145 of 32 is 8.8, 2 are there');
  assert.equal(group('not_provided')['student_count'], null, 'students have no such category');
  assert.equal(group('not_provided')['gap_pp'], null);
  assert.equal(group('of_color')['teacher_count'], 8);
});

test('a school by group: the students without a teacher of their own group', async () => {
  const rows = await built.rows(`select demographic_group_id, no_access_student_count, teachers_to_parity
    from marts.school_representation_by_group where school_code = '9001'
      and demographic_group_id in ('asian', 'black_african_american', 'of_color') order by 1`);
  assert.deepEqual(rows, [
    {demographic_group_id: 'asian', no_access_student_count: 40, teachers_to_parity: 4},
    {demographic_group_id: 'black_african_american', no_access_student_count: 0, teachers_to_parity: 2},
    {demographic_group_id: 'of_color', no_access_student_count: 0, teachers_to_parity: 6},
  ]);
});

test('the trend compares a year with the one before, and with the first year whose gap is known', async () => {
  const year = (school_year: string, counts: Cells) =>
    allGrades('9001', 'A', counts).map((row) => ({...row, school_year}));
  const teachers = (school_year: string, races: Record<string, number>) => ({
    cells: {...school('9001', 'A'), school_year},
    races: {...noRaces, ...races},
    genders: {Female: 10, Male: 0, 'Not Provided': 0},
  });
  const over = await build({
    '2017.csv': makeEnrollmentFile(year('2017-18', {black_african_american: 30, white: 70})),
    '2018.csv': makeEnrollmentFile(year('2018-19', {black_african_american: 50, white: 50})),
    '2020.csv': makeEnrollmentFile(year('2020-21', {black_african_american: 60, white: 60})),
    'teachers.csv': makeTeacherFile([
      teachers('2018-19', {'Black/African American': 1, White: 9}),
      teachers('2020-21', {'Black/African American': 2, White: 8}),
    ]),
    'list.csv': makeListFile([{district: '99001', school: '9001', types: ['e']}]),
  });
  const rows = await over.rows(`select school_year, previous_school_year, student_count_change, student_share_change_pp,
      teacher_count_change, round(teacher_share_change_pp, 9) as teacher_share_change_pp, round(gap_change_pp, 9) as gap_change_pp,
      first_school_year_with_gap, round(gap_change_since_first_pp, 9) as gap_change_since_first_pp
    from marts.school_trend where demographic_group_id = 'of_color' order by school_year`);
  const ranks =
    await over.rows(`select school_year, previous_school_year, previous_rank, teachers_of_color_share_change_pp
    from marts.top_schools_by_teachers_of_color order by school_year`);
  over.close();
  const [first, second, third] = rows;
  assert.equal(first?.['previous_school_year'], null);
  assert.equal(first?.['first_school_year_with_gap'], null, 'no teachers, no gap');
  assert.deepEqual(second, {
    school_year: '2018-19',
    previous_school_year: '2017-18',
    student_count_change: 20,
    student_share_change_pp: 20,
    teacher_count_change: null,
    teacher_share_change_pp: null,
    gap_change_pp: null,
    first_school_year_with_gap: '2018-19',
    gap_change_since_first_pp: 0,
  });
  assert.deepEqual(third, {
    school_year: '2020-21',
    previous_school_year: '2018-19',
    student_count_change: 10,
    student_share_change_pp: 0,
    teacher_count_change: 1,
    teacher_share_change_pp: 10,
    gap_change_pp: 10,
    first_school_year_with_gap: '2018-19',
    gap_change_since_first_pp: 10,
  });
  assert.deepEqual(ranks, [
    {school_year: '2018-19', previous_school_year: null, previous_rank: null, teachers_of_color_share_change_pp: null},
    {school_year: '2020-21', previous_school_year: '2018-19', previous_rank: 1, teachers_of_color_share_change_pp: 10},
  ]);
});
