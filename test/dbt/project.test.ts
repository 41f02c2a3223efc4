import assert from 'node:assert/strict';
import {test} from 'node:test';
import {buildGraph} from '../../src/dbt/graph/graph.ts';
import {readProject} from '../../src/dbt/project/read-project.ts';
import {runTests} from '../../src/dbt/run/data-tests.ts';
import {buildModels} from '../../src/dbt/run/models.ts';
import {open} from '../../src/duckdb/database.ts';
import {Failure} from '../../src/failure.ts';
import {writeTinyProject} from '../support/dbt-project.ts';

const described = (name: string, ...columns: string[]) =>
  `models:\n  - name: ${name}\n    columns:\n${columns.map((column) => `      - name: ${column}\n`).join('')}`;

async function built(files: Record<string, string>) {
  const db = await open();
  await db.run('create schema raw; create table raw.numbers as select range as n from range(5)');
  const graph = buildGraph(await readProject(await writeTinyProject(files)));
  await buildModels(db, graph);
  return {db, tests: await runTests(db, graph)};
}

const sources = 'sources:\n  - name: raw\n    tables:\n      - name: numbers\n';

test('models are built in the order of their refs, not of their names; vars, macros, dispatch and loops are rendered', async () => {
  const {db} = await built({
    'models/a.sql': `select {{ double('n') }} as n from {{ ref('z') }} order by n`,
    'models/a.yml': described('a', 'n'),
    'models/z.sql': `select n from {{ source('raw', 'numbers') }} where n < {{ var('limit') }}{% for k in [3, 4] %} or n = {{ k }}{% endfor %}`,
    'models/z.yml': described('z', 'n'),
    'models/raw.yml': sources,
    'macros/double.sql': `{% macro double(x) %}{{ return(adapter.dispatch('double', 'tiny')(x)) }}{% endmacro %}
{% macro default__double(x) %}{{ x }} * 20{% endmacro %}{% macro duckdb__double(x) %}{{ x }} * 2{% endmacro %}
{# What is there for other engines is theirs. #}
{% macro spark__double(x) %}{% do run_query(this) %}{% endmacro %}`,
  });
  assert.deepEqual(
    await db.rows('select n from main.a order by n'),
    [0, 2, 6, 8].map((n) => ({n})),
  );
});

test('seeds are loaded with the types in their yml', async () => {
  const {db} = await built({
    'seeds/codes.csv': 'code,is_new\n007,true\n',
    'seeds/seeds.yml': 'seeds:\n  - name: codes\n    config:\n      column_types: {code: varchar, is_new: boolean}\n',
    'models/m.sql': `select code, is_new from {{ ref('codes') }}`,
    'models/m.yml': described('m', 'code', 'is_new'),
  });
  assert.deepEqual(await db.rows('select * from main.m'), [{code: '007', is_new: true}]);
});

test("dbt's four tests, the project's own tests and singular tests report the number of failing rows", async () => {
  const {tests} = await built({
    'models/raw.yml': sources,
    'models/m.sql': `select n % 3 as k, case when n > 0 then n end as n from {{ source('raw', 'numbers') }}`,
    'models/m.yml': `models:
  - name: m
    columns:
      - name: k
        data_tests:
          - unique
          - accepted_values: {arguments: {values: [0, 1]}}
          - above: {arguments: {limit: 0}, config: {severity: warn}}
      - name: n
        data_tests:
          - not_null
          - relationships: {arguments: {to: ref('o'), field: n}}
          - unique
`,
    'models/o.sql': 'select 1 as n union all select 2',
    'models/o.yml': described('o', 'n'),
    'data-tests/generic/above.sql':
      '{% test above(model, column_name, limit) %}select * from {{ model }} where {{ column_name }} <= {{ limit }}{% endtest %}',
    'data-tests/nothing_over_3.sql': `select * from {{ ref('m') }} where n > 3`,
  });
  const failing = Object.fromEntries(tests.map(({name, status, failing}) => [name, [status, failing]]));
  // k is 0 1 2 0 1, n is null 1 2 3 4.
  assert.deepEqual(failing, {
    unique_m_k: ['error', 2],
    accepted_values_m_k: ['error', 1],
    above_m_k: ['warn', 2],
    not_null_m_n: ['error', 1],
    relationships_m_n: ['error', 2],
    unique_m_n: ['pass', 0],
    nothing_over_3: ['error', 1],
  });
  assert.deepEqual(tests.find(({name}) => name === 'nothing_over_3')?.samples, [{k: 1, n: 4}]);
});

