import assert from 'node:assert/strict';
import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {type TestContext, test} from 'node:test';
import {locateHome} from '../../src/home.ts';
import {projectFolder} from '../../src/project-folder.ts';
import {readRunsAfter} from '../../src/runs/history.ts';
import {makeWorkspace} from '../support/workspace.ts';
import {waitUntil} from './server.ts';

/** Starts the server as a process of its own. */
async function start(t: TestContext, home: string): Promise<{server: ChildProcess; url: string}> {
  const program = join(projectFolder, 'bin', 'rollcall.js');
  const {NODE_TEST_CONTEXT: _, ...env} = process.env;
  const args = [program, 'serve', '--home', home, '--port', '0', '--no-schedule'];
  const server = spawn(process.execPath, args, {env, stdio: ['ignore', 'ignore', 'pipe']});
  t.after(() => server.kill('SIGKILL'));
  let said = '';
  server.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  await waitUntil(() => /http:\S+ is the report/.test(said));
  return {server, url: said.match(/http:\S+/)?.[0] ?? ''};
}

test('a run survives a killed server; a server that is asked to stop lets its run stop between two steps', async (t) => {
  const space = await makeWorkspace(t);
  const home = locateHome(space.home);
  const latest = () => readRunsAfter(home, 0).at(-1);
  const runNow = async (url: string) => {
    const before = latest()?.run;
    const authorization = `Bearer ${readFileSync(join(space.home, 'operations.token'), 'utf8').trim()}`;
    const response = await fetch(`${url}/api/run`, {method: 'POST', headers: {authorization}, body: '{"force":true}'});
    assert.equal(response.status, 202);
    await waitUntil(() => latest()?.run !== before);
  };
  const first = await start(t, space.home);
  await runNow(first.url);
  first.server.kill('SIGKILL');
  await once(first.server, 'exit');
  assert.equal(latest()?.outcome, 'running');
  await waitUntil(() => latest()?.outcome !== 'running');
  assert.equal(latest()?.outcome, 'published', 'the run continued without the server');

  const second = await start(t, space.home);
  await runNow(second.url);
  second.server.kill('SIGTERM');
  const [code] = await once(second.server, 'exit');
  assert.equal(code, 0);
  assert.equal(latest()?.outcome, 'stopped', 'the server has waited for it');
});

test('SIGTERM to npx ends the server', async (t) => {
  const {NODE_TEST_CONTEXT: _, ...env} = process.env;
  const {home} = await makeWorkspace(t);
  const args = ['rollcall', 'serve', '--home', home, '--port', '0', '--no-schedule'];
  const npx = spawn('npx', args, {cwd: projectFolder, env, stdio: ['ignore', 'ignore', 'pipe']});
  let said = '';
  npx.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  await waitUntil(() => /http:\S+ is the report/.test(said));
  const url = said.match(/http:\S+/)?.[0] ?? '';
  npx.kill('SIGTERM');
  const isUp = () =>
    fetch(`${url}/health`).then(
      () => true,
      () => false,
    );
  await waitUntil(async () => !(await isUp()));
  assert.match(said, /stopping/);
});
