import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {answers} from '../../src/answers/answers.ts';
import {ask} from '../../src/answers/ask.ts';
import {open} from '../../src/duckdb/database.ts';
import {exit, Failure} from '../../src/failure.ts';
import {type Built, build, openSampleBuild} from '../support/pipeline.ts';
import {type Cells, makeEnrollmentFile, makeListFile, makeTeacherFile, noRaces} from '../support/publisher.ts';

/** Eight elementary schools; the fifth to the eighth tie. Each school exercises one rule of the ranking. */
const schools = [
  // code, name, Black students of all, Black teachers of all
  {code: '9001', name: 'Vega', students: [30, 60], teachers: [4, 20]},
  {code: '9002', name: 'Mira', students: [20, 40], teachers: [4, 10]}, // same share as Vega, fewer students; same teachers, larger share
  {code: '9003', name: 'Deneb', students: [10, 25], teachers: [3, 10]},
  {code: '9004', name: 'Atlas', students: [10, 50], teachers: [1, 10]}, // ties with the next four
  {code: '9008', name: 'Bellatrix', students: [10, 50], teachers: [1, 10]}, // two of one name: by code
  {code: '9005', name: 'Bellatrix', students: [10, 50], teachers: [1, 10]},
  {code: '9006', name: 'Castor', students: [10, 50], teachers: [1, 10]},
  {code: '9007', name: 'Dubhe', students: [5, 25], teachers: [1, 10]}, // same share, fewer students
] as const;

let built: Built;

before(async () => {
  const cells = (code: string, name: string): Cells => ({
    district_code: '99001',
    district_name: 'Lyra',
    school_code: code,
    school_name: name,
    grade_level: 'All Grades',
  });
  built = await build({
    's.csv': makeEnrollmentFile(
      schools.map(({code, name, students: [black, all]}) => ({
        ...cells(code, name),
        black_african_american: black,
        white: all - black,
      })),
    ),
    't.csv': makeTeacherFile(
      schools.map(({code, name, teachers: [black, all]}) => ({
        cells: cells(code, name),
        races: {...noRaces, 'Black/African American': black, White: all - black},
        genders: {Female: all, Male: 0, 'Not Provided': 0},
      })),
    ),
    'l.csv': makeListFile(schools.map(({code}) => ({district: '99001', school: code, types: ['e']}))),
  });
});
after(() => built.close());

async function answer(name: string, options: {minStudents?: number; minTeachers?: number; group?: string} = {}) {
  const question = answers.find((each) => each.name === name);
  assert.ok(question);
  const db = await open(built.warehouse, {readOnly: true});
  const {rows, notes} = await ask(db, question, {usual: '2020-21', ...options});
  db.close();
  return {rows, notes};
}

test('7a: ranks by share, then larger count, then name, then code; five rows, and the further ties', async () => {
  const rows = await built.rows(`select school_code, tied_beyond, tied_schools from marts.top_schools_by_student_group
    where demographic_group_id = 'black_african_american' and school_type = 'elementary' order by school_rank`);
  assert.deepEqual(
    rows.map(({school_code}) => school_code),
    ['9001', '9002', '9003', '9004', '9005'],
  );
  // 9008, 9006 and 9007 have the share of the fifth, 0.2.
  assert.deepEqual(
    rows.map(({tied_beyond}) => tied_beyond),
    [3, 3, 3, 3, 3],
  );
  assert.equal(rows[0]?.['tied_schools'], 'Bellatrix, Castor, Dubhe');
});

test('7c: ranks by number, then by larger share', async () => {
  const rows = await built.rows(`select school_code, tied_beyond from marts.top_elementary_schools_by_teacher_group
    where demographic_group_id = 'black_african_american' order by school_rank`);
  assert.deepEqual(
    rows.map(({school_code}) => school_code),
    ['9002', '9001', '9003', '9004', '9005'],
  );
  assert.equal(rows[0]?.['tied_beyond'], 3);
});

test('7c: a school without a teacher of a category is not listed, and a note names the categories without any', async () => {
  const zeros = await built.rows(`select count(*) as n from marts.top_elementary_schools_by_teacher_group
    where teacher_count = 0 or demographic_group = 'Not Provided'`);
  assert.deepEqual(zeros, [{n: 0}]);
  const {notes} = await answer('teacher-groups');
  assert.deepEqual(notes, [
    'the files count no teacher of these categories at any elementary school: American Indian/Alaskan Native, Asian, ' +
      'Hispanic/Latino of any race(s), Native Hawaiian/Other Pacific Islander, Two or More Races, ' +
      'Not Provided, Male, Gender X, Not Provided (gender)',
  ]);
});

