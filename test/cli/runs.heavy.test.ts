import assert from 'node:assert/strict';
import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {test} from 'node:test';
import type {Changes} from '../../src/changes/compare.ts';
import {locateHome} from '../../src/home.ts';
import {lock} from '../../src/ledger/lock.ts';
import type {History} from '../../src/runs/history.ts';
import type {Plan} from '../../src/runs/plan-schema.ts';
import {expectError, rollcall} from '../support/command.ts';
import {enrollment, makeWorkspace, readPublishedState} from '../support/workspace.ts';

/** The commands about runs, as people type them. Their parts are tested in test/runs/. */

test('plan, run --dry-run, run, history, changes, rollback and prune work together from start to end', async (t) => {
  const space = await makeWorkspace(t);
  const at = (...args: string[]) => rollcall([...args, '--home', space.home]);
  const json = async <T>(...args: string[]) => {
    const {code, stdout, stderr} = await at(...args, '--json');
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout) as T;
  };
  const [first] = (await json<History>('history')).builds;
  space.edit(enrollment, (text) => text.replaceAll('Vega Elementary', 'Vega Primary'));
  const before = readPublishedState(space.home);

  const plan = await json<Plan>('plan', '--from', space.folder);
  assert.equal(plan.build.action, 'build');
  assert.deepEqual(await json('run', '--dry-run', '--from', space.folder), plan);
  assert.match(
    (await at('plan', '--from', space.folder)).stdout,
    /changed at the source .*\n[\s\S]*build and publish [0-9a-f]{12}: changed ospi-enrollment 2020-21/,
  );
  assert.deepEqual(readPublishedState(space.home), before, 'nothing has happened yet');

  const run = await space.run('--json');
  assert.equal(run.code, 0, run.stderr);
  const {build, run: number} = JSON.parse(run.stdout) as {build: string; run: number};
  assert.equal(build, plan.build.build);

  const history = await json<History>('history');
  assert.deepEqual(
    history.builds.map((entry) => [entry.build, entry.isPublished]),
    [
      [build, true],
      [first?.build, false],
    ],
  );
  assert.equal(history.runs[0]?.run, number);
  assert.match((await at('history')).stdout, new RegExp(`${build} .*published`));
  assert.match((await at('history', String(number))).stdout, /✓ publish +build [0-9a-f]{12}/);

  const changes = await json<Changes>('changes');
  assert.deepEqual([changes.from.build, changes.to.build], [first?.build, build]);
  assert.match(
    (await at('changes')).stdout,
    /^SAMPLE[\s\S]*1 renamed \(1 in the region\)\n +Vega Elementary is now Vega Primary/,
  );

  assert.match((await at('rollback')).stdout, new RegExp(`^Published build ${first?.build} instead of ${build}\\.`));
  const again = await space.run();
  assert.equal(again.code, 0);
  assert.match(
    again.stdout,
    new RegExp(`build ${build}, which was rolled back from. Build ${first?.build} stays published`),
  );
  assert.equal((await at('rollback', build.slice(0, 6))).code, 0, 'the start of an id is enough');
  assert.match((await space.run()).stdout, /Nothing to do/);

  assert.match((await at('prune', '--keep', '1', '--dry-run')).stdout, new RegExp(`${first?.build} would be deleted`));
  assert.equal((await json<History>('history')).builds.length, 2);
  assert.match((await at('prune', '--keep', '1')).stdout, /deleted.*\n[\s\S]*MB freed. Landed files stay/);
  assert.deepEqual(
    (await json<History>('history')).builds.map((entry) => entry.build),
    [build],
  );
  assert.match(expectError(await at('rollback')), /no build that was published before/);
});

