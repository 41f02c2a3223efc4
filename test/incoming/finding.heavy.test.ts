import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterEach, test} from 'node:test';
import * as v from 'valibot';
import {examineAll} from '../../src/doctor/doctor.ts';
import {open} from '../../src/duckdb/database.ts';
import {Failure} from '../../src/failure.ts';
import type {Home} from '../../src/home.ts';
import {readEventsAfter, readHeldYears, readRun} from '../../src/runs/history.ts';
import {run} from '../../src/runs/run.ts';
import {rollcall} from '../support/command.ts';
import {recordProgress} from '../support/pipeline.ts';
import {enrollmentOf2020} from '../support/small.ts';
import type {Socrata} from '../support/socrata.ts';
import {sampleYears, startState} from '../support/state.ts';
import {findingFrom, nameOf, newYear, plan, startWithTeachersOf2025} from './finding-run.ts';

/** Whole runs in which data sets are gone, or fail their contract or their checks. */

let own: Socrata;
afterEach(() => own.close());

const id = 'aaaa-1111';

/** Lists the events that tell of data sets and years, as `kind subject`. */
const listEvents = (home: Home) =>
  readEventsAfter(home, 0)
    .filter(({kind}) => ['dataset_found', 'dataset_gone', 'year_held', 'year_added'].includes(kind))
    .map(({kind, subject}) => `${kind} ${subject}`);

test('a found year with a grade that nobody knows is held and named, the others are published, and it is told once', async () => {
  own = await startWithTeachersOf2025();
  own.set(id, {name: nameOf('2025-26'), csv: newYear.replaceAll('1st Grade', 'Grade Zero')});
  const options = {...findingFrom(own), site: {schoolYear: '2020-21'}};
  const readPage = (path: string) => readFileSync(join(options.home.published, 'site', path, 'index.html'), 'utf8');
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

  assert.match(readPage('.'), /Held back: 2017.18, 2023.24, 2024.25 and 2025.26\. <a href="data\/index.html#held">Why/);
  assert.match(
    readPage('data'),
    /<li>2025.26\. Report Card Enrollment: the data test not_null_stg_ospi__enrollment_row_grade_id/,
  );
  assert.deepEqual(readHeldYears(options.home), first.plan.heldYears);
  const {folder} = options.home;
  const asked = await rollcall(['answer', 'representation', '--year', '2025-26', '--home', folder]);
  assert.match(asked.stderr, /has no such school year .* 2025-26 is held back: Report Card Enrollment: the data test/s);
  const doctor = await examineAll(options.home, {env: {ROLLCALL_OSPI_URL: own.url}});
  assert.match(
    doctor.findings.find(({subject}) => subject === 'held years')?.says ?? '',
    /2025-26: Report Card Enrollment: the/,
  );

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
  assert.match(readPage('.'), /Held back: 2017.18, 2023.24 and 2024.25\./);
  // Its rows are those of 2020-21. The largest changes since 2022-23 are read from the build by another route.
  const told = readEventsAfter(options.home, 0).find(({kind}) => kind === 'year_added');
  assert.equal(told?.subject, '2025-26');
  assert.match(
    told?.message ?? '',
    /^School year 2025-26 is new in build [0-9a-f]{12}\. The gap .* has changed most since 2022-23, in points: schools .+; districts .+\.$/,
  );
  const db = await open(mended.warehouse, {readOnly: true});
  const changes = await db.read(
    v.object({name: v.string(), change: v.number()}),
    `select school_name as name, max(gap_pp) filter (school_year = '2025-26') - max(gap_pp) filter (school_year = '2022-23') as change
      from marts.school_representation where not is_small group by all having change is not null`,
  );
  db.close();
  const [largest] = changes.sort((a, b) => Math.abs(b.change) - Math.abs(a.change));
  assert.ok(
    told?.message.includes(
      `schools ${largest?.name} ${largest && largest.change < 0 ? '−' : '+'}${Math.abs(largest?.change ?? 0).toFixed(1)}`,
    ),
    told?.message,
  );
});

test('a published year that is republished with a mistake stays as it was published, and the plan says so', async () => {
  own = await startState();
  const options = findingFrom(own);
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
  await assert.rejects(run(findingFrom(own), recordProgress()), /not_null_stg_ospi__enrollment_row_grade_id/);
});

