import assert from 'node:assert/strict';
import {test} from 'node:test';
import {compareSchools} from '../../src/changes/changed-schools.ts';
import {open} from '../../src/duckdb/database.ts';

/** Names of schools by school year; every year has students. */
type Years = Record<string, Record<string, string | null>>;

async function compare(before: Years, after: Years) {
  const db = await open();
  try {
    for (const [build, years] of Object.entries({before, after})) {
      await db.run(`attach ':memory:' as ${build}`);
      await db.run(`create schema ${build}.core`);
      await db.run(
        `create table ${build}.core.dim_school_year (school_year varchar, has_enrollment bool, has_teachers bool)`,
      );
      await db.run(`create table ${build}.core.dim_school_snapshot (school_year varchar, school_id varchar, school_name varchar,
        district_name varchar, has_enrollment bool, has_teachers bool)`);
      await db.run(`create table ${build}.core.bridge_school_region (school_year varchar, school_id varchar)`);
      for (const [year, schools] of Object.entries(years)) {
        await db.run(`insert into ${build}.core.dim_school_year values ($year, true, false)`, {year});
        for (const [id, name] of Object.entries(schools)) {
          const row = {year, id, name};
          await db.run(
            `insert into ${build}.core.dim_school_snapshot values ($year, $id, $name, 'Lyra', true, false)`,
            row,
          );
        }
      }
    }
    return (await compareSchools(db)).map(({kind, schoolId, nameBefore, nameAfter}) => [
      ...[kind, schoolId, nameBefore, nameAfter],
    ]);
  } finally {
    db.close();
  }
}

test('a name that was missing, and one that is missing now, count as renamed', async () => {
  const before = {'2020-21': {a: null, b: 'Vega', c: null, d: 'Mira'}};
  const after = {'2020-21': {a: 'Altair', b: null, c: null, d: 'Mira'}};
  assert.deepEqual(await compare(before, after), [
    ['renamed', 'a', null, 'Altair'],
    ['renamed', 'b', 'Vega', null],
  ]);
});

test('if the later build ends earlier, both are compared in its last year', async () => {
  const before = {'2019-20': {a: 'Altair'}, '2020-21': {a: 'Altair', b: 'Vega'}};
  assert.deepEqual(await compare(before, {'2019-20': {a: 'Altair'}}), []);
});

test('if the later build goes on, each is compared in its own last year', async () => {
  const after = {'2019-20': {a: 'Altair'}, '2020-21': {b: 'Vega'}};
  assert.deepEqual(await compare({'2019-20': {a: 'Altair'}}, after), [
    ['closed', 'a', 'Altair', null],
    ['opened', 'b', null, 'Vega'],
  ]);
});