/** Builds a project that must fail, and returns the message. */
async function failure(files: Record<string, string>): Promise<string> {
  try {
    await built(files);
  } catch (error) {
    assert.ok(error instanceof Failure, String(error));
    return error.message;
  }
  assert.fail('it was built');
}

const model = (sql: string) => ({'models/m.sql': sql, 'models/m.yml': described('m', 'n')});

test('an SQL error shows the file, and the compiled SQL with line numbers', async () => {
  const message = await failure(model(`select nn\nfrom {{ ref('o') }}`));
  assert.match(message, /dbt\/models\/m\.sql: the model or seed "o" is not in the project/);
  const wrong = await failure(model('select nn as n\nfrom range(3)'));
  assert.match(wrong, /^dbt\/models\/m\.sql: .*nn/);
  assert.match(wrong, / {3}2 {2}from range\(3\)$/);
});

test('a model must have exactly the columns that its yml describes', async () => {
  assert.match(await failure(model('select 1 as n, 2 as o')), /models\/m\.sql: .*not described: o/);
  assert.match(await failure(model('select 1 as o')), /not described: o; described, but not there: n/);
  assert.match(await failure({'models/m.sql': 'select 1 as n'}), /models\/m\.sql: no yml describes the model/);
});

test('models that depend on each other in a cycle are named', async () => {
  const message = await failure({
    'models/a.sql': `select n from {{ ref('b') }}`,
    'models/a.yml': described('a', 'n'),
    'models/b.sql': `select n from {{ ref('a') }}`,
    'models/b.yml': described('b', 'n'),
  });
  assert.match(message, /the models depend on each other in a cycle: a → b → a/);
});

test('columns have the order and the types of the yml', async () => {
  const typed = (type: string) => ({
    'models/m.sql': "select 1 as n, 'x' as o",
    'models/m.yml': `models: [{name: m, columns: [{name: n, data_type: ${type}}, {name: o, data_type: string}]}]`,
  });
  assert.match(
    await failure({'models/m.sql': 'select 1 as n, 2 as o', 'models/m.yml': described('m', 'o', 'n')}),
    /^dbt\/models\/m\.sql: its columns are not in the order .*: column 1 is n, and the yml has o there\.$/,
  );
  // Names of one type are the same type: int is INTEGER, string is VARCHAR.
  for (const type of ['integer', 'int', 'INT4']) await built(typed(type));
  assert.match(
    await failure(typed('bigint')),
    /^dbt\/models\/m\.sql: its column n is INTEGER, and its yml says BIGINT\.$/,
  );
});

test('Jinja is rendered in the arguments and the where of a test', async () => {
  const {tests} = await built({
    'models/raw.yml': sources,
    'dbt_project.yml': 'name: tiny\nvars: {limit: 2, known: [0, 1, 2]}\n',
    'models/m.sql': "select n from {{ source('raw', 'numbers') }}",
    'models/m.yml': `models:
  - name: m
    columns:
      - name: n
        data_tests:
          - accepted_values: {arguments: {values: "{{ var('known') }}"}}
          - not_negative: {arguments: {shift: "{{ var('limit') * 2 }}"}, config: {where: "n > {{ var('limit') }}"}}
`,
    'data-tests/generic/not_negative.sql':
      '{% test not_negative(model, column_name, shift) %}select * from {{ model }} where {{ column_name }} < {{ shift }}{% endtest %}',
  });
  // n is 0 to 4: 3 and 4 are not among the known; of those over 2, only 3 is less than 4.
  assert.deepEqual(Object.fromEntries(tests.map(({name, failing}) => [name, failing])), {
    accepted_values_m_n: 2,
    not_negative_m_n: 1,
  });
});

test("an error names an argument that one of dbt's generic tests lacks or does not know", async () => {
  const tested = (test: string) => ({
    'models/m.sql': 'select 1 as n',
    'models/m.yml': `models: [{name: m, columns: [{name: n, data_tests: [${test}]}]}]`,
  });
  assert.match(
    await failure(tested('{accepted_values: {}}')),
    /accepted_values takes column_name, values, and values is missing/,
  );
  assert.match(
    await failure(tested('{unique: {arguments: {severity: warn}}}')),
    /unique takes column_name, and severity is none of them/,
  );
  assert.match(await failure(tested('{relationships: {arguments: {to: o, field: n}}}')), /"o" is not ref\('model'\)/);
});

test('two models or seeds must not share a name', async () => {
  const twin = {
    'models/core/m.sql': 'select 1 as n',
    'models/marts/m.sql': 'select 2 as n',
    'models/m.yml': described('m', 'n'),
  };
  assert.match(await failure(twin), /^dbt\/models\/marts\/m\.sql: dbt\/models\/core\/m\.sql has the same name\./);
});
