import assert from 'node:assert/strict';
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {DatabaseSync} from 'node:sqlite';
import {test} from 'node:test';
import {prune} from '../../src/builds/prune.ts';
import {replayPublications, selectCompleted} from '../../src/builds/publish.ts';
import {locateHome} from '../../src/home.ts';
import {AuditFailure} from '../../src/ledger/audit-failure.ts';
import {Ledger, type Publication} from '../../src/ledger/ledger.ts';
import {readEventsAfter, readHistory, readRun} from '../../src/runs/history.ts';
import {run} from '../../src/runs/run.ts';
import {recordProgress} from '../support/pipeline.ts';
import {makeFolder} from '../support/publisher.ts';
import {list, makeStudents, teachers} from '../support/small.ts';
import {makeTemporaryFolder} from '../support/temporary.ts';

const filesOf = () => makeFolder({'s.csv': makeStudents(30), 't.csv': teachers, 'l.csv': list});

test('a run that fails its checks records the findings with their rows, and an event for notices', async () => {
  const folder = await filesOf();
  const home = locateHome(join(folder, 'home'));
  await run({home, from: folder}, recordProgress());
  const last = readEventsAfter(home, 0).at(-1)?.event ?? 0;
  // 31 of 30 students are male.
  writeFileSync(join(folder, 's.csv'), makeStudents(30).replaceAll(/,30,0,0,30,/g, ',30,0,0,31,'));
  await assert.rejects(run({home, from: folder}, recordProgress()), AuditFailure);
  const [failed] = (await readHistory(home, 1)).runs;
  assert.deepEqual([failed?.outcome, failed?.exitCode, failed?.build], ['failed', 1, null]);
  assert.match(failed?.error ?? '', /gender_adds_up failed in 2 of 2/);
  const {findings, steps} = readRun(home, failed?.run ?? 0);
  const [gender] = findings.filter(({status}) => status === 'error');
  assert.deepEqual(
    [gender?.kind, gender?.name, gender?.place, gender?.schoolYear, gender?.failing, gender?.samples.length],
    ['check', 'gender_adds_up', 'ospi-enrollment', '2020-21', 2, 2],
  );
  assert.match(String(gender?.samples[0]), /Lyra, Vega, 1st Grade: 31 of 30 \(line 2\)/);
  assert.deepEqual(
    steps.map(({name, outcome}) => `${name} ${outcome}`),
    ['plan done', 'land done', 'reshape done', 'load done', 'check done'],
  );
  assert.deepEqual(
    readEventsAfter(home, last).map(({kind, subject}) => `${kind} ${subject}`),
    ['source_changed ospi-enrollment 2020-21', 'run_failed run'],
  );
});

test('another connection can read the progress of a step while it runs', async () => {
  const folder = await filesOf();
  const home = locateHome(join(folder, 'home'));
  const seen: string[] = [];
  const progress = recordProgress();
  await run(
    {home, from: folder},
    {
      ...progress,
      step: (name, work) =>
        progress.step(name, (update) =>
          work((text) => {
            update(text);
            const step = readRun(home, 1).steps.at(-1);
            seen.push(`${step?.name} ${step?.outcome} ${step?.doing}`);
          }),
        ),
    },
  );
  assert.ok(seen.includes('build running schools'), seen.join(', '));
  assert.equal(readRun(home, 1).steps.find(({name}) => name === 'build')?.doing, null, 'and nothing once it is done');
});

test('a ledger of a newer Rollcall is refused and left unchanged', () => {
  const path = join(makeTemporaryFolder('ledger'), 'ledger.sqlite');
  Ledger.open(path, () => {}).close();
  const db = new DatabaseSync(path);
  const version = Number(db.prepare('pragma user_version').get()?.['user_version']);
  db.exec(`pragma user_version = ${version + 1}`);
  db.close();
  assert.throws(() => Ledger.open(path, () => {}), /was written by a newer Rollcall/);
});

