import assert from 'node:assert/strict';
import {spawnSync} from 'node:child_process';
import {cpSync, readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {test} from 'node:test';
import {fileURLToPath} from 'node:url';
import {rollcall} from '../support/command.ts';
import {makeTemporaryFolder} from '../support/temporary.ts';
import {countAnsweredSchools, enrollment, makeWorkspace} from '../support/workspace.ts';

/*
 * Kills commands right before a change of a file: at the first ones, the last ones, and some between. test/sweep/sweep.ts does the
 * same with runs, at every change.
 */

const preload = fileURLToPath(new URL('../sweep/kill-at.ts', import.meta.url));
const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
const between = 5;

function start(args: readonly string[], env: NodeJS.ProcessEnv) {
  return spawnSync(process.execPath, ['--import', preload, main, ...args], {
    env: {...process.env, NO_COLOR: '1', CI: '1', ...env},
    encoding: 'utf8',
  });
}

for (const [name, args, file] of [
  ['site', ['site', '--out', 'OUT'], 'index.html'],
  ['site in the home', ['site'], undefined],
  ['export to a folder', ['export', '--tables', 'seeds', '--to', 'OUT'], 'README.md'],
  ['export to a file', ['export', '--tables', 'seeds', '--to', 'OUT/x.duckdb'], 'x.duckdb'],
  ['prune', ['prune', '--keep', '1'], undefined],
  ['rollback', ['rollback'], undefined],
] as const) {
  test(`a killed ${name} leaves a published build and the former files, and the next one completes`, async (t) => {
    const space = await makeWorkspace(t);
    space.edit(enrollment, (text) => text.replaceAll('Vega Elementary', 'Vega Primary'));
    assert.equal((await space.run()).code, 0);
    const root = makeTemporaryFolder('kills');
    const prepare = (id: string) => {
      const home = join(root, id, 'home');
      cpSync(space.home, home, {recursive: true, verbatimSymlinks: true});
      const out = join(root, id);
      const to = name === 'export to a file' ? out : join(out, 'out');
      return {home, to, all: [...args.map((arg) => arg.replace('OUT', to)), '--home', home]};
    };
    const counted = prepare('count');
    if (file !== undefined) assert.equal((await rollcall(counted.all)).code, 0);
    const report = join(root, 'number');
    const whole = start(counted.all, {ROLLCALL_KILL_AT: '0', ROLLCALL_KILL_COUNT: report});
    assert.equal(whole.status, 0, whole.stderr);
    const changes = Number(readFileSync(report, 'utf8'));
    assert.ok(changes > 2, `${changes} changes`);
    const step = Math.max(1, Math.floor(changes / between));
    const points = new Set([1, 2, changes - 1, changes]);
    for (let at = step; at < changes; at += step) points.add(at);
    for (const at of points) {
      const {home, to, all} = prepare(String(at));
      // The files of a former command, which would take as long to make once more.
      if (file !== undefined)
        cpSync(join(root, 'count'), join(root, String(at)), {recursive: true, filter: (path) => path !== counted.home});
      const former = file === undefined ? undefined : readFileSync(join(to, file));
      assert.equal(start(all, {ROLLCALL_KILL_AT: String(at)}).signal, 'SIGKILL', `at ${at} of ${changes}`);
      assert.equal(await countAnsweredSchools(home), 32, `at ${at}: a published build answers`);
      if (former !== undefined) assert.equal(readFileSync(join(to, file ?? '')).length, former.length, `at ${at}`);
      const next = await rollcall(all);
      // What was rolled back before the kill has nothing before it.
      assert.ok(next.code === 0 || name === 'rollback', `at ${at}: ${next.stderr}`);
      const left = readdirSync(join(root, String(at)), {recursive: true, encoding: 'utf8'});
      if (name !== 'rollback' && name !== 'prune')
        assert.deepEqual(
          left.filter((each) => /\.rollcall|\.tmp/.test(each)),
          [],
          `at ${at}`,
        );
    }
  });
}
