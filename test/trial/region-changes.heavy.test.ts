import assert from 'node:assert/strict';
import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {parse} from 'csv-parse/sync';
import {build} from '../support/pipeline.ts';
import {findTrialFolder, testTrial} from './rollcall.ts';

/** Reads the schools of a file, as `district-school`, with a CSV parser and nothing of Rollcall's. */
function readSchools(text: string): string[] {
  const rows: Record<string, string>[] = parse(text, {columns: true, bom: true});
  return rows
    .filter((row) => row['OrganizationLevel'] === 'School')
    .map((row) => `${row['DistrictCode']}-${row['SchoolCode']}`);
}

testTrial('what the list of 2020-21 can’t know of 2019-20 is what the files say', async () => {
  const folder = findTrialFolder();
  const names = readdirSync(join(folder, 'ospi')).filter((name) => name.endsWith('.csv'));
  const files = Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, 'ospi', name), 'utf8')]));
  const list = readFileSync(join(folder, 'RoadMapProjectSchoolList.txt'), 'utf8');
  const listed = new Set(
    [...list.matchAll(/^2021 +(\d+) +(\d+)/gm)].map(([, school, district]) => `${district}-${school}`),
  );
  assert.equal(listed.size, 194);
  const districts = new Set([...listed].map((id) => id.slice(0, 5)));
  const now = new Set(
    names.filter((name) => name.includes('2020-21')).flatMap((name) => readSchools(files[name] ?? '')),
  );
  const then = new Set(
    names.filter((name) => name.includes('2019-20')).flatMap((name) => readSchools(files[name] ?? '')),
  );
  const gone = [...then].filter((id) => districts.has(id.slice(0, 5)) && !now.has(id) && !listed.has(id));
  const later = [...listed].filter((id) => !then.has(id));
  assert.deepEqual([gone.length, later.length], [7, 2]);

  const built = await build({...files, 'list.txt': list});
  const found = await built.rows(
    'select school_id, change, is_whole_district from marts.region_changes order by school_id',
  );
  built.close();
  assert.deepEqual(
    found,
    [...gone.map((id) => [id, 'closed_before'] as const), ...later.map((id) => [id, 'not_yet_open'] as const)]
      .map(([school_id, change]) => ({school_id, change, is_whole_district: !school_id.startsWith('17001')}))
      .sort((a, b) => (a.school_id < b.school_id ? -1 : 1)),
  );
});
