import assert from 'node:assert/strict';
import {test} from 'node:test';
import {buildGraph} from '../../src/dbt/graph/graph.ts';
import {readProject} from '../../src/dbt/project/read-project.ts';
import {checkFreshness} from '../../src/dbt/run/freshness.ts';
import {buildModels} from '../../src/dbt/run/models.ts';
import {type Database, open} from '../../src/duckdb/database.ts';
import {Failure} from '../../src/failure.ts';
import {writeTinyProject} from '../support/dbt-project.ts';

async function failure(work: () => Promise<unknown>): Promise<string> {
  try {
    await work();
  } catch (error) {
    assert.ok(error instanceof Failure, String(error));
    return error.message;
  }
  assert.fail('it was taken');
}

test('meta, docs, tags, groups and exposures are read from every place where dbt reads them', async () => {
  const project = await readProject(
    await writeTinyProject({
      'dbt_project.yml': `name: tiny
models: {tiny: {+meta: {team: a, level: 1}, +tags: all, +group: people}}
`,
      'models/m.sql': "{{ config(tags=['own'], docs={'show': false}) }} select 1 as n",
      'models/m.yml': `models:
  - name: m
    meta: {level: 2}
    access: public
    columns:
      - {name: n, meta: {unit: km}, config: {tags: [length]}, data_tests: [{unique: {config: {meta: {why: key}}}}]}
groups:
  - {name: people, description: Who counts., owner: {name: Ada, email: a@example.org, slack: counts}}
sources:
  - name: raw
    meta: {publisher: P}
    config: {tags: [landed]}
    tables: [{name: t, tags: [big], config: {meta: {rows: many}}, data_tests: [{unique: {arguments: {column_name: id}}}]}]
exposures:
  - name: page
    label: The page
    type: dashboard
    maturity: high
    url: https://example.org
    description: What people read.
    owner: {name: Ada}
    depends_on: [ref('m'), "source('raw', 't')"]
    config: {tags: [public], meta: {pages: 3}}
`,
    }),
  );
  const [m] = project.models;
  assert.deepEqual(
    {tags: m?.tags, meta: m?.meta, docs: m?.docs, group: m?.group, access: m?.access, contract: m?.isContracted},
    {
      tags: ['all', 'own'],
      meta: {team: 'a', level: 2},
      docs: {show: false},
      group: 'people',
      access: 'public',
      contract: false,
    },
  );
  assert.deepEqual(
    m?.columns?.map(({meta, tags, tests}) => [meta, tags, tests.map((each) => each.meta)]),
    [[{unit: 'km'}, ['length'], [{why: 'key'}]]],
  );
  const table = project.sources.get('raw.t');
  assert.deepEqual([table?.tags, table?.meta], [['landed', 'big'], {publisher: 'P', rows: 'many'}]);
  assert.deepEqual(
    project.tests.map(({name}) => name),
    ['unique_m_n', 'unique_source_raw_t'],
  );
  assert.deepEqual(project.groups, [
    {
      name: 'people',
      description: 'Who counts.',
      owner: {name: 'Ada', email: 'a@example.org', slack: 'counts'},
      path: 'models/m.yml',
      meta: {},
    },
  ]);
  const [page] = project.exposures;
  assert.deepEqual(
    [page?.label, page?.type, page?.maturity, page?.url, page?.description, page?.tags, page?.meta],
    ['The page', 'dashboard', 'high', 'https://example.org', 'What people read.', ['public'], {pages: 3}],
  );
  assert.deepEqual(
    buildGraph(project).exposures.map(({reads}) => reads.map(({name}) => name)),
    [['m', 'raw.t']],
  );
});

test('an owner needs a name or an email, and a group must be declared exactly once', async () => {
  const read = (text: string) =>
    failure(async () => readProject(await writeTinyProject({'models/m.sql': 'select 1 as n', 'models/m.yml': text})));
  assert.match(
    await read('groups: [{name: g, owner: {slack: s}}]'),
    /groups: g: owner: has neither a name nor an email/,
  );
  assert.match(
    await read('groups: [{name: g, owner: {name: a}}, {name: g, owner: {name: b}}]'),
    /there is another group "g"/,
  );
  assert.match(await read('models: [{name: m, config: {group: g}}]'), /m is in the group "g", which no yml declares/);
  assert.match(await read('models: [{name: m, access: private}]'), /m is private and has no group/);
});

