import assert from 'node:assert/strict';
import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {after, before, test} from 'node:test';
import {parse} from 'csv-parse/sync';
import {explorations} from '../../src/answers/explorations.ts';
import {projectFolder} from '../../src/project-folder.ts';
import {type Built, build, openSampleBuild} from '../support/pipeline.ts';
import {type Cells, makeEnrollmentFile, makeListFile, makeTeacherFile, noRaces} from '../support/publisher.ts';

/**
 * Two schools of one district, in two school years:
 *
 *              students             teachers            gap
 *   2018-19  A  50 Black, 50 White   1 Black, 9 White   −40
 *            B  40 Latine, 160 White 10 White           −20
 *   2020-21  A  60 Black, 40 White   4 Black, 6 White   −20
 *            B  60 Latine, 140 White 10 White           −30
 */
let built: Built;

const school = (code: string): Cells => ({
  district_code: '99001',
  district_name: 'Lyra',
  school_code: code,
  school_name: code === '9001' ? 'A' : 'B',
});
const students = (school_year: string, code: string, counts: Cells): Cells[] =>
  ['1st Grade', 'AllGrades'].map((grade_level) => ({...school(code), school_year, grade_level, ...counts}));
const teachers = (school_year: string, code: string, black: number) => ({
  cells: {...school(code), school_year},
  races: {...noRaces, 'Black/African American': black, White: 10 - black},
  genders: {Female: 10, Male: 0, 'Not Provided': 0},
});

before(async () => {
  built = await build({
    '2018.csv': makeEnrollmentFile([
      ...students('2018-19', '9001', {black_african_american: 50, white: 50}),
      ...students('2018-19', '9002', {hispanic_latino: 40, white: 160}),
    ]),
    '2020.csv': makeEnrollmentFile([
      ...students('2020-21', '9001', {black_african_american: 60, white: 40}),
      ...students('2020-21', '9002', {hispanic_latino: 60, white: 140}),
    ]),
    'teachers.csv': makeTeacherFile([
      teachers('2018-19', '9001', 1),
      teachers('2018-19', '9002', 0),
      teachers('2020-21', '9001', 4),
      teachers('2020-21', '9002', 0),
    ]),
    'list.csv': makeListFile([
      {district: '99001', school: '9001', types: ['e']},
      {district: '99001', school: '9002', types: ['e']},
    ]),
  });
});
after(() => built.close());

async function explore(name: string) {
  const exploration = explorations.find((candidate) => candidate.name === name);
  assert.ok(exploration);
  const rows = await built.rows(exploration.sql('2020-21', {region: 'road_map'}));
  assert.deepEqual(Object.keys(rows[0] ?? {}), exploration.columns);
  return rows;
}

test('growth: with 120 of 300 students of color, parity needs 8 of 20 teachers; there are 4', async () => {
  const expected = {
    all_teachers_count: 20,
    teachers_of_color_count: 4,
    teachers_of_color_share: 0.2,
    students_of_color_share: 0.4,
    teachers_to_parity: 4,
    growth_ratio: 2,
  };
  assert.deepEqual(await explore('growth'), [
    {name: 'Lyra', ...expected},
    {name: 'Road Map Project region', ...expected},
  ]);
});

test('closing: together the gap went from −25 to −20, and at neither school is the change clear with 10 teachers', async () => {
  const expected = {
    since_school_year: '2018-19',
    compared_school_count: 2,
    matched_school_count: 2,
    students_of_color_count_change: 30,
    students_of_color_share_change_pp: '10.000',
    teachers_of_color_count_change: 3,
    teachers_of_color_share_change_pp: '15.000',
    gap_change_pp: '5.000',
    closing_count: 0,
    widening_count: 0,
    unclear_count: 2,
    unmatched_schools: null,
  };
  const rows = await explore('closing');
  assert.deepEqual(
    rows.map((row) =>
      Object.fromEntries(
        Object.entries(row).map(([column, value]) => [
          column,
          column.endsWith('_pp') ? Number(value).toFixed(3) : value,
        ]),
      ),
    ),
    [
      {name: 'Lyra', ...expected},
      {name: 'Road Map Project region', ...expected},
    ],
  );
});

test('size: the larger of two schools has the larger gap', async () => {
  const rows = await explore('size');
  assert.deepEqual(
    rows.map(({size_group, school_count, rank_correlation}) => [size_group, school_count, rank_correlation]),
    [
      ['smallest third', 1, null],
      ['middle third', 1, null],
      ['all schools', 2, 1],
    ],
  );
  assert.equal(Number(rows[2]?.['median_gap_pp']).toFixed(9), '-25.000000000');
});

test('grades: each grade appears once, and the total of all grades does not', async () => {
  assert.deepEqual(await explore('grades'), [
    {grade_name: '1st Grade', student_count: 300, students_of_color_count: 120, students_of_color_share: 0.4},
  ]);
});

test("experience: years divided by teachers, as in the sample file for the list's schools", async () => {
  const rows = parse(
    await readFile(
      join(projectFolder, 'sample/files/Report_Card_Teacher_Demographics_2020-21_School_Year.csv'),
      'utf8',
    ),
    {columns: true, bom: true},
  ) as Record<string, string>[];
  const sample = await openSampleBuild();
  const listed = new Set(
    (
      await sample.rows(`select school_id from raw.school_list, lateral (select district_code || '-' || school_code as school_id)
      where is_in_region`)
    ).map(({school_id}) => school_id),
  );
  const found = await sample.rows(
    explorations.find(({name}) => name === 'experience')?.sql('2020-21', {region: 'road_map'}) ?? '',
  );
  sample.close();
  const ofAsian = rows.filter(
    (row) =>
      row['DemographicCategory'] === 'Asian' &&
      row['SumYearsExperience'] !== 'NULL' &&
      listed.has(`${row['DistrictCode']?.padStart(5, '0')}-${row['SchoolCode']?.padStart(4, '0')}`),
  );
  const sum = (column: string) => ofAsian.reduce((total, row) => total + Number(row[column]), 0);
  const asian = found.find((row) => row['demographic_group_id'] === 'asian');
  assert.ok(sum('TeacherCount') > 10);
  assert.equal(asian?.['teacher_count'], sum('TeacherCount'));
  assert.equal(
    Number(asian?.['average_years']).toFixed(9),
    (sum('SumYearsExperience') / sum('TeacherCount')).toFixed(9),
  );
});
