import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {chmodSync, existsSync, mkdirSync, readdirSync, statSync, symlinkSync} from 'node:fs';
import {delimiter, join} from 'node:path';
import {test} from 'node:test';
import packageJson from '#package.json' with {type: 'json'};
import {projectFolder} from '../../src/project-folder.ts';
import {makeTemporaryFolder} from '../support/temporary.ts';

/** The machine's own Node, as opposed to the one that npm installs with the project. */
const systemNode = (process.env['PATH'] ?? '')
  .split(delimiter)
  .filter((folder) => !folder.includes('node_modules'))
  .map((folder) => join(folder, 'node'))
  .find((path) => existsSync(path));
const version = systemNode && execFileSync(systemNode, ['--version'], {encoding: 'utf8'}).trim();
const isOlder = version !== undefined && Number(/^v(\d+)/.exec(version)?.[1]) < 24;
const skip = !isOlder && `the Node of this machine (${version ?? 'none'}) is not older than 24`;

test('with an older system Node, the command hands over to the Node of the project', {skip}, () => {
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

test('compiled code is cached in a temporary folder that only this user can write', {skip: onlyWithUsers}, () => {
  const temporary = makeTemporaryFolder('compiled');
  assert.equal(versionWith(temporary), `${packageJson.version}\n`);
  assert.deepEqual(readdirSync(temporary), [`rollcall-compiled-${uid}`]);
  const folder = join(temporary, `rollcall-compiled-${uid}`);
  assert.equal(statSync(folder).mode & 0o777, 0o700);
  assert.ok(readdirSync(folder).length > 0);
});

test('compiled code is never read from a folder that other users could have written', {skip: onlyWithUsers}, () => {
  const elsewhere = makeTemporaryFolder('elsewhere');
  const linked = makeTemporaryFolder('compiled');
  symlinkSync(elsewhere, join(linked, `rollcall-compiled-${uid}`));
  const open = makeTemporaryFolder('compiled');
  mkdirSync(join(open, `rollcall-compiled-${uid}`));
  chmodSync(join(open, `rollcall-compiled-${uid}`), 0o777);
  for (const temporary of [linked, open]) {
    assert.equal(versionWith(temporary), `${packageJson.version}\n`);
    assert.deepEqual(readdirSync(join(temporary, `rollcall-compiled-${uid}`)), []);
  }
});

test('NODE_COMPILE_CACHE takes precedence', () => {
  const [temporary, chosen] = [makeTemporaryFolder('compiled'), makeTemporaryFolder('chosen')];
  versionWith(temporary, {NODE_COMPILE_CACHE: chosen});
  assert.deepEqual(readdirSync(temporary), []);
  assert.ok(readdirSync(chosen).length > 0);
});
