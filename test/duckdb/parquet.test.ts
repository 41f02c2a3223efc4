import assert from 'node:assert/strict';
import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {test} from 'node:test';
import {literal, open} from '../../src/duckdb/database.ts';
import {writeTable} from '../../src/duckdb/parquet.ts';
import {makeTemporaryFolder} from '../support/temporary.ts';

test('the same rows give the same bytes, in any order and with any number of threads', async () => {
  const folder = makeTemporaryFolder('export');
  const files: Record<'parquet' | 'csv', Set<string>> = {parquet: new Set(), csv: new Set()};
  let read: unknown;
  for (const [n, threads] of [1, 2, 8, 8].entries()) {
    const db = await open();
    await db.run(`set threads = ${threads}; create table t as
      select i % 7 as a, case when i % 5 = 0 then null else 'text ' || i end as b, i / 3.0 as c
      from range(300000) as r(i) order by hash(i + ${n})`);
    for (const format of ['parquet', 'csv'] as const) {
      const path = join(folder, `${n}.${format}`);
      await writeTable(db, {schema: 'main', name: 't'}, path, format);
      files[format].add((await readFile(path)).toString('base64'));
    }
    read = await db.rows(
      `select count(*) as n, count(b) as texts, sum(a) as a from ${literal(join(folder, `${n}.parquet`))}`,
    );
    db.close();
  }
  assert.equal(files.parquet.size, 1);
  assert.equal(files.csv.size, 1);
  // 42,857 full rounds of 0 to 6 (sum 21), and one more 0. A fifth of the rows has no text.
  assert.deepEqual(read, [{n: 300_000, texts: 240_000, a: 42_857 * 21}]);
});

test('rows in a file are sorted by their columns, nulls first', async () => {
  const path = join(makeTemporaryFolder('export'), 't.csv');
  const db = await open();
  await db.run(
    `create table t as select * from (values (2, 'b', null), (1, 'z', 0.5), (2, 'a', 1), (null, 'c', 1)) as v(n, text, share)`,
  );
  await writeTable(db, {schema: 'main', name: 't'}, path, 'csv');
  db.close();
  assert.equal(await readFile(path, 'utf8'), 'n,text,share\n,c,1.0\n1,z,0.5\n2,a,1.0\n2,b,\n');
});
