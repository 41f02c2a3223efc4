import assert from 'node:assert/strict';
import {test} from 'node:test';
import {buildGraph} from '../../src/dbt/graph/graph.ts';
import {select} from '../../src/dbt/graph/select.ts';
import {readProject} from '../../src/dbt/project/read-project.ts';
import {develop} from '../../src/dbt/run/develop.ts';
import {buildModels} from '../../src/dbt/run/models.ts';
import {open} from '../../src/duckdb/database.ts';
import {exit, Failure} from '../../src/failure.ts';
import {writeTinyProject} from '../support/dbt-project.ts';

/** raw.numbers → a → b → c, and an unrelated d. In all of them n is 1, 2, 3. */
const files = {
  'models/raw.yml': 'sources: [{name: raw, tables: [{name: numbers}]}]',
  'models/a.sql': "select n from {{ source('raw', 'numbers') }}",
  'models/b.sql': "select n from {{ ref('a') }}",
  'models/c.sql': "select n from {{ ref('b') }}",
  'models/d.sql': "select n from {{ source('raw', 'numbers') }}",
  'models/all.yml': `models:\n${['a', 'b', 'c', 'd'].map((name) => `  - {name: ${name}, columns: [{name: n}]}\n`).join('')}`,
};

const read = async (changes: Record<string, string>) =>
  buildGraph(await readProject(await writeTinyProject({...files, ...changes})));

/** Builds the project, changes some of its files, and rebuilds the selected models. */
async function changed(changes: Record<string, string>, ...selectors: string[]) {
  const db = await open();
  await db.run('create schema raw; create table raw.numbers as select unnest([1, 2, 3]) as n');
  await buildModels(db, await read({}));
  const graph = await read(changes);
  const {tables, ...developed} = await develop(db, graph, select(graph, selectors), () => {});
  return {
    ...developed,
    tables,
    results: Object.fromEntries(tables.map(({name, status}) => [name, status])),
    sum: async (table: string) => (await db.rows(`select sum(n) as n from main.${table}`))[0]?.['n'],
  };
}

const dataTest = (on: string, severity: string) => ({
  'data-tests/no_threes.sql': `{{ config(severity='${severity}') }} select * from {{ ref('${on}') }} where n = 3`,
});

test('selected models are rebuilt; their unselected inputs stay unchanged', async () => {
  const tenfold = {'models/a.sql': "select n * 10 as n from {{ source('raw', 'numbers') }}"};
  const only = await changed(tenfold, 'b');
  assert.deepEqual(only.results, {b: 'built'});
  assert.deepEqual([await only.sum('a'), await only.sum('b')], [6, 6]);
  const both = await changed(tenfold, 'a+');
  assert.deepEqual(both.results, {a: 'built', b: 'built', c: 'built'});
  assert.deepEqual([await both.sum('a'), await both.sum('c')], [60, 60]);
  const [a] = both.tables;
  assert.deepEqual(
    {...a, seconds: null},
    {
      name: 'a',
      status: 'built',
      rows: 3,
      columns: 1,
      passed: 0,
      warned: 0,
      failed: 0,
      seconds: null,
    },
  );
});

test('a model can change from a table to a view and back', async () => {
  const {results, sum} = await changed(
    {'models/b.sql': `{{ config(materialized='view') }} select n + 1 as n from {{ ref('a') }}`},
    'b',
  );
  assert.deepEqual([results, await sum('c'), await sum('b')], [{b: 'built'}, 6, 9]);
});

