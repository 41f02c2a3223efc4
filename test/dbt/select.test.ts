import assert from 'node:assert/strict';
import {test} from 'node:test';
import {buildGraph} from '../../src/dbt/graph/graph.ts';
import {formatPathToSources} from '../../src/dbt/graph/path-to-sources.ts';
import {select} from '../../src/dbt/graph/select.ts';
import {readProject} from '../../src/dbt/project/read-project.ts';
import {exit, Failure} from '../../src/failure.ts';
import {writeTinyProject} from '../support/dbt-project.ts';

/*
 *   raw.people ─ stg_people ─┬─ dim_person ─┬─ top_people
 *          codes (a seed) ───┘              │
 *   raw.cities ─ stg_city ──── dim_city ────┘
 */
const graph = buildGraph(
  await readProject(
    await writeTinyProject({
      'models/sources.yml': `sources:
  - name: raw
    tables:
      - {name: people, data_tests: [{not_empty: {}}]}
      - {name: cities}
`,
      'models/staging/stg_people.sql': "select * from {{ source('raw', 'people') }}",
      'models/staging/stg_city.sql':
        "{{ config(tags=['places', 'small']) }} select * from {{ source('raw', 'cities') }}",
      'models/core/dim_person.sql': "select * from {{ ref('stg_people') }} join {{ ref('codes') }} using (code)",
      'models/core/dim_city.sql': "{{ config(tags='places') }} select * from {{ ref('stg_city') }}",
      'models/core/core.yml': `models:
  - name: dim_city
    columns: [{name: id, data_tests: [unique]}]
  - name: dim_person
    columns: [{name: city_id, data_tests: [{relationships: {arguments: {to: ref('dim_city'), field: id}}}]}]
    config: {group: people}
groups: [{name: people, owner: {name: A}}]
exposures:
  - name: map
    type: dashboard
    owner: {name: A}
    depends_on: [ref('dim_city'), "source('raw', 'people')"]
unit_tests:
  - {name: one_city, model: dim_city, given: [], expect: {rows: []}}
`,
      'models/marts/top_people.sql': "select * from {{ ref('dim_person') }} join {{ ref('dim_city') }} using (id)",
      'seeds/codes.csv': 'code\n1\n',
      'seeds/codes.yml': 'seeds: [{name: codes, config: {column_types: {code: integer}, tags: [small]}}]',
      'data-tests/generic/not_empty.sql':
        '{% test not_empty(model) %}select 1 where not exists (select 1 from {{ model }}){% endtest %}',
      'data-tests/people_are_in_cities.sql': "select * from {{ ref('top_people') }}, {{ ref('stg_city') }}",
    }),
  ),
);

function selected(wanted: string[], unwanted: string[] = []) {
  const {tables, tests, unitTests} = select(graph, wanted, unwanted);
  const names = (items: {name: string}[]) => items.map(({name}) => name).sort();
  return {tables: names(tables), tests: [...names(tests), ...names(unitTests)]};
}

const unique = 'unique_dim_city_id';
const related = 'relationships_dim_person_city_id';
const notEmpty = 'not_empty_source_raw_people';
const singular = 'people_are_in_cities';
const unit = 'one_city';

