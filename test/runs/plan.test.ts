import assert from 'node:assert/strict';
import {cpSync, existsSync, readdirSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync} from 'node:fs';
import {rm} from 'node:fs/promises';
import {join} from 'node:path';
import {after, before, beforeEach, describe, test} from 'node:test';
import {rollback} from '../../src/builds/rollback.ts';
import {Failure} from '../../src/failure.ts';
import {locateHome} from '../../src/home.ts';
import {readRun} from '../../src/runs/history.ts';
import type {RunOptions} from '../../src/runs/options.ts';
import {planRun} from '../../src/runs/plan.ts';
import type {Plan} from '../../src/runs/plan-schema.ts';
import {type RunResult, run} from '../../src/runs/run.ts';
import {recordProgress} from '../support/pipeline.ts';
import {makeFolder, makeListFile} from '../support/publisher.ts';
import {enrollmentOf2020, findSmallHome, list, makeStudents, teachers} from '../support/small.ts';
import type {Socrata} from '../support/socrata.ts';
import {sampleList, startState} from '../support/state.ts';
import {hashFiles, hashTables} from '../support/tables.ts';
import {makeTemporaryFolder} from '../support/temporary.ts';

/** Summarizes a plan: landing and reshaping of each school year, then the build. */
function inShort({partitions, build}: Plan): string[] {
  return [
    ...partitions.map(
      ({source, schoolYear, landing, reshaping}) =>
        `${source} ${schoolYear}: ${landing.action} ${landing.reason}, ${reshaping.action} ${reshaping.reason}`,
    ),
    `build: ${[build.action, ...build.reasons.map(({reason, partitions = []}) => [reason, ...partitions].join(' '))].join(', ')}`,
  ];
}

/** Reads the steps of a run from the ledger. */
function stepsOf({home}: RunOptions, {run: number}: RunResult): string[] {
  return readRun(home, number).steps.map(({name}) => name);
}

/** Returns the steps that a plan announces. Those that say `depends` happen only if the download brought something new. */
function stepsFor({partitions, build}: Plan, broughtSomethingNew = true): string[] {
  const lands = partitions.some(({landing}) => landing.action !== 'keep');
  const builds = build.action === 'build' || (build.action === 'depends' && broughtSomethingNew);
  const replaces = builds && build.published !== null;
  return [
    'plan',
    ...(lands ? ['land'] : []),
    ...(builds ? ['reshape', 'load', 'check', 'build', 'audit'] : []),
    ...(replaces ? ['compare'] : []),
    ...(builds || build.action === 'publish' ? ['publish'] : []),
  ];
}

/** Plans, runs, and asserts that the run follows the plan: its recorded plan, its steps, its build. */
async function planAndRun(options: RunOptions, broughtSomethingNew = true): Promise<{plan: Plan; result: RunResult}> {
  const {plan} = await planRun(options);
  const result = await run(options, recordProgress());
  assert.deepEqual(stepsOf(options, result), stepsFor(plan, broughtSomethingNew));
  if (plan.build.build !== null) {
    assert.deepEqual(result.plan, plan, 'the run did what was planned');
    const published = plan.build.action === 'hold' ? plan.build.published : plan.build.build;
    assert.equal(result.build, published);
  }
  return {plan, result};
}

