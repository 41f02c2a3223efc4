import {join} from 'node:path';
import type {Project} from '../../src/dbt/project/project.ts';
import {readProject} from '../../src/dbt/project/read-project.ts';
import {type Database, literal, open} from '../../src/duckdb/database.ts';
import type {Build} from '../../src/export/tables.ts';
import {writeTinyProject} from './dbt-project.ts';
import {makeTemporaryFolder} from './temporary.ts';
import {thresholds} from './thresholds.ts';

/*
 * A build of three tables that have nothing to do with schools: places, yearly counts for each place, and remarks, which
 * have no key. The columns cover every type that is exported, and values that files and databases often get wrong.
 */

const files = {
  'dbt_project.yml':
    'name: places\nvars: {small_number: 10}\nmodels:\n  places:\n    core:\n      +schema: core\n    marts:\n      +schema: marts\n',
  'models/core/place.sql': 'select 1 as place_id',
  'models/core/count.sql': 'select 1 as place_id',
  'models/marts/remark.sql': "select 1 as day, '' as remark",
  'models/places.yml': `
models:
  - name: place
    description: One row = a place.
    columns:
      - {name: place_id, description: 'Its "id", with leading zeros.', data_tests: [unique, not_null]}
      - {name: place_name, description: "Its name, as people's maps have it."}
      - {name: is_open}
      - {name: floor}
      - {name: visitors}
      - {name: height}
      - {name: price}
      - {name: opened_on}
      - {name: seen_at, data_tests: [not_null]}
  - name: count
    description: One row = a place in a year.
    data_tests:
      - unique_combination: {arguments: {columns: [year, place_id]}}
    columns:
      - {name: year, data_tests: [not_null]}
      - name: place_id
        data_tests:
          - not_null
          - relationships: {arguments: {to: ref('place'), field: place_id}}
      - {name: people}
  - name: remark
    columns:
      - {name: day}
      - {name: remark}
`,
};

/** One row a place. The last has a null in every column that allows it. */
const awkward = `
  ('0001', 'Café "Zum Löwen", 2nd\nfloor', true, -3, 9007199254740993, 0.1, 12.50, date '2020-02-29', timestamp '2026-03-01 12:34:56.123456'),
  ('0002', '', false, 0, 0, -1.7976931348623157e308, -0.01, date '0001-01-01', timestamp '1969-12-31 23:59:59'),
  ('0003', ' NULL\\N,;\t''🦉 ', null, 2147483647, -9223372036854775808, 5e-324, 0, date '9999-12-31', timestamp '2000-01-01 00:00:00'),
  ('9.10', null, null, null, null, null, null, null, timestamp '2026-11-25 00:00:00.5')`;

/** The file that the manifest of a build of places names as its input. */
export const teachers: Build['inputs'][number] = {
  source: 'ospi-teachers',
  file: 'y59b-6pu8.csv',
  origin: 'https://data.wa.gov/api/views/y59b-6pu8',
  sha256: 'ab'.repeat(32),
  landedAt: '2026-11-01T08:00:00.000Z',
  publishedAt: '2021-06-01T00:00:00.000Z',
  license: {id: 'PUBLIC_DOMAIN', name: 'Public Domain'},
  isSample: false,
  schoolYears: ['2020-21'],
};

export interface Places {
  build: Build;
  project: Project;
}

/**
 * Makes a build of places.
 *
 * @param places rows of `core.place`, as SQL
 * @param people the count of each place in 2020
 * @param change further statements on the warehouse
 * @param inputs further input files for the manifest
 */
export async function makePlacesBuild(
  id: string,
  {
    places = awkward,
    people = '10',
    change = '',
    isSample = false,
    label = undefined as string | undefined,
    note = undefined as string | undefined,
    inputs = [] as Build['inputs'],
    yml = (text: string) => text,
  } = {},
): Promise<Places> {
  const folder = makeTemporaryFolder('places');
  const warehouse = join(folder, 'warehouse.duckdb');
  const db = await open(warehouse);
  await db.run(`
    create schema core; create schema marts;
    create table core.place (place_id varchar, place_name varchar, is_open boolean, floor integer, visitors bigint,
      height double, price decimal(9, 2), opened_on date, seen_at timestamp);
    insert into core.place ${places.trim().startsWith('select') ? places : `values ${places}`};
    create table core.count as select '2020' as year, place_id, cast(${people} as integer) as people from core.place;
    create table marts.remark as select * from (values (1, 'one'), (1, 'one'), (2, null), (3, '')) as v(day, remark);
    ${change}`);
  db.close();
  return {
    build: {
      id,
      builtAt: '2026-11-02T03:04:05.678Z',
      isSample,
      label,
      schoolYears: ['2020-21'],
      thresholds,
      inputs: [{...teachers, isSample, ...(note !== undefined && {note})}, ...inputs],
      warehouse,
    },
    project: await readProject(
      await writeTinyProject({...files, 'models/places.yml': yml(files['models/places.yml'])}),
    ),
  };
}

/** Opens the warehouse of a build, for reading. */
export function openPlaces({build}: Places): Promise<Database> {
  return open(build.warehouse, {readOnly: true});
}

/** Returns whether `a` and `b` of the same database have the same rows with the same number of copies. */
export async function haveSameRows(db: Database, a: string, b: string): Promise<boolean> {
  const [counted] = await db.rows(`select (select count(*) from (${a} except all ${b}))
    + (select count(*) from (${b} except all ${a})) as n`);
  return counted?.['n'] === 0;
}

export function readParquet(path: string): string {
  return `from read_parquet(${literal(path)})`;
}
