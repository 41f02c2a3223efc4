import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {
  averageDistance,
  enumerateDraws,
  enumerateTopProbabilities,
  enumerateTrials,
  type Staff,
} from '../support/chance.ts';
import {type Built, build, openSampleBuild} from '../support/pipeline.ts';
import {type Cells, makeEnrollmentFile, makeListFile, makeTeacherFile, noRaces} from '../support/publisher.ts';

/**
 * Three elementary schools of one district. The same three are in a second one, with Latine people in the place of the Black and
 * Asian people in the place of the White ones.
 */
const schools = [
  {name: 'A', students: [10, 10], teachers: [1, 0]},
  {name: 'B', students: [0, 20], teachers: [0, 2]},
  {name: 'C', students: [60, 40], teachers: [12, 18]},
] as const;
const districts = [
  {code: '99001', groups: ['Black/African American', 'White'], columns: ['black_african_american', 'white']},
  {code: '99002', groups: ['Hispanic/Latino of any race(s)', 'Asian'], columns: ['hispanic_latino', 'asian']},
] as const;
const pool = {known: 33, first: 13};

let built: Built;
before(async () => {
  const places = districts.flatMap((district) =>
    schools.map((school, index) => {
      const code = `9${district.code.slice(-1)}0${index}`;
      const cells: Cells = {
        district_code: district.code,
        district_name: district.code,
        school_code: code,
        school_name: school.name,
      };
      return {district, school, code, cells};
    }),
  );
  built = await build({
    'students.csv': makeEnrollmentFile(
      places.flatMap(({district: {columns}, school: {students}, cells}) =>
        ['1st Grade', 'AllGrades'].map((grade_level) => ({
          ...cells,
          grade_level,
          [columns[0]]: students[0],
          [columns[1]]: students[1],
        })),
      ),
    ),
    'teachers.csv': makeTeacherFile(
      places.map(({district: {groups}, school: {teachers}, cells}) => ({
        cells,
        races: {...noRaces, [groups[0]]: teachers[0], [groups[1]]: teachers[1]},
        genders: {Female: teachers[0] + teachers[1], Male: 0, 'Not Provided': 0},
      })),
    ),
    'list.csv': makeListFile(places.map(({district, code}) => ({district: district.code, school: code, types: ['e']}))),
  });
});
after(() => built.close());

const close = (actual: unknown, expected: number, within = 1e-9) =>
  assert.ok(Math.abs(Number(actual) - expected) < within, `${actual} is not ${expected}`);

/** A district's figures of a school, worked out by enumeration: two groups are as far off as each other. */
function enumerate({students, teachers}: (typeof schools)[number]) {
  const drawn = teachers[0] + teachers[1];
  const share = students[0] / (students[0] + students[1]);
  return {
    drawn,
    share,
    overlap: 1 - Math.abs(teachers[0] / drawn - share),
    expected: 1 - averageDistance(enumerateTrials(Array.from({length: drawn}, () => share)), share),
    ofPool: 1 - averageDistance(enumerateDraws(pool.known, pool.first, drawn), share),
  };
}

test('a staff of 1, of 2 and of 30, a share of 0 and of 1: as enumerated, whatever the groups', async () => {
  const rows = await built.rows(
    `select * exclude (representation_band) from marts.school_representation order by district_code, school_name`,
  );
  assert.equal(rows.length, 6);
  for (const [index, row] of rows.entries()) {
    const school = schools[index % 3];
    assert.ok(school);
    const {drawn, overlap, expected, ofPool} = enumerate(school);
    assert.equal(row['known_teachers_count'], drawn);
    close(row['known_overlap'], overlap);
    close(row['overlap_expected'], expected);
    close(row['representation'], overlap / expected);
    close(row['overlap_of_pool'], ofPool);
    close(row['overlap_beyond_pool_pp'], 100 * (overlap - ofPool));
  }
  // By hand: A's one teacher is of either group with probability ½, and ½ off in both. B has only White students and teachers.
  close(rows[0]?.['overlap_expected'], 0.5);
  close(rows[0]?.['representation'], 1);
  close(rows[1]?.['representation'], 1);
});

/** A generator of random numbers that always gives the same ones (Lehmer's). */
function* draw(): Generator<number> {
  for (let state = 20201; ; state = (state * 48271) % 2147483647) yield state / 2147483647;
}

