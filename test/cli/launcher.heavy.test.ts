import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {chmodSync, existsSync, mkdirSync, readdirSync, statSync, symlinkSync} from 'node:fs';
import {delimiter, join} from 'node:path';
import {test} from 'node:test';
import packageJson from '#package.json' with {type: 'json'};
import {projectFolder} from '../../src/project-folder.ts';
import {temporaryFolder} from '../support/temporary.ts';

/** The machine's own Node, beside the one that the project brings along. */
const systemNode = (process.env['PATH'] ?? '')
  .split(delimiter)
  .filter((folder) => !folder.includes('node_modules'))
  .map((folder) => join(folder, 'node'))
  .find((path) => existsSync(path));
const version = systemNode && execFileSync(systemNode, ['--version'], {encoding: 'utf8'}).trim();
const isOlder = version !== undefined && Number(/^v(\d+)/.exec(version)?.[1]) < 24;
const skip = !isOlder && `the Node of this machine (${version ?? 'none'}) is not older than 24`;

test('the command works where the system’s Node is older: it hands over to the Node of the project', {skip}, () => {
  const bin = join(projectFolder, 'bin', 'rollcall.js');
  const output = execFileSync(systemNode ?? '', [bin, '--help'], {encoding: 'utf8'});
  assert.match(output, /^Usage: rollcall/);
  assert.equal(execFileSync(systemNode ?? '', [bin, '--version'], {encoding: 'utf8'}), `${packageJson.version}\n`);
  assert.throws(
    () => execFileSync(systemNode ?? '', [bin, 'nonsense'], {stdio: 'pipe'}),
    (error: {status?: number}) => error.status === 2,
  );
});

const uid = process.getuid?.();
const onlyWithUsers = uid === undefined && 'this system has no user ids';

function versionWith(temporary: string, more: NodeJS.ProcessEnv = {}): string {
  const {NODE_COMPILE_CACHE: _cache, ...env} = process.env;
  const bin = join(projectFolder, 'bin', 'rollcall.js');
  return execFileSync(process.execPath, [bin, '--version'], {
    encoding: 'utf8',
    env: {...env, TMPDIR: temporary, ...more},
  });
}

test('compiled code is kept in a temporary folder that is this user’s alone', {skip: onlyWithUsers}, () => {
  const temporary = temporaryFolder('compiled');
  assert.equal(versionWith(temporary), `${packageJson.version}\n`);
  assert.deepEqual(readdirSync(temporary), [`rollcall-compiled-${uid}`]);
  const folder = join(temporary, `rollcall-compiled-${uid}`);
  assert.equal(statSync(folder).mode & 0o777, 0o700);
  assert.ok(readdirSync(folder).length > 0);
});

test('no compiled code is read from a folder that others could have filled', {skip: onlyWithUsers}, () => {
  const elsewhere = temporaryFolder('elsewhere');
  const linked = temporaryFolder('compiled');
  symlinkSync(elsewhere, join(linked, `rollcall-compiled-${uid}`));
  const open = temporaryFolder('compiled');
  mkdirSync(join(open, `rollcall-compiled-${uid}`));
  chmodSync(join(open, `rollcall-compiled-${uid}`), 0o777);
  for (const temporary of [linked, open]) {
    assert.equal(versionWith(temporary), `${packageJson.version}\n`);
    assert.deepEqual(readdirSync(join(temporary, `rollcall-compiled-${uid}`)), []);
  }
});

test('NODE_COMPILE_CACHE has the last word', () => {
  const [temporary, chosen] = [temporaryFolder('compiled'), temporaryFolder('chosen')];
  versionWith(temporary, {NODE_COMPILE_CACHE: chosen});
  assert.deepEqual(readdirSync(temporary), []);
  assert.ok(readdirSync(chosen).length > 0);
});
