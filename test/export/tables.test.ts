import assert from 'node:assert/strict';
import {test} from 'node:test';
import {findUndescribed, readTables} from '../../src/export/tables.ts';
import {makePlacesBuild, openPlaces, type Places} from '../support/places.ts';

async function tables(places: Places, wanted = ['core', 'marts']) {
  const db = await openPlaces(places);
  try {
    return await readTables(db, places.project, places.build, wanted);
  } finally {
    db.close();
  }
}

test('keys come from tests that hold for every row', async () => {
  const found = await tables(await makePlacesBuild('one'));
  const keys = found.map(({name, primaryKey, foreignKeys}) => ({name, primaryKey, foreignKeys}));
  assert.deepEqual(keys, [
    {
      name: 'count',
      primaryKey: ['year', 'place_id'],
      foreignKeys: [{column: 'place_id', references: {schema: 'core', table: 'place', column: 'place_id'}}],
    },
    {name: 'place', primaryKey: ['place_id'], foreignKeys: []},
    {name: 'remark', primaryKey: [], foreignKeys: []},
  ]);
  const required = found[1]?.columns.filter(({isRequired}) => isRequired).map(({name}) => name);
  assert.deepEqual(required, ['place_id', 'seen_at']);
});

const unique = 'data_tests: [unique, not_null]';
for (const [what, yml] of [
  [
    'only warns',
    (text: string) => text.replace(unique, 'data_tests: [{unique: {config: {severity: warn}}}, not_null]'),
  ],
  [
    'covers only some rows',
    (text: string) => text.replace(unique, 'data_tests: [{unique: {config: {where: "1 = 1"}}}, not_null]'),
  ],
  ['allows nulls', (text: string) => text.replace(unique, 'data_tests: [unique]')],
] as const) {
  test(`a test that ${what} makes no key, and no foreign key refers to it`, async () => {
    const found = await tables(await makePlacesBuild('one', {yml}));
    assert.deepEqual(
      found.map(({name, primaryKey, foreignKeys}) => [name, primaryKey, foreignKeys]),
      [
        ['count', ['year', 'place_id'], []],
        ['place', [], []],
        ['remark', [], []],
      ],
    );
  });
}

test('a foreign key to an omitted table is omitted too', async () => {
  const [count] = await tables(await makePlacesBuild('one'), ['core.count']);
  assert.deepEqual(count?.foreignKeys, []);
});

test('tables are chosen by schema or name; the error for an unknown one lists those that exist', async () => {
  const places = await makePlacesBuild('one');
  const names = async (...wanted: string[]) => (await tables(places, wanted)).map(({name}) => name);
  assert.deepEqual(await names('marts', 'core.count', 'count'), ['remark', 'count']);
  await assert.rejects(names('mart'), /no schema or table "mart". Its schemas are core, marts;/);
});

test('every row of every table of a sample is marked as one', async () => {
  const places = await makePlacesBuild('one', {isSample: true});
  const db = await openPlaces(places);
  const written = await readTables(db, places.project, places.build, ['core', 'marts']);
  assert.equal(written.length, 3);
  for (const {columns, query} of written) {
    assert.equal(columns[0]?.name, 'is_sample');
    const rows = await db.rows(query);
    assert.ok(rows.length > 0);
    assert.ok(rows.every((row) => row['is_sample'] === true));
  }
  db.close();
});

test('the order of exported rows does not depend on their order in the warehouse', async () => {
  const query = async (change: string) => {
    const places = await makePlacesBuild('one', {change});
    const db = await openPlaces(places);
    const rows = [];
    for (const table of await readTables(db, places.project, places.build, ['core', 'marts']))
      rows.push(await db.rows(table.query));
    db.close();
    return rows;
  };
  const shuffled = ['core.place', 'core.count', 'marts.remark'].map(
    (table) =>
      `create or replace table ${table} as select * from ${table} order by hash(${table.split('.')[1]}::varchar || 'x')`,
  );
  assert.deepEqual(await query(shuffled.join(';')), await query(''));
});

test('columns that the project no longer describes are reported', async () => {
  const places = await makePlacesBuild('one', {change: 'alter table core.place add column age integer'});
  assert.deepEqual(findUndescribed(await tables(places), places.project), ['core.place.age']);
});
