import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {openSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {before, test} from 'node:test';
import {fileURLToPath} from 'node:url';
import {tableFromIPC} from '@uwdata/flechette';
import {renderExact} from '../../src/cli/table.ts';
import {open} from '../../src/duckdb/database.ts';
import {expectError, type Outcome, rollcall} from '../support/command.ts';
import {openSampleBuild} from '../support/pipeline.ts';
import {makeTemporaryFolder} from '../support/temporary.ts';

let home: string;
before(async () => {
  const built = await openSampleBuild();
  built.close();
  home = built.home;
});

function ask(...args: string[]): Promise<Outcome> {
  return rollcall(['sql', ...args, '--home', home]);
}

const shares = `select 0.5 as student_share, 1 / 3 as teacher_share, -2 as gap_pp, true as is_small, null as city, 1234567 as n`;

test('a table has the columns and values of the query as they are', async () => {
  const {stdout} = await ask(shares);
  assert.equal(
    stdout,
    `student_share       teacher_share  gap_pp  is_small  city        n
          0.5  0.3333333333333333      -2  true      NULL  1234567
`,
  );
  assert.equal(
    (await ask(shares, '--format', 'md')).stdout.split('\n')[2],
    '|           0.5 | 0.3333333333333333 |     -2 | true     | NULL | 1234567 |',
  );
});

test('rows that are wider than the screen stand one below the other, whole', () => {
  const columns = ['code', 'name', 'what_it_is'];
  const rows = [
    {code: '0012', name: 'Alder Elementary School', what_it_is: 'a school with a long description'},
    {code: '3', name: null, what_it_is: ''},
  ];
  assert.equal(
    renderExact({columns, rows}, 'table', 40),
    `Row 1
code        0012
name        Alder Elementary School
what_it_is  a school with a long
            description

Row 2
code        3
name        NULL
what_it_is
`,
  );
  assert.match(renderExact({columns, rows}, 'table', 80), /^code {2}name +what_it_is\n0012 {2}Alder/);
});

test('parameters are values: a text, a number where the query needs one, never SQL', async () => {
  const counted = 'select count(*) as n from schools where school_year = $year and all_students_count > $least';
  const built = await ask(counted, '--param', 'year=2020-21', '--param', 'least=500', '--json');
  const written = await ask(counted.replace('$year', "'2020-21'").replace('$least', '500'), '--json');
  assert.equal(built.stdout, written.stdout);
  assert.ok(JSON.parse(built.stdout)[0].n > 5);
  const injected = await ask('select $x as x', '--param', "x=1' or '1'='1", '--json');
  assert.deepEqual(JSON.parse(injected.stdout), [{x: "1' or '1'='1"}]);
  assert.match(expectError(await ask('select $year as y')), /without a value: year\. .*--param/);
  assert.match(expectError(await ask('select 1', '--param', 'year=1')), /--param is not in the query/);
  assert.match(expectError(await ask('select 1', '--param', 'year')), /--param year=2020-21/);
});

test('the query may be in a file or come from standard input', async () => {
  const file = join(makeTemporaryFolder('sql'), 'query.sql');
  writeFileSync(file, 'select 7 as seven');
  const expected = 'seven\n7\n';
  assert.equal((await ask('--file', file, '--format', 'csv')).stdout, expected);
  const program = fileURLToPath(new URL('../../bin/rollcall.js', import.meta.url));
  const args = [program, 'sql', '--format', 'csv', '--home', home];
  const redirected = execFileSync(process.execPath, args, {stdio: [openSync(file, 'r'), 'pipe', 'ignore']});
  assert.equal(String(redirected), expected);
  const piped = execFileSync(process.execPath, [...args, '-'], {
    input: 'select 7 as seven',
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  assert.equal(String(piped), expected);
  assert.match(expectError(await ask('select 1', '--file', file)), /two queries/);
});

test('--out writes the format of its ending, and the formats for programs keep types', async () => {
  const folder = makeTemporaryFolder('sql');
  const path = join(folder, 'schools.parquet');
  const query = 'select school_id, all_students_count from schools order by all';
  assert.equal((await ask(query, '--out', path)).stdout, '');
  const db = await open();
  const [read, types] = await Promise.all([
    db.rows(`from '${path}'`),
    db.rows(`select column_type as type from (describe from '${path}')`),
  ]);
  db.close();
  assert.deepEqual(read, JSON.parse((await ask(query, '--json')).stdout));
  assert.deepEqual(types, [{type: 'VARCHAR'}, {type: 'INTEGER'}]);
  await ask(query, '--out', join(folder, 'schools.arrow'));
  assert.equal(tableFromIPC(readFileSync(join(folder, 'schools.arrow'))).numRows, read.length);
  await ask(query, '--out', join(folder, 'x.csv'));
  assert.match(readFileSync(join(folder, 'x.csv'), 'utf8'), /^school_id,all_students_count\n00905-0912,/);
  assert.match(expectError(await ask(query, '--format', 'parquet', '--limit', '3')), /more than 3 rows/);
});

test('tables, describe and columns say what the warehouse has', async () => {
  const read = async (...args: string[]) => JSON.parse((await rollcall([...args, '--json', '--home', home])).stdout);
  const tables: Record<string, unknown>[] = await read('tables', 'marts');
  const [{n}] = JSON.parse((await ask('select count(*) as n from marts.schools', '--json')).stdout);
  assert.deepEqual(
    tables.find(({table}) => table === 'schools'),
    {
      schema: 'marts',
      table: 'schools',
      rows: n,
      one_row_is: 'a school of the region in a school year, with its total number of teachers and of students',
    },
  );
  const [year] = await read('describe', 'schools.school_year');
  assert.deepEqual([year.table, year.type, year.is_key], ['marts.schools', 'varchar', true]);
  assert.match(year.meaning, /2020-21 begins in September 2020/);
  assert.equal(year.values, '2018-19; 2019-20; 2020-21; 2021-22; 2022-23');
  assert.match(year.tests, /always there; in dim_school_year\.school_year/);
  const [count] = await read('describe', 'marts.schools.all_students_count');
  const [range] = JSON.parse(
    (await ask(`select min(all_students_count) || ' … ' || max(all_students_count) as r from schools`, '--json'))
      .stdout,
  );
  assert.equal(count.values, range.r);
  const found: Record<string, string>[] = await read('columns', 'overlap_expected');
  assert.ok(found.some(({table}) => table === 'marts.school_representation'));
  assert.ok(found.every(({column, meaning}) => `${column} ${meaning}`.includes('overlap_expected')));
  assert.match(expectError(await rollcall(['describe', 'schols', '--home', home])), /Did you mean schools/);
  assert.match(expectError(await rollcall(['describe', 'schools.teachers', '--home', home])), /teacher_count/);
});

test('every table and column of the published warehouse has its description as a comment', async () => {
  const {stdout} = await ask(
    `select
      (select count(*) from duckdb_tables() where comment is null) + (select count(*) from duckdb_views() where not internal and comment is null) as tables,
      count(*) filter (comment is null) as columns, count(*) > 500 as is_whole,
      any_value(comment) filter (table_name = 'schools' and column_name = 'teacher_count') as said
      from duckdb_columns() where database_name = current_database() and not internal`,
    '--json',
  );
  const [row] = JSON.parse(stdout);
  assert.deepEqual([row.tables, row.columns, row.is_whole], [0, 0, true]);
  assert.match(row.said, /^Teachers, of the row's group if it has one: people/);
});
