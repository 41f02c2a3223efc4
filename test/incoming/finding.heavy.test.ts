import assert from 'node:assert/strict';
import {afterEach, test} from 'node:test';
import {type Home, locateHome} from '../../src/home.ts';
import {readEventsAfter, readRun} from '../../src/runs/history.ts';
import type {RunOptions} from '../../src/runs/options.ts';
import {run} from '../../src/runs/run.ts';
import {recordProgress} from '../support/pipeline.ts';
import {enrollmentOf2020} from '../support/small.ts';
import type {Socrata} from '../support/socrata.ts';
import {sampleList, sampleYears, startState} from '../support/state.ts';
import {makeTemporaryFolder} from '../support/temporary.ts';
import {patience} from './live-run.ts';

/** Runs in which a found or republished year fails its contract or its checks. */

let own: Socrata;
afterEach(() => own.close());

function optionsFor(): RunOptions {
  return {
    home: locateHome(makeTemporaryFolder('finding')),
    from: 'live',
    schoolList: sampleList,
    host: {url: own.url, patience},
  };
}

/** Rows of a year after the declared ones. */
const newYear = enrollmentOf2020.replaceAll('2020-21', '2025-26');
const nameOf = (year: string) => `Report Card Enrollment ${year} School Year`;
const id = 'aaaa-1111';

async function withTeachersOf2025() {
  own = await startState();
  const teachers = await (await fetch(`${own.url}/api/views/y59b-6pu8/rows.csv`)).text();
  own.set('tttt-1111', {
    name: 'Report Card Teacher Demographics 2025-26 School Year',
    csv: teachers.replaceAll('2020-21', '2025-26'),
  });
}

/** Lists the events that tell of data sets and years, as `kind subject`. */
const listEvents = (home: Home) =>
  readEventsAfter(home, 0)
    .filter(({kind}) => ['dataset_found', 'dataset_gone', 'year_held', 'year_added'].includes(kind))
    .map(({kind, subject}) => `${kind} ${subject}`);

test('a found year with a grade that nobody knows is held and named, the others are published, and it is told once', async () => {
  await withTeachersOf2025();
  own.set(id, {name: nameOf('2025-26'), csv: newYear.replaceAll('1st Grade', 'Grade Zero')});
  const options = optionsFor();
  const progress = recordProgress();
  const first = await run(options, progress);
  assert.equal(first.status, 'published');
  assert.deepEqual(first.manifest.schoolYears, sampleYears);
  const held = first.plan.heldYears.filter(({schoolYear}) => schoolYear === '2025-26');
  assert.equal(held.length, 1);
  assert.match(held[0]?.why ?? '', /the data test not_null_stg_ospi__enrollment_row_grade_id failed in \d+ rows/);
  assert.ok(progress.notes.some((note) => note.startsWith('ospi-enrollment 2025-26: the school year is held back: ')));
  const events = listEvents(options.home);
  assert.ok(events.includes('year_held ospi-enrollment 2025-26'), events.join('\n'));
  assert.ok(events.includes('dataset_found ospi-enrollment 2025-26'));
  const {findings} = readRun(options.home, first.run);
  assert.ok(findings.some(({status, kind}) => status === 'error' && kind === 'test'));

  // The next run neither builds with it nor tells it again.
  const again = await run(options, recordProgress());
  assert.deepEqual([again.status, again.build], ['unchanged', first.build]);
  assert.deepEqual(again.plan.heldYears, first.plan.heldYears);
  assert.deepEqual(listEvents(options.home), events);
  assert.ok(readRun(options.home, again.run).steps.every(({name}) => name !== 'check'));

  // If the years are named, it is an error. Once the publisher mends it, it is published.
  await assert.rejects(
    run({...options, years: ['2025-26']}, recordProgress()),
    /not_null_stg_ospi__enrollment_row_grade_id/,
  );
  own.set(id, {csv: newYear});
  const mended = await run(options, recordProgress());
  assert.deepEqual(mended.manifest.schoolYears, [...sampleYears, '2025-26']);
});

test('a published year that is republished with a mistake stays as it was published, and the plan says so', async () => {
  own = await startState();
  const options = optionsFor();
  const first = await run(options, recordProgress());
  for (const csv of [
    enrollmentOf2020.replaceAll('1st Grade', 'Grade Zero'),
    enrollmentOf2020.replaceAll(/Grade,\d+,/g, 'Grade,many,'),
  ]) {
    own.set('nvpc-yr7b', {csv});
    const {status, build, plan: planned} = await run(options, recordProgress());
    assert.deepEqual([status, build], ['unchanged', first.build]);
    const kept = planned.partitions.filter(({landing}) => landing.reason === 'last_landed');
    assert.deepEqual(
      kept.map(({source, schoolYear}) => `${source} ${schoolYear}`),
      ['ospi-enrollment 2020-21'],
    );
  }
  const told = readEventsAfter(options.home, 0).filter(
    ({kind, subject}) => kind === 'year_held' && subject.endsWith('2020-21'),
  );
  assert.match(
    told[0]?.message ?? '',
    /the file that landed on \d{4}-.* stays, since the new one is refused: the data test/,
  );
  assert.match(told[1]?.message ?? '', /stays, since the new one is refused: .*All Students is "many"/);
});

test('if no year would be left, the run fails as it would have', async () => {
  own = await startState();
  for (const year of sampleYears) {
    const dataset = {
      '2018-19': 'u4gd-6wxx',
      '2019-20': 'gtd3-scga',
      '2020-21': 'nvpc-yr7b',
      '2021-22': 'ymi4-syjv',
      '2022-23': 'dij7-mbxg',
    }[year];
    own.set(dataset ?? '', {csv: enrollmentOf2020.replaceAll('2020-21', year).replaceAll('1st Grade', 'Grade Zero')});
  }
  await assert.rejects(run(optionsFor(), recordProgress()), /not_null_stg_ospi__enrollment_row_grade_id/);
});
