import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import type {Answer} from '../../src/answers/answers.ts';
import {ask, readCoverage} from '../../src/answers/ask.ts';
import {chooseRegion} from '../../src/answers/regions.ts';
import {type Database, open} from '../../src/duckdb/database.ts';
import {exit, Failure} from '../../src/failure.ts';

/** Two regions of a state with sources, the second of which is sorted first, and one of a state without sources. */
const regions = `create table core.dim_region (region_id varchar, region_name varchar, place varchar, state varchar, sort_order integer);
  insert into core.dim_region values ('south', 'South', null, 'Washington', 2), ('north', 'North', 'The north', 'Washington', 1),
    ('east', 'East', null, 'Nowhere', 3);`;

/** How an answer is chosen and annotated, on a warehouse written by hand. The answer's own query does not matter here. */
let db: Database;
before(async () => {
  db = await open();
  await db.run(`
    create schema raw; create schema core; create schema seeds; ${regions}
    create schema intermediate; create schema marts;
    create table seeds.region_districts (region_id varchar, district_id varchar, district_name varchar, is_whole boolean);
    insert into seeds.region_districts values
      ('north', '1', 'One School District', true), ('south', '2', 'Two School District', true),
      ('north', '3', 'Three School District', true), ('north', '4', 'Four School District No. 4', false);
    create table core.dim_district (district_id varchar, district_name varchar);
    insert into core.dim_district values ('1', 'One School District'), ('4', 'Four School District No. 4');
    create table core.dim_school (school_id varchar, district_id varchar);
    insert into core.dim_school values ('a', '1'), ('b', '4'), ('c', '4');
    create table core.dim_school_snapshot (school_year varchar, school_id varchar, has_enrollment boolean, has_teachers boolean);
    insert into core.dim_school_snapshot values ('2022-23', 'b', true, true), ('2022-23', 'c', false, true), ('2021-22', 'b', true, false);
    create table intermediate.int_school_list (region_id varchar, school_year varchar, district_id varchar, is_in_region boolean);
    insert into intermediate.int_school_list values ('north', '2020-21', '1', true), ('north', '2020-21', '4', true), ('north', '2020-21', '9', false);
    create table marts.region_changes (region_id varchar, school_year varchar, list_school_year varchar, school_id varchar,
      school_name varchar, district_name varchar, is_whole_district boolean, change varchar);
    insert into marts.region_changes values
      ('north', '2022-23', '2020-21', 'n', 'New', 'One School District', true, 'opened'),
      ('south', '2022-23', '2020-21', 's', 'South', 'Two School District', true, 'opened');
    create table seeds.region_schools (region_id varchar);
    insert into seeds.region_schools values ('north'), ('south'), ('south');
    create table raw.source_partition (school_year varchar, source_id varchar, rows_loaded bigint, is_preliminary boolean default false);
    insert into raw.source_partition (school_year, source_id, rows_loaded) values
      ('2019-20', 'ospi-enrollment', 5), ('2020-21', 'ospi-enrollment', 5), ('2020-21', 'ospi-teachers', 5),
      ('2020-21', 'school-list', 5), ('2021-22', 'ospi-enrollment', 5), ('2021-22', 'ospi-teachers', 0),
      ('2022-23', 'ospi-teachers', 5), (null, 'school-list', 5);
    create table core.bridge_school_region (school_year varchar, region_id varchar, list_school_year varchar, school_id varchar);
    insert into core.bridge_school_region values
      ('2019-20', 'north', '2020-21', null), ('2020-21', 'north', '2020-21', null), ('2021-22', 'north', null, 'b'),
      ('2022-23', 'north', '2020-21', 'b'), ('2022-23', 'north', '2020-21', 'c'), ('2020-21', 'south', '2019-20', null),
      ('2020-21', 'east', null, null);
    create table core.dim_demographic_group (demographic_group_id varchar, sort_order integer);
    insert into core.dim_demographic_group values ('white', 3), ('total', 1), ('asian', 2), ('not_provided', 4);
    create table core.fct_enrollment_all_grades (demographic_group_id varchar);
    insert into core.fct_enrollment_all_grades values ('white'), ('asian'), ('total');`);
});
after(() => db.close());

