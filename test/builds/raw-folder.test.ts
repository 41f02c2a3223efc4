import assert from 'node:assert/strict';
import {readdirSync, readFileSync, statSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {test} from 'node:test';
import {identifier, literal, open} from '../../src/duckdb/database.ts';
import {build} from '../support/pipeline.ts';
import {sampleFolder} from '../support/workspace.ts';

const enrollment = 'Report_Card_Enrollment_2018-19_School_Year.csv';
const teachers = 'Report_Card_Teacher_Demographics_2017-18_to_2022-23.csv';
const contents = (name: string) => readFileSync(join(sampleFolder, name), 'utf8');

test('the raw folder has every raw table with the same columns, types and rows, as links to the lake', async () => {
  const row = contents(teachers).trimEnd().split(/\r?\n/).at(-1) ?? '';
  const {home, warehouse, close} = await build({
    [enrollment]: contents(enrollment),
    // One more row, of unknown year.
    [teachers]: `${contents(teachers)}${row.replace(/,20\d\d-\d\d,/, ',sometime,')}\n`,
  });
  close();
  const raw = join(dirname(warehouse), 'raw');
  const db = await open(warehouse, {readOnly: true});
  const tables = await db.rows(`select table_name from duckdb_tables() where schema_name = 'raw' order by table_name`);
  assert.deepEqual(
    readdirSync(raw).sort(),
    tables.map(({table_name}) => table_name),
  );
  for (const name of readdirSync(raw)) {
    const loaded = `raw.${identifier(name)}`;
    const files = `read_parquet(${literal(join(raw, name, '**/*.parquet'))}, hive_partitioning = true)`;
    const columns = (of: string) =>
      db.rows(`select column_name, column_type from (describe select * from ${of}) order by column_name`);
    assert.deepEqual(await columns(files), await columns(loaded), name);
    const names = (await columns(loaded)).map((column) => identifier(String(column['column_name']))).join(', ');
    const different = await db.rows(`
      (select ${names} from ${loaded} except all select ${names} from ${files})
      union all (select ${names} from ${files} except all select ${names} from ${loaded})`);
    assert.deepEqual(different, [], name);
  }
  const rejected = literal(join(raw, 'rejected_row', '**/*.parquet'));
  assert.deepEqual(await db.rows(`select school_year from read_parquet(${rejected}, hive_partitioning = true)`), [
    {school_year: null},
  ]);
  db.close();
  const year = join('ospi_enrollment', 'school_year=2018-19');
  for (const name of readdirSync(join(home, 'lake', year))) {
    assert.equal(statSync(join(raw, year, name)).ino, statSync(join(home, 'lake', year, name)).ino);
  }
});
