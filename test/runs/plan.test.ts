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
import {type Plan, planRun} from '../../src/runs/plan.ts';
import {type RunResult, run} from '../../src/runs/run.ts';
import {quietProgress} from '../support/pipeline.ts';
import {folderOf, listFile} from '../support/publisher.ts';
import {enrollmentOf2020, list, smallHome, students, teachers} from '../support/small.ts';
import type {Socrata} from '../support/socrata.ts';
import {sampleList, startState} from '../support/state.ts';
import {checksum, hashes} from '../support/tables.ts';
import {temporaryFolder} from '../support/temporary.ts';

/** What a plan says in short: landing and reshaping of each school year, then the build. */
function inShort({partitions, build}: Plan): string[] {
  return [
    ...partitions.map(
      ({source, schoolYear, landing, reshaping}) =>
        `${source} ${schoolYear}: ${landing.action} ${landing.reason}, ${reshaping.action} ${reshaping.reason}`,
    ),
    `build: ${[build.action, ...build.reasons.map(({reason, partitions = []}) => [reason, ...partitions].join(' '))].join(', ')}`,
  ];
}

/** The steps that a run did, by its entry in the ledger. */
function stepsOf({home}: RunOptions, {run: number}: RunResult): string[] {
  return readRun(home, number).steps.map(({name}) => name);
}

/** The steps that a plan comes to. What `depends` is done only if the download brought something new. */
function stepsFor({partitions, build}: Plan, broughtSomethingNew = true): string[] {
  const lands = partitions.some(({landing}) => landing.action !== 'keep');
  const builds = build.action === 'build' || (build.action === 'depends' && broughtSomethingNew);
  const replaces = builds && build.published !== null;
  return [
    'plan',
    ...(lands ? ['land'] : []),
    ...(builds ? ['reshape', 'check', 'build', 'audit'] : []),
    ...(replaces ? ['compare'] : []),
    ...(builds || build.action === 'publish' ? ['publish'] : []),
  ];
}

/** Plans, runs, and holds the run to the plan: its own plan, its steps, its build. */
async function planAndRun(options: RunOptions, broughtSomethingNew = true): Promise<{plan: Plan; result: RunResult}> {
  const {plan} = await planRun(options);
  const result = await run(options, quietProgress());
  assert.deepEqual(stepsOf(options, result), stepsFor(plan, broughtSomethingNew));
  if (plan.build.build !== null) {
    assert.deepEqual(result.plan, plan, 'what the run did is what was planned');
    const published = plan.build.action === 'hold' ? plan.build.published : plan.build.build;
    assert.equal(result.build, published);
  }
  return {plan, result};
}

