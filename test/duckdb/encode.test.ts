import assert from 'node:assert/strict';
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {test} from 'node:test';
import {tableFromIPC} from '@uwdata/flechette';
import {open} from '../../src/duckdb/database.ts';
import {encodeChunks} from '../../src/duckdb/encode.ts';
import {makeTemporaryFolder} from '../support/temporary.ts';

const query = `select * from (values
  (1, 9007199254740993::bigint, 170141183460469231731687303715884105::hugeint, 0.5::double, 1234567890123.45::decimal(15, 2), 'é', true,
    date '2020-09-01', timestamp '2020-09-01 08:30:00.123457', timestamptz '2020-09-01 08:30:00+00', [1, null, 3], {'a': 1}),
  (null, null, null, null, null, null, null, null, null, null, null, null)
) as t(i, big, huge, d, dec, s, b, day, ts, tz, l, st)`;

async function encode(format: 'parquet' | 'arrow', sql = query) {
  const db = await open();
  try {
    return await encodeChunks(await db.readChunks(sql), format);
  } finally {
    db.close();
  }
}

test('a result as Parquet has the types and values of the query', async () => {
  const path = join(makeTemporaryFolder('encode'), 'result.parquet');
  writeFileSync(path, await encode('parquet'));
  const db = await open();
  const read = await db.query(`from '${path}'`);
  const expected = await db.query(query);
  db.close();
  // Parquet has no integer of 128 bits. DuckDB writes a double.
  const but = (types: string[]) => types.filter((_, index) => read.columns[index] !== 'huge');
  assert.deepEqual(read.columns, expected.columns);
  assert.deepEqual(but(read.types), but(expected.types));
  const exact = read.rows.map(({huge: _, ...row}) => row);
  assert.deepEqual(
    exact,
    expected.rows.map(({huge: _, ...row}) => row),
  );
});

test('a result as Arrow has them, too, to the last digit and the last microsecond', async () => {
  const options = {useBigInt: true, useDecimalInt: true, useDate: true};
  const table = tableFromIPC(await encode('arrow'), options);
  const [row, empty] = table.toArray();
  assert.deepEqual(row, {
    i: 1,
    big: 9007199254740993n,
    huge: 170141183460469231731687303715884105n,
    d: 0.5,
    dec: 123456789012345n,
    s: 'é',
    b: true,
    day: new Date('2020-09-01'),
    ts: new Date('2020-09-01T08:30:00.123Z'),
    tz: new Date('2020-09-01T08:30:00Z'),
    l: [1, null, 3],
    st: "{'a': 1}",
  });
  assert.ok(Object.values(empty ?? {}).every((value) => value === null));
  assert.equal(table.getChild('ts').data[0]?.values[0], 1_598_949_000_123_457n);
});

test('a result without rows keeps its columns', async () => {
  const none = 'select 1 as a, [1] as b where false';
  assert.deepEqual(tableFromIPC(await encode('arrow', none)).names, ['a', 'b']);
  assert.ok((await encode('parquet', none)).length > 0);
});
