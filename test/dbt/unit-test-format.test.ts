import assert from 'node:assert/strict';
import {test} from 'node:test';
import {buildGraph} from '../../src/dbt/graph/graph.ts';
import {readProject} from '../../src/dbt/project/read-project.ts';
import {runUnitTests} from '../../src/dbt/run/unit-tests.ts';
import {open} from '../../src/duckdb/database.ts';
import {Failure} from '../../src/failure.ts';
import {writeTinyProject} from '../support/dbt-project.ts';

/** A model that counts people by city: those older than the var `limit`, which is 2, and those of unknown age. */
const model = `with people as (
    select * from {{ ref('people') }}
),

cities as (
    select * from {{ source('raw', 'cities') }}
)

select
    cities.name as city,
    count(case when people.age > {{ var('limit') }} then 1 end) as older_count,
    count(case when people.age is null then 1 end) as unknown_count
from people
inner join cities
    on people.city_id = cities.id
group by cities.name`;

/** Runs one unit test of that model, given as YAML. */
async function outcome(written: string): Promise<string[]> {
  const graph = buildGraph(
    await readProject(
      await writeTinyProject({
        'models/m.sql': model,
        'models/people.sql': "select 'Ann' as name, 1 as city_id, 2 as age, current_date as born_on",
        'models/raw.yml': 'sources: [{name: raw, tables: [{name: cities}]}]',
        'models/units.yml': `unit_tests:\n  - name: u\n    model: m\n${written.replaceAll(/^/gm, '    ')}`,
      }),
    ),
  );
  const db = await open();
  await db.run(`create schema raw; create table raw.cities (id integer, name varchar);
    create table main.people (name varchar, city_id integer, age integer, born_on date)`);
  const [result] = await runUnitTests(db, graph);
  db.close();
  assert.equal(result?.status, result?.found.length === 0 ? 'pass' : 'error');
  return result?.found ?? ['it was not run'];
}

const cities = `  - input: source('raw', 'cities')
    rows:
      - {id: 1, name: Kent}
      - {id: 2, name: Auburn}`;
const people = `  - input: ref('people')
    rows:
      - {city_id: 1, age: 3}
      - {city_id: 1}
      - {city_id: 1, age: 2}
      - {city_id: 2, age: 9}`;

test('rows can be given as dictionaries, CSV or SQL; omitted columns are null', async () => {
  const expected = `expect:
  rows:
    - {city: Auburn, older_count: 1, unknown_count: 0}
    - {city: Kent, older_count: 1, unknown_count: 1}`;
  assert.deepEqual(await outcome(`given:\n${cities}\n${people}\n${expected}`), []);
  const csv = `  - input: ref('people')
    format: csv
    rows: |
      city_id,age
      1,3
      1,
      1,2
      2,9`;
  assert.deepEqual(await outcome(`given:\n${cities}\n${csv}\n${expected}`), []);
  const sql = `  - input: ref('people')
    format: sql
    rows: |
      select 1 as city_id, 3 as age union all select 1, null union all select 1, {{ var('limit') }}
      union all select 2, 9`;
  assert.deepEqual(await outcome(`given:\n${cities}\n${sql}\n${expected}`), []);
});

test('only the expected columns are compared, in any order of rows; if a query is expected, all columns are', async () => {
  assert.deepEqual(await outcome(`given:\n${cities}\n${people}\nexpect:\n  rows: [{city: Kent}, {city: Auburn}]`), []);
  assert.deepEqual(
    await outcome(`given:\n${cities}\n${people}\nexpect: {format: csv, rows: "unknown_count\\n0\\n1"}`),
    [],
  );
  const query = (unknown: number) =>
    `expect: {format: sql, rows: "select 'Kent' as city, 1 as older_count, ${unknown} as unknown_count union all select 'Auburn', 1, 0"}`;
  assert.deepEqual(await outcome(`given:\n${cities}\n${people}\n${query(1)}`), []);
  assert.notDeepEqual(await outcome(`given:\n${cities}\n${people}\n${query(0)}`), []);
});

test('a unit test can override vars', async () => {
  assert.deepEqual(
    await outcome(`overrides: {vars: {limit: 1}}\ngiven:\n${cities}\n${people}
expect: {rows: [{city: Kent, older_count: 2}, {city: Auburn, older_count: 1}]}`),
    [],
  );
});

