import assert from 'node:assert/strict';
import {afterEach, test} from 'node:test';
import {Failure} from '../../src/failure.ts';
import {locateHome} from '../../src/home.ts';
import type {RunOptions} from '../../src/runs/options.ts';
import {planRun} from '../../src/runs/plan.ts';
import {run} from '../../src/runs/run.ts';
import type {SchoolYear} from '../../src/school-year.ts';
import {recordProgress} from '../support/pipeline.ts';
import {enrollmentOf2020} from '../support/small.ts';
import type {Socrata} from '../support/socrata.ts';
import {sampleList, sampleYears, startState} from '../support/state.ts';
import {makeTemporaryFolder} from '../support/temporary.ts';
import {patience} from './live-run.ts';

/** Runs that look for data sets in the host's catalogue. */

let own: Socrata;
afterEach(() => own.close());

function optionsFor(years?: SchoolYear[]): RunOptions {
  return {
    home: locateHome(makeTemporaryFolder('finding')),
    from: 'live',
    schoolList: sampleList,
    ...(years && {years}),
    host: {url: own.url, patience},
  };
}

async function plan(options: RunOptions) {
  const notes: string[] = [];
  const planned = await planRun(options, (text) => notes.push(text));
  const rows = planned.plan.partitions.map(({source, schoolYear, from}) => `${source} ${schoolYear} ${from}`);
  return {...planned, rows: rows.filter((row) => !row.startsWith('school-list')), notes: notes.join('\n')};
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

test('a new year that only the catalogue knows is taken with the reason; years that are not there are held', async () => {
  await withTeachersOf2025();
  own.set(id, {name: `${nameOf('2025-26')} - Preliminary`, csv: newYear});
  const options = optionsFor();
  const {rows, notes, plan: planned} = await plan(options);
  assert.deepEqual(
    rows.filter((row) => row.includes('2025-26')),
    [`ospi-enrollment 2025-26 ${id}`, 'ospi-teachers 2025-26 tttt-1111'],
  );
  const found = planned.partitions.find(({from}) => from === id);
  assert.match(found?.why ?? '', /found in the catalogue as ".*Preliminary": preliminary figures/);
  assert.match(notes, /ospi-enrollment 2024-25: the school year is held back: no data set has it now/);
  assert.deepEqual(planned.heldYears, [
    {schoolYear: '2017-18', why: "Report Card Enrollment of it can't be had"},
    {schoolYear: '2023-24', why: "Report Card Enrollment of it can't be had"},
    {schoolYear: '2024-25', why: "Report Card Enrollment of it can't be had"},
  ]);
  const result = await run(options, recordProgress());
  assert.deepEqual(result.manifest.schoolYears, [...sampleYears, '2025-26']);

  // The final release stands beside the preliminary one: it is taken.
  own.set('bbbb-2222', {name: nameOf('2025-26'), csv: newYear});
  assert.ok((await plan(options)).rows.includes('ospi-enrollment 2025-26 bbbb-2222'));
  own.remove('bbbb-2222');

  // The catalogue is down: what was found before serves.
  own.bad({day: 'status', status: 500, kind: 'catalogue', times: 'always'});
  const down = await plan(options);
  assert.match(down.notes, /the catalogue was no help: .*500.*what was found on \d{4}-/);
  assert.ok(down.rows.includes(`ospi-enrollment 2025-26 ${id}`));
});

for (const [what, listing, says, more] of [
  ['a filtered view', {type: 'filter', parent_fxf: ['nvpc-yr7b']}, /it is a filter/, {}],
  ['a view of another', {parent_fxf: ['nvpc-yr7b']}, /a view of nvpc-yr7b/, {}],
  ['a chart', {type: 'chart'}, /it is a chart/, {}],
  ['the data set of another publisher', {attribution: 'City of Chicago'}, /its publisher is City of Chicago/, {}],
  ['that of nobody', {provenance: 'community'}, /its publisher is not stated/, {}],
  ['that of another host', {}, /on another host, data\.example\.org/, {domain: 'data.example.org'}],
  ['one without a column', {}, /it has no column "GradeLevel"/, {csv: newYear.replace('GradeLevel', 'Level')}],
  ['a copy under another name', {}, /its name is not one of/, {name: 'Copy of Report Card Enrollment 2025-26'}],
] as const) {
  test(`${what} is not taken, and the plan says why`, async () => {
    await withTeachersOf2025();
    own.set(id, {name: nameOf('2025-26'), csv: newYear, listing, ...more});
    const {rows, notes} = await plan(optionsFor());
    assert.deepEqual(
      rows.filter((row) => row.includes('2025-26')),
      [],
    );
    assert.match(notes, new RegExp(`data set ${id}\\) is not taken: `));
    assert.match(notes, says);
  });
}

test('of two with the same name neither is taken, except the declared one', async () => {
  await withTeachersOf2025();
  own.set(id, {name: nameOf('2025-26'), csv: newYear});
  own.set('bbbb-2222', {name: nameOf('2025-26'), csv: newYear});
  own.set('cccc-3333', {name: nameOf('2020-21'), csv: enrollmentOf2020});
  const {rows, notes} = await plan(optionsFor());
  assert.equal(rows.filter((row) => row.includes('2025-26')).length, 0);
  assert.match(notes, /data set aaaa-1111\) is not taken: another data set has the same name/);
  assert.match(notes, /data set cccc-3333\) is not taken: it has the name of the known data set nvpc-yr7b/);
  assert.ok(rows.includes('ospi-enrollment 2020-21 nvpc-yr7b'));
});

