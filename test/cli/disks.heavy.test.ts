import assert from 'node:assert/strict';
import {spawnSync} from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import {join, resolve} from 'node:path';
import {describe, test} from 'node:test';
import {fileURLToPath} from 'node:url';
import {replaceFile} from '../../src/replace.ts';
import {expectError, rollcall} from '../support/command.ts';
import {explainNoMounts, mountAt, mountReadOnly, mountSmallDisk} from '../support/mounts.ts';
import {makeTemporaryFolder} from '../support/temporary.ts';
import {countAnsweredSchools, enrollment, list, makeWorkspace, readPublishedState} from '../support/workspace.ts';

const noMounts = explainNoMounts();
/** The size in megabytes of a disk that has room for two builds of the sample with their reports, and not for three. */
const twoBuilds = 80;
const program = fileURLToPath(new URL('../../bin/rollcall.js', import.meta.url));

describe('disks', {skip: noMounts ?? false}, () => {
  test('whatever room a disk has left, each command succeeds or says that it is full, and the published build answers', async (t) => {
    const space = await makeWorkspace(t);
    for (const name of ['Vega Primary', 'Vega Middle']) {
      space.edit(enrollment, (text) => text.replaceAll(/Vega (Elementary|Primary)/g, name));
      if (name === 'Vega Primary') assert.equal((await space.run()).code, 0);
    }
    const disk = mountSmallDisk(t, twoBuilds);
    const [home, filler, tables] = [join(disk, 'home'), join(disk, 'filler'), join(disk, 'tables')];
    const run = () => rollcall(['run', '--from', space.folder, '--home', home]);
    const outcomes = new Set<string>();
    for (const room of [0, 4_000, 40_000, 200_000, 500_000, 1_000_000, 2_000_000, 4_000_000, 6_000_000, 9_000_000]) {
      for (const path of [home, tables]) rmSync(path, {recursive: true, force: true});
      cpSync(space.home, home, {recursive: true, verbatimSymlinks: true});
      const {bavail, bsize} = statfsSync(disk);
      writeFileSync(filler, Buffer.alloc(Math.max(0, bavail * bsize - room)));
      const before = readPublishedState(home);
      const failed = await run();
      assert.equal(failed.code, 1, `${room}: ${failed.stdout}`);
      assert.match(
        expectError(failed),
        /home\S*: the disk is full; make room .*The published build is unchanged/s,
        String(room),
      );
      assert.equal(readPublishedState(home)['published'], before['published']);
      for (const args of [['site'], ['export', '--to', tables], ['rollback'], ['prune', '--keep', '1']]) {
        const what = `${args[0]} with ${room} bytes`;
        const outcome = await rollcall([...args, '--home', home]);
        if (outcome.code !== 0)
          assert.match(expectError(outcome), /\/(home|tables)\S*: the disk is full; make room/, what);
        outcomes.add(`${args[0]} ${outcome.code}`);
        assert.equal(await countAnsweredSchools(home), 32, what);
      }
      assert.equal(readdirSync(join(home, 'builds')).length, 1, 'prune makes room');
      rmSync(filler);
      const next = await run();
      assert.equal(next.code, 0, next.stderr);
      assert.deepEqual(
        readdirSync(disk, {recursive: true}).filter((name) => String(name).includes('.tmp')),
        [],
      );
    }
    const both = (name: string) => [`${name} 0`, `${name} 1`];
    assert.deepEqual([...outcomes].sort(), [...both('export'), 'prune 0', ...both('rollback'), ...both('site')]);
  });

  test('with a read-only home directory, a run says so, and commands that only read work', async (t) => {
    const space = await makeWorkspace(t);
    const home = mountReadOnly(t, space.home);
    for (const args of [['run', '--from', space.folder], ['rollback'], ['prune', '--keep', '1']]) {
      const outcome = await rollcall([...args, '--home', home]);
      assert.equal(outcome.code, 1);
      assert.match(expectError(outcome), /home\S*: it is not writable: its file system/);
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

  test('on a full disk, prune makes room', async (t) => {
    const space = await makeWorkspace(t);
    const disk = mountSmallDisk(t, twoBuilds);
    const home = join(disk, 'home');
    const go = () => rollcall(['run', '--from', space.folder, '--home', home]);
    assert.equal((await go()).code, 0);
    space.edit(enrollment, (text) => text.replaceAll('Vega Elementary', 'Vega Primary'));
    assert.equal((await go()).code, 0);
    assert.equal(readdirSync(join(home, 'builds')).length, 2);
    const {bavail, bsize} = statfsSync(disk);
    writeFileSync(join(disk, 'filler'), Buffer.alloc(bavail * bsize));
    const {code, stderr} = await rollcall(['prune', '--keep', '1', '--home', home]);
    assert.equal(code, 0, stderr);
    assert.equal(readdirSync(join(home, 'builds')).length, 1);
    assert.equal((await go()).code, 0);
  });

  test('an export to a full or a read-only disk says so, and leaves nothing but the earlier export', async (t) => {
    const {home} = await makeWorkspace(t);
    const to = (disk: string, name: string) => rollcall(['export', '--to', join(disk, name), '--home', home]);
    const kinds = ['tables', 'x.xlsx', 'x.duckdb'];
    // Room for nothing, and for a part.
    for (const kilobytes of [4, 80]) {
      const disk = mountSmallDisk(t, 1);
      const {bavail, bsize} = statfsSync(disk);
      writeFileSync(join(disk, 'filler'), Buffer.alloc(bavail * bsize - kilobytes * 1024));
      for (const kind of kinds) {
        const {code, stderr} = await to(disk, kind);
        assert.equal(code, 1, `${kind} ${kilobytes} ${stderr}`);
        assert.match(stderr, /the disk is full; make room/, kind);
        assert.deepEqual(readdirSync(disk), ['filler'], kind);
      }
    }
    const sealed = makeTemporaryFolder('sealed');
    for (const kind of kinds) assert.equal((await to(sealed, kind)).code, 0);
    const before = readdirSync(sealed);
    const readOnly = mountReadOnly(t, sealed);
    for (const kind of [...kinds, 'new', 'new.xlsx', 'new.duckdb']) {
      const {code, stderr} = await to(readOnly, kind);
      assert.equal(code, 1, `${kind} ${stderr}`);
      assert.match(stderr, /it is not writable: its file system or the file is read-only/, kind);
    }
    assert.deepEqual(readdirSync(readOnly), before);
  });

  test('a published build that is mounted from elsewhere is read; a run that would replace it says what is in the way', async (t) => {
    const space = await makeWorkspace(t);
    const home = makeTemporaryFolder('home');
    cpSync(space.home, home, {recursive: true, verbatimSymlinks: true});
    const published = join(home, 'published');
    const elsewhere = makeTemporaryFolder('elsewhere');
    cpSync(realpathSync(published), elsewhere, {recursive: true});
    rmSync(published);
    mkdirSync(published);
    mountAt(t, elsewhere, published);
    assert.equal(await countAnsweredSchools(home), 32);
    space.edit(enrollment, (text) => text.replaceAll('Vega Elementary', 'Vega Primary'));
    const outcome = await rollcall(['run', '--from', space.folder, '--home', home]);
    assert.equal(outcome.code, 1);
    assert.match(expectError(outcome), /published: .*it is a mount point.*The published build is unchanged/);
    assert.equal(await countAnsweredSchools(home), 32);
  });

  test('what is mounted, or leads to another file system, is replaced where it is', async (t) => {
    const {home} = await makeWorkspace(t);
    const disk = mountSmallDisk(t, twoBuilds);
    const root = makeTemporaryFolder('targets');
    const at = (name: string) => join(root, name);
    mkdirSync(at('mounted'));
    mkdirSync(join(disk, 'lost+found'));
    mountAt(t, disk, at('mounted'));
    symlinkSync(join(disk, 'linked'), at('link'));
    for (const _ of [1, 2]) {
      for (const args of [
        ['site', '--out', at('mounted')],
        ['export', '--to', at('link'), '--tables', 'seeds'],
      ]) {
        const {code, stderr} = await rollcall([...args, '--home', home]);
        assert.equal(code, 0, stderr);
      }
    }
    assert.ok(existsSync(join(disk, 'index.html')) && existsSync(join(disk, 'lost+found')));
    assert.ok(existsSync(join(disk, 'linked', 'datapackage.json')) && lstatSync(at('link')).isSymbolicLink());
    const path = at('file.txt');
    writeFileSync(path, 'old');
    mountAt(t, join(disk, 'index.html'), path);
    await replaceFile(path, async (aside) => writeFileSync(aside, 'new'));
    assert.equal(readFileSync(path, 'utf8'), 'new');
    assert.deepEqual(
      readdirSync(root).filter((name) => name.includes('.tmp')),
      [],
    );
  });
});

describe('another user', {skip: process.getuid?.() === 0 ? false : 'running as another user needs root'}, () => {
  test("what can't be read or written is named, with the reason, and nothing is called a bug or damaged", async (t) => {
    const space = await makeWorkspace(t);
    const nobody = 65534;
    chmodSync(space.root, 0o755);
    const go = async (...args: string[]) => {
      const {status, stderr} = spawnSync(process.execPath, [program, ...args, '--home', space.home], {
        uid: nobody,
        gid: nobody,
        encoding: 'utf8',
        env: {PATH: '/usr/bin:/bin', NO_COLOR: '1'},
      });
      assert.notEqual(status, 0, args.join(' '));
      assert.doesNotMatch(stderr, /this is a bug|damaged|\n {4}at /, args.join(' '));
      return stderr;
    };
    assert.match(
      await go('run', '--no-site', '--from', space.folder),
      /run\.lock: (it is not writable|this user may not)/,
    );
    assert.match(await go('site'), /run\.lock: (it is not writable|this user may not)/);
    assert.match(
      await go('export', '--to', join(space.root, 'x.xlsx')),
      /x\.xlsx.*: this user may not read or write it/,
    );
    const build = realpathSync(join(space.home, 'published'));
    for (const [path, args, says] of [
      ['ledger.sqlite', ['history'], /ledger\.sqlite: the ledger can't be read/],
      [join(build, 'manifest.json'), ['answer', 'schools'], /manifest\.json can't be read \(EACCES/],
      [join(build, 'warehouse.duckdb'), ['answer', 'schools'], /warehouse\.duckdb.*Permission denied/],
      [space.folder, ['plan', '--from', space.folder], /--from ".*folder": can't be read \(EACCES/],
    ] as const) {
      const file = resolve(space.home, path);
      const {mode} = statSync(file);
      chmodSync(file, 0o000);
      assert.match(await go(...args), says);
      chmodSync(file, mode);
    }
    writeFileSync(join(space.home, 'operations.token'), 'x'.repeat(32), {mode: 0o600});
    assert.match(await go('serve', '--port', '0'), /operations\.token: the token can't be read \(EACCES/);
  });
});

test('a pipe is read as a school list, and a closed standard error ends nothing', async (t) => {
  const space = await makeWorkspace(t);
  const path = join(space.folder, list);
  const text = readFileSync(path, 'utf8');
  const run = (more: string, home: string) =>
    spawnSync(
      'bash',
      [
        '-c',
        `"$0" "$1" run --no-site --from "$2" --home "$3" ${more}`,
        process.execPath,
        program,
        space.folder,
        home,
        path,
      ],
      {
        encoding: 'utf8',
      },
    );
  const moved = join(space.root, 'list.txt');
  renameSync(path, moved);
  const piped = run(`--school-list <(cat "${moved}")`, join(space.root, 'piped'));
  assert.equal(piped.status, 0, piped.stderr);
  assert.equal(await countAnsweredSchools(join(space.root, 'piped')), 32);
  writeFileSync(path, text);
  assert.equal(run('2>&1 >/dev/null | head -c 0', join(space.root, 'closed')).status, 0);
  assert.equal(await countAnsweredSchools(join(space.root, 'closed')), 32, 'the run went on to its end');
});