const students: Answer = {
  name: 'students',
  question: 'How many?',
  needs: ['enrollment', 'school_list'],
  wants: ['teachers'],
  whenEmpty: 'nobody is there',
  columns: ['year', 'wanted'],
  sections: [],
  sql: (year, {region, group}) =>
    `select '${year}' as year, '${group ?? ''}' as wanted, '${region}' as region where '${year}' <> '2019-20'`,
};
const both: Answer = {...students, name: 'both', needs: ['enrollment', 'teachers', 'school_list'], wants: []};
const teachers: Answer = {...students, name: 'teachers', needs: ['teachers', 'school_list'], wants: []};

async function failure(asked: Promise<unknown>): Promise<Failure> {
  const error = await asked.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof Failure, String(error));
  return error;
}

test('a year lists the sources that loaded rows, and the school list if it has a region; the latest year comes first', async () => {
  const [students, teachers] = [['ospi-enrollment', 'enrollment'] as const, ['ospi-teachers', 'teachers'] as const];
  const year = (
    schoolYear: string,
    has: (readonly [string, string])[],
    listYear: string | null,
    list = ['school_list'],
  ) => {
    const [sources, subjects] = [has.map(([id]) => id), has.map(([, subject]) => subject)];
    return {schoolYear, sources, subjects: [...subjects, ...list], listYear, preliminary: []};
  };
  assert.deepEqual(await readCoverage(db, await chooseRegion(db)), [
    year('2022-23', [teachers], '2020-21'),
    year('2021-22', [students], null),
    year('2020-21', [students, teachers], '2020-21'),
    year('2019-20', [students], '2020-21'),
  ]);
  assert.deepEqual(await readCoverage(db, await chooseRegion(db, 'south')), [
    year('2022-23', [teachers], null, []),
    year('2021-22', [students], null, []),
    year('2020-21', [students, teachers], '2019-20'),
    year('2019-20', [students], null, []),
  ]);
  assert.deepEqual(await readCoverage(db, await chooseRegion(db, 'east')), [], 'no source belongs to its state');
});

test('an answer is about the first region, or about the one that --region names', async () => {
  const of = async (region?: string) =>
    (await ask(db, students, {usual: '2020-21', ...(region !== undefined && {region})})).rows;
  assert.deepEqual(await of(), [{year: '2020-21', wanted: '', region: 'north'}]);
  assert.deepEqual(await of('south'), [{year: '2020-21', wanted: '', region: 'south'}]);
  const {message, exitCode} = await failure(of('west'));
  assert.equal(exitCode, exit.usage);
  assert.equal(message, '--region west: there is no such region. There are: north, south, east.');
});

test('the configured year is answered without a note', async () => {
  const {schoolYear, rows, notes} = await ask(db, students, {usual: '2020-21'});
  assert.deepEqual([schoolYear, rows, notes], ['2020-21', [{year: '2020-21', wanted: '', region: 'north'}], []]);
});

test('without a configured year, an answer is about the newest with students and teachers, if it can be, and names the others', async () => {
  for (const answer of [students, both, teachers]) assert.equal((await ask(db, answer, {})).schoolYear, '2020-21');
  assert.deepEqual((await ask(db, students, {})).otherYears, ['2021-22', '2019-20']);
  assert.equal((await ask(db, students, {wanted: 'latest'})).schoolYear, '2021-22', 'the latest has no teachers');
});

test('if the configured year has no answer, the newest with students and teachers is used, and a note says so', async () => {
  const other = await ask(db, teachers, {usual: '2019-20'});
  assert.equal(other.schoolYear, '2020-21');
  assert.deepEqual(other.notes, ["2019-20 can't be answered from the published build; this is 2020-21"]);
  const carried = await ask(db, teachers, {wanted: '2022-23'});
  assert.match(carried.notes[1] ?? '', /of 2022-23 are those of the 2020-21 school list, carried over/);
  const latest = await ask(db, both, {usual: '2019-20', wanted: 'latest'});
  assert.equal(latest.schoolYear, '2020-21');
  assert.deepEqual(latest.notes, [], 'that was asked for');
});

test('notes tell the reader about empty columns, a declared region, and an answer without rows', async () => {
  const declared = await ask(db, students, {usual: '2020-21', wanted: 'latest'});
  assert.equal(declared.schoolYear, '2021-22');
  assert.equal(declared.notes.length, 3);
  assert.match(declared.notes[1] ?? '', /^no Report Card Teacher Demographics for 2021-22: the columns .* are empty$/);
  assert.match(
    declared.notes[2] ?? '',
    /^no school list is given: the region is 2 districts whole and 1 school of others, as declared/,
  );
  const empty = await ask(db, students, {usual: '2020-21', wanted: '2019-20'});
  assert.deepEqual(empty.rows, []);
  assert.equal(empty.notes.at(-1), 'nobody is there');
});