test('only its own group may read a private model', async () => {
  const project = (more: Record<string, string>) =>
    writeTinyProject({
      'models/secret.sql': 'select 1 as n',
      'models/own.sql': "{{ config(group='a') }} select n from {{ ref('secret') }}",
      'models/all.yml': `groups: [{name: a, owner: {name: A}}, {name: b, owner: {name: B}}]
models: [{name: secret, access: private, config: {group: a}, columns: [{name: n, data_tests: [unique]}]}]
`,
      ...more,
    });
  const says = (more: Record<string, string>) =>
    failure(async () => buildGraph(await readProject(await project(more))));
  buildGraph(await readProject(await project({})));
  const other = (group: string) => ({'models/other.sql': `{{ config(${group}) }} select n from {{ ref('secret') }}`});
  const isPrivate = /other reads secret, which is private to the group "a"/;
  assert.match(await says(other("group='b'")), isPrivate);
  assert.match(await says(other('')), isPrivate);
  assert.match(
    await says({'data-tests/t.sql': "select * from {{ ref('secret') }}"}),
    /t reads secret, which is private/,
  );
  assert.match(
    await says({
      'models/e.yml': 'exposures: [{name: e, type: ml, owner: {name: A}, depends_on: ["ref(\'secret\')"]}]',
    }),
    /e reads secret, which is private/,
  );
});

test('a contract on names and types of columns is checked before the model is built', async () => {
  const build = async (sql: string, columns: string, db: Database) => {
    const folder = await writeTinyProject({
      'models/m.sql': sql,
      'models/m.yml': `models: [{name: m, config: {contract: {enforced: true}}, columns: [${columns}]}]`,
    });
    await buildModels(db, buildGraph(await readProject(folder)));
  };
  const typed = '{name: n, data_type: int}, {name: o, data_type: string}';
  const db = await open();
  assert.equal(
    await failure(() => build("select 1.5 as n, 'a' as o", typed, db)),
    'dbt/models/m.sql: m breaks its contract. n: expected INTEGER, found DECIMAL(2,1). Fix the query, or the data_type in its yml.',
  );
  assert.match(
    await failure(() => build("select 1 as n, 'a' as p", typed, db)),
    /m breaks its contract\. o: expected VARCHAR, found no such column; p: expected no such column, found VARCHAR\./,
  );
  assert.deepEqual(await db.rows('select table_name from duckdb_tables()'), [], 'nothing is built');
  await build("select 1 as n, 'a' as o", typed, db);
  for (const [type, isHeld] of [
    ['duckdb', true],
    ['spark', false],
  ] as const) {
    const folder = await writeTinyProject({
      'models/m.sql': 'select 1 as n',
      'models/m.yml': `models: [{name: m, config: {contract: {enforced: "{{ target.type == '${type}' }}"}}, columns: [{name: n, data_type: int}]}]`,
    });
    assert.equal((await readProject(folder)).models[0]?.isContracted, isHeld, type);
  }
  assert.match(
    await failure(() => build('select 1 as n', '{name: n}', db)),
    /^dbt\/models\/m\.yml: m has a contract, and its column n has no data_type\./,
  );
  db.close();
});

test('freshness: the age of a source comes from a column or a query, and a source that is too old is reported', async () => {
  const db = await open();
  await db.run(`create schema raw; create table raw.t as select timestamp '2026-01-01 00:00:00' as seen_at;
    create table raw.never as select null::timestamp as seen_at`);
  const told = async (freshness: string, now: string) => {
    const folder = await writeTinyProject({
      'models/m.sql': 'select 1 as n',
      'models/raw.yml': `sources: [{name: raw, freshness: {warn_after: {count: 10, period: day}}, loaded_at_field: seen_at, tables: [${freshness}]}]`,
    });
    const results = await checkFreshness(db, buildGraph(await readProject(folder)), new Date(now));
    return results.map(({status, message}) => message ?? status);
  };
  const old = 'raw.t was last loaded on 2026-01-01, and should not be older than 10 days (dbt/models/raw.yml)';
  assert.deepEqual(await told('{name: t}', '2026-01-10T23:00:00Z'), ['pass']);
  assert.deepEqual(await told('{name: t}', '2026-01-11T00:00:01Z'), [old]);
  // Under config:, as in dbt 1.10. A table without freshness says so with null.
  const hours =
    '{name: t, config: {freshness: {warn_after: {count: 1, period: day}, error_after: {count: 36, period: hour}}}}';
  assert.match(String(await told(hours, '2026-01-02T11:00:00Z')), /older than 1 days/);
  assert.match(String(await told(hours, '2026-01-02T13:00:00Z')), /older than 36 hours/);
  assert.deepEqual(await told('{name: t, freshness: null}', '2030-01-01T00:00:00Z'), []);
  // A missing time counts as infinitely long ago, as in dbt.
  assert.match(
    String(await told('{name: never}', '2026-01-01T00:00:00Z')),
    /raw\.never was last loaded at no known time/,
  );
  assert.match(
    await failure(() =>
      told("{name: t, loaded_at_query: 'select max(seen_at) from raw.t'}", '2026-01-01T00:00:00Z').then(() =>
        told("{name: t, config: {loaded_at_field: seen_at, loaded_at_query: 'select 1'}}", '2026-01-01T00:00:00Z'),
      ),
    ),
    /has a loaded_at_field and a loaded_at_query/,
  );
  db.close();
});
