import assert from 'node:assert/strict';
import {afterEach, test} from 'node:test';
import {Response} from 'undici';
import {findDatasets} from '../../src/fetch/catalogue.ts';
import type {Client} from '../../src/fetch/http.ts';
import {run} from '../../src/runs/run.ts';
import {recordProgress} from '../support/pipeline.ts';
import {enrollmentOf2020} from '../support/small.ts';
import type {Socrata} from '../support/socrata.ts';
import {sampleYears, startState} from '../support/state.ts';
import {findingFrom, nameOf, newYear, plan, startWithTeachersOf2025} from './finding-run.ts';

/** Runs that look for data sets in the host's catalogue. */

let own: Socrata;
afterEach(() => own.close());

const id = 'aaaa-1111';

test('a new year that only the catalogue knows is taken with the reason; years that are not there are held', async () => {
  own = await startWithTeachersOf2025();
  own.set(id, {name: `${nameOf('2025-26')} - Preliminary`, csv: newYear});
  const options = findingFrom(own);
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
    own = await startWithTeachersOf2025();
    own.set(id, {name: nameOf('2025-26'), csv: newYear, listing, ...more});
    const {rows, notes} = await plan(findingFrom(own));
    assert.deepEqual(
      rows.filter((row) => row.includes('2025-26')),
      [],
    );
    assert.match(notes, new RegExp(`data set ${id}\\) is not taken: `));
    assert.match(notes, says);
  });
}

test('of two with the same name neither is taken, except the declared one', async () => {
  own = await startWithTeachersOf2025();
  own.set(id, {name: nameOf('2025-26'), csv: newYear});
  own.set('bbbb-2222', {name: nameOf('2025-26'), csv: newYear});
  own.set('cccc-3333', {name: nameOf('2020-21'), csv: enrollmentOf2020});
  const {rows, notes} = await plan(findingFrom(own));
  assert.equal(rows.filter((row) => row.includes('2025-26')).length, 0);
  assert.match(notes, /data set aaaa-1111\) is not taken: another data set has the same name/);
  assert.match(notes, /data set cccc-3333\) is not taken: it has the name of the known data set nvpc-yr7b/);
  assert.ok(rows.includes('ospi-enrollment 2020-21 nvpc-yr7b'));
});

test('a found year with far fewer rows than the year before is held', async () => {
  own = await startWithTeachersOf2025();
  own.set('2rwv-gs2e', {name: nameOf('2024-25'), csv: enrollmentOf2020.replaceAll('2020-21', '2024-25')});
  own.set(id, {name: nameOf('2025-26'), csv: newYear.split('\r\n').slice(0, 100).join('\r\n')});
  const {rows, notes} = await plan(findingFrom(own));
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
    const {rows, notes, failures} = await plan(findingFrom(own, ['2020-21']));
    assert.deepEqual(rows, ['ospi-enrollment 2020-21 nvpc-yr7b', 'ospi-teachers 2020-21 y59b-6pu8']);
    assert.deepEqual(failures, []);
    assert.match(notes, /the catalogue was no help: .* The declared data sets serve/);
  });
}

test('a retired data set is looked for under its name, then in the one with all years', async () => {
  own = await startState();
  own.remove('y59b-6pu8');
  const whole = await plan(findingFrom(own, ['2020-21']));
  assert.ok(whole.rows.includes('ospi-teachers 2020-21 yp28-ks6d'), whole.notes);
  assert.match(
    whole.notes,
    /ospi-teachers 2020-21: data set y59b-6pu8 can't be taken: it answered 404 .*Looking in yp28-ks6d/,
  );
  own.remove('nvpc-yr7b');
  own.set(id, {name: nameOf('2020-21'), csv: enrollmentOf2020});
  const named = await plan(findingFrom(own, ['2020-21']));
  assert.ok(named.rows.includes(`ospi-enrollment 2020-21 ${id}`), named.notes);
});

test('of ten similar names the two that are right are taken, and each of the others is named with the reason', async () => {
  own = await startWithTeachersOf2025();
  own.set(id, {name: nameOf('2025-26'), csv: newYear});
  own.set('bbbb-2222', {name: `${nameOf('2025-26')} - Preliminary`, csv: newYear});
  const similar = [
    `Copy of ${nameOf('2025-26')}`,
    `${nameOf('2025-26')} (old)`,
    `${nameOf('2025-26')} by District`,
    'Report Card Enrollment 2025 School Year',
    'Report Card Enrollment 2025-27 School Year',
    'Report Card Enrollment - Draft',
    'Student Report Card Enrollment 2025-26 School Year',
    'Map of Report Card Enrollment',
  ];
  for (const [index, name] of similar.entries()) own.set(`ssss-000${index}`, {name, csv: newYear});
  const {rows, notes} = await plan(findingFrom(own));
  assert.ok(rows.includes(`ospi-enrollment 2025-26 ${id}`), 'the final one');
  for (const [index, name] of similar.entries()) {
    assert.ok(notes.includes(`"${name}" (data set ssss-000${index}) is not taken: `), `${name}\n${notes}`);
  }
});

test('a known data set that was renamed is taken by its id, and the plan says so', async () => {
  own = await startState();
  own.set('nvpc-yr7b', {name: 'Report Card Enrollment, Students of 2020-21'});
  const {rows, notes} = await plan(findingFrom(own, ['2020-21']));
  assert.ok(rows.includes('ospi-enrollment 2020-21 nvpc-yr7b'));
  assert.match(
    notes,
    /data set nvpc-yr7b is now called "Report Card Enrollment, Students of 2020-21", and is still asked/,
  );
});

test('a catalogue that lists fewer than it says is not believed', async () => {
  const reply = {results: [], resultSetSize: 3};
  const client: Client = {
    get: (_path, read) => read(new Response(JSON.stringify(reply))),
    close: async () => {},
  };
  await assert.rejects(
    findDatasets(client, {domain: 'x.example', words: 'y'}),
    /it says it has 3 data sets, and gave others/,
  );
  own = await startState();
});