describe('the plan for a folder', () => {
  let folder: string;
  let options: RunOptions;
  beforeEach(async () => {
    folder = await makeFolder({'s.csv': makeStudents(30), 't.csv': teachers, 'l.csv': list});
    options = {home: locateHome(join(folder, 'home')), from: folder};
  });

  /** Runs the folder in a home directory that has already published it. */
  async function firstRun(): Promise<RunResult> {
    cpSync(await findSmallHome(), options.home.folder, {recursive: true, verbatimSymlinks: true});
    return run(options, recordProgress());
  }

  test('plans everything at first, and nothing after a run', async () => {
    const first = await planAndRun(options);
    assert.deepEqual(inShort(first.plan), [
      'ospi-enrollment 2020-21: land new, reshape new',
      'ospi-teachers 2020-21: land new, reshape new',
      'school-list 2020-21: land new, reshape new',
      'build: build, first',
    ]);
    const second = await planAndRun(options);
    assert.deepEqual(inShort(second.plan), [
      'ospi-enrollment 2020-21: keep unchanged, keep unchanged',
      'ospi-teachers 2020-21: keep unchanged, keep unchanged',
      'school-list 2020-21: keep unchanged, keep unchanged',
      'build: keep',
    ]);
    assert.deepEqual(stepsOf(options, second.result), ['plan'], 'no step is done');
  });

  test('writes nothing, even if there is no home directory yet', async () => {
    await planRun(options);
    assert.ok(!existsSync(options.home.folder));
    await firstRun();
    writeFileSync(join(folder, 's.csv'), makeStudents(31));
    const before = await hashFiles(options.home.folder);
    await planRun({...options, force: true});
    assert.deepEqual(await hashFiles(options.home.folder), before);
  });

  test('names a changed file, a new year and a removed source', async () => {
    await firstRun();
    writeFileSync(join(folder, 's.csv'), makeStudents(31));
    writeFileSync(join(folder, 'old.csv'), makeStudents(20).replaceAll('2020-21', '2019-20'));
    await rm(join(folder, 'l.csv'));
    const {plan} = await planAndRun(options);
    assert.deepEqual(inShort(plan), [
      'ospi-enrollment 2019-20: land new, reshape new',
      'ospi-enrollment 2020-21: land changed, reshape new',
      'ospi-teachers 2020-21: keep unchanged, keep unchanged',
      'build: build, added ospi-enrollment 2019-20, changed ospi-enrollment 2020-21, left_out school-list 2020-21',
    ]);
  });

  test('with --years, backfills those years', async () => {
    writeFileSync(join(folder, 'old.csv'), makeStudents(20).replaceAll('2020-21', '2019-20'));
    await run({...options, years: ['2020-21']}, recordProgress());
    const {plan, result} = await planAndRun({...options, years: ['2019-20', '2020-21']});
    assert.equal(inShort(plan).at(-1), 'build: build, added ospi-enrollment 2019-20');
    assert.deepEqual(result.manifest.schoolYears, ['2019-20', '2020-21']);
  });

  test('if earlier files return, publishes their build again', async () => {
    const first = await firstRun();
    writeFileSync(join(folder, 's.csv'), makeStudents(31));
    await run(options, recordProgress());
    writeFileSync(join(folder, 's.csv'), makeStudents(30));
    const {plan, result} = await planAndRun(options);
    assert.equal(inShort(plan).at(-1), 'build: publish, changed ospi-enrollment 2020-21');
    assert.equal(result.build, first.build);
  });

  test('--force rebuilds everything beside the existing build, with the same rows', async () => {
    const first = await firstRun();
    const rows = await hashTables(options.home.folder);
    const {plan, result} = await planAndRun({...options, force: true});
    assert.deepEqual(inShort(plan), [
      'ospi-enrollment 2020-21: keep unchanged, reshape forced',
      'ospi-teachers 2020-21: keep unchanged, reshape forced',
      'school-list 2020-21: keep unchanged, reshape forced',
      'build: build, forced',
    ]);
    assert.equal(result.build, `${first.build}-2`);
    assert.equal(await hashTables(options.home.folder), rows);
    assert.equal((await planAndRun(options)).result.build, result.build, 'the later of the two is the one that counts');
  });

  test('--refresh lands damaged files again', async () => {
    await firstRun();
    const landed = join(options.home.landing, 'ospi-enrollment', '2020-21');
    const [bytes = ''] = readdirSync(landed).filter((name) => name.endsWith('.gz'));
    truncateSync(join(landed, bytes), 100);
    const {plan} = await planAndRun({...options, refresh: true});
    assert.deepEqual(inShort(plan).slice(0, 1), ['ospi-enrollment 2020-21: land refresh, keep unchanged']);
    assert.equal((await run({...options, force: true}, recordProgress())).status, 'published');
  });

  test('--only takes the other sources from the published build', async () => {
    await firstRun();
    writeFileSync(join(folder, 's.csv'), makeStudents(31));
    writeFileSync(join(folder, 'l.csv'), makeListFile([{district: '99001', school: '9001', types: ['m']}]));
    const {plan, result} = await planAndRun({...options, only: ['ospi-enrollment']});
    assert.deepEqual(inShort(plan), [
      'ospi-enrollment 2020-21: land changed, reshape new',
      'ospi-teachers 2020-21: keep left_out, keep unchanged',
      'school-list 2020-21: keep left_out, keep unchanged',
      'build: build, changed ospi-enrollment 2020-21',
    ]);
    assert.equal(result.manifest.rows.in, 2 + 6 + 1);
  });

  test('--only fails in a home directory without a build, which has no other sources to take', async () => {
    await assert.rejects(planRun({...options, only: ['ospi-teachers']}), (error) => {
      assert.ok(error instanceof Failure);
      assert.equal(error.exitCode, 2);
      assert.match(error.message, /nothing is published.*Run once without --only/);
      return true;
    });
  });

  test('reshapes a damaged file of the lake again', async () => {
    await firstRun();
    const lake = join(options.home.lake, 'ospi_teachers', 'school_year=2020-21');
    writeFileSync(join(lake, readdirSync(lake)[0] ?? ''), 'PAR1 and no more');
    writeFileSync(join(folder, 's.csv'), makeStudents(31));
    const {plan, result} = await planAndRun(options);
    assert.equal(inShort(plan)[1], 'ospi-teachers 2020-21: keep unchanged, reshape damaged');
    assert.equal(result.status, 'published');
  });

  test('holds a build that was rolled back from, even after prune, until it is forced or a source changes', async () => {
    const first = await firstRun();
    writeFileSync(join(folder, 's.csv'), makeStudents(31));
    const second = await run(options, recordProgress());
    await rollback(options.home, undefined, recordProgress());
    const held = await planAndRun(options);
    assert.equal(held.plan.build.action, 'hold');
    assert.deepEqual([held.result.status, held.result.build], ['held', first.build]);
    await rm(join(options.home.builds, second.build), {recursive: true});
    assert.equal((await planAndRun(options)).plan.build.action, 'hold');
    assert.equal((await planAndRun({...options, force: true})).result.status, 'published');
  });

  test('gives changed models or declarations as the reason', async () => {
    const {build, manifest} = await firstRun();
    const path = join(options.home.builds, build, 'manifest.json');
    const other = {...manifest, code: {...manifest.code, models: 'other', contract: 'other'}};
    writeFileSync(path, JSON.stringify(other));
    // Imitates a build by older code: it has another id, and the lake has other files.
    renameSync(join(options.home.builds, build), join(options.home.builds, 'before'));
    rmSync(options.home.published);
    symlinkSync(join('builds', 'before'), options.home.published);
    const reshaped = join(options.home.lake, '_reshaped');
    for (const name of readdirSync(reshaped))
      renameSync(join(reshaped, name), join(reshaped, name.replace(/-.*/, '-before.json')));
    const {plan} = await planAndRun(options);
    assert.deepEqual(inShort(plan), [
      'ospi-enrollment 2020-21: keep unchanged, reshape contract',
      'ospi-teachers 2020-21: keep unchanged, reshape contract',
      'school-list 2020-21: keep unchanged, reshape contract',
      'build: build, contract, models',
    ]);
  });
});

