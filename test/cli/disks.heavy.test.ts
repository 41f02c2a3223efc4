import assert from 'node:assert/strict';
import {rmSync, statfsSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, test} from 'node:test';
import {expectError, rollcall} from '../support/command.ts';
import {explainNoMounts, mountReadOnly, mountSmallDisk} from '../support/mounts.ts';
import {countAnsweredSchools, enrollment, makeWorkspace, readPublishedState} from '../support/workspace.ts';

const noMounts = explainNoMounts();

describe('disks', {skip: noMounts ?? false}, () => {
  test('a disk that fills up at any step ends the run in a sentence and keeps the old build; with more room the run succeeds', async (t) => {
    const space = await makeWorkspace(t);
    const disk = mountSmallDisk(t, 64);
    const home = join(disk, 'home');
    const go = () => rollcall(['run', '--from', space.folder, '--home', home]);
    assert.equal((await go()).code, 0);
    space.edit(enrollment, (text) => text.replaceAll('Vega Elementary', 'Vega Primary'));
    const filler = join(disk, 'filler');
    for (const room of [0, 40_000, 200_000, 1_000_000, 4_000_000, 9_000_000]) {
      const {bavail, bsize} = statfsSync(disk);
      writeFileSync(filler, Buffer.alloc(Math.max(0, bavail * bsize - room)));
      const before = readPublishedState(home);
      const outcome = await go();
      const error = expectError(outcome);
      assert.equal(outcome.code, 1, `${room}: ${error}`);
      assert.match(error, /home: the disk is full; make room .*The published build is unchanged/, String(room));
      assert.equal(readPublishedState(home)['published'], before['published']);
      assert.equal(await countAnsweredSchools(home), 32);
      rmSync(filler);
    }
    const next = await go();
    assert.equal(next.code, 0, next.stderr);
    assert.match(next.stdout, /Published build/);
  });

  test('with a read-only home directory, a run says so, and commands that only read work', async (t) => {
    const space = await makeWorkspace(t);
    const home = mountReadOnly(t, space.home);
    for (const args of [['run', '--from', space.folder], ['rollback'], ['prune', '--keep', '1']]) {
      const outcome = await rollcall([...args, '--home', home]);
      assert.equal(outcome.code, 1);
      assert.match(expectError(outcome), /home.*: .*can't be written|is not writable/);
    }
    for (const args of [
      ['plan', '--from', space.folder],
      ['history'],
      ['history', '1'],
      ['prune', '--keep', '1', '--dry-run'],
      ['answer', 'schools'],
      ['sources'],
    ]) {
      const {code, stderr} = await rollcall([...args, '--home', home]);
      assert.equal(code, 0, `${args[0]}: ${stderr}`);
    }
  });
});
