import assert from 'node:assert/strict';
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {type TestContext, test} from 'node:test';
import {readProject} from '../../src/dbt/project/read-project.ts';
import {type Database, open} from '../../src/duckdb/database.ts';
import {writeTinyProject} from '../support/dbt-project.ts';
import {makeTemporaryFolder} from '../support/temporary.ts';
import {compareTable, compareTests} from './compare.ts';

const schools = "select 'Vega' as name, 64 as students, 0.5e0 as share";

/** Returns the differences between two tables, each given as a query. */
async function differences(t: TestContext, here: string, there: string, tolerance = 1e-9): Promise<string[]> {
  const db = await sides(t);
  await db.run(`create table here.schools as ${here}; create table there.schools as ${there}`);
  const relation = {schema: 'main', name: 'schools'};
  return (await compareTable(db, ['here', 'there'], relation, tolerance)).differences;
}

async function sides(t: TestContext): Promise<Database> {
  const db = await open();
  t.after(() => db.close());
  await db.run("attach ':memory:' as here; attach ':memory:' as there");
  return db;
}

test('equal tables do not differ, in any order of rows', async (t) => {
  const rows = ["('Vega', 64, 0.5e0)", "('Algol', null, null)", "('Vega', 64, 0.5e0)"];
  const table = (values: string[]) => `select * from (values ${values.join(', ')}) as t(name, students, share)`;
  assert.deepEqual(await differences(t, table(rows), table(rows.toReversed())), []);
});

const others: Record<string, string> = {
  'a changed letter': schools.replace('Vega', 'vega'),
  'a changed number': schools.replace('64', '65'),
  'a null instead of a value': schools.replace("'Vega'", 'cast(null as varchar)'),
  'a null instead of a fraction': schools.replace('0.5e0', 'cast(null as double)'),
  'a changed fraction': schools.replace('0.5e0', '0.5000001e0'),
  'an extra row': `${schools} union all select 'Algol', 1, 0.1e0`,
  'a duplicate row': `${schools} union all ${schools}`,
  'no rows': `${schools} where false`,
  'a column type': schools.replace('64', 'cast(64 as bigint)'),
  'a column name': schools.replace('as share', 'as part'),
  'an extra column': `${schools}, true as is_open`,
  'the order of the columns': "select 64 as students, 'Vega' as name, 0.5e0 as share",
};
for (const [what, other] of Object.entries(others)) {
  test(`${what} is a difference, on either side`, async (t) => {
    assert.notDeepEqual(await differences(t, schools, other), []);
    assert.notDeepEqual(await differences(t, other, schools), []);
  });
}

test('a fraction may differ by the tolerance, relative to its size', async (t) => {
  const thousand = schools.replace('0.5e0', '1000e0');
  const near = schools.replace('0.5e0', '1000.0000009e0');
  assert.deepEqual(await differences(t, thousand, near), []);
  assert.notDeepEqual(await differences(t, thousand, near, 0), []);
  assert.notDeepEqual(await differences(t, thousand, schools.replace('0.5e0', '1000.0000011e0')), []);
});

test('rows that differ only in fractions are paired by size', async (t) => {
  const pair = (first: string, second: string) =>
    `${schools.replace('0.5e0', first)} union all ${schools.replace('0.5e0', second)}`;
  assert.deepEqual(await differences(t, pair('0.1e0', '0.9e0'), pair('0.9000000001e0', '0.1e0')), []);
  assert.notDeepEqual(await differences(t, pair('0.1e0', '0.9e0'), pair('0.9e0', '0.9e0')), []);
});

test('a missing table is a difference', async (t) => {
  const db = await sides(t);
  await db.run(`create table here.schools as ${schools}`);
  const {differences} = await compareTable(db, ['here', 'there'], {schema: 'main', name: 'schools'}, 0);
  assert.deepEqual(differences, ['it is not there in there']);
});

/** Returns what compareTests finds for a project with one model, two tests on it and one in a file, given dbt's results. */
async function testDifferences(t: TestContext, changes: Record<string, {status: string; failures?: number | null}>) {
  const project = await readProject(
    await writeTinyProject({
      'models/schools.sql': 'select 1 as id',
      'models/schools.yml': `
models: [{name: schools, columns: [{name: id, data_tests: [unique, {accepted_values: {arguments: {values: [2]}}}]}]}]
unit_tests: [{name: one, model: schools, given: [], expect: {rows: [{id: 1}]}}]`,
      'data-tests/ids_are_small.sql': "select * from {{ ref('schools') }} where id > 9",
    }),
  );
  const db = await open();
  t.after(() => db.close());
  await db.run(`create schema audit; create table audit.test_result as select * from (values
    ('models/schools.yml', 'unique_schools_id', 0), ('models/schools.yml', 'accepted_values_schools_id', 1),
    ('data-tests/ids_are_small.sql', 'ids_are_small', 0)) as t(path, test_name, failing_count)`);
  const target = makeTemporaryFolder('target');
  const model = "{{ get_where_subquery(ref('schools')) }}";
  const generic = (name: string, kwargs: object) => ({
    resource_type: 'test',
    name,
    test_metadata: {name, kwargs: {column_name: 'id', model, ...kwargs}},
  });
  const nodes = {
    'model.tiny.schools': {resource_type: 'model', name: 'schools'},
    'test.tiny.unique': generic('unique', {}),
    'test.tiny.accepted': generic('accepted_values', {values: [2]}),
    'test.tiny.small': {resource_type: 'test', name: 'ids_are_small'},
  };
  const outcomes: Record<string, {status: string; failures?: number | null}> = {
    'model.tiny.schools': {status: 'success'},
    'test.tiny.unique': {status: 'pass', failures: 0},
    'test.tiny.accepted': {status: 'fail', failures: 1},
    'test.tiny.small': {status: 'pass', failures: 0},
    'unit_test.tiny.schools.one': {status: 'pass'},
    ...changes,
  };
  const results = Object.entries(outcomes).map(([unique_id, outcome]) => ({
    unique_id,
    failures: null,
    message: null,
    ...outcome,
  }));
  writeFileSync(join(target, 'manifest.json'), JSON.stringify({nodes}));
  writeFileSync(join(target, 'run_results.json'), JSON.stringify({results}));
  return (await compareTests(db, project, target)).flatMap(({differences}) => differences);
}

test('equal tests with equal numbers of failing rows do not differ', async (t) => {
  assert.deepEqual(await testDifferences(t, {}), []);
});

const otherOutcomes = {
  'a test with another number of failing rows': {'test.tiny.accepted': {status: 'fail', failures: 2}},
  'a test that passes on one side only': {'test.tiny.accepted': {status: 'pass', failures: 0}},
  'a test that ends in an error': {'test.tiny.small': {status: 'error'}},
  'a test that was skipped': {'test.tiny.small': {status: 'skipped'}},
  'a model that fails': {'model.tiny.schools': {status: 'error'}},
  'a unit test that fails': {'unit_test.tiny.schools.one': {status: 'fail', failures: 1}},
  'an extra unit test': {'unit_test.tiny.schools.two': {status: 'pass'}},
};
for (const [what, changes] of Object.entries(otherOutcomes)) {
  test(`${what} is a difference`, async (t) => assert.equal((await testDifferences(t, changes)).length, 1));
}