describe("the plan for the publisher's data", () => {
  let state: Socrata;
  before(async () => {
    state = await startState();
  });
  after(() => state.close());
  const optionsFor = (): RunOptions => ({
    home: locateHome(makeTemporaryFolder('live')),
    from: 'live',
    schoolList: sampleList,
    years: ['2020-21'],
    host: {url: state.url},
  });

  test('distinguishes new, unchanged, republished, changed and missing data sets', async () => {
    const options = optionsFor();
    const first = await planAndRun(options);
    assert.deepEqual(inShort(first.plan), [
      'ospi-enrollment 2020-21: download new, depends download',
      'ospi-teachers 2020-21: download new, depends download',
      'school-list 2020-21: land new, depends new',
      'build: depends, first',
    ]);
    assert.equal(inShort((await planAndRun(options)).plan).at(-1), 'build: keep');

    state.set('nvpc-yr7b', {rowsUpdatedAt: 1_650_000_000});
    const touched = await planAndRun(options, false);
    assert.deepEqual(inShort(touched.plan), [
      'ospi-enrollment 2020-21: download changed, depends download',
      'ospi-teachers 2020-21: keep unchanged, keep unchanged',
      'school-list 2020-21: keep unchanged, keep unchanged',
      'build: depends, changed ospi-enrollment 2020-21',
    ]);
    assert.equal(touched.result.status, 'unchanged');

    state.set('nvpc-yr7b', {
      csv: enrollmentOf2020.replaceAll('Vega Elementary', 'Vega Primary'),
      rowsUpdatedAt: 1_660_000_000,
    });
    assert.equal((await planAndRun(options)).result.status, 'published');

    const landed = join(options.home.landing, 'ospi-teachers', '2020-21');
    for (const name of readdirSync(landed)) await rm(join(landed, name));
    const gone = await planAndRun(options, false);
    assert.equal(inShort(gone.plan)[1], 'ospi-teachers 2020-21: download gone, depends download');
  });

  test('--refresh downloads unchanged data sets; --only requests a single source', async () => {
    const options = optionsFor();
    await run(options, recordProgress());
    state.requests.length = 0;
    const again = {...options, refresh: true, only: ['ospi-teachers']};
    await assert.rejects(planRun(again), /--school-list goes with --only/);
    const {schoolList: _list, ...rest} = again;
    const {plan} = await planAndRun(rest, false);
    assert.deepEqual(inShort(plan), [
      'ospi-enrollment 2020-21: keep left_out, keep unchanged',
      'ospi-teachers 2020-21: download refresh, depends download',
      'school-list 2020-21: keep left_out, keep unchanged',
      'build: depends, changed ospi-teachers 2020-21',
    ]);
    const asked = state.requests.map(({kind, id, query}) => (kind === 'catalogue' ? query['q'] : id));
    // The catalogue is asked for this source alone, and the data set with all years for its later years.
    assert.deepEqual([...new Set(asked)], ['Report Card Teacher Demographics', 'yp28-ks6d', 'y59b-6pu8']);
    const [download] = state.requests.filter(({kind}) => kind === 'export');
    assert.equal(download?.status, 200, 'not a conditional request');
  });

  test('--only fails if the other sources never landed, and the error says so', async () => {
    const options = optionsFor();
    await run(options, recordProgress());
    const {schoolList: _list, ...rest} = options;
    await assert.rejects(
      planRun({...rest, years: ['2019-20'], only: ['ospi-teachers']}),
      /ospi-enrollment 2019-20 \(data set gtd3-scga\) has never landed.*Run once without --only/,
    );
  });
});
