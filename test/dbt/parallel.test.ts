import assert from 'node:assert/strict';
import {test} from 'node:test';
import {setTimeout} from 'node:timers/promises';
import {runInParallel} from '../../src/dbt/run/parallel.ts';
import {open} from '../../src/duckdb/database.ts';

const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
/** c waits for a and b, h for c; the others for nothing. */
const waitsFor = (name: string) => ({c: ['a', 'b'], h: ['c']})[name] ?? [];

test('each item is done once, after its prerequisites, on a connection of its own', async () => {
  const db = await open();
  const done: string[] = [];
  const busy = new Set<unknown>();
  let most = 0;
  await runInParallel(db, names, waitsFor, async (name, connection) => {
    assert.ok(!busy.has(connection), 'two at a time on one connection');
    busy.add(connection);
    most = Math.max(most, busy.size);
    for (const before of waitsFor(name)) assert.ok(done.includes(before), `${name} before ${before}`);
    await connection.run(`create table ${name} as select 1 as n`);
    await setTimeout(name === 'a' ? 30 : 5);
    busy.delete(connection);
    done.push(name);
  });
  assert.deepEqual(done.toSorted(), names);
  assert.ok(most > 1, 'several at a time');
  const tables = await db.rows('select table_name from duckdb_tables() order by 1');
  assert.deepEqual(
    tables,
    names.map((name) => ({table_name: name})),
  );
  db.close();
});

test('if several items fail, the first in order is reported, whichever fails sooner; items that wait for it are not started', async () => {
  const db = await open();
  const begun: string[] = [];
  const failing = runInParallel(db, names, waitsFor, async (name) => {
    begun.push(name);
    await setTimeout(name === 'b' ? 40 : 1);
    if (name === 'b' || name === 'd') throw new Error(name);
  });
  await assert.rejects(failing, /^Error: b$/);
  assert.ok(begun.includes('a'));
  assert.ok(!begun.includes('c') && !begun.includes('h'));
  db.close();
});

test('an item that runs out of memory is retried with less concurrency, finally alone', async () => {
  const db = await open();
  const done: string[] = [];
  const busy = new Set<string>();
  await runInParallel(db, names, waitsFor, async (name) => {
    busy.add(name);
    await setTimeout(5);
    const isBeside = busy.size > 1;
    await setTimeout(5);
    busy.delete(name);
    if (isBeside && 'bcd'.includes(name)) throw new Error('Out of Memory Error: could not allocate block');
    for (const before of waitsFor(name)) assert.ok(done.includes(before), `${name} before ${before}`);
    done.push(name);
  });
  assert.deepEqual(done.toSorted(), names);
  db.close();
});

test('an item that runs out of memory alone fails', async () => {
  const db = await open();
  let tries = 0;
  const failing = runInParallel(
    db,
    ['a'],
    () => [],
    async () => {
      tries++;
      throw new Error('Out of Memory Error: could not allocate block');
    },
  );
  await assert.rejects(failing, /^Error: Out of Memory Error/);
  // Four at a time, two at a time, and alone.
  assert.equal(tries, 3);
  db.close();
});
