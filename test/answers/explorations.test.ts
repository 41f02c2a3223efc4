import assert from 'node:assert/strict';
import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {after, before, test} from 'node:test';
import {parse} from 'csv-parse/sync';
import {explorations} from '../../src/answers/explorations.ts';
import {projectFolder} from '../../src/project-folder.ts';
import {enumerateTrials} from '../support/chance.ts';
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

test('widening: each school with the interval of its change, and how probable it is that chance alone gives one without 0', async () => {
  const rows = await explore('widening');
  assert.deepEqual(
    rows.map(({school_name, since_school_year, gap_since_pp, gap_pp, is_beyond_chance}) => [
      school_name,
      since_school_year,
      Number(gap_since_pp).toFixed(6),
      Number(gap_pp).toFixed(6),
      is_beyond_chance,
    ]),
    [
      ['B', '2018-19', '-20.000000', '-30.000000', false],
      ['A', '2018-19', '-40.000000', '-20.000000', false],
    ],
  );
  // B: 0 of 10 both times, while the students' share rose by 0.1; A: 1 and 4 of 10, and as much. The two shares then lie 0.1 apart,
  // around what both years have together.
  const probabilities = rows.map(({chance_probability}) => Number(chance_probability).toFixed(9));
  assert.deepEqual(probabilities, [
    enumerateChance(10, 0, 10, 0.1).toFixed(9),
    enumerateChance(10, 0.2, 10, 0.3).toFixed(9),
  ]);
  assert.ok(Number(probabilities[1]) > 0.02 && Number(probabilities[1]) < 0.07, probabilities[1]);
});

/** Returns the probability that Newcombe's interval leaves out the true difference of two shares, outcome by outcome. */
function enumerateChance(then: number, pThen: number, now: number, pNow: number): number {
  const outcomes = (n: number, p: number) => enumerateTrials(Array.from({length: n}, () => p));
  let sum = 0;
  for (const [x, px] of outcomes(then, pThen).entries()) {
    for (const [y, py] of outcomes(now, pNow).entries()) {
      const [past, present] = [x / then, y / now];
      const change = present - past - (pNow - pThen);
      const low = change - Math.hypot(present - findBound(y, now, -1), findBound(x, then, 1) - past);
      const high = change + Math.hypot(findBound(y, now, 1) - present, past - findBound(x, then, -1));
      if (low > 0 || high < 0) sum += px * py;
    }
  }
  return sum;
}

/** Finds Wilson's bound by its definition: the farthest share from which so many are 1.96 standard errors away. */
function findBound(x: number, n: number, side: -1 | 1): number {
  const seen = x / n;
  let [inside, outside] = [seen, side < 0 ? 0 : 1];
  for (let step = 0; step < 200; step++) {
    const middle = (inside + outside) / 2;
    const isInside = Math.abs(seen - middle) <= 1.959963984540054 * Math.sqrt((middle * (1 - middle)) / n);
    if (isInside) inside = middle;
    else outside = middle;
  }
  return inside;
}

test('widening says how many schools chance alone would let seem changed, and so many or more', () => {
  const notes = explorations.find(({name}) => name === 'widening')?.notes;
  const rows = (beyond: number) =>
    [0.5, 0.5, 0.25].map((chance_probability, index) => ({chance_probability, is_beyond_chance: index < beyond}));
  assert.match(notes?.(rows(0))[0] ?? '', /^0 of 3 schools .* about 1\.3 schools seem so\. These/);
  // Two or more of three: both of the first, or one of them and the third: 1/4 + 1/2 · 1/4.
  assert.match(
    notes?.(rows(2))[0] ?? '',
    /^2 of 3 schools .* 2 or more would come about with a probability of 37\.5%\./,
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