test('the next command closes a killed run at the time of its last sign of life, and records one event', async () => {
  const home = locateHome(makeTemporaryFolder('home'));
  const clock = ['2026-01-05T14:00:00.000Z', '2026-01-05T14:00:01.000Z', '2026-01-05T14:00:02.000Z'];
  const ledger = Ledger.open(
    home.ledger,
    () => {},
    () => new Date(clock.shift() ?? '2026-01-05T14:00:02.000Z'),
  );
  const run = ledger.startRun('run', {from: 'live'}, '6d1f0e3e-3f0e-4b8e-9d43-0a3a1b0c9f11');
  ledger.startStep(run, 1, 'land');
  ledger.log(run, 'land', 'note', 'half way');
  ledger.close();
  const progress = recordProgress();
  await prune(home, {keep: 1}, progress);
  assert.match(progress.notes.join('\n'), /^run 1 was killed, or the machine went down/);
  const killed = readRun(home, run);
  assert.deepEqual([killed.outcome, killed.endedAt], ['killed', '2026-01-05T14:00:02.000Z']);
  assert.deepEqual(
    killed.steps.map(({name, outcome}) => [name, outcome]),
    [['land', 'killed']],
  );
  const told = () => readEventsAfter(home, 0).map(({kind, message}) => [kind, message]);
  assert.deepEqual(told(), [['run_failed', 'Run 1 was killed, or the machine went down.']]);
  await prune(home, {keep: 1}, recordProgress());
  assert.equal(told().length, 1);
});

/** Publications in order: `B` is published by a run, `<A` by a rollback. */
const publications = (text: string): Publication[] =>
  text.split(' ').map((word, number) => ({
    number,
    build: word.replace('<', ''),
    kind: word.startsWith('<') ? 'rollback' : 'run',
    at: '',
  }));

for (const [history, line, withdrawn] of [
  ['A B C', 'A B C', ''],
  ['A B C <B', 'A B', 'C'],
  ['A B C <B <A', 'A', 'C B'],
  ['A B C <A', 'A', 'B C'],
  // Forward again: the build that was rolled back from is wanted after all.
  ['A B C <A <C', 'A C', 'B'],
  ['A B <A C', 'A C', 'B'],
  // The publisher withdrew its figures, and then somebody rolled that back.
  ['A B A <B', 'A B', 'A'],
  ['A B A <B <A', 'A', 'B'],
  // Back to the last time that A was published.
  ['A B A C <A', 'A B A', 'C'],
] as const) {
  test(`after the publications ${history} the way back is ${line}, and held builds are ${withdrawn || 'none'}`, () => {
    const found = replayPublications(publications(history));
    assert.equal(found.line.join(' '), line);
    assert.deepEqual([...found.withdrawn].sort(), withdrawn.split(' ').filter(Boolean).sort());
  });
}

test('a publication that was recorded but never completed does not count', () => {
  const all = publications('A B C');
  assert.deepEqual(
    selectCompleted(all, 'B').map(({build}) => build),
    ['A', 'B'],
  );
  assert.deepEqual(selectCompleted(all, undefined), []);
});

test('an unreadable plan is refused with the name of the ledger, and the rest of the history stays readable', async () => {
  const home = locateHome(makeTemporaryFolder('other-version'));
  const ledger = Ledger.open(home.ledger, () => {});
  const plan = {partitions: [], build: {action: 'build', build: 'a', published: null, reasons: [{reason: 'first'}]}};
  const [good, other, broken] = [1, 2, 3].map((n) => ledger.startRun('run', {from: "O'Brien"}, `r${n}`));
  if (good === undefined || other === undefined || broken === undefined) throw new Error('no run was written');
  ledger.keepPlan(good, plan);
  ledger.keepPlan(other, {...plan, build: {...plan.build, reasons: [{reason: 'of another version'}]}});
  ledger.close();
  const db = new DatabaseSync(home.ledger);
  db.prepare(`update run set plan = '{"partitions":' where run_no = ?`).run(broken);
  db.close();
  // An earlier version, which wrote this plan, held no school year and looked for no data set.
  assert.deepEqual(readRun(home, good).plan, {...plan, heldYears: [], steps: []});
  for (const run of [other, broken]) {
    assert.throws(() => readRun(home, run), {
      name: 'Failure',
      message:
        /ledger\.sqlite was written by another version of Rollcall, and can't be read: row 1, column "plan": .* where run_no = \?$/s,
    });
  }
  const {runs} = await readHistory(home, 9);
  assert.deepEqual(
    runs.map(({run, options}) => [run, options]),
    [broken, other, good].map((run) => [run, {from: "O'Brien"}]),
  );
});
