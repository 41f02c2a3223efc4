import assert from 'node:assert/strict';
import {test} from 'node:test';
import {findUndescribed, readTables} from '../../src/export/tables.ts';
import {openPlaces, type Places, placesBuild} from '../support/places.ts';

async function tables(places: Places, wanted = ['core', 'marts']) {
  const db = await openPlaces(places);
  try {
    return await readTables(db, places.project, places.build, wanted);
  } finally {
    db.close();
  }
}

test('keys come from the tests that every row has passed', async () => {
  const found = await tables(await placesBuild('one'));
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
    'looks at some rows',
    (text: string) => text.replace(unique, 'data_tests: [{unique: {config: {where: "1 = 1"}}}, not_null]'),
  ],
  ['lets nulls pass', (text: string) => text.replace(unique, 'data_tests: [unique]')],
] as const) {
  test(`a test that ${what} makes no key, and nothing leads to it`, async () => {
    const found = await tables(await placesBuild('one', {yml}));
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

test('a foreign key to a table that is left out is left out too', async () => {
  const [count] = await tables(await placesBuild('one'), ['core.count']);
  assert.deepEqual(count?.foreignKeys, []);
});

test('tables are chosen by schema and by name; what is not there is an error that says what is', async () => {
  const places = await placesBuild('one');
  const names = async (...wanted: string[]) => (await tables(places, wanted)).map(({name}) => name);
  assert.deepEqual(await names('marts', 'core.count', 'count'), ['remark', 'count']);
  await assert.rejects(names('mart'), /no schema or table "mart". Its schemas are core, marts;/);
});

test('in a sample, every table says so in every row', async () => {
  const places = await placesBuild('one', {isSample: true});
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

test('the order of the rows does not depend on how they lie in the warehouse', async () => {
  const query = async (change: string) => {
    const places = await placesBuild('one', {change});
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

test('what the project no longer describes is told', async () => {
  const places = await placesBuild('one', {change: 'alter table core.place add column age integer'});
  assert.deepEqual(findUndescribed(await tables(places), places.project), ['core.place.age']);
});