test('a found year with as many rows as usual and three times the students is held', async () => {
  own = await startWithTeachersOf2025();
  const triple = (cells: string) => cells.replaceAll(/\d+/g, (count) => String(3 * Number(count)));
  const csv = newYear.replaceAll(
    /(Grades?|Kindergarten),((?:\d+,)+)/g,
    (_, grade, cells) => `${grade},${triple(cells)}`,
  );
  own.set(id, {name: nameOf('2025-26'), csv});
  const {manifest, plan: planned} = await run(findingFrom(own), recordProgress());
  assert.deepEqual(manifest.schoolYears, sampleYears);
  assert.match(
    planned.heldYears.find(({schoolYear}) => schoolYear === '2025-26')?.why ?? '',
    /has [\d,]+ students, where 2022-23 has/,
  );
});

test('a data set that is gone is taken as it last landed; with --years it is an error', async () => {
  own = await startState();
  const options = findingFrom(own);
  const first = await run(options, recordProgress());
  assert.deepEqual(first.manifest.schoolYears, sampleYears);
  own.set('nvpc-yr7b', {csv: `${enrollmentOf2020.split('\r\n')[0]}\r\n`});
  const {rows, notes} = await plan(options);
  assert.ok(rows.includes('ospi-enrollment 2020-21 nvpc-yr7b'));
  assert.match(notes, /ospi-enrollment 2020-21: taken as it landed on \d{4}-\d\d-\d\d/);
  assert.equal((await run(options, recordProgress())).build, first.build);
  await assert.rejects(run({...options, years: ['2020-21']}, recordProgress()), (error) => {
    assert.ok(error instanceof Failure);
    assert.equal(error.exitCode, 3);
    assert.match(error.message, /nvpc-yr7b\): it has no rows/);
    return true;
  });
});

test('a found year whose file is not what it says is held, and the others are published', async () => {
  own = await startWithTeachersOf2025();
  own.set(id, {name: nameOf('2025-26'), csv: enrollmentOf2020});
  const progress = recordProgress();
  const {manifest} = await run(findingFrom(own), progress);
  assert.deepEqual(manifest.schoolYears, sampleYears);
});

test('without a time of the last change, the count, the entity tag and the hash decide', async () => {
  own = await startState();
  const options = findingFrom(own, ['2020-21']);
  own.set('nvpc-yr7b', {isUndated: true});
  const first = await run(options, recordProgress());
  own.requests.length = 0;
  const again = await run(options, recordProgress());
  assert.deepEqual([again.status, again.build], ['unchanged', first.build]);
  const [asked] = own.requests.filter(({kind}) => kind === 'export');
  assert.equal(asked?.status, 304);
  own.set('nvpc-yr7b', {csv: enrollmentOf2020.replaceAll('Vega Elementary', 'Vega Primary')});
  assert.notEqual((await run(options, recordProgress())).build, first.build);
});

test('if only the data set with all years is left, each year is taken from it', async () => {
  own = await startState();
  const [header = '', ...lines] = enrollmentOf2020.trimEnd().split('\r\n');
  const all = sampleYears.flatMap((year) => lines.map((line) => line.replace('2020-21', year)));
  for (const gone of ['u4gd-6wxx', 'gtd3-scga', 'nvpc-yr7b', 'ymi4-syjv', 'dij7-mbxg']) own.remove(gone);
  own.set('rxjk-6ieq', {
    name: 'Report Card Enrollment from 2014-15 to Current Year',
    csv: `${[header, ...all].join('\r\n')}\r\n`,
  });
  const options = findingFrom(own);
  const {rows} = await plan(options);
  for (const year of sampleYears) assert.ok(rows.includes(`ospi-enrollment ${year} rxjk-6ieq`), rows.join('\n'));
  const {manifest, plan: carriedOut} = await run(options, recordProgress());
  assert.deepEqual(manifest.schoolYears, sampleYears);
  assert.deepEqual(
    manifest.inputs.filter(({source}) => source === 'ospi-enrollment').map(({origin}) => origin),
    [`${own.url}/api/views/rxjk-6ieq`],
  );
  assert.ok(
    carriedOut.heldYears.some(({schoolYear}) => schoolYear === '2024-25'),
    'it has no rows of that year',
  );
});
