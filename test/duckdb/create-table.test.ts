import assert from 'node:assert/strict';
import {test} from 'node:test';
import {createTable} from '../../src/duckdb/create-table.ts';
import {open} from '../../src/duckdb/database.ts';

const table = {schema: 'main', name: 'odd "name"'};

test('a table keeps the order of its rows and has the declared types', async () => {
  const db = await open();
  const rows = [
    {
      text: "O'Brien; drop table x",
      n: 9_007_199_254_740_991,
      is_so: true,
      at: '2021-02-03T04:05:06.789',
      more: {a: ['b \' "']},
    },
    {text: 'ŠĆ 学校 🏫 \\ " $1 \t\n', n: null, is_so: false, at: null, more: []},
    {text: '', n: -1, is_so: null, at: null, more: null},
    {text: null, n: 0, is_so: null, at: null, more: [1.5, 'x']},
  ];
  const columns = {
    text: ['varchar', ({text}) => text],
    n: ['bigint', ({n}) => n],
    is_so: ['boolean', (row) => row.is_so],
    at: ['timestamp', ({at}) => at],
    more: ['json', ({more}) => more],
  } satisfies Parameters<typeof createTable<(typeof rows)[number]>>[2];
  await createTable(db, table, columns, rows);
  const {columns: names, types, rows: found} = await db.query('select * from "odd ""name"""');
  assert.deepEqual(names, Object.keys(columns));
  const [first, ...others] = found;
  assert.deepEqual(first, {...rows[0], at: '2021-02-03 04:05:06.789', more: JSON.stringify(rows[0]?.more)});
  const asText = rows.slice(1).map(({more, ...row}) => ({...row, more: more && JSON.stringify(more)}));
  assert.deepEqual(others, asText);
  assert.deepEqual(types, ['VARCHAR', 'BIGINT', 'BOOLEAN', 'TIMESTAMP', 'VARCHAR']);
  db.close();
});

test('a table without rows has its columns, and replaces an older table of that name', async () => {
  const db = await open();
  await createTable(db, table, {a: ['varchar', ({a}) => a]}, [{a: 'x'}]);
  await createTable(db, table, {b: ['integer', () => null]}, []);
  assert.deepEqual(await db.query('select * from "odd ""name"""'), {columns: ['b'], types: ['INTEGER'], rows: []});
  db.close();
});
