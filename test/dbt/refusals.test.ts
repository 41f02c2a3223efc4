import assert from 'node:assert/strict';
import {test} from 'node:test';
import {Compiler} from '../../src/dbt/graph/compile.ts';
import {readProject} from '../../src/dbt/project/read-project.ts';
import {Failure} from '../../src/failure.ts';
import {writeTinyProject} from '../support/dbt-project.ts';

/** Reads and compiles a project that must be refused, and returns the message. */
async function refused(files: Record<string, string>): Promise<string> {
  try {
    const project = await readProject(await writeTinyProject(files));
    const compiler = Compiler.of(project);
    for (const model of project.models) compiler.compileQuery(model);
    for (const declared of project.tests) compiler.compileTest(declared);
  } catch (error) {
    assert.ok(error instanceof Failure, String(error));
    return error.message;
  }
  assert.fail('it was taken');
}

const sql = (template: string) => ({'models/m.sql': template});
const yml = (text: string) => ({'models/m.sql': 'select 1 as n', 'models/m.yml': text});
const model = (...lines: string[]) => yml(['models:', '  - name: m', ...lines.map((line) => `    ${line}`)].join('\n'));
const column = (...tests: string[]) =>
  model('columns:', '  - name: n', '    data_tests:', ...tests.map((line) => `      - ${line}`));
const settings = (text: string) => ({'dbt_project.yml': `name: tiny\n${text}\n`});
const unit = (text: string) => yml(`unit_tests:\n  - name: u\n    model: m\n${text.replaceAll(/^/gm, '    ')}`);