test('a failure shows the expected rows beside the actual ones', async () => {
  assert.deepEqual(
    await outcome(`given:\n${cities}\n${people}
expect: {rows: [{city: Kent, older_count: 2}, {city: Auburn, older_count: 1}, {city: null, older_count: 1}]}`),
    ['  city    older_count', '  Auburn  1', '- Kent    2', '- null    1', '+ Kent    1'],
  );
});

test('the number of copies of a row matters', async () => {
  const twins = `given:\n${cities}\n${people}\nexpect: {rows: [{older_count: 1}`;
  assert.deepEqual(await outcome(`${twins}, {older_count: 1}]}`), []);
  assert.deepEqual(await outcome(`${twins}]}`), ['  older_count', '  1', '+ 1']);
  assert.deepEqual(await outcome(`${twins}, {older_count: 1}, {older_count: 1}]}`), [
    '  older_count',
    '  1',
    '  1',
    '- 1',
  ]);
});

test('if no rows are expected, any row is a failure', async () => {
  assert.deepEqual(await outcome(`given:\n${cities}\n  - {input: ref('people'), rows: []}\nexpect: {rows: []}`), []);
  const found = await outcome(`given:\n${cities}\n${people}\nexpect: {rows: []}`);
  assert.deepEqual(found, [
    '  city    older_count  unknown_count',
    '+ Auburn  1            0',
    '+ Kent    1            1',
  ]);
});

test("the error says why a unit test can't run", async () => {
  const found = async (text: string) => (await outcome(text)).join('\n');
  assert.match(await found(`given:\n${cities}\nexpect: {rows: []}`), /^No rows are given for people, which m reads/);
  assert.match(
    await found(`given:\n${cities}\n  - {input: ref('people'), rows: [{town: 1}]}\nexpect: {rows: []}`),
    /^people has no column town\. It has name, city_id, age, born_on\.$/,
  );
  assert.match(
    await found(`given:\n${cities}\n${people}\nexpect: {rows: [{town: 1}]}`),
    /^m has no column town\. It has city, older_count, unknown_count\.$/,
  );
  assert.match(
    await found(`given:\n${cities}\n  - {input: ref('people'), rows: [{city_id: x}]}\nexpect: {rows: []}`),
    /Could not convert string 'x' to INT32/,
  );
  assert.match(
    await found(
      `given:\n${cities}\n${people}\nexpect: {rows: [{city: Kent, older_count: 1}, {older_count: 1, city: Auburn}]}`,
    ),
    /do not all name the same columns in the same order/,
  );
  assert.match(
    await found(`given:\n${cities}\n${people}\n  - {input: ref('nobody'), rows: []}\nexpect: {rows: []}`),
    /^The input nobody is not/,
  );
});

test('rows that are ambiguous, or not in the format they claim, are refused', async () => {
  const refused = async (text: string) => {
    const error = await outcome(text).catch((thrown: unknown) => thrown);
    assert.ok(error instanceof Failure, String(error));
    return error.message;
  };
  const given = (row: string) => `given: [{input: ref('people'), rows: [${row}]}]\nexpect: {rows: []}`;
  for (const cell of ['007', '2020-09-01', 'yes', '12:30', '1_000'])
    assert.match(await refused(given(`{name: ${cell}}`)), /YAML readers disagree on what .* means\. Put it in quotes/);
  assert.match(
    await refused(given('{name: [1]}')),
    /is not a text, a number, true, false or null|not rows of plain values/,
  );
  assert.match(await refused(`given: [{input: ref('people')}]\nexpect: {rows: []}`), /given: 0: rows: is missing/);
  assert.match(
    await refused('given: []\nexpect: {format: csv, rows: []}'),
    /expect: its rows are not of the format csv/,
  );
  assert.match(await refused('given: []\nexpect: {format: csv, rows: "a,b\\n1"}'), /expect: .*columns/i);
  assert.match(await refused('given: []\nexpect: {format: xml, rows: []}'), /format/);
  assert.match(
    await refused('given: [{input: people, rows: []}]\nexpect: {rows: []}'),
    /the input "people" is not ref/,
  );
});