/** Selectors, the tables they select, and the tests: all tests on one of these tables. dbt ls selects the same. */
const selections: [selector: string, tables: string[], tests: string[]][] = [
  ['dim_city', ['dim_city'], [related, unique, unit]],
  ['+dim_city', ['dim_city', 'raw.cities', 'stg_city'], [singular, related, unique, unit]],
  ['1+dim_city', ['dim_city', 'stg_city'], [singular, related, unique, unit]],
  ['stg_city+', ['dim_city', 'stg_city', 'top_people'], [singular, related, unique, unit]],
  ['stg_city+1', ['dim_city', 'stg_city'], [singular, related, unique, unit]],
  ['+dim_person+', ['codes', 'dim_person', 'raw.people', 'stg_people', 'top_people'], [notEmpty, singular, related]],
  ['codes', ['codes'], []],
  ['core', ['dim_city', 'dim_person'], [related, unique, unit]],
  ['core.dim_city', ['dim_city'], [related, unique, unit]],
  ['tiny.core', ['dim_city', 'dim_person'], [related, unique, unit]],
  ['staging.stg_*', ['stg_city', 'stg_people'], [singular]],
  ['models/core', ['dim_city', 'dim_person'], [related, unique, unit]],
  ['dbt/models/core/', ['dim_city', 'dim_person'], [related, unique, unit]],
  ['path:models/core/dim_city.sql', ['dim_city'], [related, unique, unit]],
  ['models/core/core.yml', ['dim_city', 'dim_person'], [related, unique, unit]],
  ['dim_city.sql', ['dim_city'], [related, unique, unit]],
  ['tag:places', ['dim_city', 'stg_city'], [singular, related, unique, unit]],
  ['tag:sm*', ['codes', 'stg_city'], [singular]],
  ['tag:places,tag:small', ['stg_city'], [singular]],
  ['core,tag:places', ['dim_city'], [related, unique, unit]],
  ['+top_people,staging', ['stg_city', 'stg_people'], [singular]],
  ['stg_people codes', ['codes', 'stg_people'], []],
  ['source:raw', ['raw.cities', 'raw.people'], [notEmpty]],
  ['source:raw.people+1', ['raw.people', 'stg_people'], [notEmpty]],
  ['group:people', ['dim_person'], [related]],
  ['access:protected,core', ['dim_city', 'dim_person'], [related, unique, unit]],
  ['+exposure:map', ['dim_city', 'raw.cities', 'raw.people', 'stg_city'], [notEmpty, singular, related, unique, unit]],
  ['1+exposure:map', ['dim_city', 'raw.people'], [notEmpty, related, unique, unit]],
  [singular, [], [singular]],
  [`1+${singular}`, ['stg_city', 'top_people'], [singular]],
  [unit, [], [unit]],
];

for (const [selector, tables, tests] of selections) {
  test(`--select ${selector}`, () => {
    assert.deepEqual(selected([selector]), {tables, tests});
  });
}

test('without a selector everything is selected; several selectors are a union; an excluded model excludes its tests', () => {
  assert.equal(selected([]).tables.length, graph.tables.length);
  assert.deepEqual(selected([]).tests, [notEmpty, singular, related, unique, unit]);
  assert.deepEqual(selected(['codes', 'stg_people']), selected(['codes stg_people']));
  assert.deepEqual(selected(['core'], ['dim_person']), {tables: ['dim_city'], tests: [unique, unit]});
  assert.deepEqual(selected(['core'], [related]), {tables: ['dim_city', 'dim_person'], tests: [unique, unit]});
});

test('a selector that matches nothing is wrong usage, and the error suggests a similar name', () => {
  const refused: [selector: string, says: RegExp][] = [
    ['dim_citty', /^--select dim_citty: nothing in the project has this name\. Did you mean dim_city\b/],
    ['+stg_peple+', /^--select \+stg_peple\+: .*Did you mean stg_people\b/],
    ['tag:place', /Did you mean places\?/],
    ['models/cores', /Did you mean models\/core\b/],
    ['source:row', /Did you mean raw\b/],
    ['zzzzzzzzzzzz', /nothing in the project has this name\.$/],
    ['dim_city,codes', /^--select dim_city,codes: nothing is in all of these\.$/],
    [
      'state:modified',
      /"state:" is not supported by Rollcall's runner\. It knows fqn:, path:, file:, tag:, group:, access:, exposure:, source:\.$/,
    ],
    ['@dim_city', /"@" is not supported by Rollcall's runner\. Write \+dim_city\+\.$/],
    [' ', /leave nothing to do/],
    ['exposure:map', /leave nothing to do/],
  ];
  for (const [selector, says] of refused) {
    assert.throws(
      () => selected([selector]),
      (error) => {
        assert.ok(error instanceof Failure);
        assert.match(error.message, says);
        return error.exitCode === exit.usage;
      },
    );
  }
  assert.throws(() => selected([], ['dim_citty']), /--exclude dim_citty: .*Did you mean dim_city\b/);
  assert.throws(() => selected(['codes'], ['codes']), /leave nothing to do/);
});

test('the path from a table to its sources is printed as one line', () => {
  const path = (name: string) => {
    const table = graph.tables.find((candidate) => candidate.name === name);
    assert.ok(table);
    return formatPathToSources(table);
  };
  assert.equal(path('stg_city'), 'stg_city ← raw.cities');
  assert.equal(path('dim_person'), 'dim_person ← stg_people ← raw.people');
  assert.equal(path('top_people'), 'top_people ← dim_person, dim_city ← stg_people, stg_city ← raw.people, raw.cities');
  assert.equal(path('codes'), 'codes');
});
