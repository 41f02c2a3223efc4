import assert from 'node:assert/strict';
import {cp, readdir, readFile, rm, truncate, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {after, before, beforeEach, describe, test} from 'node:test';
import {open} from '../../src/duckdb/database.ts';
import {Failure} from '../../src/failure.ts';
import {makeTemporaryName} from '../../src/files.ts';
import {locateHome} from '../../src/home.ts';
import {run} from '../../src/runs/run.ts';
import {recordProgress} from '../support/pipeline.ts';
import {enrollmentOf2020} from '../support/small.ts';
import type {Socrata} from '../support/socrata.ts';
import type {Rule} from '../support/socrata-bad-days.ts';
import {sampleList, sampleYears, startState} from '../support/state.ts';
import {makeTemporaryFolder} from '../support/temporary.ts';
import {assertNoPartialFiles, patience, runLive, runOf} from './live-run.ts';

let state: Socrata;
before(async () => {
  state = await startState();
});
after(() => state.close());
beforeEach(() => {
  state.goodDays();
  state.requests.length = 0;
});

test('republished rows that are the same land nothing; changed rows land a new file beside the old one', async () => {
  const own = await startState();
  const home = locateHome(makeTemporaryFolder('live'));
  const options = runOf(own, home);
  const first = await run(options, recordProgress());
  own.set('nvpc-yr7b', {rowsUpdatedAt: 1_650_000_000});
  own.requests.length = 0;
  const touched = await run(options, recordProgress());
  assert.equal(touched.status, 'unchanged');
  const [asked] = own.requests.filter(({kind}) => kind === 'export');
  assert.equal(asked?.status, 304, 'a conditional request');

  const csv = await readFile(
    join(import.meta.dirname, '../../sample/files/Report_Card_Enrollment_2020-21_School_Year.csv'),
    'utf8',
  );
  own.set('nvpc-yr7b', {
    csv: csv.replace('"', '"').replaceAll('Vega Elementary', 'Vega Primary'),
    rowsUpdatedAt: 1_660_000_000,
  });
  const restated = await run(options, recordProgress());
  assert.equal(restated.status, 'published');
  assert.notEqual(restated.build, first.build);
  const landed = await readdir(join(home.landing, 'ospi-enrollment', '2020-21'));
  assert.equal(landed.filter((name) => name.endsWith('.csv.gz')).length, 2);
  await own.close();
});

/** Bad data sets on a good network. Each must keep the old build and end with exit code 3. */
const republished: Record<string, {csv: string; says: RegExp}> = {
  'without rows': {csv: `${enrollmentOf2020.split('\r\n')[0]}\r\n`, says: /it has no rows/},
  'of another school year': {
    csv: enrollmentOf2020.replaceAll('2020-21', '2018-19'),
    says: /no rows of 2020-21 \(it has 2018-19\)/,
  },
  'with school years that nobody can read': {
    csv: enrollmentOf2020.replaceAll('2020-21', 'SY2021'),
    says: /no readable school year/,
  },
  'with a column twice': {
    csv: enrollmentOf2020.replace('Female,', 'Male,'),
    says: /occurs twice|column "Female" is missing/,
  },
};

for (const [name, {csv, says}] of Object.entries(republished)) {
  test(`a data set that is published ${name} leaves the old build, and the next good day publishes again`, async () => {
    const own = await startState();
    const home = locateHome(makeTemporaryFolder('live'));
    const options = runOf(own, home);
    const good = await run(options, recordProgress());
    own.set('nvpc-yr7b', {csv});
    await assert.rejects(run(options, recordProgress()), (error) => {
      assert.ok(error instanceof Failure, String(error));
      assert.equal(error.exitCode, 3);
      assert.match(error.message, says);
      return true;
    });
    own.set('nvpc-yr7b', {csv: enrollmentOf2020});
    const again = await run(options, recordProgress());
    await own.close();
    assert.deepEqual([again.status, again.build], ['unchanged', good.build]);
  });
}

test('unusable figures fail the run, and the next run downloads the corrected ones', async () => {
  const own = await startState();
  const options = runOf(own);
  own.set('nvpc-yr7b', {csv: enrollmentOf2020.replaceAll(/Grade,\d+,/g, 'Grade,many,')});
  await assert.rejects(run(options, recordProgress()), /All Students is "many"/);
  own.set('nvpc-yr7b', {csv: enrollmentOf2020, rowsUpdatedAt: 1_640_003_600});
  assert.equal((await run(options, recordProgress())).status, 'published');
  await own.close();
});

test('a damaged or missing landed file lands again', async () => {
  const options = runOf(state);
  const good = await run(options, recordProgress());
  const folder = join(options.home.landing, 'ospi-enrollment', '2020-21');
  const [bytes = ''] = (await readdir(folder)).filter((name) => name.endsWith('.csv.gz'));
  const startAnew = async () => {
    for (const path of [options.home.builds, options.home.lake]) await rm(path, {recursive: true});
  };
  await startAnew();
  await rm(join(folder, bytes));
  assert.equal((await run(options, recordProgress())).build, good.build);
  await startAnew();
  await truncate(join(folder, bytes), 500);
  await assert.rejects(
    run(options, recordProgress()),
    /its landed copy \([0-9a-f]{12}\) was damaged, and has been removed/,
  );
  assert.equal((await run(options, recordProgress())).build, good.build);
  // A damaged description counts as none.
  await writeFile(join(options.home.landing, 'ospi-enrollment', 'nvpc-yr7b.json'), '');
  assert.equal((await run(options, recordProgress())).status, 'unchanged');
});

test('a partial download of a killed run is removed', async () => {
  const home = locateHome(makeTemporaryFolder('live'));
  await runLive(state, home, ['2020-21']);
  await writeFile(makeTemporaryName(join(home.landing, 'ospi-enrollment', 'nvpc-yr7b')), 'half');
  await runLive(state, home, ['2020-21']);
  await assertNoPartialFiles(home);
});

test('at most two downloads run at a time', async () => {
  const own = await startState();
  const ended = new Map<string, number>();
  own.bad({day: 'drip', bytes: 40_000, everyMs: 30, kind: 'export', times: 'always'});
  let most = 0;
  const watch = setInterval(() => {
    const exports = own.requests.filter(({kind}) => kind === 'export');
    // A download is running as long as its number of bytes grows.
    const growing = exports.filter((asked) => asked.bytes > 0 && asked.bytes !== ended.get(String(asked.id)));
    for (const {id, bytes} of exports) ended.set(String(id), bytes);
    most = Math.max(most, growing.length);
  }, 45);
  const home = locateHome(makeTemporaryFolder('live'));
  await run(
    {home, from: 'live', schoolList: sampleList, years: sampleYears, host: {url: own.url, patience}},
    recordProgress(),
  );
  clearInterval(watch);
  await own.close();
  assert.equal(most, 2);
});

const id = 'nvpc-yr7b';
const half = {bytes: 40_000};

/** Bad days that pass, or that leave another route: the build must be the same as on a good day. */
const passing: Record<string, Rule[]> = {
  'a reset before the answer': [{day: 'reset', id}],
  'a reset in the middle of the export': [{day: 'reset', after: half, kind: 'export', id}],
  'silence before the answer': [{day: 'silence', kind: 'metadata', id}],
  'silence in the middle of the export': [{day: 'silence', after: half, kind: 'export', id}],
  'a slow drip': [{day: 'drip', bytes: 20_000, everyMs: 50, kind: 'export', id}],
  '429 with Retry-After in seconds': [{day: 'status', status: 429, retryAfter: 1, id, times: 1}],
  '429 with Retry-After as a date': [
    {day: 'status', status: 429, retryAfter: new Date(Date.now() + 1000).toUTCString(), id},
  ],
  '429 without Retry-After': [{day: 'status', status: 429, id}],
  'a 500 that passes': [{day: 'status', status: 500, id}],
  'a 503 page for people': [{day: 'status', status: 503, html: true, id}],
  'a body that ends early, in a row': [{day: 'truncate', after: half, kind: 'export', id}],
  'a body that ends early, in its last cell': [
    {day: 'truncate', after: {bytes: enrollmentOf2020.length - 4}, kind: 'export', id},
  ],
  'a body that ends early, between two rows': [{day: 'truncate', after: {rows: 100}, kind: 'export', id}],
  'a maintenance page with status 200': [{day: 'html', id}],
  'an empty answer': [{day: 'empty', kind: 'export', id}],
  'an export that never works, while pages do': [{day: 'status', status: 500, kind: 'export', id, times: 'always'}],
  // The plan counts once before the download does.
  'a count that lies once': [{day: 'lying-count', by: 1, id, times: 2}],
  'a header that drifts in one answer': [{day: 'drift', rename: {'All Students': 'Everybody'}, kind: 'export', id}],
};

describe('a bad day that passes leads to the same build as a good one', () => {
  let good: string;
  before(async () => {
    good = await figuresOf((await runLive(state, locateHome(makeTemporaryFolder('good')), ['2020-21'])).warehouse);
  });
  for (const [name, rules] of Object.entries(passing)) {
    test(name, async () => {
      for (const rule of rules) state.bad(rule);
      const home = locateHome(makeTemporaryFolder('live'));
      const result = await runLive(state, home, ['2020-21']);
      assert.equal(result.status, 'published');
      assert.equal(await figuresOf(result.warehouse), good);
      await assertNoPartialFiles(home);
    });
  }

  test('a republish in the middle of the download lands all of the new rows', async () => {
    const own = await startState();
    const old = await readFile(
      join(import.meta.dirname, '../../sample/files/Report_Card_Enrollment_2020-21_School_Year.csv'),
      'utf8',
    );
    const csv = old.replaceAll('Vega Elementary', 'Vega Primary');
    for (const rest of ['old', 'new'] as const) {
      own.set(id, {csv: old});
      own.bad({day: 'republish', csv, rest, kind: 'export', id});
      const options = runOf(own);
      const {warehouse} = await run(options, recordProgress());
      const db = await open(warehouse, {readOnly: true});
      const names = await db.rows(
        `select distinct school_name from raw.ospi_enrollment_row where school_name like 'Vega %'`,
      );
      db.close();
      assert.deepEqual(names, [{school_name: 'Vega Primary'}], rest);
    }
    await own.close();
  });
});

async function figuresOf(warehouse: string): Promise<string> {
  const db = await open(warehouse, {readOnly: true});
  const rows = await db.rows(
    `select sum(hash(school_id, grade_id, demographic_group_id, student_count)) as figures, count(*) as n from core.fct_enrollment`,
  );
  db.close();
  return JSON.stringify(rows);
}

/** Bad days that stay: exit code 3, a sentence that names the data set and the reason, and an unchanged build. */
const staying: Record<string, {rules: Rule[]; says: RegExp; total?: number}> = {
  resets: {rules: [{day: 'reset', id, times: 'always'}], says: /the connection broke/},
  silence: {rules: [{day: 'silence', id, times: 'always'}], says: /did not answer in time/},
  'silence in the middle, by both routes': {
    rules: [
      {
        day: 'silence',
        after: {bytes: 4_000},
        match: ({kind}) => kind === 'export' || kind === 'page',
        id,
        times: 'always',
      },
    ],
    says: /fell silent/,
  },
  'a drip too slow to end': {
    rules: [
      {
        day: 'drip',
        bytes: 10,
        everyMs: 100,
        match: ({kind}) => kind === 'export' || kind === 'page',
        id,
        times: 'always',
      },
    ],
    says: /took too long/,
    total: 600,
  },
  'a permanent 429': {
    rules: [{day: 'status', status: 429, id, times: 'always'}],
    says: /answered 429.*SOCRATA_APP_TOKEN/,
  },
  'bodies that end in the last row': {
    rules: [
      {day: 'truncate', after: {bytes: enrollmentOf2020.length - 30}, kind: 'export', id, times: 'always'},
      {day: 'status', status: 500, kind: 'page', id, times: 'always'},
    ],
    says: /answered 500/,
  },
  'a 429 that asks for a long wait': {
    rules: [{day: 'status', status: 429, retryAfter: 3600, id, times: 'always'}],
    says: /asks to wait 3600 seconds/,
  },
  'a permanent 500': {rules: [{day: 'status', status: 500, id, times: 'always'}], says: /answered 500/},
  'bodies that end early': {
    rules: [
      {
        day: 'truncate',
        after: {rows: 100},
        match: ({kind}) => kind === 'export' || kind === 'page',
        id,
        times: 'always',
      },
    ],
    says: /100 rows arrived, but the publisher counts 374/,
  },
  'a maintenance page with status 200': {rules: [{day: 'html', id, times: 'always'}], says: /web page/},
  'a count that lies': {
    rules: [{day: 'lying-count', by: 5, id, times: 'always'}],
    says: /374 rows arrived, but the publisher counts 379/,
  },
  'a missing data set': {rules: [{day: 'missing', id, times: 'always'}], says: /answered 404/},
  'a renamed column': {
    rules: [{day: 'drift', rename: {'All Students': 'Everybody'}, id, times: 'always'}],
    says: /column "All Students" is missing.*Everybody.*stg_ospi__enrollment.*src\/sources\/ospi-enrollment\.ts/i,
  },
  'a missing column': {
    rules: [{day: 'drift', drop: ['GradeLevel'], id, times: 'always'}],
    says: /column "GradeLevel" is missing/,
  },
};

describe('a bad day that stays ends the run with exit code 3 and keeps the old build', () => {
  let published: string;
  let good: string;
  before(async () => {
    published = makeTemporaryFolder('published');
    good = (await runLive(state, locateHome(published), ['2019-20'])).build;
  });
  for (const [name, {rules, says, ...limits}] of Object.entries(staying)) {
    test(name, async () => {
      const home = locateHome(makeTemporaryFolder('live'));
      await cp(published, home.folder, {recursive: true, verbatimSymlinks: true});
      for (const rule of rules) state.bad(rule);
      await assert.rejects(runLive(state, home, ['2019-20', '2020-21'], limits), (error) => {
        assert.ok(error instanceof Failure, String(error));
        assert.equal(error.exitCode, 3);
        assert.match(error.message, says);
        assert.match(
          error.message,
          /ospi-enrollment 2020-21 \(data set nvpc-yr7b\): .*The published build is unchanged/,
        );
        return true;
      });
      const after = await run(
        {home, from: 'live', schoolList: sampleList, years: ['2019-20'], host: {url: state.url, patience}},
        recordProgress(),
      );
      assert.deepEqual([after.status, after.build], ['unchanged', good]);
      await assertNoPartialFiles(home);
    });
  }

  test('the other data sets still land, and are not downloaded again', async () => {
    const home = locateHome(makeTemporaryFolder('live'));
    state.bad({day: 'missing', id, times: 'always'});
    await assert.rejects(runLive(state, home, ['2019-20', '2020-21']), /nvpc-yr7b/);
    state.goodDays();
    state.requests.length = 0;
    await runLive(state, home, ['2019-20', '2020-21']);
    assert.deepEqual(
      state.requests.filter(({kind}) => kind === 'export').map((request) => request.id),
      [id],
    );
  });

  test('a host that refuses connections is reported once, with the alternatives', async () => {
    const home = locateHome(makeTemporaryFolder('live'));
    await state.pause();
    await assert.rejects(runLive(state, home), (error) => {
      assert.ok(error instanceof Failure);
      assert.equal(error.exitCode, 3);
      assert.match(error.message, /can't be reached.*refused.*npx rollcall demo.*--from DIR/);
      return true;
    });
    await state.resume();
  });
});

test('pages are ordered by the row id and have each row once', async () => {
  state.bad({day: 'status', status: 500, kind: 'export', times: 'always'});
  await runLive(state, locateHome(makeTemporaryFolder('live')), ['2020-21']);
  const pages = state.requests.filter(({kind, status}) => kind === 'page' && status === 200);
  assert.ok(pages.length >= 2);
  for (const {query} of pages) assert.equal(query['$order'], ':id');
});
