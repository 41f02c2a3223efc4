import assert from 'node:assert/strict';
import {spawnSync} from 'node:child_process';
import {existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {test} from 'node:test';
import {isDeepStrictEqual} from 'node:util';
import {exit} from '../src/failure.ts';
import {makeTemporaryName, removeTemporary} from '../src/files.ts';
import {createWorkFolder, replaceFile, replaceFolder} from '../src/replace.ts';
import {now, old, readContents, replaceWith} from './support/replace-at.ts';
import {makeTemporaryFolder} from './support/temporary.ts';

test('the next export removes the work folder of a killed one, but not those of exports that are running', async () => {
  const here = makeTemporaryFolder('aside');
  const former = process.env['TMPDIR'];
  process.env['TMPDIR'] = here;
  try {
    const {pid: dead} = spawnSync(process.execPath, ['--version']);
    const folders = [
      `rollcall-export-${dead}-aaaaaa`,
      `rollcall-export-${process.ppid}-bbbbbb`,
      `other-${dead}-cccccc`,
    ];
    for (const name of folders) mkdirSync(join(here, name, 'within'), {recursive: true});
    const folder = await createWorkFolder();
    assert.ok(existsSync(folder));
    assert.equal(readdirSync(here).length, 3);
    assert.deepEqual(
      folders.map((name) => existsSync(join(here, name))),
      [false, true, true],
    );
  } finally {
    if (former === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = former;
  }
});

test('what a web host keeps in a folder stays, and so does whatever else Rollcall did not write', async () => {
  const folder = makeTemporaryFolder('checkout');
  mkdirSync(join(folder, '.git'));
  const hosts = {'.git/HEAD': 'ref', CNAME: 'rollcall.example'};
  for (const [name, text] of Object.entries(hosts)) writeFileSync(join(folder, name), text);
  await replaceWith(folder, old);
  writeFileSync(join(folder, 'assets', 'mine.css'), 'mine');
  await replaceWith(folder, now);
  assert.deepEqual(readContents(folder), {...now, ...hosts, 'assets/mine.css': 'mine'});
  writeFileSync(join(folder, 'd.html'), 'mine');
  await assert.rejects(replaceWith(folder, {...old, 'd.html': 'x'}), /d\.html: Rollcall did not write this file/);
  assert.deepEqual(readContents(folder), {...now, ...hosts, 'assets/mine.css': 'mine', 'd.html': 'mine'});
});

test('a folder with other files alone, or with a list that leads out of it, loses none', async () => {
  const root = makeTemporaryFolder('precious');
  writeFileSync(join(root, 'thesis.txt'), 'mine');
  await assert.rejects(replaceWith(root, now), /files that are not a test \(thesis\.txt\)/);
  const folder = join(root, 'out');
  await replaceWith(folder, old);
  writeFileSync(join(folder, 'made.json'), JSON.stringify(['../thesis.txt', ...Object.keys(old)]));
  await replaceWith(folder, now);
  assert.equal(readFileSync(join(root, 'thesis.txt'), 'utf8'), 'mine');
});

test('a link stays a link, and what it leads to is replaced', async () => {
  const root = makeTemporaryFolder('links');
  for (const name of ['there', 'not yet']) symlinkSync(join('real', name), join(root, `link to ${name}`));
  mkdirSync(join(root, 'real', 'there'), {recursive: true});
  for (const name of ['there', 'not yet']) {
    for (const files of [old, now]) {
      await replaceWith(join(root, `link to ${name}`), files);
      assert.deepEqual(readContents(join(root, 'real', name)), files);
    }
    assert.ok(lstatSync(join(root, `link to ${name}`)).isSymbolicLink());
  }
  symlinkSync(join('real', 'file.txt'), join(root, 'link to file'));
  await replaceFile(join(root, 'link to file'), async (aside) => writeFileSync(aside, 'text'));
  assert.equal(readFileSync(join(root, 'real', 'file.txt'), 'utf8'), 'text');
  assert.ok(lstatSync(join(root, 'link to file')).isSymbolicLink());
});

for (const what of ['a folder that is there', 'a new folder']) {
  test(`two replacements of ${what} at once: each is whole or refused with exit 4, and the folder is one of them`, async () => {
    const folder = join(makeTemporaryFolder('two'), 'out');
    if (what !== 'a new folder') await replaceWith(folder, {'index.html': 'old', 'gone.html': 'old'});
    const both = [old, now];
    const settled = await Promise.allSettled(both.map((files) => replaceWith(folder, files)));
    const done = both.filter((_, index) => settled[index]?.status === 'fulfilled');
    for (const each of settled) {
      if (each.status === 'rejected') assert.equal(each.reason.exitCode, exit.locked, each.reason);
    }
    assert.ok(done.length > 0);
    assert.ok(done.some((files) => isDeepStrictEqual(readContents(folder), files)));
    assert.deepEqual(readdirSync(dirname(folder)), ['out']);
  });
}

test('only names that Rollcall makes up are removed as left behind: of a dead process here, or of any under a lock', async () => {
  const folder = makeTemporaryFolder('left');
  const {pid: dead} = spawnSync(process.execPath, ['--version']);
  const ours = makeTemporaryName('x');
  const mine = ['draft.tmp', 'notes.download', `x.${dead}.tmp`, 'x'];
  const [living, gone] = [ours, ours.replace(`-${process.pid}-`, `-${dead}-`)];
  const elsewhere = gone.replace('.rollcall-', '.rollcall-elsewhere.');
  for (const name of [...mine, living, gone, elsewhere, `y${gone.slice(1)}`]) writeFileSync(join(folder, name), '');
  await removeTemporary(folder, {of: 'x'});
  assert.deepEqual(readdirSync(folder).sort(), [...mine, living, elsewhere, `y${gone.slice(1)}`].sort());
  await removeTemporary(folder, {isLocked: true});
  assert.deepEqual(readdirSync(folder).sort(), mine.sort());
});

test('an error of the system while the new files are written names the folder or the file, if it names nothing itself', async () => {
  const full = () =>
    Promise.reject(Object.assign(new Error('ENOSPC: no space left on device, write'), {code: 'ENOSPC'}));
  const ours = {what: 'a test', marker: 'made.json', list: async () => []};
  const folder = makeTemporaryFolder('full');
  for (const path of [folder, join(folder, 'new')]) await assert.rejects(replaceFolder(path, ours, full), {path});
  await assert.rejects(replaceFile(join(folder, 'file'), full), {path: join(folder, 'file')});
  assert.deepEqual(readdirSync(folder), []);
});
