import assert from 'node:assert/strict';
import {existsSync} from 'node:fs';
import {stat, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {test} from 'node:test';
import type {DevelopmentResult} from '../../src/builds/development.ts';
import {requirePublished} from '../../src/builds/published.ts';
import {open} from '../../src/duckdb/database.ts';
import {locateHome} from '../../src/home.ts';
import {lock} from '../../src/ledger/lock.ts';
import {expectError, rollcall} from '../support/command.ts';
import {makeWorkspace, readPublishedState} from '../support/workspace.ts';

test('build makes and tests the selected models in a copy; the published build stays the same, byte for byte', async (t) => {
  const space = await makeWorkspace(t);
  const before = readPublishedState(space.home);
  const {code, stdout, stderr} = await rollcall(['build', '--select', 'dim_school', '1+schools', '--home', space.home]);
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^SAMPLE: invented schools/);
  const lines = stdout.split('\n').filter((line) => / built /.test(line));
  const schools = (await space.query('select count(*) as n from core.dim_school'))[0]?.['n'];
  assert.match(lines.find((line) => line.startsWith('dim_school ')) ?? '', new RegExp(`built\\s+${schools}\\s+13\\s`));
  // The models that schools reads, according to its SQL, and schools itself.
  assert.deepEqual(lines.map((line) => line.split(' ')[0]).sort(), [
    'bridge_school_region',
    'bridge_school_type',
    'dim_district',
    'dim_school',
    'dim_school_snapshot',
    'school_demographics',
    'schools',
  ]);
  // In the sample, a district's schools miss it by three students, and the districts miss the state: two warnings.
  assert.match(stdout, /Unit tests +\d+ passed, 0 failed\nData tests +\d+ passed, 2 warned, 0 failed/);
  assert.deepEqual(readPublishedState(space.home), before);

  const development = await open(join(space.home, 'dev', 'warehouse.duckdb'), {readOnly: true});
  const [there] = await development.rows(
    'select (select count(*) from marts.schools) as n, (select count(*) from raw.school_list) as m',
  );
  development.close();
  assert.deepEqual(
    [there],
    await space.query('select (select count(*) from marts.schools) as n, (select count(*) from raw.school_list) as m'),
  );
});

test('a failed data test reports its rows and their inputs; models that depend on it are skipped', async (t) => {
  const space = await makeWorkspace(t);
  // A duplicate row of the school list. A check on the file would have caught it.
  const {warehouse, folder, manifest} = await requirePublished(locateHome(space.home));
  const published = await open(warehouse);
  await published.run(
    'insert into raw.school_list select * replace (line_number + 10000 as line_number) from raw.school_list order by line_number limit 1',
  );
  published.close();
  await writeFile(join(folder, 'manifest.json'), JSON.stringify({...manifest, bytes: (await stat(warehouse)).size}));
  const {code, stdout, stderr} = await rollcall([
    'build',
    '--select',
    'source:road_map.school_list+',
    '--home',
    space.home,
  ]);
  assert.equal(code, 1, stderr);
  assert.match(
    stderr,
    /failed unique_combination_stg_road_map__school_list \(dbt\/models\/staging\/road_map\/stg_road_map__school_list\.yml\) · 1 row\n/,
  );
  assert.match(stderr, /stg_road_map__school_list ← raw\.school_list/);
  assert.match(
    stderr,
    /skipped since unique_combination_stg_road_map__school_list failed: int_school_list, .*schools.*, and \d+ tests\n/,
  );
  assert.match(stdout, /^stg_road_map__school_list +built/m);
  assert.match(stdout, /^schools +skipped/m);

  const json = await rollcall(['build', '--select', 'stg_road_map__school_list', '--json', '--home', space.home]);
  assert.equal(json.code, 1);
  const result = JSON.parse(json.stdout) as DevelopmentResult;
  const failed = result.tests.find(({name}) => name === 'unique_combination_stg_road_map__school_list');
  assert.deepEqual([failed?.status, failed?.failing, failed?.samples.length], ['error', 1, 1]);
  assert.equal(result.isSample, true);
  assert.ok(existsSync(result.warehouse));
});

test('two builds in one home directory do not disturb each other', async (t) => {
  const space = await makeWorkspace(t);
  const folder = join(space.home, 'dev');
  const release = lock({...locateHome(space.home), folder, lock: join(folder, 'build.lock')});
  const outcome = await rollcall(['build', '--select', 'grades', '--home', space.home]);
  assert.match(expectError(outcome), /holds the lock/);
  assert.equal(outcome.code, 4);
  release();
  assert.equal((await rollcall(['build', '--select', 'grades', '--home', space.home])).code, 0);
});
