import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {type Built, build} from '../support/pipeline.ts';
import {type Cells, makeEnrollmentFile, makeListFile, makeTeacherFile} from '../support/publisher.ts';

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
        races: {'Black/African American': black, White: all - black, 'Not Provided': 0},
        genders: {Female: all, Male: 0, 'Not Provided': 0},
      })),
    ),
    'l.csv': makeListFile(schools.map(({code}) => ({district: '99001', school: code, types: ['e']}))),
  });
});
after(() => built.close());

test('7a: ranks by share, then larger count, then name, then code; five rows, and the number of further ties', async () => {
  const rows = await built.rows(`select school_code, tied_beyond from marts.top_schools_by_student_group
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

test('7c: Not Provided stands under both types, with five rows although every number is 0', async () => {
  const rows = await built.rows(`select category_type, demographic_group, count(*) as n, any_value(tied_beyond) as tied
    from marts.top_elementary_schools_by_teacher_group where demographic_group = 'Not Provided' group by all order by 1`);
  assert.deepEqual(rows, [
    {category_type: 'gender', demographic_group: 'Not Provided', n: 5, tied: 3},
    {category_type: 'race_ethnicity', demographic_group: 'Not Provided', n: 5, tied: 3},
  ]);
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
