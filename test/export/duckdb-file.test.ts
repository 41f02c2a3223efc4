import assert from 'node:assert/strict';
import {spawnSync} from 'node:child_process';
import {createHash} from 'node:crypto';
import {appendFileSync, cpSync, existsSync, readdirSync, readFileSync, renameSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {test} from 'node:test';
import {literal, open} from '../../src/duckdb/database.ts';
import type {DataPackage} from '../../src/export/data-package.ts';
import {exportDuckdbFile} from '../../src/export/duckdb-file.ts';
import {readTables} from '../../src/export/tables.ts';
import {makeTemporaryName} from '../../src/files.ts';
import {haveSameRows, makePlacesBuild, openPlaces, type Places} from '../support/places.ts';
import {makeTemporaryFolder} from '../support/temporary.ts';

async function toFile(places: Places, path = join(makeTemporaryFolder('export'), 'places.duckdb')): Promise<string> {
  const {build, project} = places;
  const db = await openPlaces(places);
  try {
    const tables = await readTables(db, project, build, ['core', 'marts']);
    await exportDuckdbFile(path, {db, build, tables});
    return path;
  } finally {
    db.close();
  }
}

test('the file has the rows and types of the warehouse, with comments on tables and columns', async () => {
  const places = await makePlacesBuild('one');
  const path = await toFile(places);
  const db = await open(path, {readOnly: true});
  await db.run(`attach ${literal(places.build.warehouse)} as warehouse (read_only)`);
  for (const table of ['core.place', 'core.count', 'marts.remark']) {
    assert.ok(await haveSameRows(db, `from warehouse.${table}`, `from places.${table}`), table);
    const types = (relation: string) => db.rows(`select column_name, column_type from (describe from ${relation})`);
    assert.deepEqual(await types(`places.${table}`), await types(`warehouse.${table}`));
  }
  const comments = await db.rows(
    `select table_name, comment from duckdb_tables() where database_name = 'places' and schema_name = 'core' order by all`,
  );
  assert.deepEqual(comments, [
    {table_name: 'count', comment: 'One row = a place in a year.'},
    {table_name: 'place', comment: 'One row = a place.'},
  ]);
  const [column] = await db.rows(
    `select comment from duckdb_columns() where database_name = 'places' and table_name = 'place' and column_name = 'place_name'`,
  );
  assert.deepEqual(column, {comment: "Its name, as people's maps have it."});
  db.close();
});

test('a file that DuckDB did not write completely is an error, and nothing is left', async () => {
  const places = await makePlacesBuild('one');
  const path = join(makeTemporaryFolder('export'), 'places.duckdb');
  const db = await openPlaces(places);
  const other = await db.connect();
  // While another connection reads every database, the log of the file is not written into it.
  const watched: typeof db = {
    ...db,
    run: async (sql, parameters) => {
      await db.run(sql, parameters);
      if (sql.startsWith('attach')) await other.run('begin transaction; select count(*) from duckdb_columns()');
    },
  };
  const tables = await readTables(db, places.project, places.build, ['core']);
  const failing = exportDuckdbFile(path, {db: watched, build: places.build, tables});
  await assert.rejects(failing, /places\.duckdb: DuckDB did not write everything into the file/);
  assert.deepEqual(readdirSync(dirname(path)), []);
  other.close();
  db.close();
});

test('the file is in the format that every DuckDB since 1.0 reads', async () => {
  const bytes = readFileSync(await toFile(await makePlacesBuild('one')));
  // DuckDB's file header: "DUCK" at 8, and the version of the format at 12. That of 1.0 is 64.
  assert.equal(bytes.toString('latin1', 8, 12), 'DUCK');
  assert.equal(bytes.readBigUInt64LE(12), 64n);
});

test('the descriptor beside the file has its hash, and its tables with their keys', async () => {
  const path = await toFile(await makePlacesBuild('one'));
  const {resources} = JSON.parse(readFileSync(`${path}.datapackage.json`, 'utf8')) as DataPackage;
  const hash = createHash('sha256').update(readFileSync(path)).digest('hex');
  assert.deepEqual(
    resources.map((resource) => [resource['path'], resource['hash'], resource['dialect']]),
    ['count', 'place', 'remark'].map((table) => [
      'places.duckdb',
      `sha256:${hash}`,
      {sql: {namespace: table === 'remark' ? 'marts' : 'core', table}},
    ]),
  );
  assert.deepEqual(
    resources.map(({schema}) => (schema as {primaryKey?: string[]}).primaryKey),
    [['year', 'place_id'], ['place_id'], undefined],
  );
});

test('a new file replaces the former one only when it is complete', async () => {
  const path = await toFile(await makePlacesBuild('one'));
  const first = readFileSync(path);
  const unfit = await makePlacesBuild('two', {change: `create view marts.unfit as select error('no')`});
  await assert.rejects(toFile(unfit, path), /no/);
  assert.ok(readFileSync(path).equals(first));
  assert.deepEqual(readdirSync(dirname(path)).sort(), ['places.duckdb', 'places.duckdb.datapackage.json']);
  await toFile(await makePlacesBuild('two', {people: '11'}), path);
  assert.ok(!readFileSync(path).equals(first));
  assert.ok(!existsSync(`${path}.wal`));
});

test('each table of a labeled build has the label in its comment and in every row', async () => {
  const db = await open(await toFile(await makePlacesBuild('one', {label: 'Trial!'})), {readOnly: true});
  const [found] = await db.rows(`select comment from duckdb_tables() where table_name = 'place'`);
  assert.deepEqual(found, {comment: 'Trial! One row = a place.'});
  assert.deepEqual(await db.rows('select distinct build_label from core.place'), [{build_label: 'Trial!'}]);
  db.close();
});

test('only the unchanged file of an earlier export is replaced', async () => {
  const one = await makePlacesBuild('one');
  const strange = join(makeTemporaryFolder('export'), 'strange.duckdb');
  cpSync(one.build.warehouse, strange);
  await assert.rejects(toFile(one, strange), /no export wrote the file that is there/);
  const described = join(makeTemporaryFolder('export'), 'described.duckdb');
  writeFileSync(`${described}.datapackage.json`, '{"name": "mine"}');
  await assert.rejects(toFile(one, described), /no export wrote/);
  const changed = await toFile(one);
  appendFileSync(changed, 'x');
  await assert.rejects(toFile(one, changed), /has been changed since it was exported/);
  assert.ok(readFileSync(strange).equals(readFileSync(one.build.warehouse)));
  assert.equal(readFileSync(`${described}.datapackage.json`, 'utf8'), '{"name": "mine"}');
});

test('after a kill between the file and its descriptor, the next export goes on', async () => {
  const path = await toFile(await makePlacesBuild('one'));
  const descriptor = `${path}.datapackage.json`;
  const former = readFileSync(descriptor);
  await toFile(await makePlacesBuild('two', {people: '11'}), path);
  const {pid: dead} = spawnSync(process.execPath, ['--version']);
  renameSync(descriptor, makeTemporaryName(descriptor).replace(`-${process.pid}-`, `-${dead}-`));
  writeFileSync(descriptor, former);
  await toFile(await makePlacesBuild('three', {people: '12'}), path);
  assert.deepEqual(readdirSync(dirname(path)).sort(), ['places.duckdb', 'places.duckdb.datapackage.json']);
});

test('each table of a sample is marked as one in a comment and in every row', async () => {
  const db = await open(await toFile(await makePlacesBuild('one', {isSample: true})), {readOnly: true});
  const [found] = await db.rows(`select comment from duckdb_tables() where table_name = 'place'`);
  assert.deepEqual(found, {
    comment: 'SAMPLE: invented schools and figures, not data of any real school. One row = a place.',
  });
  assert.deepEqual(await db.rows('select distinct is_sample from core.place'), [{is_sample: true}]);
  db.close();
});
