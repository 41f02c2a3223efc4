import assert from 'node:assert/strict';
import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {test} from 'node:test';
import {writeStates} from '../../bench/states.ts';
import {buildFrom} from '../support/pipeline.ts';
import {temporaryFolder} from '../support/temporary.ts';

const size = {states: 2, years: 2, schools: 80, seed: 1};

async function written(choices: typeof size): Promise<Record<string, string>> {
  const folder = temporaryFolder('states');
  await writeStates(folder, choices);
  return Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}

test('the same choices make the same bytes, another seed other figures', async () => {
  const files = await written(size);
  assert.deepEqual(Object.keys(files).sort(), [
    'Report_Card_Enrollment_2021-22_School_Year.csv',
    'Report_Card_Enrollment_2022-23_School_Year.csv',
    'Report_Card_Teacher_Demographics_2021-22_School_Year.csv',
    'Report_Card_Teacher_Demographics_2022-23_School_Year.csv',
    'SchoolList.txt',
  ]);
  assert.deepEqual(await written(size), files);
  const others = await written({...size, seed: 2});
  for (const name of Object.keys(files)) assert.equal(others[name] === files[name], name === 'SchoolList.txt', name);
});

test('the files are read without a reject, add up, and name everything as invented', async () => {
  const folder = temporaryFolder('states');
  await writeStates(folder, size);
  const {rows, close} = await buildFrom(folder);
  // In 2018-19 the sample has 41 schools; 80 schools are two times the sample.
  assert.deepEqual(
    await rows(`select school_year, count(*) as schools, count(distinct substring(district_code, 1, 2)) as states
      from core.dim_school_snapshot where has_enrollment group by school_year order by school_year`),
    ['2021-22', '2022-23'].map((school_year) => ({school_year, schools: 2 * 2 * 41, states: 2})),
  );
  assert.deepEqual(await rows('select * from raw.rejected_row'), []);
  assert.deepEqual(
    await rows(`select check_name, school_year from audit.check_result
      where status <> 'pass' and check_name not like 'schools_found%'`),
    [],
  );
  assert.deepEqual(
    await rows(`select school_name, district_name from core.dim_school_snapshot
      where school_name not like '%(invented)' or district_name not like '%(invented)'`),
    [],
  );
  close();
});