describe('a folder', () => {
  let folder: string;
  let options: RunOptions;
  beforeEach(async () => {
    folder = await folderOf({'s.csv': students(30), 't.csv': teachers, 'l.csv': list});
    options = {home: locateHome(join(folder, 'home')), from: folder};
  });

  /** A run of the folder in a home that has published it. */
  async function firstRun(): Promise<RunResult> {
    cpSync(await smallHome(), options.home.folder, {recursive: true, verbatimSymlinks: true});
    return run(options, quietProgress());
  }

  test('everything is new, and then nothing is to be done', async () => {
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

  test('a plan writes nothing, also where there is no home yet', async () => {
    await planRun(options);
    assert.ok(!existsSync(options.home.folder));
    await firstRun();
    writeFileSync(join(folder, 's.csv'), students(31));
    const before = await hashes(options.home.folder);
    await planRun({...options, force: true});
    assert.deepEqual(await hashes(options.home.folder), before);
  });

  test('a file that changed, a year that came, a source that went', async () => {
    await firstRun();
    writeFileSync(join(folder, 's.csv'), students(31));
    writeFileSync(join(folder, 'old.csv'), students(20).replaceAll('2020-21', '2019-20'));
    await rm(join(folder, 'l.csv'));
    const {plan} = await planAndRun(options);
    assert.deepEqual(inShort(plan), [
      'ospi-enrollment 2019-20: land new, reshape new',
      'ospi-enrollment 2020-21: land changed, reshape new',
      'ospi-teachers 2020-21: keep unchanged, keep unchanged',
      'build: build, added ospi-enrollment 2019-20, changed ospi-enrollment 2020-21, left_out school-list 2020-21',
    ]);
  });

  test('a backfill of years is a run with years', async () => {
    writeFileSync(join(folder, 'old.csv'), students(20).replaceAll('2020-21', '2019-20'));
    await run({...options, years: ['2020-21']}, quietProgress());
    const {plan, result} = await planAndRun({...options, years: ['2019-20', '2020-21']});
    assert.equal(inShort(plan).at(-1), 'build: build, added ospi-enrollment 2019-20');
    assert.deepEqual(result.manifest.schoolYears, ['2019-20', '2020-21']);
  });

  test('files that were here before: what is made of them is published again', async () => {
    const first = await firstRun();
    writeFileSync(join(folder, 's.csv'), students(31));
    await run(options, quietProgress());
    writeFileSync(join(folder, 's.csv'), students(30));
    const {plan, result} = await planAndRun(options);
    assert.equal(inShort(plan).at(-1), 'build: publish, changed ospi-enrollment 2020-21');
    assert.equal(result.build, first.build);
  });

  test('--force makes all of it again, beside what is there, with the same rows', async () => {
    const first = await firstRun();
    const rows = await checksum(options.home.folder);
    const {plan, result} = await planAndRun({...options, force: true});
    assert.deepEqual(inShort(plan), [
      'ospi-enrollment 2020-21: keep unchanged, reshape forced',
      'ospi-teachers 2020-21: keep unchanged, reshape forced',
      'school-list 2020-21: keep unchanged, reshape forced',
      'build: build, forced',
    ]);
    assert.equal(result.build, `${first.build}-2`);
    assert.equal(await checksum(options.home.folder), rows);
    assert.equal((await planAndRun(options)).result.build, result.build, 'the later of the two is the one that counts');
  });

  test('--refresh lands again what is damaged', async () => {
    await firstRun();
    const landed = join(options.home.landing, 'ospi-enrollment', '2020-21');
    const [bytes = ''] = readdirSync(landed).filter((name) => name.endsWith('.gz'));
    truncateSync(join(landed, bytes), 100);
    const {plan} = await planAndRun({...options, refresh: true});
    assert.deepEqual(inShort(plan).slice(0, 1), ['ospi-enrollment 2020-21: land refresh, keep unchanged']);
    assert.equal((await run({...options, force: true}, quietProgress())).status, 'published');
  });

  test('--only takes the others from what is published', async () => {
    await firstRun();
    writeFileSync(join(folder, 's.csv'), students(31));
    writeFileSync(join(folder, 'l.csv'), listFile([{district: '99001', school: '9001', types: ['m']}]));
    const {plan, result} = await planAndRun({...options, only: ['ospi-enrollment']});
    assert.deepEqual(inShort(plan), [
      'ospi-enrollment 2020-21: land changed, reshape new',
      'ospi-teachers 2020-21: keep left_out, keep unchanged',
      'school-list 2020-21: keep left_out, keep unchanged',
      'build: build, changed ospi-enrollment 2020-21',
    ]);
    assert.equal(result.manifest.rows.in, 2 + 6 + 1);
  });

  test('--only in a home without a build: there is nothing to take the others from', async () => {
    await assert.rejects(planRun({...options, only: ['ospi-teachers']}), (error) => {
      assert.ok(error instanceof Failure);
      assert.equal(error.exitCode, 2);
      assert.match(error.message, /nothing is published.*Run once without --only/);
      return true;
    });
  });

  test('what is damaged in the lake is reshaped again', async () => {
    await firstRun();
    const lake = join(options.home.lake, 'ospi_teachers', 'school_year=2020-21');
    writeFileSync(join(lake, readdirSync(lake)[0] ?? ''), 'PAR1 and no more');
    writeFileSync(join(folder, 's.csv'), students(31));
    const {plan, result} = await planAndRun(options);
    assert.equal(inShort(plan)[1], 'ospi-teachers 2020-21: keep unchanged, reshape damaged');
    assert.equal(result.status, 'published');
  });

  test('a build that was rolled back from is held, also when it is pruned, until it is forced or something is new', async () => {
    const first = await firstRun();
    writeFileSync(join(folder, 's.csv'), students(31));
    const second = await run(options, quietProgress());
    await rollback(options.home, undefined, quietProgress());
    const held = await planAndRun(options);
    assert.equal(held.plan.build.action, 'hold');
    assert.deepEqual([held.result.status, held.result.build], ['held', first.build]);
    await rm(join(options.home.builds, second.build), {recursive: true});
    assert.equal((await planAndRun(options)).plan.build.action, 'hold');
    assert.equal((await planAndRun({...options, force: true})).result.status, 'published');
  });

  test('changed models or declarations are said to be the reason', async () => {
    const {build, manifest} = await firstRun();
    const path = join(options.home.builds, build, 'manifest.json');
    const other = {...manifest, code: {...manifest.code, models: 'other', contract: 'other'}};
    writeFileSync(path, JSON.stringify(other));
    // As if this build had been made by the code of before: it has another name, and the lake other files.
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

describe('the publisher', () => {
  let state: Socrata;
  before(async () => {
    state = await startState();
  });
  after(() => state.close());
  const optionsFor = (): RunOptions => ({
    home: locateHome(temporaryFolder('live')),
    from: 'live',
    schoolList: sampleList,
    years: ['2020-21'],
    host: {url: state.url},
  });

  test('new, unchanged, republished with the same bytes, changed, and gone', async () => {
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

  test('--refresh downloads what has not changed; --only asks for one source alone', async () => {
    const options = optionsFor();
    await run(options, quietProgress());
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
    assert.ok(state.requests.every(({id}) => id === 'y59b-6pu8'));
    const [download] = state.requests.filter(({kind}) => kind === 'export');
    assert.equal(download?.status, 200, 'not a conditional request');
  });

  test('--only of what never landed besides: an error that says so', async () => {
    const options = optionsFor();
    await run(options, quietProgress());
    const {schoolList: _list, ...rest} = options;
    await assert.rejects(
      planRun({...rest, years: ['2019-20'], only: ['ospi-teachers']}),
      /ospi-enrollment 2019-20 \(data set gtd3-scga\) has never landed.*Run once without --only/,
    );
  });
});
