import assert from 'node:assert/strict';
import {test} from 'node:test';
import {evaluate, type Manifest} from './evaluator.ts';

type Node = Manifest['nodes'][string];

function model(name: string, folder: string, reads: string[], more: Partial<Node> = {}): [string, Node] {
  const id = `model.p.${name}`;
  return [
    id,
    {
      unique_id: id,
      resource_type: 'model',
      name,
      path: `${folder}/${name}.sql`,
      description: 'One row = a thing.',
      raw_code: "select * from {{ ref('x') }}",
      config: {materialized: 'table'},
      columns: {id: {description: 'Its id.'}},
      depends_on: {nodes: reads},
      ...more,
    },
  ];
}

function tests(of: string, ...names: string[]): [string, Node][] {
  return names.map((name) => {
    const id = `test.p.${name}_${of}`;
    const metadata = {test_metadata: {name}, attached_node: `model.p.${of}`, column_name: 'id'};
    return [id, {unique_id: id, resource_type: 'test', name, ...metadata, depends_on: {nodes: [`model.p.${of}`]}}];
  });
}

const source: Node = {
  unique_id: 'source.p.raw.t',
  resource_type: 'source',
  name: 't',
  source_name: 'raw',
  description: 'Rows.',
  freshness: {warn_after: {count: 1}},
};

/** Returns the findings in a sound project with these changes. */
function found(models: [string, Node][], more: Partial<Manifest> = {}, excepted = {}): string[] {
  const sound = [
    model('stg_p__t', 'staging', ['source.p.raw.t']),
    ...tests('stg_p__t', 'unique', 'not_null'),
    model('dim_t', 'core', ['model.p.stg_p__t']),
    ...tests('dim_t', 'unique', 'not_null'),
  ];
  const nodes = Object.fromEntries([...sound, ...models]);
  return evaluate({nodes, sources: {[source.unique_id]: source}, exposures: {}, ...more}, excepted).differences;
}

test('a sound project has no findings', () => assert.deepEqual(found([]), []));

const key = (name: string) => tests(name, 'unique_combination');

const cases: [what: string, models: [string, Node][], finds: string[]][] = [
  ['a model without parents', [model('dim_a', 'core', []), ...key('dim_a')], ['fct_root_models: dim_a']],
  [
    'a mart that reads a source',
    [model('a', 'marts', ['source.p.raw.t']), ...key('a')],
    ['fct_source_fanout: raw.t', 'fct_marts_or_intermediate_dependent_on_source: a'],
  ],
  [
    'staging that reads staging and a source',
    [model('stg_p__a', 'staging', ['source.p.raw.t', 'model.p.stg_p__t']), ...key('stg_p__a')],
    ['fct_direct_join_to_source: stg_p__a', 'fct_source_fanout: raw.t', 'fct_staging_dependent_on_staging: stg_p__a'],
  ],
  [
    'staging that reads core',
    [model('stg_p__a', 'staging', ['model.p.dim_t']), ...key('stg_p__a')],
    ['fct_staging_dependent_on_marts_or_intermediate: stg_p__a'],
  ],
  [
    'four leaves of one model',
    ['a', 'b', 'c', 'd'].flatMap((name) => [model(name, 'marts', ['model.p.dim_t']), ...key(name)]),
    ['fct_model_fanout: dim_t'],
  ],
  [
    'a concept that is joined twice',
    [model('a', 'marts', ['model.p.dim_t', 'model.p.stg_p__t']), ...key('a')],
    ['fct_rejoining_of_upstream_concepts: stg_p__t > dim_t > a'],
  ],
  [
    "a model with another folder's prefix",
    [model('int_a', 'marts', ['model.p.dim_t']), ...key('int_a')],
    ['fct_model_naming_conventions: int_a'],
  ],
  [
    'a model without tests',
    [model('a', 'marts', ['model.p.dim_t'])],
    ['fct_missing_primary_key_tests: a', 'fct_test_coverage: a'],
  ],
  [
    'a model with a test but no key',
    [model('a', 'marts', ['model.p.dim_t']), ...tests('a', 'unique')],
    ['fct_missing_primary_key_tests: a'],
  ],
  [
    'a model without descriptions',
    [model('a', 'marts', ['model.p.dim_t'], {description: '', columns: {id: {description: ''}}}), ...key('a')],
    ['fct_undocumented_models: a', 'fct_documentation_coverage: a.id'],
  ],
  [
    'a table that is named in the SQL',
    [model('a', 'marts', ['model.p.dim_t'], {raw_code: 'select * from core.dim_t'}), ...key('a')],
    ['fct_hard_coded_references: a'],
  ],
  [
    'a public model without a contract',
    [model('a', 'marts', ['model.p.dim_t'], {access: 'public'}), ...key('a')],
    ['fct_public_models_without_contract: a'],
  ],
];

for (const [what, models, finds] of cases)
  test(`the evaluator finds ${what}`, () => assert.deepEqual(found(models), finds));

test('the evaluator finds trouble with sources and exposures', () => {
  const bare = {...source, unique_id: 'source.p.raw.u', name: 'u', description: '', freshness: null};
  const page = {unique_id: 'exposure.p.e', resource_type: 'exposure', name: 'e', depends_on: {nodes: ['model.p.a']}};
  assert.deepEqual(
    found([model('a', 'marts', ['model.p.dim_t'], {access: 'private', config: {materialized: 'view'}}), ...key('a')], {
      sources: {[source.unique_id]: source, [bare.unique_id]: bare},
      exposures: {e: page},
    }),
    [
      'fct_unused_sources: raw.u',
      'fct_exposure_parents_materializations: e < a',
      'fct_sources_without_freshness: raw.u',
      'fct_undocumented_source_tables: raw.u',
      'fct_exposures_dependent_on_private_models: e',
    ],
  );
});

test('an exception hides its finding, and is itself reported if nothing matches it', () => {
  const root: [string, Node][] = [model('dim_a', 'core', []), ...key('dim_a')];
  assert.deepEqual(found(root, {}, {fct_root_models: {'dim_*': 'It is made of nothing.'}}), []);
  assert.deepEqual(found([], {}, {fct_root_models: {dim_a: 'It is made of nothing.'}, fct_other: {}}), [
    'fct_root_models: dim_a is not found any more: take the exception out',
    'there is no check fct_other',
  ]);
});