test('an answer says which districts it is of, and names the schools that a carried-over list leaves out', async () => {
  // By the list, districts 1 and 4, and by the seeds 3 too. Of 4, two schools have teachers, one of them students too; of 1, none has anything.
  const {place, notes} = await ask(db, teachers, {usual: '2022-23'});
  assert.equal(place, '2 schools of Four School District No. 4');
  assert.equal(
    notes[0],
    'the figures are of 2 schools of Four School District No. 4, not of the whole North: there is no data for One and Three',
  );
  assert.deepEqual(notes.slice(2), [
    'schools that opened since the 2020–21 list, left out (1): New (One School District)',
  ]);
  const sums: Answer = {...teachers, sql: () => `select unnest(['One', 'North']) as name`};
  const named = (await ask(db, sums, {usual: '2022-23'})).rows.map(({name}) => name);
  assert.deepEqual(
    named,
    ['One', '2 schools of Four School District No. 4'],
    'a sum of some districts is not the region',
  );
  // Without a list, the seeds say which districts: 1, 3 and a part of 4. The name of 3 is in no file, only in the seed.
  const declared = await ask(db, students, {usual: '2021-22'});
  assert.equal(declared.place, '1 school of Four School District No. 4');
  assert.match(declared.notes[0] ?? '', /there is no data for One and Three$/);
  // Where no district has figures, the answer is empty, and nothing is said of districts.
  assert.equal((await ask(db, students, {usual: '2020-21'})).place, undefined);
});

test('an unknown year is wrong usage; for a year that lacks a source, the error names it and the years that have an answer', async () => {
  const absent = await failure(ask(db, both, {usual: '2020-21', wanted: '2018-19'}));
  assert.equal(absent.exitCode, exit.usage);
  assert.match(absent.message, /^--year 2018-19: .* \(it has 2022-23, 2021-22, 2020-21, 2019-20\)\.$/);
  const lacking = await failure(ask(db, both, {usual: '2020-21', wanted: '2021-22'}));
  assert.equal(lacking.exitCode, exit.failed);
  assert.match(
    lacking.message,
    /^both can't be answered for 2021-22: .* has no Report Card Teacher Demographics for it\..* It can be answered for 2020-21 \(--year\)\.$/,
  );
});

test('if no year has an answer, the error says what the configured year lacks', async () => {
  const never: Answer = {...both, needs: ['teachers', 'enrollment', 'school_list']};
  const asked = async (partitions: string) => {
    const empty = await open();
    await empty.run(`create schema raw; create schema core; ${regions}
      create table raw.source_partition (school_year varchar, source_id varchar, rows_loaded bigint, is_preliminary boolean default false);
      create table core.bridge_school_region (school_year varchar, region_id varchar, list_school_year varchar);
      ${partitions}`);
    const {message} = await failure(ask(empty, never, {usual: '2020-21'}));
    empty.close();
    return message;
  };
  const message = await asked('');
  const lacking = await asked(`insert into raw.source_partition values ('2020-21', 'ospi-enrollment', 1, false)`);
  assert.match(
    message,
    /the published build has no Report Card Teacher Demographics and no Report Card Enrollment\. Add/,
  );
  assert.match(
    lacking,
    /for 2020-21: .* no Report Card Teacher Demographics and no .*school list for it\. Add [^.]*\.$/i,
  );
});

test('--group takes a group of students or "all"; the total of everybody is refused', async () => {
  const asked = (group: string) => ask(db, students, {usual: '2020-21', group});
  assert.deepEqual((await asked('asian')).rows, [{year: '2020-21', wanted: 'asian', region: 'north'}]);
  assert.deepEqual((await asked('all')).rows, [{year: '2020-21', wanted: 'all', region: 'north'}]);
  for (const group of ['total', 'not_provided', 'martians', '']) {
    const {message, exitCode} = await failure(asked(group));
    assert.equal(exitCode, exit.usage);
    assert.equal(message, `--group ${group}: there is no such group of students. There are: asian, white; or all.`);
  }
});
