import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import * as v from 'valibot';
import {access, answers, representationByGroup} from '../../src/answers/answers.ts';
import {explorations} from '../../src/answers/explorations.ts';
import {type Database, identifier, literal, open} from '../../src/duckdb/database.ts';
import {openSampleBuild, type SampleBuild} from '../support/pipeline.ts';

/** The sample, and the same tables with their rows in other orders. */
let sample: SampleBuild;
let shuffled: Database[];
before(async () => {
  sample = await openSampleBuild();
  shuffled = [];
  for (const salt of ['a', 'b']) shuffled.push(await shuffle(sample.warehouse, salt));
});
after(() => {
  for (const db of [sample, ...shuffled]) db.close();
});

async function shuffle(warehouse: string, salt: string): Promise<Database> {
  const db = await open();
  await db.run(`attach ${literal(warehouse)} as build (read_only)`);
  const tables = await db.read(
    v.object({schema: v.string(), name: v.string()}),
    `select distinct schema_name as schema, table_name as name from duckdb_columns()
      where database_name = 'build' and schema_name in ('marts', 'core', 'intermediate', 'seeds')`,
  );
  for (const {schema, name} of tables) {
    const table = `${identifier(schema)}.${identifier(name)}`;
    await db.run(`create schema if not exists ${identifier(schema)};
      create table ${table} as select * from build.${table} as each order by hash(each, ${literal(salt)})`);
  }
  return db;
}

test('every figure of every answer has the same last digit, whatever the order of rows and the number of threads', async () => {
  const options = {region: 'road_map'};
  for (const answer of [...answers, representationByGroup, access, ...explorations]) {
    const sql = answer.sql('2020-21', options);
    const expected = await sample.rows(sql);
    assert.ok(expected.length > 0, answer.name);
    for (const db of shuffled) {
      for (const threads of [1, 4]) {
        await db.run(`set threads = ${threads}`);
        assert.deepEqual(await db.rows(sql), expected, `${answer.name} with ${threads} threads`);
      }
    }
  }
});
