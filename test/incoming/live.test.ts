import assert from 'node:assert/strict';
import {after, before, beforeEach, test} from 'node:test';
import {open} from '../../src/duckdb/database.ts';
import {locateHome} from '../../src/home.ts';
import {chooseWanted, groupByDataset} from '../../src/incoming/datasets.ts';
import {run} from '../../src/runs/run.ts';
import type {SchoolYear} from '../../src/school-year.ts';
import {openSampleBuild, recordProgress} from '../support/pipeline.ts';
import {enrollmentOf2020} from '../support/small.ts';
import type {Socrata} from '../support/socrata.ts';
import {sampleDatasets, sampleYears, startState} from '../support/state.ts';
import {makeTemporaryFolder} from '../support/temporary.ts';
import {runLive, runOf} from './live-run.ts';

/** Runs that download from the publisher's host. Bad days of the host are in live.heavy.test.ts. */

let state: Socrata;
before(async () => {
  state = await startState();
});
after(() => state.close());
beforeEach(() => {
  state.goodDays();
  state.requests.length = 0;
});

const asked = (kind: string) => state.requests.filter((request) => request.kind === kind).length;

const home = locateHome(makeTemporaryFolder('live'));
let first: ReturnType<typeof runLive> | undefined;
/** Runs all years for the first time, so that each is requested from the host. */
function allYears() {
  first ??= runLive(state, home);
  return first;
}

test('all years land, and the build has the same figures as a run on the same files in a folder', async () => {
  const live = await allYears();
  assert.equal(live.status, 'published');
  assert.deepEqual(live.manifest.schoolYears, sampleYears);
  const folder = await openSampleBuild();
  const figures = `select table_name, hash from (
    select 'teachers' as table_name, sum(hash(school_year, school_id, demographic_group_id, teacher_count)) as hash from core.fct_teacher
    union all select 'students', sum(hash(school_year, school_id, grade_id, demographic_group_id, student_count)) from core.fct_enrollment
    union all select 'representation', sum(hash(school_year, school_id, gap_pp, overlap)) from marts.school_representation
  ) order by 1`;
  const db = await open(live.warehouse, {readOnly: true});
  assert.deepEqual(await db.rows(figures), await folder.rows(figures));
  const [origin] = await db.rows(`select origin, published_at from raw.landed_file where origin like '%nvpc-yr7b'`);
  assert.deepEqual(origin, {origin: `${state.url}/api/views/nvpc-yr7b`, published_at: '2021-12-20 11:33:20'});
  // The stand-in states a license for enrollment and none for teachers.
  const licenses = Map.groupBy(live.manifest.inputs, ({source}) => source);
  assert.deepEqual(
    [...licenses].map(([source, inputs]) => [source, inputs[0]?.license ?? null, inputs.length]),
    [
      ['ospi-enrollment', {id: 'PUBLIC_DOMAIN', name: 'PUBLIC_DOMAIN'}, 5],
      ['ospi-teachers', null, 2],
      ['school-list', null, 1],
    ],
  );
  db.close();
  folder.close();
});

test('an unchanged data set costs one small request beside those to the catalogue, and nothing is downloaded or built', async () => {
  await allYears();
  state.requests.length = 0;
  const again = await runLive(state, home);
  assert.equal(again.status, 'unchanged');
  const kinds = state.requests.map(({kind}) => kind).sort();
  // The catalogue is asked for each of two sources, and the data set with all years for its years.
  assert.deepEqual(kinds, ['catalogue', 'catalogue', 'groups', ...Array(sampleDatasets).fill('metadata')]);
});

test('a 304 is not trusted if the row count differs', async () => {
  const own = await startState();
  const options = runOf(own);
  await run(options, recordProgress());
  const fewer = enrollmentOf2020.split('\r\n').toSpliced(300, 6).join('\r\n');
  own.set('nvpc-yr7b', {csv: fewer, rowsUpdatedAt: 1_660_000_000});
  const result = await run(options, recordProgress());
  const db = await open(result.warehouse, {readOnly: true});
  const [students] = await db.rows(`select rows_in from raw.source_partition where source_id = 'ospi-enrollment'`);
  db.close();
  await own.close();
  assert.equal(students?.['rows_in'], 368);
});

test('a row with a line break in a cell is one of the rows that the publisher counts', async () => {
  const own = await startState();
  own.set('nvpc-yr7b', {csv: enrollmentOf2020.replaceAll('Rhea High School', '"Rhea\nHigh School"')});
  const result = await run(runOf(own), recordProgress());
  const db = await open(result.warehouse, {readOnly: true});
  const [students] = await db.rows(`select rows_in from raw.source_partition where source_id = 'ospi-enrollment'`);
  const [rhea] = await db.rows(`select count(*) as n, min(line_number) as first, max(line_number) as last
    from raw.ospi_enrollment_row where school_name = 'Rhea' || chr(10) || 'High School'`);
  db.close();
  await own.close();
  assert.equal(students?.['rows_in'], 374);
  // Five rows of two lines each, from line 85 on.
  assert.deepEqual(rhea, {n: 5, first: 85, last: 93});
});

test("requests carry the app token and Rollcall's name", async () => {
  await runLive(state, locateHome(makeTemporaryFolder('live')), ['2020-21'], {appToken: 'my-token'});
  assert.ok(state.requests.length > 0);
  for (const {headers} of state.requests) {
    assert.equal(headers['x-app-token'], 'my-token');
    assert.match(String(headers['user-agent']), /^Rollcall\/\d/);
  }
});

test('a new column is kept and reported', async () => {
  state.bad({day: 'drift', add: {'Left-handed': '7'}, kind: 'export', id: 'nvpc-yr7b', times: 'always'});
  const {checks, warehouse} = await runLive(state, locateHome(makeTemporaryFolder('live')), ['2020-21']);
  const [found] = checks.filter(({check, status}) => check === 'columns_known' && status === 'warn');
  assert.match(found?.samples[0] ?? '', /new column "Left-handed"/);
  const db = await open(warehouse, {readOnly: true});
  const [kept] = await db.rows('select count(*) as n from raw.extra_value');
  db.close();
  assert.ok(Number(kept?.['n']) > 300);
});

test('a run downloads the years that have both students and teachers, or the requested years', () => {
  const chooseDatasets = (years?: SchoolYear[]) => groupByDataset(chooseWanted(years));
  const all = chooseDatasets();
  assert.deepEqual([...new Set(all.flatMap(({schoolYears}) => schoolYears))].sort(), [
    '2017-18',
    '2018-19',
    '2019-20',
    '2020-21',
    '2021-22',
    '2022-23',
    '2023-24',
    '2024-25',
  ]);
  assert.equal(all.length, 10, 'eight of enrollment, two of teachers');
  assert.deepEqual(
    chooseDatasets(['2014-15']).map(({id}) => id),
    ['i9gq-g35m'],
    'students alone',
  );
  assert.throws(() => chooseDatasets(['1999-00']), /1999-00 is not among the declared school years/);
  assert.equal(asked('metadata'), 0);
});
