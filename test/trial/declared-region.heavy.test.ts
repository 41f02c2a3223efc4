import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {type Built, build, buildFrom} from '../support/pipeline.ts';

const trial = process.env['ROLLCALL_TRIAL_DATA'];
const skip = trial === undefined && 'the trial data are not here: ROLLCALL_TRIAL_DATA is not set';

/** Compares the region of the list with the declared one, on the real enrollment of 2020-21. */
let listed: Built;
let declared: Built;

before(async () => {
  if (trial === undefined) return;
  const {readFile} = await import('node:fs/promises');
  const list = await readFile(`${trial}/RoadMapProjectSchoolList.txt`);
  const enrollment = await readFile(`${trial}/ospi/Report_Card_Enrollment_KingCounty_2020-21_School_Year.csv`);
  listed = await build({'list.txt': list, 'students.csv': enrollment});
  declared = await buildFrom(`${trial}/ospi`);
});
after(() => {
  listed?.close();
  declared?.close();
});

const region = `select school_id from core.bridge_school_region where school_year = '2020-21' order by 1`;
const types = `select school_id, string_agg(school_type_id, ' ' order by school_type_id) as types
  from core.bridge_school_type where school_year = '2020-21' group by 1 order by 1`;
const ids = (rows: Record<string, unknown>[]) => rows.map(({school_id}) => String(school_id));

test('every school of the list is in the declared region, and its other schools are in districts that belong to it as a whole', {
  skip,
}, async () => {
  const inList = new Set(ids(await listed.rows(region)));
  const inDeclared = ids(await declared.rows(region));
  assert.equal(inList.size, 194);
  for (const id of inList) assert.ok(inDeclared.includes(id), id);
  const beyond = inDeclared.filter((id) => !inList.has(id));
  assert.equal(beyond.length, 25);
  assert.ok(
    beyond.every((id) => /^(17210|17401|17403|17406|17408|17415)-/.test(id)),
    beyond.join(' '),
  );
});

test("the school types derived from grades match the list's, for every school in it", {skip}, async () => {
  const ofList = await listed.rows(types);
  const told = new Map((await declared.rows(types)).map((row) => [row['school_id'], row['types']]));
  assert.equal(ofList.length, 194);
  for (const {school_id, types} of ofList) assert.equal(told.get(school_id), types, String(school_id));
});

test('the decision says how the students of the list and of the declared region differ', {skip}, async () => {
  const count = async (built: Built) =>
    await built.rows(`select count(distinct school_id) as schools,
        sum(student_count) filter (demographic_group_id = 'total') as students,
        sum(student_count) filter (groups.is_of_color) as of_color,
        sum(student_count) filter (demographic_group_id = 'students_with_disabilities') as with_disabilities
      from core.fct_enrollment_all_grades
      join core.bridge_school_region using (school_year, school_id)
      join core.dim_demographic_group as groups using (demographic_group_id)
      where school_year = '2020-21'`);
  // Added up from the lines of the file, outside of Rollcall.
  assert.deepEqual(await count(listed), [{schools: 194, students: 116983, of_color: 88773, with_disabilities: 15989}]);
  assert.deepEqual(await count(declared), [
    {schools: 219, students: 120687, of_color: 91317, with_disabilities: 16827},
  ]);
});