test('--min-students leaves small schools out and ranks the others, with their own ties', async () => {
  const {rows, notes} = await answer('student-groups', {minStudents: 40, group: 'black_african_american'});
  assert.deepEqual(
    rows.map((row) => [row['rank'], row['school_code'], row['tied_beyond'], row['tied_schools']]),
    // Deneb and Dubhe have 25 students, Mira exactly 40. Of the four schools with 10 of 50, the last is beyond.
    [
      [1, '9001', 1, 'Castor'],
      [2, '9002', 1, 'Castor'],
      [3, '9004', 1, 'Castor'],
      [4, '9005', 1, 'Castor'],
      [5, '9008', 1, 'Castor'],
    ],
  );
  assert.deepEqual(notes, [
    '2 schools of the region are left out: fewer than 40 students, or a number that is not known',
  ]);
});

test('--min-teachers leaves small schools out of every answer', async () => {
  const codes = async (name: string) => [
    ...new Set((await answer(name, {minTeachers: 11})).rows.map((row) => row['school_code'])),
  ];
  for (const {name} of answers) assert.deepEqual(await codes(name), ['9001'], name);
  const {rows, notes} = await answer('teachers-of-color', {minStudents: 61, minTeachers: 11});
  assert.deepEqual(rows, []);
  assert.deepEqual(notes, [
    '8 schools of the region are left out: fewer than 61 students or 11 teachers, or a number that is not known',
    'no school is left with what the answer needs',
  ]);
});

test('with a minimum of 0, ranks and ties are those of the marts', async () => {
  const sample = await openSampleBuild();
  const db = await open(sample.warehouse, {readOnly: true});
  let tied = 0;
  for (const each of answers) {
    for (const year of ['2018-19', '2020-21', '2022-23']) {
      const options = {region: 'road_map', group: 'all'};
      const all = await db.rows(each.sql(year, options));
      assert.deepEqual(await db.rows(each.sql(year, {...options, minStudents: 0, minTeachers: 0})), all, each.name);
      tied += all.filter((row) => / others?$/.test(String(row['tied_schools']))).length;
    }
  }
  db.close();
  sample.close();
  assert.ok(tied > 0, 'some lists have more ties than are named');
});

test('a size that no school is known to have is wrong usage', async () => {
  const without = await build({
    's.csv': makeEnrollmentFile([
      {district_code: '99001', school_code: '9001', grade_level: 'All Grades', black_african_american: 4, white: 6},
    ]),
    'l.csv': makeListFile([{district: '99001', school: '9001', types: ['e']}]),
  });
  const db = await open(without.warehouse, {readOnly: true});
  const [studentGroups] = answers;
  assert.ok(studentGroups);
  await assert.rejects(ask(db, studentGroups, {usual: '2020-21', minTeachers: 10}), (error) => {
    assert.ok(error instanceof Failure);
    assert.equal(error.exitCode, exit.usage);
    assert.match(error.message, /^--min-teachers 10: the published build has no .* for 2020-21, so nobody knows/);
    return true;
  });
  db.close();
  without.close();
});

test('7c: a school without a total is in no ranking, even if its categories have figures', async () => {
  const without = await build({
    't.csv': makeTeacherFile([
      {
        cells: {district_code: '99001', district_name: 'Lyra', school_code: '9001', school_name: 'Vega'},
        races: {'Black/African American': 4, White: 6, 'Not Provided': 0},
        genders: {Female: 10, Male: 0, 'Not Provided': 0},
      },
      {
        cells: {district_code: '99001', district_name: 'Lyra', school_code: '9002', school_name: 'Mira'},
        races: {'Black/African American': 2, White: 2, 'Not Provided': 0},
        genders: {Female: 4, Male: 0, 'Not Provided': 0},
      },
    ])
      .replaceAll(/^(.*,9001,Vega,)10(,.*)$/gm, '$1NULL$2')
      .replace('All,All,10', 'All,All,NULL'),
    'l.csv': makeListFile(['9001', '9002'].map((school) => ({district: '99001', school, types: ['e' as const]}))),
  });
  const rows = await without.rows('select distinct school_code from marts.top_elementary_schools_by_teacher_group');
  const named = without.checks.find(({check, status}) => check === 'total_given' && status === 'warn');
  without.close();
  assert.deepEqual(rows, [{school_code: '9002'}]);
  assert.deepEqual(named?.samples, ['Lyra, Vega']);
});