test('wrong usage of the commands about runs exits with 2 and a sentence', async (t) => {
  const space = await makeWorkspace(t);
  for (const [args, says] of [
    [['plan', '--only', 'ospi'], /--only ospi: no such source. The sources: ospi-enrollment, ospi-teachers/],
    [['rollback', 'zzz'], /zzz: there is no such build. There are: [0-9a-f]{12}/],
    [['changes', 'zzz'], /zzz: there is no such build/],
    [['changes'], /no build that was published before/],
    [['history', '99'], /99: there is no such run/],
    [['history', 'first'], /run first: not a whole number/],
    [['history', '--limit', '0'], /--limit 0: not a whole number/],
    [['prune', '--keep', '-1'], /--keep -1: not a whole number/],
  ] as const) {
    const outcome = await rollcall([...args, '--home', space.home]);
    assert.equal(outcome.code, 2, `${args.join(' ')}: ${outcome.stderr}`);
    assert.match(expectError(outcome), says);
  }
  assert.equal((await rollcall(['prune', '--home', space.home])).code, 2, '--keep is required');
});

test('with a damaged ledger, commands that read it say so, a run sets it aside and continues, and the published build is unchanged', async (t) => {
  const space = await makeWorkspace(t);
  const ledger = join(space.home, 'ledger.sqlite');
  const bytes = readFileSync(ledger);
  for (const spoiled of [
    Buffer.from('a letter'),
    Buffer.concat([bytes.subarray(0, 3000), Buffer.alloc(5000, 7), bytes.subarray(8000)]),
  ]) {
    writeFileSync(ledger, spoiled);
    assert.match(
      expectError(await rollcall(['history', '--home', space.home])),
      /ledger\.sqlite is damaged .*sets the ledger aside/,
    );
    assert.equal((await rollcall(['answer', 'schools', '--home', space.home])).code, 0);
    const run = await space.run();
    assert.equal(run.code, 0, run.stderr);
    assert.match(run.stderr, /ledger\.sqlite was damaged. It is kept as .*ledger\.damaged-\d\.sqlite/);
    assert.match(run.stdout, /Nothing to do/);
    assert.equal((await rollcall(['history', '--home', space.home])).code, 0);
  }
});

test('with a damaged warehouse, commands that read it name it and the way out, and the way out works', async (t) => {
  const space = await makeWorkspace(t);
  const [name = ''] = Object.keys(readPublishedState(space.home)).filter((file) => file.endsWith('warehouse.duckdb'));
  const path = join(space.home, 'builds', name);
  const bytes = readFileSync(path);
  // Same size as before, so that only a reader notices the damage.
  const spoiled = Buffer.from(bytes);
  for (let block = 12_288; block < spoiled.length; block += 4096) spoiled.fill(0xab, block, block + 64);
  for (const damage of [spoiled, bytes.subarray(0, 20_000)]) {
    writeFileSync(path, damage);
    const error = expectError(await rollcall(['answer', 'representation', '--home', space.home]));
    assert.match(error, /warehouse\.duckdb .*run --force.*rollback/s);
  }
  assert.match(
    expectError(await space.run()),
    /warehouse\.duckdb is damaged: it has 20000 bytes instead of \d+\..*run --force/,
  );
  assert.equal((await space.run('--force')).code, 0);
  assert.equal((await rollcall(['answer', 'representation', '--home', space.home])).code, 0);
});

test('run --quiet prints nothing if it ends well or another run is in progress, and everything if it fails', async (t) => {
  const space = await makeWorkspace(t);
  const nothing = {stdout: '', stderr: ''};
  assert.deepEqual(await space.run('--quiet', '--force'), {code: 0, ...nothing});
  const release = lock(locateHome(space.home));
  assert.deepEqual(await space.run('--quiet'), {code: 4, ...nothing});
  release();
  space.edit(enrollment, (text) => text.replaceAll('Vega Elementary', '').slice(0, -20));
  const outcome = await space.run('--quiet');
  assert.equal(outcome.code, 1);
  assert.match(expectError(outcome), /the file ends in the middle of a row/);
  assert.match(outcome.stderr, /^✓ plan[^\n]*\n✓ land[^\n]*\n✗ reshape\nrollcall: /);
});
