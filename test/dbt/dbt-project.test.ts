import assert from 'node:assert/strict';
import {readdir, readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {test} from 'node:test';
import {assertFedModels} from '../../src/builds/fed-models.ts';
import {readProject} from '../../src/dbt/project/read-project.ts';
import {projectFolder} from '../../src/project-folder.ts';
import {sources} from '../../src/sources/sources.ts';

const folder = join(projectFolder, 'dbt');
const read = (path: string) => readFile(join(folder, path), 'utf8');

test('every model has a yml beside it, which describes its grain', async () => {
  for (const {path, name} of (await readProject(folder)).models) {
    const yml = await read(path.replace(/\.sql$/, '.yml'));
    assert.match(yml.replaceAll(/\s+/g, ' '), new RegExp(`name: ${name} description: > .*One row = `), path);
  }
});

test('every column is described once: each yml refers to columns.md, and no description there is unused', async () => {
  const blocks = [...(await read('models/columns.md')).matchAll(/\{% docs (\w+) %\}\n(.+?)\n\{% enddocs %\}/gs)];
  const known = new Set(blocks.map(([, name]) => name));
  assert.equal(known.size, blocks.length, 'a description stands there twice');
  const used = new Set<string>();
  for (const {path, columns = []} of (await readProject(folder)).models) {
    const yml = await read(path.replace(/\.sql$/, '.yml'));
    const references = [...yml.matchAll(/- name: (\w+)\n {8}description: "\{\{ doc\('(\w+)'\) \}\}"/g)];
    assert.deepEqual(
      references.map(([, column]) => column),
      columns.map(({name}) => name),
      `${path}: a column without a description`,
    );
    for (const [, , name] of references) {
      assert.ok(known.has(name), `${path}: there is no description ${name}`);
      used.add(String(name));
    }
  }
  assert.deepEqual(
    [...known].filter((name) => !used.has(String(name))),
    [],
    'described, but used nowhere',
  );
});

test('every unit test has its own name, because dbt names a temporary table by it and Spark shares those among threads', async () => {
  const names = (await readProject(folder)).unitTests.map(({name}) => name);
  assert.ok(names.length > 0);
  assert.deepEqual(
    names.filter((name, index) => names.indexOf(name) !== index),
    [],
  );
});

test('no column has the same data test twice, which dbt refuses', async () => {
  const {tests} = await readProject(folder);
  const seen = new Set<string>();
  for (const each of tests) {
    const said = JSON.stringify(each);
    assert.ok(!seen.has(said), said);
    seen.add(said);
  }
  assert.ok(seen.size > 100);
});

test('only staging reads raw tables, staging reads no later layer, and core, marts and tests name no publisher', async () => {
  const {models, tests} = await readProject(folder);
  const singular = tests.flatMap(({path, target}) => (target.kind === 'singular' ? [{path, sql: target.sql}] : []));
  assert.ok(singular.length > 0);
  for (const {path, sql} of [...models, ...singular]) {
    if (!path.includes('staging')) assert.doesNotMatch(sql, /source\(/, path);
    if (path.includes('staging')) assert.doesNotMatch(sql, /ref\('(dim|fct|bridge|int)_/, path);
    if (path.includes('marts')) assert.doesNotMatch(sql, /stg_/, path);
    // Rollcall itself publishes no figures.
    if (!/staging|intermediate/.test(path)) assert.doesNotMatch(sql, /stg_(?!rollcall__)|ospi|road_map/, path);
  }
});

test('no staging model reads a CTE of a whole raw table twice, because DuckDB would keep all of it in memory (decision 33)', async () => {
  const whole = /(\w+) as \(\s*select \* from \{\{ source\([^)]*\) \}\}\s*\)/g;
  let seen = 0;
  for (const {path, sql} of (await readProject(folder)).models) {
    if (!path.includes('staging/ospi')) continue;
    for (const [, name] of sql.matchAll(whole)) {
      seen++;
      assert.equal([...sql.matchAll(new RegExp(`\\b(?:from|join) ${name}\\b`, 'g'))].length, 1, `${path}: ${name}`);
    }
  }
  assert.ok(seen > 1);
});

test('models and tests use SQL that DuckDB, Spark and Postgres share; differences are in macros', async () => {
  const {models, tests} = await readProject(folder);
  const singular = tests.flatMap(({path, target}) => (target.kind === 'singular' ? [{path, sql: target.sql}] : []));
  const foreign = {
    'an engine by its name': /\b(duckdb|spark|postgres)|target\.(type|name)/i,
    'a clause that not every engine has': /\bqualify\b|::|\bfilter\s*\(|\bgroup by all\b|\bexclude\s*\(/i,
    'a function that not every engine has':
      /\b(string_agg|list_\w+|strptime|strftime|regexp_\w+|try_cast|unnest|any_value|arg_max|round)\s*\(/i,
    'a type that has other names elsewhere': /\bas (string|text|varchar|double|float)\b/i,
    // Each engine cuts off a division of decimals at a different digit. 1e0 makes it a double.
    'a decimal where a double is meant': /\b\d+\.0\b/,
  };
  for (const {path, sql} of [...models, ...singular]) {
    for (const [what, pattern] of Object.entries(foreign)) assert.doesNotMatch(sql, pattern, `${path}: ${what}`);
  }
});

test('names of unit tests are short enough for a table in Postgres', async () => {
  const {unitTests} = await readProject(folder);
  assert.ok(unitTests.length > 0);
  for (const {name, path} of unitTests) assert.ok(name.length <= 63, `${path}: ${name}`);
});

test('every source feeds the models that its declaration lists, and one that is not there is refused by name', async () => {
  assertFedModels();
  const wrong = {id: 'hesperia', feeds: ['stg_ospi__teachers', 'stg_ospi__enrolment']};
  assert.throws(() => assertFedModels([...sources, wrong]), {
    name: 'Failure',
    message:
      /^src\/sources\/hesperia\.ts: feeds names the model stg_ospi__enrolment, .* \(near it: stg_ospi__enrollment/,
  });
});

test('every demographic column of enrollment has its group', async () => {
  const labels = await read('seeds/demographic_labels.csv');
  let measured = 0;
  for (const source of sources) {
    for (const measure of source.pivot?.measures ?? []) {
      const label = source.columns.find(({id}) => id === measure)?.label ?? '';
      const key = label.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
      assert.match(labels, new RegExp(`^${source.id},,${key},\\w+$`, 'm'), label);
      measured++;
    }
  }
  // All students, 3 genders, 7 races, 10 programs and their complements.
  assert.equal(measured, 31);
});

test('no folder of the project has an unexpected file', async () => {
  const leftByDbt = ['target', 'logs', 'dbt_packages', '.user.yml'];
  assert.deepEqual((await readdir(folder)).filter((name) => !leftByDbt.includes(name)).sort(), [
    'data-tests',
    'dbt_project.yml',
    'macros',
    'models',
    'profiles.yml',
    'seeds',
  ]);
});
