import assert from 'node:assert/strict';
import {join} from 'node:path';
import {test} from 'node:test';
import {open} from '../../src/duckdb/database.ts';
import {type Built, buildFrom} from '../support/pipeline.ts';
import {hashExport, hashFiles} from '../support/tables.ts';

test('the same files in two home directories give the same bytes: the lake, and every table as Parquet and CSV', async (t) => {
  // Another day, so that a time of the run would show up in the data.
  const first = await buildFrom('sample');
  t.mock.timers.enable({apis: ['Date'], now: Date.UTC(2031, 4, 3, 2, 1)});
  const second = await buildFrom('sample');
  t.mock.timers.reset();
  for (const built of [first, second]) built.close();
  assert.notEqual(first.home, second.home);
  assert.equal(first.build, second.build);
  assert.notEqual(first.manifest.builtAt.slice(0, 10), second.manifest.builtAt.slice(0, 10));
  const lake = await hashFiles(join(first.home, 'lake'));
  assert.ok(Object.keys(lake).length > 20);
  assert.deepEqual(await hashFiles(join(second.home, 'lake')), lake);
  const raw = ({home, build}: Built) => hashFiles(join(home, 'builds', build, 'raw'));
  assert.ok(Object.keys(await raw(first)).includes('landed_file/landed_file.parquet'));
  assert.deepEqual(await raw(second), await raw(first), 'the raw tables laid out in the build');
  const tables = await hashExport(first.home);
  assert.ok(
    Object.keys(tables).includes('marts.schools.csv') && Object.keys(tables).includes('audit.test_result.parquet'),
  );
  assert.deepEqual(await hashExport(second.home), tables);
});

test('rows are also in the same order', async () => {
  const order = async () => {
    const built = await buildFrom('sample');
    built.close();
    const db = await open(built.warehouse, {readOnly: true});
    const rows = await db.rows(`select md5(string_agg(hash(f)::varchar, ',')) as f,
      (select md5(string_agg(hash(r)::varchar, ',')) from marts.school_representation as r) as r from core.fct_enrollment as f`);
    db.close();
    return rows;
  };
  assert.deepEqual(await order(), await order());
});

test('the manifest lists the inputs and the outputs', async () => {
  const built = await buildFrom('sample');
  const {manifest} = built;
  const [list] = manifest.inputs.filter(({source}) => source === 'school-list');
  assert.equal(list?.origin, 'SampleSchoolList.txt');
  assert.match(list?.sha256 ?? '', /^[0-9a-f]{64}$/);
  assert.match(list?.landedAt ?? '', /^\d{4}-\d\d-\d\dT/);
  const tables = await built.rows(`select schema_name || '.' || table_name as name from duckdb_tables() order by name`);
  assert.deepEqual(
    Object.keys(manifest.tables).sort(),
    tables.map(({name}) => name),
  );
  for (const table of ['raw.ospi_enrollment', 'core.dim_school', 'marts.schools', 'audit.test_result']) {
    const [counted] = await built.rows(`select count(*) as n from ${table}`);
    assert.equal(manifest.tables[table], counted?.['n'], table);
  }
  const [results] = await built.rows(`select (select count(*) from audit.check_result)
    + (select count(*) from audit.test_result) as n`);
  built.close();
  assert.equal(manifest.results.length, results?.['n'], 'every check and data test');
  assert.equal(
    manifest.results.filter(({status}) => status === 'warn').length,
    manifest.checks.warned + manifest.tests.warned,
  );
  assert.deepEqual(
    manifest.steps.map(({name}) => name),
    ['plan', 'land', 'reshape', 'load', 'check', 'build', 'audit'],
  );
  assert.ok(manifest.bytes > 0);
});
