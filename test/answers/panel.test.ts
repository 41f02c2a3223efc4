import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {describePanelTrend, describeSchoolTrend} from '../../site/words/sentences.ts';
import {answers} from '../../src/answers/answers.ts';
import {ask} from '../../src/answers/ask.ts';
import {explorations} from '../../src/answers/explorations.ts';
import {chooseRegion} from '../../src/answers/regions.ts';
import {open, type Row} from '../../src/duckdb/database.ts';
import {readRegion} from '../../src/report/organizations.ts';
import {readSchools} from '../../src/report/schools.ts';
import {type Built, build} from '../support/pipeline.ts';
import {type Cells, makeEnrollmentFile, makeListFile, makeTeacherFile, noRaces} from '../support/publisher.ts';

/**
 * Schools of one district, of color and in all, in two school years:
 *
 *        students            teachers
 *   A    90/100 → 90/100     48/80 → 56/70     gap −30 → −10
 *   B    20/100 → 30/100     1/10  → 2/10      gap −10 → −10
 *   C    50/100 → 50/100     0/50  → 0/50
 *   D    50/100 → 50/100     0/40  → 0/40
 *
 * A and B together: 110 → 120 of 200 students (+5 points), 49 of 90 → 58 of 80 teachers (+18.06 points).
 */
const counts: Record<string, {students: [number, number]; teachers: [[number, number], [number, number]]}> = {
  A: {
    students: [90, 90],
    teachers: [
      [48, 80],
      [56, 70],
    ],
  },
  B: {
    students: [20, 30],
    teachers: [
      [1, 10],
      [2, 10],
    ],
  },
  C: {
    students: [50, 50],
    teachers: [
      [0, 50],
      [0, 50],
    ],
  },
  D: {
    students: [50, 50],
    teachers: [
      [0, 40],
      [0, 40],
    ],
  },
};
const years = ['2018-19', '2020-21'] as const;
const changeOfAAndB = 100 * (58 / 80 - 49 / 90) - 5;

/** Builds the schools; those in `withoutTeachers` have none in the second year. A grade of A is another one then. */
async function buildYears(names: readonly string[], withoutTeachers: readonly string[] = []): Promise<Built> {
  const cellsOf = (name: string): Cells => ({
    district_code: '99001',
    district_name: 'Lyra',
    school_code: `900${names.indexOf(name)}`,
    school_name: name,
  });
  const students = years.map((school_year, year) =>
    makeEnrollmentFile(
      names.flatMap((name) => {
        const black = counts[name]?.students[year] ?? 0;
        const grade = name === 'A' && year === 1 ? '2nd Grade' : '1st Grade';
        return [grade, 'AllGrades'].map((grade_level) => ({
          ...cellsOf(name),
          school_year,
          grade_level,
          black_african_american: black,
          white: 100 - black,
        }));
      }),
    ),
  );
  const teachers = years.flatMap((school_year, year) =>
    names
      .filter((name) => year === 0 || !withoutTeachers.includes(name))
      .map((name) => {
        const [black, all] = counts[name]?.teachers[year] ?? [0, 0];
        return {
          cells: {...cellsOf(name), school_year},
          races: {...noRaces, 'Black/African American': black, White: all - black},
          genders: {Female: all, Male: 0, 'Not Provided': 0},
        };
      }),
  );
  return build({
    '2018.csv': students[0] ?? '',
    '2020.csv': students[1] ?? '',
    'teachers.csv': makeTeacherFile(teachers),
    'list.csv': makeListFile(names.map((_, index) => ({district: '99001', school: `900${index}`, types: ['e']}))),
  });
}

let all: Built;
let taken: Built;
before(async () => {
  all = await buildYears(['A', 'B', 'C', 'D']);
  taken = await buildYears(['A', 'B', 'C', 'D'], ['C', 'D']);
});
after(() => {
  all.close();
  taken.close();
});

const readTrend = async (built: Built, organization: string): Promise<Row> =>
  (
    await built.rows(`select * from marts.${organization}_trend
      where school_year = '2020-21' and demographic_group_id = 'of_color'`)
  )[0] ?? {};
const close = (actual: unknown, expected: number) =>
  assert.ok(Math.abs(Number(actual) - expected) < 1e-9, `${actual} is not ${expected}`);

