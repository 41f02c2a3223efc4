import assert from 'node:assert/strict';
import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {test} from 'node:test';
import {writeStates} from '../../bench/states.ts';
import {buildFrom} from '../support/pipeline.ts';
import {makeTemporaryFolder} from '../support/temporary.ts';

const size = {states: 2, years: 2, schools: 80, seed: 1};

async function generateStates(choices: typeof size): Promise<Record<string, string>> {
  const folder = makeTemporaryFolder('states');
  await writeStates(folder, choices);
  return Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}

test('the same settings give the same bytes, and another seed gives other figures', async () => {
  const files = await generateStates(size);
  assert.deepEqual(Object.keys(files).sort(), [
    'Report_Card_Enrollment_2021-22_School_Year.csv',
    'Report_Card_Enrollment_2022-23_School_Year.csv',
    'Report_Card_Teacher_Demographics_2021-22_School_Year.csv',
    'Report_Card_Teacher_Demographics_2022-23_School_Year.csv',
    'SchoolList.txt',
  ]);
  assert.deepEqual(await generateStates(size), files);
  const others = await generateStates({...size, seed: 2});
  for (const name of Object.keys(files)) assert.equal(others[name] === files[name], name === 'SchoolList.txt', name);
});

test('the generated files load without a reject, add up, and mark every name as invented', async () => {
  const folder = makeTemporaryFolder('states');
  await writeStates(folder, size);
  const {rows, close} = await buildFrom(folder);
  // The sample has 41 schools in 2018-19, so 80 schools are two copies of it.
  assert.deepEqual(
    await rows(`select school_year, count(*) as schools, count(distinct substring(district_code, 1, 2)) as states
      from core.dim_school_snapshot where has_enrollment group by school_year order by school_year`),
    ['2021-22', '2022-23'].map((school_year) => ({school_year, schools: 2 * 2 * 41, states: 2})),
  );
  assert.deepEqual(await rows('select * from raw.rejected_row'), []);
  assert.deepEqual(
    await rows(`select check_name, school_year from audit.check_result
      where status <> 'pass' and not regexp_matches(check_name, '_found_|_vary$|_steady$|_beside_|^coordinates')`),
    [],
  );
  assert.deepEqual(
    await rows(`select school_name, district_name from core.dim_school_snapshot
      where school_name not like '%(invented)' or district_name not like '%(invented)'`),
    [],
  );
  close();
});