/** Features of dbt that the runner lacks: a project that uses each of them, and its name in the error. */
const features: [feature: string, files: Record<string, string>, named: RegExp][] = [
  [
    'incremental models',
    sql("{{ config(materialized='incremental') }} select 1"),
    /m\.sql: the materialization "incremental"/,
  ],
  ['ephemeral models', sql("{{ config(materialized='ephemeral') }} select 1"), /the materialization "ephemeral"/],
  [
    'materialized views',
    model('config: {materialized: materialized_view}'),
    /m\.yml: the materialization "materialized_view"/,
  ],
  [
    'materializations of one’s own',
    {...settings('models: {tiny: {+materialized: lake}}'), ...sql('select 1')},
    /dbt_project\.yml: the materialization "lake"/,
  ],
  ['is_incremental()', sql('select 1 {% if is_incremental() %} where true {% endif %}'), /m\.sql: "is_incremental"/],
  ['snapshots in yml', yml('snapshots: []'), /m\.yml: "snapshots"/],
  ['snapshots in SQL', sql('{% snapshot s %} select 1 {% endsnapshot %}'), /m\.sql: "snapshot"/],
  ['a folder of snapshots', {...sql('select 1'), 'snapshots/s.sql': 'select 1'}, /dbt\/snapshots/],
  [
    'exposures of metrics',
    yml('exposures: [{name: e, type: ml, owner: {name: o}, depends_on: ["metric(\'m\')"]}]'),
    /the exposure e: "metric\('m'\)" is not ref\(/,
  ],
  ['a list of settings', model('meta: [a]'), /models: m: meta: is a list/],
  ['an empty list of settings', model('docs: []'), /models: m: docs: is a list/],
  ['a list for a file', yml('[]'), /m\.yml: the file: is a list/],
  ['metrics', yml('metrics: []'), /"metrics"/],
  ['semantic models', yml('semantic_models: []'), /"semantic_models"/],
  ['saved queries', yml('saved_queries: []'), /"saved_queries"/],
  ['an access that dbt does not have', model('access: secret'), /m\.yml: the access "secret"/],
  ['versions', model('versions: []'), /"versions"/],
  ['types of contracts', model('config: {contract: {enforced: true, alias_types: false}}'), /the contract "{"enforced/],
  ['the end of a model', model('deprecation_date: "2030-01-01"'), /"deprecation_date"/],
  ['quoted columns', model('columns: [{name: n, quote: true}]'), /"quote"/],
  ['vars of a package', settings('vars: {tiny: {a: 1}}'), /vars: tiny/],
  ['a yml in macros/', {...sql('select 1'), 'macros/m.yml': 'macros: []'}, /dbt\/macros\/m\.yml/],
  ['a yml in data-tests/', {...sql('select 1'), 'data-tests/t.yml': 'data_tests: []'}, /dbt\/data-tests\/t\.yml/],
  ['a yml beside dbt_project.yml', {...sql('select 1'), 'models.yml': 'models: []'}, /dbt\/models\.yml/],
  ['SQL in seeds/', {...sql('select 1'), 'seeds/s.sql': 'select 1'}, /dbt\/seeds\/s\.sql/],
  ['constraints', model('constraints: []'), /"constraints"/],
  ['descriptions of macros', yml('macros: []'), /"macros"/],
  ['analyses', {...sql('select 1'), 'analyses/a.sql': 'select 1'}, /dbt\/analyses/],
  ['functions', yml('functions: []'), /"functions"/],
  ['packages.yml', {...sql('select 1'), 'packages.yml': 'packages: []'}, /dbt\/packages\.yml/],
  ['dependencies.yml', {...sql('select 1'), 'dependencies.yml': 'projects: []'}, /dbt\/dependencies\.yml/],
  ['selectors.yml', {...sql('select 1'), 'selectors.yml': 'selectors: []'}, /dbt\/selectors\.yml/],
  ['a folder of tests', {...sql('select 1'), 'tests/t.sql': 'select 1'}, /dbt\/tests/],
  ['macros of packages', sql("select {{ dbt_utils.star('x') }}"), /"dbt_utils\.star"/],
  ['macros of dbt', sql('select {{ dbt.current_timestamp() }}'), /"dbt\.current_timestamp"/],
  ['hooks before all', settings('on-run-start: ["select 1"]'), /dbt_project\.yml: "on-run-start"/],
  ['hooks after all', settings('on-run-end: ["select 1"]'), /"on-run-end"/],
  [
    'hooks of folders',
    {...settings('models: {tiny: {+pre-hook: "select 1"}}'), ...sql('select 1')},
    /dbt_project\.yml: the setting "pre-hook"/,
  ],
  ['hooks of a model', sql("{{ config(post_hook='select 1') }} select 1"), /m\.sql: the setting "post_hook"/],
  ['enabled', model('config: {enabled: false}'), /the setting "enabled"/],
  ['alias', sql("{{ config(materialized='view', alias='o') }} select 1"), /the setting "alias"/],
  ['database', {...settings('models: {tiny: {+database: d}}'), ...sql('select 1')}, /the setting "database"/],
  ['persist_docs', model('config: {persist_docs: {relation: true}}'), /the setting "persist_docs"/],
  ['grants', model('config: {grants: {select: [a]}}'), /the setting "grants"/],
  ['dispatch', settings('dispatch: []'), /"dispatch"/],
  ['quoting', settings('quoting: {identifier: true}'), /"quoting"/],
  ['other paths', settings('model-paths: [m]'), /model-paths/],
  ['more paths', settings('model-paths: [models, more]'), /model-paths: 1: must be "models", not "more"/],
  ['an empty list of paths', settings('model-paths: []'), /model-paths: is not \[models\]/],
  [
    'half a day',
    yml('sources: [{name: raw, tables: [], freshness: {warn_after: {count: 0.5, period: day}}}]'),
    /sources: raw: freshness: warn_after: count: is not a whole number above 0/,
  ],
  [
    'a severity that dbt does not have',
    column('unique: {config: {severity: info}}'),
    /must be "warn" or "error", not "info"/,
  ],
  ['settings of data tests', settings('data_tests: {+severity: warn}'), /"data_tests"/],
  ['the loader of a source', yml('sources: [{name: raw, loader: l, tables: []}]'), /"loader"/],
  ['the identifier of a source', yml('sources: [{name: raw, tables: [{name: t, identifier: u}]}]'), /"identifier"/],
  ['the old name of data tests', model('tests: [unique]'), /"tests"/],
  ['store_failures', column('unique: {config: {store_failures: true}}'), /"store_failures"/],
  ['thresholds of tests', column('unique: {config: {error_if: ">10"}}'), /"error_if"/],
  ['arguments of tests beside arguments:', column('accepted_values: {values: [1]}'), /accepted_values: "values"/],
  ['queries at compile time', sql("{% set x = run_query('select 1') %} select 1"), /"run_query"/],
  ['statements', sql("{% call statement('x') %} select 1 {% endcall %}"), /"call"/],
  ['execute', sql('{% if execute %} select 1 {% endif %}'), /"execute"/],
  ['the graph', sql('select {{ graph.nodes }}'), /"graph"/],
  ['this', sql('select * from {{ this }}'), /"this"/],
  ['do', sql('{% do x.append(1) %} select 1'), /"do"/],
  ['raw', sql('{% raw %} select 1 {% endraw %}'), /"raw"/],
  ['env_var', sql("select {{ env_var('HOME') }}"), /"env_var"/],
  ['the adapter', sql("select {{ adapter.quote('x') }}"), /"adapter\.quote"/],
  ['the target', sql('select {{ target.database }}'), /"target\.database"/],
  ['modules of Python', sql('select {{ modules.datetime.date.today() }}'), /"modules"/],
  ['when a run started', sql('select {{ run_started_at }}'), /"run_started_at"/],
  ['logging', sql("{{ log('x') }} select 1"), /"log"/],
  ['refs to other packages', sql("select * from {{ ref('other', 'm') }}"), /ref\(other, m\)/],
  [
    'Jinja in dbt_project.yml',
    {...settings('models: {tiny: {+schema: "{{ target.name }}"}}'), ...sql('select 1')},
    /dbt_project\.yml: models: tiny: \+schema: Jinja/,
  ],
  [
    'settings of seeds',
    {
      'seeds/s.csv': 'n\n1\n',
      'seeds/s.yml': 'seeds: [{name: s, config: {column_types: {n: integer}, delimiter: ";"}}]',
    },
    /s\.yml: the setting "delimiter"/,
  ],
  ['Jinja in settings', model('config: {schema: "{{ target.name }}"}'), /models: m: config: schema: Jinja/],
  ['models in Python', {...sql('select 1'), 'models/n.py': 'def model(): pass'}, /models\/n\.py/],
  [
    'overrides of macros',
    unit('given: []\nexpect: {rows: []}\noverrides: {macros: {is_incremental: true}}'),
    /unit_tests: u: overrides: "macros"/,
  ],
  ['overrides of the environment', unit('given: []\nexpect: {rows: []}\noverrides: {env_vars: {A: b}}'), /"env_vars"/],
  ['files of fixtures', unit('given: []\nexpect: {format: csv, fixture: f}'), /expect: .*"fixture"/],
  ['an infinite number', unit('given: []\nexpect: {rows: [{n: .inf}]}'), /expect: rows: 0: n: is not a finite number/],
  ['unit tests of versions', unit('given: []\nexpect: {rows: []}\nversions: {}'), /"versions"/],
  [
    'the model itself as an input',
    unit('given: [{input: this, rows: []}]\nexpect: {rows: []}'),
    /the unit test u: the input "this"/,
  ],
];

for (const [feature, files, named] of features) {
  test(`refused by name: ${feature}`, async () => {
    const message = await refused(files);
    assert.match(message, named);
    assert.match(message, /^dbt\/.*(not supported|not support|not this one|is not ref\().*\.$/s);
  });
}

test('a key that is missing is named, and not called unsupported', async () => {
  assert.match(
    await refused(yml('groups: [{name: g}]')),
    /^dbt\/models\/m\.yml: groups: g: owner: is missing\. Rollcall's runner needs it\.$/,
  );
});

for (const [where, files] of [
  ['a model', {'models/m.sql': 'select {{ 1 +'}],
  ['a macro', {'models/m.sql': 'select 1', 'macros/x.sql': '{% macro x( %}1{% endmacro %}'}],
  ['a test', {'models/m.sql': 'select 1', 'data-tests/generic/x.sql': '{% test x(model) %}{{ model'}],
] satisfies [string, Record<string, string>][]) {
  test(`an error in Jinja syntax names the file: ${where}`, async () => {
    const [path = ''] = Object.keys(files).slice(-1);
    assert.ok((await refused(files)).startsWith(`dbt/${path}: `));
  });
}
