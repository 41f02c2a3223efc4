import assert from 'node:assert/strict';
import {createHash} from 'node:crypto';
import {cpSync, existsSync, mkdirSync, readdirSync, readlinkSync, renameSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {test} from 'node:test';
import {assertChecksPassed, assertTestsPassed} from '../../src/builds/audit.ts';
import {findBuild, listBuilds, readBuild, requireBuild} from '../../src/builds/find.ts';
import {prune} from '../../src/builds/prune.ts';
import {publish, switchPublished} from '../../src/builds/publish.ts';
import {findPublished} from '../../src/builds/published.ts';
import {readPublishedId} from '../../src/builds/published-id.ts';
import type {TestResult} from '../../src/dbt/run/data-tests.ts';
import {exit, Failure} from '../../src/failure.ts';
import {makeTemporaryName} from '../../src/files.ts';
import {type Home, locateHome} from '../../src/home.ts';
import type {CheckResult} from '../../src/ingest/checks.ts';
import {AuditFailure} from '../../src/ledger/audit-failure.ts';
import {Ledger} from '../../src/ledger/ledger.ts';
import {readHistory} from '../../src/runs/history.ts';
import {writeBuild} from '../serve/home.ts';
import {recordProgress} from '../support/pipeline.ts';
import {makeTemporaryFolder} from '../support/temporary.ts';

/** Builds written by hand, in their own home directory. Only which files exist matters, not their contents. */
const newHome = () => locateHome(makeTemporaryFolder('builds'));

function put(home: Home, id: string, builtAt: string, {bytes = 5, reshaped = [] as string[]} = {}): void {
  const input = {
    source: 'ospi-enrollment',
    file: 'a.csv',
    origin: 'a.csv',
    sha256: '',
    landedAt: builtAt,
    publishedAt: null,
    isSample: false,
    schoolYears: ['2020-21'],
    rows: 7,
  };
  const inputs = reshaped.map((name) => ({...input, reshaped: name}));
  writeBuild(home, id, {builtAt, bytes, inputs, warehouse: 'bytes'});
}

/** Returns the name of a reshaped file, as the lake has it. */
function inLake(name: string): string {
  const hash = createHash('sha256').update(name).digest('hex');
  return `${hash.slice(0, 16)}-${hash.slice(16, 28)}`;
}

/** Publishes builds one after another, as runs do. */
async function publishAll(home: Home, ...ids: string[]): Promise<void> {
  const ledger = Ledger.open(home.ledger, () => {});
  for (const id of ids) await publish(home, ledger, ledger.startRun('run', {}, id), id, 'run');
  ledger.close();
}

const isUsage = (message: RegExp) => (error: unknown) => {
  assert.ok(error instanceof Failure);
  assert.equal(error.exitCode, exit.usage);
  assert.match(error.message, message);
  return true;
};

test('builds are listed in the order they were made, without half-made ones', async () => {
  const home = newHome();
  put(home, 'bbb', '2026-01-01T00:00:00.000Z');
  put(home, 'aaa', '2026-01-02T00:00:00.000Z');
  put(home, 'ccc', '2026-01-01T00:00:00.000Z');
  put(home, 'ddddddddddd4', '2026-01-03T00:00:00.000Z');
  renameSync(join(home.builds, 'ddddddddddd4'), makeTemporaryName(join(home.builds, 'ddddddddddd4')));
  const {builds, damaged} = await listBuilds(home);
  assert.deepEqual(
    builds.map(({id}) => id),
    ['bbb', 'ccc', 'aaa'],
  );
  assert.deepEqual(damaged, []);
});

test('a build with a damaged manifest or warehouse is damaged, and the message names the file', async () => {
  const home = newHome();
  put(home, '00000000000f', '2026-01-01T00:00:00.000Z');
  writeFileSync(join(home.builds, '00000000000f', 'manifest.json'), '{"build": ');
  put(home, 'gone', '2026-01-01T00:00:00.000Z');
  rmSync(join(home.builds, 'gone', 'warehouse.duckdb'));
  put(home, 'short', '2026-01-01T00:00:00.000Z', {bytes: 6});
  const {builds, damaged} = await listBuilds(home);
  assert.deepEqual(builds, []);
  assert.deepEqual(
    damaged.map(({id, problem}) => [id, problem.replace(home.builds, '…')]),
    [
      ['00000000000f', '…/00000000000f/manifest.json is damaged or missing.'],
      ['gone', '…/gone/warehouse.duckdb is gone.'],
      ['short', '…/short/warehouse.duckdb is damaged: it has 5 bytes instead of 6.'],
    ],
  );
  assert.ok('problem' in (await readBuild(home, 'nowhere')));
});

test('of several builds with one fingerprint the latest is found, by number and not alphabetically', async () => {
  const home = newHome();
  assert.deepEqual(await findBuild(home, 'abcdabcdabcd'), {build: undefined, nextId: 'abcdabcdabcd'});
  put(home, 'abcdabcdabce', '2026-01-01T00:00:00.000Z');
  assert.deepEqual(await findBuild(home, 'abcdabcdabcd'), {build: undefined, nextId: 'abcdabcdabcd'});
  put(home, 'abcdabcdabcd', '2026-01-01T00:00:00.000Z');
  assert.equal((await findBuild(home, 'abcdabcdabcd')).nextId, 'abcdabcdabcd-2');
  for (const number of [2, 9, 10]) put(home, `abcdabcdabcd-${number}`, '2026-01-01T00:00:00.000Z');
  const {build, nextId} = await findBuild(home, 'abcdabcdabcd');
  assert.deepEqual([build?.id, nextId], ['abcdabcdabcd-10', 'abcdabcdabcd-11']);
  rmSync(join(home.builds, 'abcdabcdabcd-10', 'manifest.json'));
  await assert.rejects(
    findBuild(home, 'abcdabcdabcd'),
    /abcdabcdabcd-10.*damaged or missing.*npx rollcall run --force/,
  );
  assert.deepEqual(await findBuild(home, 'abcdabcdabcd', {force: true}), {build: undefined, nextId: 'abcdabcdabcd-11'});
});

test('a build can be named by the first letters of its id, as many as are needed', async () => {
  const home = newHome();
  await assert.rejects(requireBuild(home, 'a'), isUsage(/^a: there is no such build\. There are: none\.$/));
  for (const id of ['abc', 'abc-2', 'axy']) put(home, id, '2026-01-01T00:00:00.000Z');
  assert.equal((await requireBuild(home, 'ax')).id, 'axy');
  assert.equal(
    (await requireBuild(home, 'abc')).id,
    'abc',
    'a complete id names that build, even if others begin with it',
  );
  await assert.rejects(requireBuild(home, 'a'), isUsage(/^a: more than one build begins like that \(abc, abc-2\)/));
  await assert.rejects(
    requireBuild(home, 'bc'),
    isUsage(/^bc: there is no such build\. There are: abc, abc-2, axy\.$/),
  );
  rmSync(join(home.builds, 'axy', 'warehouse.duckdb'));
  await assert.rejects(requireBuild(home, 'axy'), /axy.*warehouse\.duckdb is gone\..*rollcall rollback/);
});

test('the next publication undoes a recorded one that never completed, and records one that nobody recorded', async () => {
  const home = newHome();
  for (const id of ['one', 'two', 'three']) put(home, id, '2026-01-01T00:00:00.000Z');
  await publishAll(home, 'one', 'one');
  const ledger = Ledger.open(home.ledger, () => {});
  const told = () => ledger.listPublications().map(({build, kind}) => `${build} ${kind}`);
  assert.deepEqual(told(), ['one run'], 'a published build is not published again');
  const run = ledger.startRun('run', {}, 'killed');
  ledger.recordPublication(run, 'two', 'run');
  assert.equal(await readPublishedId(home), 'one');
  await publish(home, ledger, run, 'three', 'rollback');
  assert.deepEqual([told(), await readPublishedId(home)], [['one run', 'three rollback'], 'three']);
  ledger.close();
  // Without its ledger, a home still has a published build, which is recorded as found.
  for (const suffix of ['', '-wal', '-shm']) rmSync(home.ledger + suffix, {force: true});
  const anew = Ledger.open(home.ledger, () => {});
  await publish(home, anew, anew.startRun('run', {}, 'anew'), 'one', 'run');
  assert.deepEqual(
    anew.listPublications().map(({build, kind}) => `${build} ${kind}`),
    ['three found', 'one run'],
  );
  anew.close();
});

test('prune keeps the published build and the latest others, and deletes lake files that only deleted builds used', async () => {
  const home = newHome();
  for (const [index, id] of ['one', 'two', 'three', 'four'].entries()) {
    // The order of publication in the ledger counts, not the order in which builds were made.
    put(home, id, `2026-01-0${9 - index}T00:00:00.000Z`, {reshaped: [inLake(id), inLake('all')]});
  }
  put(home, 'broken', '2026-01-01T00:00:00.000Z', {bytes: 6});
  mkdirSync(join(home.lake, 'ospi'), {recursive: true});
  for (const name of ['one', 'two', 'three', 'four', 'all', 'none']) {
    writeFileSync(join(home.lake, 'ospi', `${inLake(name)}.parquet`), 'abc');
    writeFileSync(join(home.lake, 'ospi', `${inLake(name)}.json`), 'de');
  }
  // What people put there is not Rollcall's to delete.
  mkdirSync(join(home.builds, '2020-21'));
  cpSync(join(home.builds, 'three'), join(home.builds, 'three before the change'), {recursive: true});
  writeFileSync(join(home.lake, 'ospi', 'mine.parquet'), 'abc');
  await publishAll(home, 'one', 'two', 'three', 'four', 'one');
  const planned = await prune(home, {keep: 2, dryRun: true}, recordProgress());
  assert.ok(existsSync(join(home.builds, 'two')), 'nothing has been deleted yet');
  const done = await prune(home, {keep: 2}, recordProgress());
  assert.deepEqual(done, planned);
  assert.deepEqual(done.kept, ['one', 'four']);
  assert.deepEqual(
    done.removed.map(({build}) => build),
    ['three', 'two', 'broken'],
  );
  assert.deepEqual(done.lake, {files: 6, bytes: 15});
  assert.equal(done.bytes, done.removed.reduce((sum, {bytes}) => sum + bytes, 0) + 15);
  assert.ok(done.removed.every(({bytes}) => bytes > 5));
  assert.deepEqual(readdirSync(home.builds).sort(), ['2020-21', 'four', 'one', 'three before the change']);
  const left = ['all', 'four', 'one'].flatMap((name) => [`${inLake(name)}.json`, `${inLake(name)}.parquet`]);
  assert.deepEqual(readdirSync(join(home.lake, 'ospi')).sort(), [...left, 'mine.parquet'].sort());
  assert.equal(await readPublishedId(home), 'one');
});

test('prune removes the half-made builds of killed runs, and nothing else that it did not make', async () => {
  const home = newHome();
  put(home, 'one', '2026-01-01T00:00:00.000Z');
  await switchPublished(home, 'one');
  for (const name of ['two.rollcall-host-1-0a1b2c3d.tmp', 'mine.tmp']) mkdirSync(join(home.builds, name));
  await prune(home, {keep: 1}, recordProgress());
  assert.deepEqual(readdirSync(home.builds).sort(), ['mine.tmp', 'one']);
});

test('prune to one build keeps the published one, even if it is damaged, and then keeps the whole lake', async () => {
  const home = newHome();
  put(home, 'old', '2026-01-01T00:00:00.000Z');
  put(home, 'new', '2026-01-02T00:00:00.000Z', {bytes: 6});
  mkdirSync(home.lake);
  writeFileSync(join(home.lake, `${inLake('new')}.parquet`), 'abc');
  await publishAll(home, 'old', 'new');
  const {kept, removed, lake} = await prune(home, {keep: 1}, recordProgress());
  assert.deepEqual([kept, removed.map(({build}) => build), lake.files], [[], ['old'], 0]);
  assert.deepEqual(readdirSync(home.builds), ['new']);
});

test('a published build that is a folder, as in a restored backup, is read, counted, and made a link by the next publication', async () => {
  const home = newHome();
  for (const id of ['one', 'two']) put(home, id, '2026-01-01T00:00:00.000Z');
  await publishAll(home, 'one', 'two');
  for (const isAlsoAmongBuilds of [true, false]) {
    rmSync(home.published);
    cpSync(join(home.builds, 'two'), home.published, {recursive: true});
    if (!isAlsoAmongBuilds) rmSync(join(home.builds, 'two'), {recursive: true});
    assert.equal(await readPublishedId(home), 'two');
    const found = await findPublished(home);
    assert.equal(found?.folder, isAlsoAmongBuilds ? join(home.builds, 'two') : home.published);
    assert.deepEqual((await listBuilds(home)).builds.map(({id}) => id).sort(), ['one', 'two']);
    for (const {build, bytes} of (await readHistory(home, 1)).builds) assert.ok(bytes > 5, build);
    assert.deepEqual((await prune(home, {keep: 2}, recordProgress())).kept.sort(), ['one', 'two']);
    assert.equal(readlinkSync(home.published), join('builds', 'two'));
    assert.deepEqual(readdirSync(home.builds), ['one', 'two']);
  }
  rmSync(home.published);
  mkdirSync(home.published);
  await assert.rejects(findPublished(home), /published: this should be a link to a build.*Move it away and run again/);
});

const check: CheckResult = {
  check: 'rows_usable',
  source: 'ospi-enrollment',
  schoolYear: '2020-21',
  severity: 'error',
  status: 'error',
  description: 'every row can be used',
  compared: 374,
  failing: 30,
  samples: ['line 7: no number', 'line 8: no number'],
};
const found: TestResult = {
  name: 'not_null_schools_school_id',
  path: 'models/marts/schools.yml',
  severity: 'error',
  status: 'error',
  failing: 1,
  samples: [{school_name: 'Vega', city: null, note: '', n: 3}],
  paths: ['raw.ospi_enrollment'],
  dependsOn: ['schools'],
};

test('a failed check is reported with its file, its year and the first row; a warning is not a failure', () => {
  assertChecksPassed([{...check, status: 'warn'}], []);
  assertTestsPassed([], [{...found, status: 'warn'}], 'kept');
  assert.throws(
    () => assertChecksPassed([{...check, status: 'pass'}, check, {...check, schoolYear: null}, check], []),
    (error) => {
      assert.ok(error instanceof AuditFailure);
      assert.match(
        error.message,
        /\(Report Card Enrollment 2020-21\): rows_usable failed in 30 of 374\. Expected: every row can be used\. Found: line 7: no number\. 2 more checks failed\./,
      );
      return true;
    },
  );
});

test('a failed data test is reported with the first row, without its empty columns', () => {
  assert.throws(
    () => assertTestsPassed([check], [found, {...found, failing: 2}], '/home/failed/warehouse.duckdb'),
    (error) => {
      assert.ok(error instanceof AuditFailure);
      assert.match(
        error.message,
        /^dbt\/models\/marts\/schools\.yml: the test not_null_schools_school_id failed in 1 row\. The first: school_name "Vega", n 3\. Where it comes from: raw\.ospi_enrollment\. 1 more test failed\. .*look into \/home\/failed\/warehouse\.duckdb/,
      );
      assert.deepEqual([error.checks, error.tests.length], [[check], 2]);
      return true;
    },
  );
});

test('published is a relative link, and on Windows an absolute junction that replaces the one before', async () => {
  const home = newHome();
  put(home, 'first', '2026-01-01T00:00:00.000Z');
  put(home, 'second', '2026-01-02T00:00:00.000Z');
  await switchPublished(home, 'first', 'linux');
  assert.equal(readlinkSync(home.published), join('builds', 'first'));
  for (const id of ['second', 'first']) {
    await switchPublished(home, id, 'win32');
    assert.equal(readlinkSync(home.published), join(home.builds, id));
    assert.equal(await readPublishedId(home), id);
    assert.ok(existsSync(join(home.builds, id, 'manifest.json')), 'the builds themselves stay');
  }
  assert.deepEqual(readdirSync(home.folder).sort(), ['builds', 'published']);
});
