import assert from 'node:assert/strict';
import {existsSync} from 'node:fs';
import {type TestContext, test} from 'node:test';
import {setImmediate as turn} from 'node:timers/promises';
import {exit} from '../../src/failure.ts';
import type {Outcome} from '../../src/ledger/ledger.ts';
import {assertSchedule, keepSchedule} from '../../src/serve/schedule.ts';
import {makeHome, switchTo, writeBuild, writeRun} from './home.ts';
import {makeStandIn, startServer, waitUntil} from './server.ts';

/** Mondays at six in Seattle: 14:00 UTC in winter, 13:00 in summer. */
const mondays = {cron: '0 6 * * 1', timeZone: 'America/Los_Angeles', from: 'live'};

function at(t: TestContext, now: string) {
  t.mock.timers.enable({apis: ['setTimeout', 'Date'], now: Date.parse(now)});
}

function keep(t: TestContext, home = makeHome(), config = mondays) {
  const due: [string, string][] = [];
  const schedule = keepSchedule(config, home, (why) => due.push([why, new Date().toISOString()]));
  t.after(() => schedule.stop());
  return {schedule, due};
}

function hours(t: TestContext, count: number) {
  for (let minute = 0; minute < count * 60; minute++) t.mock.timers.tick(60_000);
}

test('a schedule follows the clock of its time zone, before and after a change to daylight saving time', (t) => {
  at(t, '2026-03-02T13:00:00Z');
  const home = makeHome();
  writeRun(home, '2026-02-23T14:00:00.000Z', 'unchanged');
  const {schedule, due} = keep(t, home);
  assert.deepEqual(schedule.next(3), [
    '2026-03-02T14:00:00.000Z',
    '2026-03-09T13:00:00.000Z',
    '2026-03-16T13:00:00.000Z',
  ]);
  hours(t, 2);
  hours(t, 24 * 7);
  assert.deepEqual(
    due.map(([why, time]) => [why, time.slice(0, 16)]),
    [
      ['time', '2026-03-02T14:00'],
      ['time', '2026-03-09T13:00'],
    ],
  );
  assert.ok(schedule.isAlive());
  schedule.stop();
  assert.ok(!schedule.isAlive());
  hours(t, 24 * 8);
  assert.equal(due.length, 2, 'none after it has been stopped');
});

test('a run that was missed while the server was off starts at once, unless one has succeeded since', (t) => {
  at(t, '2026-01-14T12:00:00Z');
  const missed = (runAt?: string, outcome?: Outcome, command?: string) => {
    const home = makeHome();
    if (runAt) writeRun(home, runAt, outcome, {...(command && {command})});
    return keep(t, home).due.map(([why]) => why);
  };
  assert.deepEqual(missed(), ['missed'], 'a home directory without any run');
  assert.deepEqual(missed('2026-01-12T14:00:01.000Z', 'unchanged'), []);
  assert.deepEqual(missed('2026-01-13T20:00:00.000Z', 'published'), [], 'by hand');
  assert.deepEqual(missed('2026-01-05T14:00:00.000Z', 'published'), ['missed'], 'a week ago');
  assert.deepEqual(missed('2026-01-12T14:00:01.000Z', 'failed'), ['missed'], 'the last run failed');
  assert.deepEqual(missed('2026-01-13T14:00:00.000Z', 'done', 'rollback'), ['missed'], 'no run');
});

const everySecond = {cron: '* * * * * *', timeZone: 'UTC', from: 'live'};

test('no second run starts while one is running, and stopping waits for it', async (t) => {
  const home = makeHome();
  const {commands, calls} = makeStandIn(home);
  const notes: string[] = [];
  const server = await startServer(t, home, {commands, schedule: everySecond, note: (text) => notes.push(text)});
  await waitUntil(() => notes.some((note) => /another is still in progress/.test(note)));
  await waitUntil(() => calls().length === 1);
  assert.deepEqual(calls(), [['run', '--home', home.folder, '--from=live']]);
  const {schedule, next} = (await (await fetch(`${server.url}/api/schedule`)).json()) as {
    schedule: unknown;
    next: string[];
  };
  assert.deepEqual(schedule, everySecond);
  assert.equal(next.length, 5);
  await server.stop();
  assert.deepEqual(calls().slice(1), [['stopped cleanly']]);
  await turn();
  assert.ok(!commands.isBusy);
});

test("a schedule for the state's data does not run in a home directory with the sample", async (t) => {
  const home = makeHome();
  writeBuild(home, 'aaaaaaaaaaaa', {isSample: true});
  switchTo(home, 'aaaaaaaaaaaa');
  const {commands} = makeStandIn(home);
  const {url} = await startServer(t, home, {commands, schedule: everySecond});
  const {schedule, rest} = (await (await fetch(`${url}/api/schedule`)).json()) as {schedule: unknown; rest: string};
  assert.equal(schedule, null);
  assert.match(rest, /holds the sample/);
  assert.ok(!existsSync(`${home.folder}/calls`));
});

test('a schedule that never comes due is refused: no cron expression, no time zone, no such day', () => {
  assertSchedule(mondays);
  for (const wrong of [{cron: 'mondays'}, {timeZone: 'Mars/Olympus'}, {cron: '0 6 30 2 *'}])
    assert.throws(() => assertSchedule({...mondays, ...wrong}), {name: 'Failure', exitCode: exit.usage});
});