test('a found year with far fewer rows than the year before is held', async () => {
  await withTeachersOf2025();
  own.set('2rwv-gs2e', {name: nameOf('2024-25'), csv: enrollmentOf2020.replaceAll('2020-21', '2024-25')});
  own.set(id, {name: nameOf('2025-26'), csv: newYear.split('\r\n').slice(0, 100).join('\r\n')});
  const {rows, notes} = await plan(optionsFor());
  assert.equal(rows.filter((row) => row.includes('2025-26')).length, 0);
  assert.match(notes, /it has 99 rows, where 2024-25 has 374/);
});

for (const [what, rule] of Object.entries({
  down: {day: 'status', status: 503},
  slow: {day: 'silence'},
  'a web page': {day: 'html'},
} as const)) {
  test(`if the catalogue is ${what}, the declared data sets serve, and the run says so`, async () => {
    own = await startState();
    own.bad({...rule, kind: 'catalogue', times: 'always'});
    const {rows, notes, failures} = await plan(optionsFor(['2020-21']));
    assert.deepEqual(rows, ['ospi-enrollment 2020-21 nvpc-yr7b', 'ospi-teachers 2020-21 y59b-6pu8']);
    assert.deepEqual(failures, []);
    assert.match(notes, /the catalogue was no help: .* The declared data sets serve/);
  });
}

test('a retired data set is looked for under its name, then in the one with all years', async () => {
  own = await startState();
  own.remove('y59b-6pu8');
  const whole = await plan(optionsFor(['2020-21']));
  assert.ok(whole.rows.includes('ospi-teachers 2020-21 yp28-ks6d'), whole.notes);
  assert.match(
    whole.notes,
    /ospi-teachers 2020-21: data set y59b-6pu8 can't be taken: it answered 404 .*Looking in yp28-ks6d/,
  );
  own.remove('nvpc-yr7b');
  own.set(id, {name: nameOf('2020-21'), csv: enrollmentOf2020});
  const named = await plan(optionsFor(['2020-21']));
  assert.ok(named.rows.includes(`ospi-enrollment 2020-21 ${id}`), named.notes);
});

test('a data set that is gone is taken as it last landed; with --years it is an error', async () => {
  own = await startState();
  const options = optionsFor();
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
  await withTeachersOf2025();
  own.set(id, {name: nameOf('2025-26'), csv: enrollmentOf2020});
  const progress = recordProgress();
  const {manifest} = await run(optionsFor(), progress);
  assert.deepEqual(manifest.schoolYears, sampleYears);
});

test('without a time of the last change, the count, the entity tag and the hash decide', async () => {
  own = await startState();
  const options = optionsFor(['2020-21']);
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