test('two schools lose their teachers’ figures in one year: the change is that of the other two, as if those had never been there', async () => {
  const alone = await buildYears(['A', 'B']);
  for (const organization of ['region', 'district']) {
    const [with4, with2, only2] = [
      await readTrend(all, organization),
      await readTrend(taken, organization),
      await readTrend(alone, organization),
    ];
    assert.deepEqual([with4['compared_school_count'], with4['matched_school_count']], [4, 4]);
    assert.deepEqual([with2['compared_school_count'], with2['matched_school_count']], [2, 2]);
    assert.equal(with2['matched_since_first_school_count'], 2);
    for (const [ending, row] of [
      ['', with2],
      ['', only2],
      ['_since_first', with2],
      ['_since_first', only2],
    ] as const) {
      assert.equal(row[`student_count_change${ending}`], 10);
      assert.equal(row[`teacher_count_change${ending}`], 9);
      close(row[`student_share_change${ending}_pp`], 5);
      close(row[`teacher_share_change${ending}_pp`], 100 * (58 / 80 - 49 / 90));
      close(row[`gap_change${ending}_pp`], changeOfAAndB);
    }
    // The gap of whoever is there: 49 of 180 teachers to 58 of 80.
    const before4 = 100 * (49 / 180 - 210 / 400);
    close(Number(with2['gap_pp']) - before4, 100 * (58 / 80 - 49 / 180) - (60 - 52.5));
    assert.equal(with4['teacher_count_change'], 9);
    close(with4['gap_change_pp'], 100 * (58 / 170 - 49 / 180) - 2.5);
  }
  alone.close();
});

test('explore closing counts the schools of the panel, and names the others', async () => {
  const closing = explorations.find(({name}) => name === 'closing');
  const [district = {}, region = {}] = await taken.rows(closing?.sql('2020-21', {region: 'road_map'}) ?? '');
  for (const row of [district, region]) {
    assert.equal(row['unmatched_schools'], 'C; D');
    assert.deepEqual(
      ['matched_school_count', 'closing_count', 'widening_count', 'unclear_count'].map((column) => row[column]),
      [2, 1, 0, 1],
    );
    close(row['gap_change_pp'], changeOfAAndB);
  }
});

test('the interval of a school’s change is Newcombe’s: 56 of 70 against 48 of 80 is 5.24 to 33.39 points, as in his paper', async () => {
  const [a = {}, b = {}] = await all.rows(`select * from marts.school_trend
    where school_year = '2020-21' and demographic_group_id = 'of_color' and school_name in ('A', 'B') order by school_name`);
  assert.equal(Number(a['gap_change_low_pp']).toFixed(2), '5.24');
  assert.equal(Number(a['gap_change_high_pp']).toFixed(2), '33.39');
  assert.equal(a['gap_change_verdict'], 'narrowed');
  assert.equal(a['grade_span_changed'], true);
  assert.equal(b['gap_change_verdict'], 'no clear change');
  assert.equal(b['grade_span_changed'], false);
});

test('pages state the change in points and people, name the schools left out, and call a school’s gap narrower only if it clearly is', async () => {
  const db = await open(taken.warehouse, {readOnly: true});
  const region = await readRegion(db, '2020-21', await chooseRegion(db));
  const schools = await readSchools(db, '2020-21', 'road_map');
  db.close();
  assert.deepEqual(describePanelTrend(region.trend, region.change), {
    finding: 'Between 2018–19 and 2020–21, the gap changed by +13.1 points at the same 2 schools',
    note: 'Students of color: +10, their share +5.0 points. Teachers of color: +9, their share +18.1 points. Both at the 2 schools with figures for both years. Not among them: C and D.',
  });
  const [a, b] = schools.map(({trend, change}) => describeSchoolTrend(trend, change));
  assert.match(a?.finding ?? '', /^The gap has narrowed: from −30\.0 to −10\.0 points/);
  assert.match(a?.note ?? '', /\+20\.0 points.* \+5 to \+33\. The school’s grades changed in between\.$/);
  assert.match(b?.finding ?? '', /^No clear change of the gap: from −10\.0 to −10\.0 points/);
});

test('students of a year without any teachers keep their figures; nothing is compared', async () => {
  const [row = {}] = await taken.rows(`select * from marts.region_representation where school_year = '2020-21'`);
  assert.equal(row['compared_school_count'], 2);
  assert.equal(row['all_students_count'], 200, 'where some schools are compared, students are theirs');
  const none = await buildYears(['A', 'B'], ['A', 'B']);
  const [without = {}] = await none.rows(`select * from marts.region_representation where school_year = '2020-21'`);
  const [past = {}] = await none.rows(`select * from marts.school_trend
    where school_name = 'A' and school_year = '2020-21' and demographic_group_id = 'of_color'`);
  none.close();
  assert.equal(without['compared_school_count'], 0);
  assert.equal(without['students_of_color_count'], 120);
  close(without['students_of_color_share'], 0.6);
  for (const column of ['all_teachers_count', 'gap_pp', 'no_access_student_count', 'own_group_exposure', 'is_small'])
    assert.equal(without[column], null, column);
  assert.equal(past['previous_school_year'], '2018-19', 'its students are known in both years');
  assert.equal(past['gap_change_verdict'], null);
});

test('7b says that teachers are people, and may count at two schools', async () => {
  const schools = answers.find(({number}) => number === '7b');
  assert.ok(schools);
  const db = await open(taken.warehouse, {readOnly: true});
  const {notes} = await ask(db, schools, {usual: '2020-21'});
  db.close();
  assert.deepEqual(notes, ['teachers are people, not full-time posts. A teacher of two schools may count at both']);
});
