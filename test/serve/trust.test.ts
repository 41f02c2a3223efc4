import assert from 'node:assert/strict';
import {existsSync, renameSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {DatabaseSync} from 'node:sqlite';
import {type TestContext, test} from 'node:test';
import {setTimeout as sleep} from 'node:timers/promises';
import {lock} from '../../src/ledger/lock.ts';
import {readHealth} from '../../src/serve/health.ts';
import type {ServeOptions} from '../../src/serve/serve.ts';
import {rollcall} from '../support/command.ts';
import {makeHome, switchTo, writeBuild, writeRun} from './home.ts';
import {makeStandIn, requestRaw, startServer, token, waitUntil} from './server.ts';

/** Serves a home directory with a published build, an older one, and a run of the sample. */
async function startPublished(t: TestContext, options: Partial<ServeOptions> = {}) {
  const home = makeHome();
  writeBuild(home, 'bbbbbbbbbbbb');
  writeBuild(home, 'aaaaaaaaaaaa', {site: {'index.html': 'report', '404.html': 'no page', 'data.csv': '0123456789'}});
  switchTo(home, 'aaaaaaaaaaaa');
  writeRun(home, '2026-01-05T14:00:00.000Z', 'published', {options: {from: 'sample'}});
  const standIn = makeStandIn(home);
  const {url} = await startServer(t, home, {commands: standIn.commands, ...options});
  const bearer = {authorization: `Bearer ${token.value}`};
  const enter = async () => {
    const body = new URLSearchParams({token: token.value});
    const entered = await fetch(`${url}/operations/enter`, {
      method: 'POST',
      body,
      headers: {origin: url},
      redirect: 'manual',
    });
    assert.equal(entered.status, 303);
    const set = entered.headers.get('set-cookie') ?? '';
    return {set, cookie: set.split(';')[0] ?? ''};
  };
  const post = (path: string, headers: Record<string, string>, body: string | FormData = '') =>
    fetch(url + path, {method: 'POST', headers, body, redirect: 'manual'});
  const page = async (cookie = '') => (await fetch(`${url}/operations`, {headers: {cookie}})).text();
  return {...standIn, home, url, bearer, enter, post, page};
}

test('a foreign name that was pointed at the server gets nothing', async (t) => {
  const {url} = await startPublished(t, {hostNames: ['Reports.example.org']});
  const {port} = new URL(url);
  for (const path of ['/', '/operations', '/api/history', '/metrics', '/health'])
    assert.equal((await requestRaw(url, path, {host: `evil.example:${port}`})).status, 421, path);
  for (const host of [`localhost:${port}`, '127.0.0.1', `[::1]:${port}`, '192.0.2.7:8080', 'reports.example.org'])
    assert.equal((await requestRaw(url, '/', {host})).status, 200, host);
  for (const host of ['reports.example.org.evil.example', '1.2.3.4.evil.example', 'localhost.', 'LOCALHOST.evil', '-'])
    assert.equal((await requestRaw(url, '/', {host})).status, 421, host);
});

test("the report runs only its own scripts, and neither they nor a session reach the other's part", async (t) => {
  const {url, enter} = await startPublished(t);
  const policy = async (path: string) => (await fetch(url + path)).headers.get('content-security-policy') ?? '';
  const report = await policy('/');
  const schools = `${new URL(url).host}/schools/`;
  for (const part of ["default-src 'none'", "script-src 'self'", `connect-src ${schools}`, `form-action ${schools}`])
    assert.ok(report.split('; ').includes(part), `${part} in ${report}`);
  assert.match(await policy('/operations'), /default-src 'self'.*frame-ancestors 'none'/);
  assert.match((await enter()).set, /Path=\/operations;/);
});

test('a damaged form is a bad request', async (t) => {
  const {post, bearer, url} = await startPublished(t);
  const damaged = {...bearer, origin: url, 'content-type': 'multipart/form-data'};
  for (const path of ['/operations/enter', '/operations/run', '/operations/rollback'])
    assert.equal((await post(path, damaged, 'nonsense')).status, 400, path);
  assert.equal(
    (await post('/operations/run', {...damaged, 'content-type': 'multipart/form-data; boundary=x'}, 'y')).status,
    400,
  );
});

test('another site can not end a session', async (t) => {
  const {post, enter, url} = await startPublished(t);
  const {cookie} = await enter();
  const foreign = await post('/operations/leave', {cookie, origin: 'http://evil.example'});
  assert.deepEqual([foreign.status, foreign.headers.get('set-cookie')], [403, null]);
  const own = await post('/operations/leave', {cookie, origin: url});
  assert.deepEqual([own.status, /Max-Age=0/.test(own.headers.get('set-cookie') ?? '')], [303, true]);
});

test('a range that can not be read is ignored, and one that can is answered', async (t) => {
  const {url} = await startPublished(t);
  const get = async (range: string) => {
    const {status, body} = await requestRaw(url, '/data.csv', {range});
    return [status, body];
  };
  for (const range of [
    'bytes=',
    'bytes=-',
    'bytes=a-b',
    'bytes=5-2',
    'bytes=0-1,4-5',
    'lines=1-2',
    '1-2',
    'bytes=1-2-3',
  ])
    assert.deepEqual(await get(range), [200, '0123456789'], range);
  assert.deepEqual(await get('bytes=2-4'), [206, '234']);
  assert.deepEqual(await get('bytes=-3'), [206, '789']);
});

test('a private server shows the report and its health, and asks for the token everywhere else', async (t) => {
  const {url, bearer, enter, page} = await startPublished(t, {isPrivate: true});
  const status = async (path: string, headers = {}) => (await fetch(url + path, {headers})).status;
  for (const path of ['/', '/health', '/operations/operations.css']) assert.equal(await status(path), 200, path);
  for (const path of [
    '/operations',
    '/operations/runs/1',
    '/operations/changes',
    '/operations/events',
    '/api/history',
    '/api/schedule',
    '/metrics',
  ]) {
    assert.equal(await status(path), 401, path);
    assert.equal(await status(path, {authorization: 'Bearer wrong'}), 401, path);
  }
  assert.doesNotMatch(await page(), /aaaaaaaaaaaa|published/, 'only the form');
  assert.match(await page(), /action="\/operations\/enter"/);
  for (const path of ['/operations', '/operations/runs/1', '/api/history', '/metrics'])
    assert.equal(await status(path, bearer), 200, path);
  const {cookie} = await enter();
  assert.match(await page(cookie), /aaaaaaaaaaaa/);
});

test('a run that was started here can be stopped here, and while it goes on nothing else can be started', async (t) => {
  const {post, enter, page, url, bearer, commands, calls} = await startPublished(t);
  const {cookie} = await enter();
  const buttons = async () => (await page(cookie)).match(/Run now<\/button>|Publish this one|>Stop</g) ?? [];
  assert.deepEqual(await buttons(), ['Run now</button>', 'Publish this one']);
  assert.equal((await post('/operations/stop', {cookie, origin: url})).status, 409, 'nothing is running');
  assert.equal((await post('/operations/run', {cookie, origin: url}, new FormData())).status, 303);
  await waitUntil(() => calls().length === 1);
  assert.deepEqual(await buttons(), ['>Stop<']);
  assert.equal((await post('/api/stop', {})).status, 403);
  assert.equal((await post('/operations/stop', {cookie, origin: url})).status, 303);
  await waitUntil(() => !commands.isBusy);
  assert.deepEqual(calls().at(-1), ['stopped cleanly']);
  assert.equal((await post('/api/stop', bearer)).status, 409);
});

test('what was started elsewhere, or has nothing to read, has no button', async (t) => {
  const {enter, page, home} = await startPublished(t);
  const {cookie} = await enter();
  const release = lock(home);
  const busy = await page(cookie);
  release();
  assert.match(busy, /Something is running, and was not started here/);
  assert.doesNotMatch(busy, /Run now<\/button>|Publish this one|>Stop</);
  writeRun(home, '2026-01-06T14:00:00.000Z', 'published', {options: {from: '/nowhere/files'}});
  const gone = await page(cookie);
  assert.match(gone, /\/nowhere\/files, which the last run read, is not there/);
  assert.doesNotMatch(gone, /Run now<\/button>/);
});

test('many questions share one process at a time, and those that would wait too long are told so', async (t) => {
  const {url, home} = await startPublished(t);
  const slow = join(home.folder, 'slow.mjs');
  const running = join(home.folder, 'running');
  writeFileSync(
    slow,
    `import {existsSync, rmSync, writeFileSync} from 'node:fs';
if (existsSync(${JSON.stringify(running)})) writeFileSync(${JSON.stringify(`${running}-twice`)}, '');
writeFileSync(${JSON.stringify(running)}, '');
setTimeout(() => { rmSync(${JSON.stringify(running)}); console.log('{}'); }, 100);`,
  );
  const {Commands} = await import('../../src/serve/commands.ts');
  const {url: own} = await startServer(t, home, {commands: new Commands(home, slow)});
  assert.notEqual(own, url);
  const builds = Array.from({length: 24}, (_, n) => `${own}/api/changes?from=${n.toString(16)}`);
  const statuses = await Promise.all(builds.map(async (each) => (await fetch(each)).status));
  assert.ok(!existsSync(`${running}-twice`));
  assert.deepEqual(
    [200, 503].map((wanted) => statuses.filter((status) => status === wanted).length),
    [9, 15],
  );
});

test('a full disk is no good health', async () => {
  const home = makeHome();
  writeBuild(home, 'aaaaaaaaaaaa');
  switchTo(home, 'aaaaaaaaaaaa');
  const {commands} = makeStandIn(home);
  const server = {home, commands, schedule: undefined, rest: undefined, now: () => new Date()};
  assert.equal((await readHealth(server)).status, 'ok');
  const full = await readHealth(server, async () => 40_000_000);
  assert.deepEqual([full.status, full.problem], ['unwell', 'The disk has 40.0 MB left.']);
});

test('health, metrics and the usual run read the latest runs only', async (t) => {
  const {home, url} = await startPublished(t);
  writeRun(home, '2026-01-12T14:00:00.000Z', 'published');
  writeRun(home, '2026-01-19T14:00:00.000Z', 'failed');
  const db = new DatabaseSync(home.ledger);
  db.exec("update run set options = 'whoever reads this fails' where run_no = 1");
  db.close();
  const metrics = await (await fetch(`${url}/metrics`)).text();
  assert.match(metrics, /^rollcall_last_run_succeeded 0$/m);
  assert.match(metrics, new RegExp(`^rollcall_last_success_seconds ${Date.UTC(2026, 0, 12, 14) / 1000}$`, 'm'));
  const {lastRun} = (await (await fetch(`${url}/health`)).json()) as {lastRun: {run: number}};
  assert.equal(lastRun.run, 3);
  assert.equal((await fetch(`${url}/api/plan`)).status, 200);
});

test('a report that is replaced meanwhile is served', async (t) => {
  const {home, url} = await startPublished(t);
  const site = join(home.builds, 'aaaaaaaaaaaa', 'site');
  renameSync(site, `${site}.aside`);
  const asked = fetch(`${url}/`);
  await sleep(20);
  renameSync(`${site}.aside`, site);
  assert.equal(await (await asked).text(), 'report');
  assert.equal(await (await fetch(`${url}/nothing`)).text(), 'no page');
});

test('a rollback to a build that is not there is no failed run', async () => {
  const home = makeHome();
  writeBuild(home, 'aaaaaaaaaaaa');
  switchTo(home, 'aaaaaaaaaaaa');
  for (const [build, says] of [
    ['abd', /abd: there is no such build/],
    ['aaa', /already published/],
  ] as const) {
    const {code, stderr} = await rollcall(['rollback', build, '--home', home.folder]);
    assert.equal(code, 2);
    assert.match(stderr, says);
  }
  assert.ok(!existsSync(home.ledger));
});
