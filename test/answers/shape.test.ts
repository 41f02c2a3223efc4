import assert from 'node:assert/strict';
import {test} from 'node:test';
import {parse} from 'csv-parse/sync';
import {access, answers} from '../../src/answers/answers.ts';
import {ask} from '../../src/answers/ask.ts';
import {explorations} from '../../src/answers/explorations.ts';
import {shapeAnswer} from '../../src/answers/shape.ts';
import {render} from '../../src/cli/table.ts';
import {open} from '../../src/duckdb/database.ts';
import {openSampleBuild} from '../support/pipeline.ts';

test('the CSV of every answer begins with the year, ids, codes and plain names', async () => {
  const {warehouse, close} = await openSampleBuild();
  close();
  const db = await open(warehouse, {readOnly: true});
  const kinds = new Set<string>();
  for (const answer of [...answers, access, ...explorations]) {
    const answered = await ask(db, answer, {wanted: '2020-21', usual: '2020-21'});
    const shaped = await shapeAnswer(db, {...answered, region: answered.region.region_id});
    const rows = parse(render(shaped, 'csv'), {columns: true}) as Record<string, string>[];
    const of = answer.columns.includes('school_code')
      ? 'school'
      : answer.columns.includes('name')
        ? 'district'
        : 'region';
    kinds.add(of);
    const begins = {
      school: 'school_year,region_id,school_id,school_code,school_name,district_code,district_name',
      district: 'school_year,region_id,district_code,name',
      region: 'school_year,region_id',
    };
    assert.ok(shaped.columns.join().startsWith(`${begins[of]},`), `${answer.name}: ${shaped.columns}`);
    assert.equal(new Set(shaped.columns).size, shaped.columns.length);
    for (const column of answer.columns) assert.ok(shaped.columns.includes(column), `${answer.name}: ${column}`);
    assert.ok(rows.length > 0, answer.name);
    for (const row of rows) {
      assert.equal(row['school_year'], '2020-21');
      assert.equal(row['region_id'], 'road_map');
      if (of === 'school') assert.equal(row['school_id'], `${row['district_code']}-${row['school_code']}`);
    }
    // The sample's districts have these codes (sample/). The region and all districts together have none.
    if (of === 'district')
      assert.ok(
        rows.some((row) => row['district_code'] === '99003' && row['name']?.startsWith('Corvus')),
        answer.name,
      );
  }
  db.close();
  assert.equal(kinds.size, 3);
});
