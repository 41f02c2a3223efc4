import assert from 'node:assert/strict';
import {execFile} from 'node:child_process';
import {existsSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {test} from 'node:test';
import {setTimeout as sleep} from 'node:timers/promises';
import {fileURLToPath} from 'node:url';
import {prune} from '../../src/builds/prune.ts';
import {rollback} from '../../src/builds/rollback.ts';
import {compareById} from '../../src/changes/compare.ts';
import {locateHome} from '../../src/home.ts';
import {type History, readHistory, readRun} from '../../src/runs/history.ts';
import {run} from '../../src/runs/run.ts';
import {expectError, rollcall, start} from '../support/command.ts';
import {recordProgress} from '../support/pipeline.ts';
import {makeFolder} from '../support/publisher.ts';
import {list, makeStudents, teachers} from '../support/small.ts';
import {countAnsweredSchools, enrollment, makeWorkspace, readPublishedState} from '../support/workspace.ts';

/** Trouble around a run: other runs, signals, kills, clocks and disks. `npm run sweep` tests kills at length. */

test('of two runs at once the second is refused and names the first; other commands read the progress of the first', async (t) => {
  const space = await makeWorkspace(t);
  space.edit(enrollment, (text) => text.replaceAll('Vega Elementary', 'Vega Primary'));
  const first = start(t, ['run', '--from', space.folder, '--home', space.home]);
  await first.saw(/✓ plan/);
  first.kill('SIGSTOP');
  const second = await space.run();
  assert.equal(second.code, 4);
  assert.match(expectError(second), /another run holds the lock \(process \d+, since \d{4}-/);
  const rollbackMeanwhile = await rollcall(['rollback', '--home', space.home]);
  assert.equal(rollbackMeanwhile.code, 4);
  const {stdout} = await rollcall(['history', '--json', '--home', space.home]);
  const [running] = (JSON.parse(stdout) as History).runs;
  assert.equal(running?.outcome, 'running');
  const {steps, plan} = readRun(locateHome(space.home), running?.run ?? 0);
  assert.deepEqual([steps[0]?.name, steps[0]?.outcome], ['plan', 'done']);
  assert.equal(plan?.build.action, 'build');
  first.kill('SIGCONT');
  const {code, stderr} = await first.ended;
  assert.equal(code, 0, stderr);
});

test('a killed run is recognized at once and its lock is free; the next run closes it and continues', async (t) => {
  const space = await makeWorkspace(t);
  const before = readPublishedState(space.home);
  space.edit(enrollment, (text) => text.replaceAll('Vega Elementary', 'Vega Primary'));
  const first = start(t, ['run', '--from', space.folder, '--home', space.home]);
  await first.saw(/✓ reshape/);
  first.kill('SIGKILL');
  assert.equal((await first.ended).signal, 'SIGKILL');
  const after = readPublishedState(space.home);
  assert.equal(after['published'], before['published']);
  assert.equal(await countAnsweredSchools(space.home), 32);
  const [killed] = (await readHistory(locateHome(space.home), 1)).runs;
  assert.deepEqual([killed?.outcome, killed?.endedAt], ['killed', null]);
  assert.ok(existsSync(join(space.home, 'run.lock.holder')), 'the killed run has left its description in the lock');

  const next = await space.run();
  assert.equal(next.code, 0, next.stderr);
  assert.match(next.stderr, new RegExp(`run ${killed?.run} was killed`));
  assert.match(next.stderr, /✓ plan +a build to make/, 'landed and reshaped files are not processed again');
  const closed = readRun(locateHome(space.home), killed?.run ?? 0);
  assert.equal(closed.outcome, 'killed');
  assert.notEqual(closed.endedAt, null);
  assert.deepEqual(
    readdirSync(join(space.home, 'builds')).filter((name) => name.endsWith('.tmp')),
    [],
  );
});

for (const [signal, exitCode] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  test(`${signal} stops a run between two steps, with exit code ${exitCode}; the next run continues`, async (t) => {
    const space = await makeWorkspace(t);
    const before = readPublishedState(space.home);
    space.edit(enrollment, (text) => text.replaceAll('Vega Elementary', 'Vega Primary'));
    const first = start(t, ['run', '--from', space.folder, '--home', space.home]);
    await first.saw(/✓ land/);
    // A terminal sends the signal twice by way of the launcher. That still counts as one.
    first.kill(signal);
    first.kill(signal);
    const {code, stdout, stderr} = await first.ended;
    assert.equal(code, exitCode, stderr);
    assert.equal(stdout, '');
    assert.match(stderr, new RegExp(`Stopping after this step. Another ${signal} stops at once`));
    assert.match(stderr, new RegExp(`^rollcall: Stopped by ${signal}. The published build is unchanged`, 'm'));
    assert.deepEqual(readPublishedState(space.home), before, 'no complete or partial build');
    const [stopped] = (await readHistory(locateHome(space.home), 1)).runs;
    assert.deepEqual([stopped?.outcome, stopped?.exitCode], ['stopped', exitCode]);
    const next = await space.run();
    assert.equal(next.code, 0, next.stderr);
    assert.doesNotMatch(next.stderr, /was killed|✓ land/);
  });
}

test('a second signal stops at once', async () => {
  const module = fileURLToPath(new URL('../../src/cli/stop.ts', import.meta.url));
  const script = `import {stopOnSignals} from ${JSON.stringify(module)}; stopOnSignals(); setInterval(() => {}, 1000); console.log('ready');`;
  const child = execFile(process.execPath, ['--input-type=module-typescript', '-e', script]);
  const ended = new Promise<string | null>((resolve) => child.on('close', (_, signal) => resolve(signal)));
  await new Promise((resolve) => child.stdout?.once('data', resolve));
  child.kill('SIGINT');
  await sleep(600);
  assert.equal(child.exitCode, null, 'the first signal only asks the run to stop');
  child.kill('SIGINT');
  assert.equal(await ended, 'SIGINT');
});

test('a clock that is set back does not change the order of runs and builds', async (t) => {
  const folder = await makeFolder({'s.csv': makeStudents(30), 't.csv': teachers, 'l.csv': list});
  const home = locateHome(join(folder, 'home'));
  const builds: string[] = [];
  for (const [index, year] of [2031, 2027, 2024].entries()) {
    t.mock.timers.enable({apis: ['Date'], now: Date.UTC(year, 0, 1)});
    writeFileSync(join(folder, 's.csv'), makeStudents(30 + index));
    builds.push((await run({home, from: folder}, recordProgress())).build);
    t.mock.timers.reset();
  }
  const {runs} = await readHistory(home, 10);
  assert.deepEqual(
    runs.map(({startedAt}) => startedAt.slice(0, 4)),
    ['2024', '2027', '2031'],
    'the latest run first, whatever its clock said',
  );
  assert.ok(runs.every(({seconds}) => seconds !== null && seconds > 0));
  const {from, to} = await compareById(home);
  assert.deepEqual([from.build, to.build], [builds[1], builds[2]]);
  const {kept, removed} = await prune(home, {keep: 2, dryRun: true}, recordProgress());
  assert.deepEqual([kept, removed.map(({build}) => build)], [[builds[2], builds[1]], [builds[0]]]);
  assert.equal((await rollback(home, undefined, recordProgress())).to, builds[1]);
  assert.equal((await rollback(home, undefined, recordProgress())).to, builds[0]);
});

test('a damaged landed file is named and removed, and the next run lands it again', async (t) => {
  const space = await makeWorkspace(t);
  for (const folder of ['builds', 'lake']) rmSync(join(space.home, folder), {recursive: true});
  const landed = join(space.home, 'landing', 'ospi-teachers', '2020-21');
  const [name = ''] = readdirSync(landed).filter((each) => each.endsWith('.gz'));
  const bytes = readFileSync(join(landed, name));
  bytes[Math.floor(bytes.length / 2)] = (bytes[Math.floor(bytes.length / 2)] ?? 0) ^ 0x10;
  writeFileSync(join(landed, name), bytes);
  const error = expectError(await space.run());
  assert.match(
    error,
    /Report_Card_Teacher.*its landed copy \([0-9a-f]{12}\) was damaged.*Run again to land the file again/,
  );
  assert.ok(!existsSync(join(landed, name)));
  assert.equal((await space.run()).code, 0);
  assert.equal(await countAnsweredSchools(space.home), 32);
});
