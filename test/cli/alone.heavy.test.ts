import assert from 'node:assert/strict';
import {execFile} from 'node:child_process';
import {existsSync, readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {test} from 'node:test';
import {fileURLToPath} from 'node:url';
import {promisify} from 'node:util';
import {rollcall} from '../support/command.ts';
import {makeTemporaryFolder} from '../support/temporary.ts';

/** A command contacts no host and starts no program that the user did not name, and writes only to the home directory. */

const offline = fileURLToPath(new URL('../support/offline.ts', import.meta.url));
const home = makeTemporaryFolder('alone');
const [personal, temporary] = [makeTemporaryFolder('personal'), makeTemporaryFolder('temporary')];
const env = {
  HOME: personal,
  TMPDIR: temporary,
  NODE_OPTIONS: `--import ${offline}`,
  NODE_COMPILE_CACHE: undefined,
  CI: undefined,
};
const commands = [
  ['run', '--from', 'sample', '--home', home],
  ['site', '--out', join(home, 'report'), '--home', home],
  ['export', '--to', join(home, 'tables/'), '--home', home],
  ['export', '--to', join(home, 'tables.duckdb'), '--home', home],
];

for (const args of commands) {
  test(`${args[0]}: opens no connection, looks up no address, starts no process, and writes nothing to HOME`, async () => {
    const {code, stderr} = await rollcall(args, {env, withSite: true});
    assert.equal(code, 0, stderr);
    assert.deepEqual(readdirSync(personal), []);
    const left = readdirSync(temporary).filter((name) => !/^(rollcall-compiled-\d+|node-compile-cache)$/.test(name));
    assert.deepEqual(left, [], 'temporary files are removed');
  });
}

test('the harness notices a connection, a look-up and a process', async () => {
  const tries = [
    "fetch('http://192.0.2.1/')",
    "fetch('http://example.invalid/')",
    "import('node:child_process').then((c) => c.exec('true'))",
  ];
  for (const code of tries) {
    const run = promisify(execFile)(process.execPath, ['--import', offline, '-e', code]);
    await assert.rejects(run, {code: 99}, code);
  }
});

const strace = '/usr/bin/strace';

test('native code opens no connection either', {skip: !existsSync(strace) && 'strace is not installed'}, async () => {
  const log = join(temporary, 'calls.txt');
  const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
  const traced = ['-f', '-qq', '-e', 'trace=connect,sendto,execve', '-o', log, process.execPath, main];
  await promisify(execFile)(strace, [...traced, 'run', '--from', 'sample', '--home', makeTemporaryFolder('traced')], {
    env: {...process.env, HOME: personal, NODE_TEST_CONTEXT: undefined},
  });
  const calls = readFileSync(log, 'utf8').trim().split('\n');
  assert.match(calls[0] ?? '', /execve\(/);
  // Netlink sockets ask the kernel for the machine's own interfaces.
  assert.deepEqual(
    calls.slice(1).filter((call) => !call.includes('AF_NETLINK')),
    [],
  );
});
