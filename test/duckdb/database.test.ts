import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import * as v from 'valibot';
import {type Database, open} from '../../src/duckdb/database.ts';
import {UnexpectedRow} from '../../src/parse-rows.ts';

let db: Database;
before(async () => {
  db = await open();
});
after(() => db.close());

const one = v.object({value: v.nullable(v.string())});

test('a row is parsed, and columns outside the schema are left out', async () => {
  const rows = await db.read(
    v.object({code: v.string(), n: v.number(), share: v.nullable(v.number()), years: v.array(v.string())}),
    `select '0001' as code, 3::bigint as n, 0.25::decimal(4, 2) as share, ['2019-20', '2020-21'] as years, 1 as other`,
  );
  assert.deepEqual(rows, [{code: '0001', n: 3, share: 0.25, years: ['2019-20', '2020-21']}]);
});

test('a row that does not fit the schema is an error that names the row, the column and the query', async () => {
  const sql = `select 'a' as name, case when i = 1 then 'x' else '1' end::varchar as n from range(2) as t(i) order by i`;
  const read = db.read(v.object({name: v.string(), n: v.pipe(v.string(), v.regex(/^\d$/))}), sql);
  await assert.rejects(read, (error: Error) => {
    assert.ok(error instanceof UnexpectedRow);
    assert.match(error.message, /^row 2, column "n": /);
    assert.match(error.message, /\("x"\)/);
    assert.ok(error.message.endsWith(sql));
    return true;
  });
  await assert.rejects(db.read(v.object({n: v.number()}), 'select null::bigint as n'), /column "n": .*number.*null/);
  await assert.rejects(
    db.read(v.object({n: v.number()}), 'select 1 as m'),
    /column "n": .*no such column.*select 1 as m/,
  );
  // A whole number too large for JavaScript stays text, so it does not pass for a number.
  await assert.rejects(db.read(v.object({n: v.number()}), 'select 9007199254740993::bigint as n'), /9007199254740993/);
});

test('readOne fails unless there is exactly one row', async () => {
  assert.deepEqual(await db.readOne(one, `select 'a' as value`), {value: 'a'});
  await assert.rejects(db.readOne(one, `select 'a' as value where false`), /expected one row, got 0/);
  await assert.rejects(db.readOne(one, `select * from (values ('a'), ('b')) as t(value)`), /expected one row, got 2/);
});

test('bound text comes back unchanged', async () => {
  const odd = ["O'Brien", "''; drop table x; --", '$other', '\\', 'ŠĆ 学校 🏫', '"', ' \t\r\n ', '', '\u202e', '?'];
  for (const value of odd) assert.deepEqual(await db.readOne(one, 'select $value as value', {value}), {value});
});

test('bound numbers, booleans, nulls and lists come back unchanged', async () => {
  const echo = async (value: bigint | number | boolean | null | string[]) =>
    (await db.query('select $value as value, typeof($value) as type', {value})).rows[0];
  assert.deepEqual(await echo(12345678901234567890n), {value: '12345678901234567890', type: 'HUGEINT'});
  assert.deepEqual(await echo(5n), {value: 5, type: 'HUGEINT'});
  assert.deepEqual(await echo(4_000_000_000), {value: 4_000_000_000, type: 'BIGINT'});
  assert.deepEqual(await echo(0.1), {value: 0.1, type: 'DOUBLE'});
  assert.deepEqual(await echo(true), {value: true, type: 'BOOLEAN'});
  assert.equal((await echo(null))?.['value'], null);
  assert.deepEqual(await echo(["a'b", 'c']), {value: ["a'b", 'c'], type: 'VARCHAR[]'});
  assert.deepEqual(await echo([]), {value: [], type: 'VARCHAR[]'});
});

test('a parameter is bound wherever it occurs, in statements too', async () => {
  await db.run('create or replace temp table said as select $word as word, upper($word) as louder', {word: "it's"});
  await db.run('insert into said values ($word, null)', {word: '$word'});
  assert.deepEqual(await db.rows('select * from said'), [
    {word: "it's", louder: "IT'S"},
    {word: '$word', louder: null},
  ]);
  await assert.rejects(db.rows('select $a as a', {b: 1}));
  await assert.rejects(db.rows('select $a as a'));
});
