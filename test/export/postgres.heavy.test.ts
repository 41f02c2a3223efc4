import assert from 'node:assert/strict';
import {after, before, suite, test} from 'node:test';
import {setTimeout as pause} from 'node:timers/promises';
import type {Client} from 'pg';
import {exportToPostgres, type RowCounts, type Timeouts} from '../../src/export/postgres.ts';
import {readTables} from '../../src/export/tables.ts';
import {exit, Failure} from '../../src/failure.ts';
import {makePlacesBuild, openPlaces, type Places} from '../support/places.ts';
import {noPostgres, type Server, startPostgres} from '../support/postgres.ts';
import {startProxy} from '../support/proxy.ts';

/** Exports a build of places to an address, like the command. */
async function load(url: string, places: Places, patience?: Timeouts, wanted = ['core', 'marts']): Promise<RowCounts> {
  const {build, project} = places;
  const db = await openPlaces(places);
  try {
    const tables = await readTables(db, project, build, wanted);
    return await exportToPostgres(url, {db, build, tables}, patience);
  } finally {
    db.close();
  }
}

const nothing: RowCounts = {deleted: 0, updated: 0, inserted: 0};
/** Every row of every table, with the system columns that show whether it was rewritten. */
const everything = `select 'place' as table, xmin::text, ctid::text, to_jsonb(t) as row from core.place as t
  union all select 'count', xmin::text, ctid::text, to_jsonb(t) from core.count as t
  union all select 'remark', xmin::text, ctid::text, to_jsonb(t) from marts.remark as t order by 1, 3`;

/** Returns the Failure that a promise rejects with. */
async function failureOf(promise: Promise<unknown>): Promise<Failure> {
  const failure = await promise.then(
    () => assert.fail('it was expected to fail'),
    (error: unknown) => error,
  );
  assert.ok(failure instanceof Failure, String(failure));
  return failure;
}