test('models that depend on a table with a failed data test are skipped; a warning skips nothing', async () => {
  const failed = await changed(dataTest('b', 'error'));
  assert.deepEqual(failed.results, {a: 'built', b: 'built', c: 'skipped', d: 'built'});
  assert.deepEqual(failed.skipped, [{name: 'c', kind: 'table', because: 'no_threes failed'}]);
  const [result] = failed.tests;
  assert.deepEqual([result?.status, result?.failing, result?.samples], ['error', 1, [{n: 3}]]);
  assert.deepEqual(result?.paths, ['b ← a ← raw.numbers']);
  assert.deepEqual(
    failed.tables.map(({failed}) => failed),
    [0, 1, 0, 0],
  );
  const warned = await changed(dataTest('b', 'warn'));
  assert.deepEqual(warned.results, {a: 'built', b: 'built', c: 'built', d: 'built'});
  assert.deepEqual(
    warned.tables.map(({warned}) => warned),
    [0, 1, 0, 0],
  );
});

test('a model whose unit test fails is not built', async () => {
  const unit = (expected: number) => ({
    'models/unit.yml': `unit_tests:
  - {name: u, model: b, given: [{input: ref('a'), rows: [{n: 5}]}], expect: {rows: [{n: ${expected}}]}}`,
  });
  const failed = await changed(unit(6));
  assert.deepEqual(failed.results, {a: 'built', b: 'skipped', c: 'skipped', d: 'built'});
  assert.deepEqual(failed.unitTests[0]?.found, ['  n', '- 6', '+ 5']);
  const passed = await changed(unit(5));
  assert.deepEqual(passed.results, {a: 'built', b: 'built', c: 'built', d: 'built'});
  assert.deepEqual(
    passed.tables.map(({passed}) => passed),
    [0, 1, 0, 0],
  );
});

test('a model with an SQL error fails alone, and its old table is removed', async () => {
  const {results, failures, sum} = await changed({'models/b.sql': "select m as n from {{ ref('a') }}"});
  assert.deepEqual(results, {a: 'built', b: 'failed', c: 'skipped', d: 'built'});
  assert.equal(failures.length, 1);
  assert.match(failures[0]?.message ?? '', /^dbt\/models\/b\.sql: line 1 \(1 of the compiled SQL\): .*"m"/);
  await assert.rejects(sum('b'), /does not exist/);
});

test('a new model that reads an unselected new one fails, and the error says to select that one too', async () => {
  const pair = {
    'models/e.sql': "select n from {{ ref('d') }}",
    'models/f.sql': "select n from {{ ref('e') }}",
    'models/new.yml': 'models: [{name: e, columns: [{name: n}]}, {name: f, columns: [{name: n}]}]',
    'data-tests/both.sql':
      "select e.n from {{ ref('e') }} as e inner join {{ ref('f') }} as f on e.n = f.n where e.n > 3",
  };
  await assert.rejects(changed(pair, 'f'), (error) => {
    assert.ok(error instanceof Failure);
    assert.match(
      error.message,
      /^dbt\/models\/f\.sql: f reads e, which is neither selected nor in the published build yet\. .*--select \+f\.$/,
    );
    return error.exitCode === exit.usage;
  });
  const first = await changed(pair, 'e');
  assert.deepEqual(
    [first.results, first.skipped],
    [{e: 'built'}, [{name: 'both', kind: 'test', because: 'f is not built yet'}]],
  );
  const {results, tests} = await changed(pair, '1+f');
  assert.deepEqual([results, tests.map(({status}) => status)], [{e: 'built', f: 'built'}, ['pass']]);
});

test('a test that is selected alone runs on the existing tables', async () => {
  const {results, tests} = await changed(dataTest('c', 'error'), 'no_threes');
  assert.deepEqual(results, {c: 'there'});
  assert.equal(tests[0]?.failing, 1);
});

test('results are listed in the order of the models, whichever finishes first', async () => {
  const changes = {...dataTest('b', 'warn'), 'data-tests/none.sql': "select * from {{ ref('a') }} where n > 3"};
  const once = await changed(changes);
  for (let run = 0; run < 5; run++) {
    const again = await changed(changes);
    assert.deepEqual(
      again.tables.map(({name}) => name),
      once.tables.map(({name}) => name),
    );
    assert.deepEqual(again.tests, once.tests);
  }
});
