import assert from 'node:assert/strict';
import {after, test} from 'node:test';
import {open} from '../../src/duckdb/database.ts';
import {locateHome} from '../../src/home.ts';
import {run} from '../../src/runs/run.ts';
import {recordProgress} from '../support/pipeline.ts';
import {enrollmentOf2020} from '../support/small.ts';
import type {Socrata} from '../support/socrata.ts';
import {sampleList, startState} from '../support/state.ts';
import {makeTemporaryFolder} from '../support/temporary.ts';
import {patience} from './live-run.ts';

let own: Socrata;
after(() => own.close());

test('a data set is preliminary as long as its name says so, and no longer than that', async () => {
  own = await startState();
  const teachers = await (await fetch(`${own.url}/api/views/y59b-6pu8/rows.csv`)).text();
  own.set('tttt-1111', {
    name: 'Report Card Teacher Demographics 2025-26 School Year',
    csv: teachers.replaceAll('2020-21', '2025-26'),
  });
  // Rows from after the final release: only the name says that there will be another.
  const csv = enrollmentOf2020.replaceAll('2020-21', '2025-26').replaceAll('2022 Mar 01', '2026 Jul 01');
  const name = 'Report Card Enrollment 2025-26 School Year';
  own.set('aaaa-1111', {name: `${name} - Preliminary`, csv});
  const home = locateHome(makeTemporaryFolder('preliminary'));
  const readYear = async () => {
    const {warehouse, manifest} = await run(
      {home, from: 'live', schoolList: sampleList, years: ['2025-26'], host: {url: own.url, patience}},
      recordProgress(),
    );
    const db = await open(warehouse, {readOnly: true});
    try {
      const rows = await db.rows(
        `select source_id, is_preliminary from core.dim_source_partition where source_id like 'ospi-%' order by all`,
      );
      return {build: manifest.build, rows: rows.map(({source_id, is_preliminary}) => [source_id, is_preliminary])};
    } finally {
      db.close();
    }
  };
  const first = await readYear();
  assert.deepEqual(first.rows, [
    ['ospi-enrollment', true],
    ['ospi-teachers', false],
  ]);
  assert.equal((await readYear()).build, first.build, 'nothing has changed');
  own.set('aaaa-1111', {name});
  const second = await readYear();
  assert.deepEqual(second.rows, [
    ['ospi-enrollment', false],
    ['ospi-teachers', false],
  ]);
  assert.notEqual(second.build, first.build);
});