suite('into Postgres', {skip: noPostgres}, () => {
  let server: Server;
  let one: Places;
  /** The same places with one changed row in each table, one place removed and one added. */
  let two: Places;
  before(async () => {
    server = await startPostgres();
    one = await makePlacesBuild('one');
    two = await makePlacesBuild('two', {
      change: `delete from core.count where place_id = '9.10'; delete from core.place where place_id = '9.10';
        update core.place set height = 3 where place_id = '0001'; update core.count set people = 11 where place_id = '0001';
        insert into core.place (place_id, seen_at) values ('0004', timestamp '2026-01-01 00:00:00');
        insert into core.count values ('2020', '0004', 10); insert into marts.remark values (4, 'two')`,
    });
  });
  after(() => server.stop());

  test('values and nulls arrive unchanged', async () => {
    const database = await server.database();
    assert.deepEqual(await load(server.url({database}), one), {...nothing, inserted: 4 + 4 + 4});
    const rows = await server.rows(
      `select place_id, place_name, is_open, floor, visitors::text, height::text, price::text, opened_on::text, seen_at::text
        from core.place order by place_id collate "C"`,
      database,
    );
    assert.deepEqual(
      rows.map((row) => Object.values(row)),
      [
        [
          '0001',
          'Café "Zum Löwen", 2nd\nfloor',
          true,
          -3,
          '9007199254740993',
          '0.1',
          '12.50',
          '2020-02-29',
          '2026-03-01 12:34:56.123456',
        ],
        ['0002', '', false, 0, '0', '-1.7976931348623157e+308', '-0.01', '0001-01-01', '1969-12-31 23:59:59'],
        [
          '0003',
          " NULL\\N,;\t'🦉 ",
          null,
          2147483647,
          '-9223372036854775808',
          '5e-324',
          '0.00',
          '9999-12-31',
          '2000-01-01 00:00:00',
        ],
        ['9.10', null, null, null, null, null, null, null, '2026-11-25 00:00:00.5'],
      ],
    );
    assert.deepEqual(await server.rows(`select remark from marts.remark order by remark collate "C"`, database), [
      {remark: ''},
      {remark: 'one'},
      {remark: 'one'},
      {remark: null},
    ]);
  });

  test('tables have types, keys, indexes and comments', async () => {
    const database = await server.database();
    await load(server.url({database}), one);
    const columns = await server.rows(
      `select attname as name, format_type(atttypid, atttypmod) as type, attnotnull as required,
          col_description(attrelid, attnum) as comment
        from pg_attribute where attrelid = 'core.place'::regclass and attnum > 0 order by attnum`,
      database,
    );
    assert.deepEqual(columns, [
      {name: 'place_id', type: 'text', required: true, comment: 'Its "id", with leading zeros.'},
      {name: 'place_name', type: 'text', required: false, comment: "Its name, as people's maps have it."},
      {name: 'is_open', type: 'boolean', required: false, comment: null},
      {name: 'floor', type: 'integer', required: false, comment: null},
      {name: 'visitors', type: 'bigint', required: false, comment: null},
      {name: 'height', type: 'double precision', required: false, comment: null},
      {name: 'price', type: 'numeric(9,2)', required: false, comment: null},
      {name: 'opened_on', type: 'date', required: false, comment: null},
      {name: 'seen_at', type: 'timestamp without time zone', required: true, comment: null},
    ]);
    const keys = await server.rows(
      `select pg_get_constraintdef(oid) as key from pg_constraint where connamespace in ('core'::regnamespace, 'marts'::regnamespace)
        order by key`,
      database,
    );
    assert.deepEqual(
      keys.map(({key}) => key),
      [
        'FOREIGN KEY (place_id) REFERENCES core.place(place_id) DEFERRABLE',
        'PRIMARY KEY (place_id)',
        'PRIMARY KEY (year, place_id)',
      ],
    );
    const indexes = await server.rows(
      `select indexdef from pg_indexes where schemaname = 'core' and indexdef not like '%UNIQUE%'`,
      database,
    );
    assert.deepEqual(indexes, [{indexdef: 'CREATE INDEX count_place_id_idx ON core.count USING btree (place_id)'}]);
    const [comment] = await server.rows(`select obj_description('core.count'::regclass) as comment`, database);
    assert.deepEqual(comment, {comment: 'One row = a place in a year.'});
    const [kept] = await server.rows(
      `select build, descriptor->'sources'->0->>'sha256' as sha256, jsonb_array_length(descriptor->'resources') as tables
        from rollcall.data_package`,
      database,
    );
    assert.deepEqual(kept, {build: 'one', sha256: 'ab'.repeat(32), tables: 3});
  });

  test('an unchanged export writes no row, and a changed one writes only the rows that differ', async () => {
    const database = await server.database();
    const url = server.url({database});
    await load(url, one);
    const first = await server.rows(everything, database);
    assert.deepEqual(await load(url, one), nothing);
    assert.deepEqual(await server.rows(everything, database), first);
    // In places and counts, one row is deleted, one updated, one inserted. Rows without a key are all replaced.
    assert.deepEqual(await load(url, two), {deleted: 1 + 1 + 4, updated: 1 + 1, inserted: 1 + 1 + 5});
    const fresh = await server.database();
    await load(server.url({database: fresh}), two);
    const rows = (list: Record<string, unknown>[]) => list.map(({table, row}) => [table, JSON.stringify(row)]).sort();
    assert.deepEqual(rows(await server.rows(everything, database)), rows(await server.rows(everything, fresh)));
    assert.deepEqual(await server.rows('select build from rollcall.data_package', database), [{build: 'two'}]);
  });

  test("grants and other people's views survive, and a new table gets the default grants", async () => {
    const database = await server.database();
    const url = server.url({database});
    await load(url, one, undefined, ['core']);
    await server.rows(
      `create role analyst login; create schema marts;
        grant usage on schema core, marts to analyst; grant select on core.place to analyst;
        grant select (people) on core.count to analyst; alter default privileges in schema marts grant select on tables to analyst;
        create schema hers authorization analyst;
        create view hers.places as select place_id, height from core.place; grant select on hers.places to analyst`,
      database,
    );
    const taller = await makePlacesBuild('three', {
      change: `update core.place set height = 3; alter table core.place add column age integer`,
      yml: (text) => text.replace('{name: floor}', '{name: floor}\n      - {name: age}'),
    });
    for (const places of [two, taller]) await load(url, places);
    const analyst = await server.client({user: 'analyst', database});
    const asked = async (sql: string) => (await analyst.query<Record<string, unknown>>(sql)).rows;
    assert.deepEqual(await asked('select distinct height, age from core.place'), [{height: 3, age: null}]);
    assert.deepEqual(await asked('select sum(people)::int as n from core.count'), [{n: 40}]);
    assert.deepEqual(await asked('select count(*)::int as n from marts.remark'), [{n: 4}]);
    assert.deepEqual(await asked('select distinct height from hers.places'), [{height: 3}]);
    await assert.rejects(asked('select year from core.count'), /permission denied/);
    await analyst.end();
  });

  test('a column or table that a view needs is not dropped; the error names the view', async () => {
    const database = await server.database();
    const url = server.url({database});
    await load(url, one);
    await server.rows(
      'create schema hers; create view hers.heights as select height from core.place; create view hers.remarks as select * from marts.remark',
      database,
    );
    const first = await server.rows(everything, database);
    const without = await makePlacesBuild('without', {change: 'alter table core.place drop column height'});
    const column = await failureOf(load(url, without));
    assert.equal(column.exitCode, exit.failed);
    assert.match(
      column.message,
      /cannot drop column height of table core\.place.*view hers\.heights depends on.*as they were\.$/,
    );
    const table = await failureOf(load(url, one, undefined, ['core']));
    assert.match(table.message, /cannot drop table marts\.remark.*view hers\.remarks depends on/);
    assert.deepEqual(await server.rows(everything, database), first);
    await server.rows('drop schema hers cascade', database);
    await load(url, without, undefined, ['core']);
    assert.deepEqual(await server.rows(`select to_regclass('marts.remark')::text as remark`, database), [
      {remark: null},
    ]);
  });

  test('a table follows its model: columns, types, keys, nullability', async () => {
    const database = await server.database();
    const url = server.url({database});
    await load(url, one);
    const other = await makePlacesBuild('other', {
      change: `alter table core.count alter people type bigint; alter table core.place alter place_id type bigint using place_id::double::bigint;
        alter table core.count alter place_id type bigint using place_id::double::bigint; alter table core.place drop column price;
        alter table core.place add column colour varchar; update core.place set seen_at = null where place_id = 3`,
      yml: (text) =>
        text
          .replace('{name: price}', '{name: colour}')
          .replace('{name: seen_at, data_tests: [not_null]}', '{name: seen_at}')
          .replace('columns: [year, place_id]', 'columns: [place_id, year]'),
    });
    await load(url, other);
    await load(url, other);
    const fresh = await server.database();
    await load(server.url({database: fresh}), other);
    const shape = async (name: string) => [
      await server.rows(
        `select attrelid::regclass::text as table, attname, format_type(atttypid, atttypmod), attnotnull from pg_attribute
          where attrelid in ('core.place'::regclass, 'core.count'::regclass) and attnum > 0 and not attisdropped order by 1, 2`,
        name,
      ),
      await server.rows(
        `select pg_get_constraintdef(oid) from pg_constraint where connamespace = 'core'::regnamespace order by 1`,
        name,
      ),
      await server.rows(`select count(*)::int from pg_indexes where schemaname = 'core'`, name),
      (await server.rows('select * from core.place order by place_id', name)).map(({place_id, colour, height}) => [
        place_id,
        colour,
        height,
      ]),
    ];
    assert.deepEqual(await shape(database), await shape(fresh));
    // And back.
    await load(url, one);
    const first = await server.database();
    await load(server.url({database: first}), one);
    assert.deepEqual((await shape(database)).slice(0, 3), (await shape(first)).slice(0, 3));
  });

  test('a table that Rollcall did not make is not touched, and the error names it', async () => {
    const database = await server.database();
    await server.rows(
      `create schema core; create table core.place (mine text); insert into core.place values ('dear')`,
      database,
    );
    const failure = await failureOf(load(server.url({database}), one));
    assert.match(failure.message, /core\.place already, and no export of Rollcall put it there/);
    assert.deepEqual(await server.rows('select * from core.place', database), [{mine: 'dear'}]);
    assert.deepEqual(await server.rows(`select to_regclass('core.count')::text as made`, database), [{made: null}]);
  });

  test('a reader sees one build or the other, never a mix and never an error', async () => {
    const database = await server.database();
    const url = server.url({database});
    await load(url, one);
    let isLoading = true;
    const seen = {statements: new Set<string>(), transactions: new Set<string>()};
    const state = `select build || ' ' || (select sum(people) from core.count join core.place using (place_id)) || ' '
      || (select count(*) from marts.remark) as state from rollcall.data_package`;
    const each = [
      'select build from rollcall.data_package',
      'select sum(people) from core.count',
      'select count(*) from marts.remark',
    ];
    const read = async (look: (client: Client) => Promise<void>) => {
      const client = await server.client({database});
      for (let looks = 0; isLoading || looks < 5; looks++) await look(client);
      await client.end();
    };
    const readers = [
      read(async (client) => {
        const {rows} = await client.query<{state: string}>(state);
        seen.statements.add(String(rows[0]?.state));
      }),
      // A transaction that began before the export still sees the old rows after it.
      read(async (client) => {
        await client.query('begin isolation level repeatable read read only');
        const found = [];
        for (const sql of each) {
          const {rows} = await client.query<Record<string, unknown>>(sql);
          found.push(Object.values(rows[0] ?? {})[0]);
          await pause(100);
        }
        await client.query('commit');
        seen.transactions.add(found.join(' '));
      }),
    ];
    for (let n = 0; n < 6; n++) await load(url, n % 2 === 0 ? two : one);
    isLoading = false;
    await Promise.all(readers);
    // 4 places with 10 people each; 3 of them and a new one, the first with 11.
    const both = ['one 40 4', 'two 41 5'];
    for (const found of Object.values(seen))
      assert.deepEqual(
        [...found].filter((each) => !both.includes(each)),
        [],
      );
    assert.deepEqual([...seen.statements].sort(), both);
  });

  test('if columns change, the export waits for open readers, and names one that takes too long', async () => {
    const database = await server.database();
    const url = server.url({database});
    await load(url, one);
    const wider = await makePlacesBuild('wider', {change: 'alter table core.place add column age integer'});
    const reader = await server.client({database});
    await reader.query("set application_name = 'a dashboard'; begin; select * from core.count");
    const failure = await failureOf(load(url, wider, {silence: 60_000, readers: 700}));
    assert.match(failure.message, /keeper \(process \d+, idle in transaction, a dashboard\)/);
    assert.deepEqual(await server.rows('select build from rollcall.data_package', database), [{build: 'one'}]);
    const loading = load(url, wider);
    await pause(700);
    await reader.query('select * from core.place');
    await reader.query('commit');
    await loading;
    assert.deepEqual(await server.rows('select build from rollcall.data_package', database), [{build: 'wider'}]);
    await reader.end();
  });

  test('of two exports at once the second is refused', async () => {
    const database = await server.database();
    const other = await server.client({database});
    await other.query(`begin; select pg_advisory_xact_lock(hashtext('rollcall export'))`);
    assert.equal((await failureOf(load(server.url({database}), one))).exitCode, exit.locked);
    await other.end();
  });

  for (const how of ['drop', 'stall'] as const) {
    test(`a connection that ${how}s halfway leaves the old tables`, async () => {
      const database = await server.database();
      await load(server.url({database}), one);
      const first = await server.rows(everything, database);
      const many = await makePlacesBuild('many', {
        places: `select 'p' || i, repeat('long name ', 50), true, 1, 1, 1.0, 1, date '2020-01-01', timestamp '2020-01-01 00:00:00'
          from range(20000) as r(i)`,
      });
      const proxy = await startProxy(server.port, how, 2_000_000);
      const url = server.url({database, port: proxy.port});
      const failure = await failureOf(load(url, many, {silence: 1000, readers: 1000}));
      await proxy.close();
      assert.equal(failure.exitCode, exit.unreachable);
      assert.match(
        failure.message,
        /the connection broke while loading core\.place .*The tables there are as they were\. Run it again\.$/,
      );
      assert.deepEqual(await server.rows(everything, database), first);
      assert.deepEqual(await load(server.url({database}), one), nothing);
    });
  }

  test('each table of a sample is marked as one in a comment and in every row', async () => {
    const database = await server.database();
    await load(server.url({database}), await makePlacesBuild('sample', {isSample: true}));
    const [found] = await server.rows(
      `select obj_description('core.place'::regclass) as comment, (select bool_and(is_sample) from core.place) as marked`,
      database,
    );
    assert.deepEqual(found, {
      comment: 'SAMPLE: invented schools and figures, not data of any real school. One row = a place.',
      marked: true,
    });
  });
});
