import assert from 'node:assert/strict';
import {rmSync, statfsSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, test} from 'node:test';
import {rollcall, theError} from '../support/command.ts';
import {readOnly, smallDisk, whyNoMounts} from '../support/mounts.ts';
import {answeredSchools, enrollment, publishedState, workspace} from '../support/workspace.ts';

const noMounts = whyNoMounts();

describe('disks', {skip: noMounts ?? false}, () => {
  test('a disk that is full, wherever the run has got to: a sentence, the old build, and after making room the new one', async (t) => {
    const space = await workspace(t);
    const disk = smallDisk(t, 64);
    const home = join(disk, 'home');
    const go = () => rollcall(['run', '--from', space.folder, '--home', home]);
    assert.equal((await go()).code, 0);
    space.edit(enrollment, (text) => text.replaceAll('Vega Elementary', 'Vega Primary'));
    const filler = join(disk, 'filler');
    for (const room of [0, 40_000, 200_000, 1_000_000, 4_000_000, 9_000_000]) {
      const {bavail, bsize} = statfsSync(disk);
      writeFileSync(filler, Buffer.alloc(Math.max(0, bavail * bsize - room)));
      const before = publishedState(home);
      const outcome = await go();
      const error = theError(outcome);
      assert.equal(outcome.code, 1, `${room}: ${error}`);
      assert.match(error, /home: the disk is full; make room .*The published build is unchanged/, String(room));
      assert.equal(publishedState(home)['published'], before['published']);
      assert.equal(await answeredSchools(home), 32);
      rmSync(filler);
    }
    const next = await go();
    assert.equal(next.code, 0, next.stderr);
    assert.match(next.stdout, /Published build/);
  });

  test('a home that can not be written: a run says so, and everything that only reads works', async (t) => {
    const space = await workspace(t);
    const home = readOnly(t, space.home);
    for (const args of [['run', '--from', space.folder], ['rollback'], ['prune', '--keep', '1']]) {
      const outcome = await rollcall([...args, '--home', home]);
      assert.equal(outcome.code, 1);
      assert.match(theError(outcome), /home.*: .*can't be written|is not writable/);
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