test('twenty thousand random assignments give the same averages', async () => {
  const random = draw();
  const times = 20_000;
  const sums = {distance: [0, 0, 0], squares: 0, dissimilarity: 0, studentsWithout: 0};
  const share = pool.first / pool.known;
  for (let time = 0; time < times; time++) {
    let [left, marked] = [pool.known, pool.first];
    for (const [index, school] of schools.entries()) {
      const {drawn, share: students} = enumerate(school);
      let count = 0;
      for (let each = 0; each < drawn; each++, left--) {
        if (Number(random.next().value) * left >= marked) continue;
        count++;
        marked--;
      }
      sums.distance[index] = (sums.distance[index] ?? 0) + Math.abs(count / drawn - students);
      sums.squares += (count - drawn * share) ** 2;
      sums.dissimilarity += Math.abs(count / pool.first - (drawn - count) / (pool.known - pool.first)) / 2;
      if (count === 0) sums.studentsWithout += school.students[0];
    }
  }
  const rows = await built.rows(
    `select overlap_of_pool from marts.school_representation where district_code = '99001' order by school_name`,
  );
  for (const [index, row] of rows.entries())
    close(row['overlap_of_pool'], 1 - (sums.distance[index] ?? 0) / times, 0.01);
  const [assignment = {}] = await built.rows(`select * from marts.teacher_assignment where organization_id = '99001'`);
  close(assignment['teachers_of_color_variance_expected'], sums.squares / times / 3, 0.01);
  close(assignment['dissimilarity_expected'], sums.dissimilarity / times, 0.003);
  const [access = {}] = await built.rows(`select * from marts.teacher_access
    where organization_id = '99001' and demographic_group_id = 'black_african_american'`);
  close(access['chance_no_teacher_student_share'], sums.studentsWithout / times / 70, 0.005);
});

test('access and assignment, by hand', async () => {
  const [access = {}] = await built.rows(`select * from marts.teacher_access
    where organization_id = '99001' and demographic_group_id = 'black_african_american'`);
  assert.equal(access['student_count'], 70);
  assert.equal(access['no_teacher_student_share'], 0, 'B has no Black teacher, and no Black student');
  close(access['one_teacher_student_share'], 10 / 70);
  close(access['parity_no_teacher_student_share'], (10 * 0.5 + 60 * 0.4 ** 30) / 70);
  close(access['teachers_of_color_exposure'], (10 * 1 + 60 * 0.4) / 70);
  const [white = {}] = await built.rows(`select * from marts.teacher_access
    where organization_id = '99001' and demographic_group_id = 'white'`);
  close(white['teachers_of_color_exposure'], (10 * 1 + 20 * 0 + 40 * 0.4) / 70);

  const [assignment = {}] = await built.rows(`select * from marts.teacher_assignment where organization_id = '99001'`);
  // 1/13, 0 and 12/13 of the Black teachers, 0, 2/20 and 18/20 of the White ones.
  close(assignment['dissimilarity'], (1 / 13 + 2 / 20 + 12 / 13 - 18 / 20) / 2);
  const p = 13 / 33;
  close(assignment['teachers_of_color_variance'], ((1 - p) ** 2 + (2 * p) ** 2 + (12 - 30 * p) ** 2) / 3);
  // Parity is 0.5, 0 and 18 teachers: +0.5, 0 and −6.
  close(assignment['mean_school_gap_pp'], 650 / 33);
  close(assignment['overall_gap_pp'], -550 / 33);
  close(assignment['between_schools_gap_pp'], 100 / 33);
});

test('the probability of being among the first is that of enumerated numbers of better schools, within 0.01', async () => {
  const sample = await openSampleBuild();
  const rows = await sample.rows(`select teachers_of_color_count, all_teachers_count, top_probability
    from intermediate.int_top_probability join marts.school_representation using (school_year, school_id)
    where school_year = '2020-21' order by school_id`);
  sample.close();
  const staffs = rows.map((row): Staff => [Number(row['teachers_of_color_count']), Number(row['all_teachers_count'])]);
  assert.ok(staffs.length > 20);
  const enumerated = enumerateTopProbabilities(staffs, 10);
  close(
    enumerated.reduce((a, b) => a + b, 0),
    10,
    0.01,
  );
  for (const [index, row] of rows.entries()) close(row['top_probability'], enumerated[index] ?? Number.NaN, 0.01);
});
