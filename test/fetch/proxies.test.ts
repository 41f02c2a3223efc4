import assert from 'node:assert/strict';
import {lookup} from 'node:dns/promises';
import {once} from 'node:events';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {hostname} from 'node:os';
import {type TestContext, test} from 'node:test';
import {Failure} from '../../src/failure.ts';
import {createClient, defaultPatience, Unreachable} from '../../src/fetch/http.ts';
import {OpenLineage} from '../../src/lineage/openlineage.ts';
import {sendToWebhook} from '../../src/notices/send.ts';
import {readProxies} from '../../src/proxies.ts';
import {startForwardProxy} from '../support/proxy.ts';
import {makeTemporaryFolder} from '../support/temporary.ts';

/** Sets environment variables until the test ends. */
function setEnv(t: TestContext, values: Record<string, string>): void {
  const names = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY'].flatMap((name) => [name, name.toLowerCase()]);
  const before = names.map((name) => [name, process.env[name]] as const);
  for (const name of names) delete process.env[name];
  Object.assign(process.env, values);
  t.after(() => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });
}

/** Starts a host that answers with what it was asked, and a proxy to it. */
async function startBoth(t: TestContext, credentials?: string) {
  const server = createServer((request, response) => {
    request.resume();
    response.end(`${request.method} ${request.headers.host}${request.url}`);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const {port} = server.address() as AddressInfo;
  const proxy = await startForwardProxy(port, credentials);
  t.after(async () => {
    await proxy.close();
    server.closeAllConnections();
    server.close();
  });
  return {proxy, port};
}

async function get(t: TestContext, url: string): Promise<string> {
  const client = await createClient({url}, {...defaultPatience, retries: 0, connect: 2_000});
  t.after(() => client.close());
  return client.get('/x', (response) => response.text());
}

test('requests go through HTTP_PROXY, also those of notices and OpenLineage', async (t) => {
  const {proxy} = await startBoth(t);
  setEnv(t, {HTTP_PROXY: proxy.url});
  assert.equal(await get(t, 'http://data.example'), 'GET data.example/x');
  const notice = {
    event: 'run_failed',
    subject: 'run',
    text: 'x',
    at: '2026-01-12T14:00:12.000Z',
    run: 1,
    detail: {},
  } as const;
  assert.deepEqual(await sendToWebhook(notice, {url: 'http://chat.example/hook'}), {is: 'delivered'});
  const notes: string[] = [];
  const events = new OpenLineage(
    makeTemporaryFolder('events'),
    {runId: 'run', command: 'run'},
    {endpoint: {url: 'http://lineage.example/api'}, note: (text) => notes.push(text)},
  );
  events.emitRun('START');
  await events.flush();
  assert.deepEqual(notes, []);
  assert.deepEqual(proxy.asked, [
    'GET http://data.example/x',
    'POST http://chat.example/hook',
    'POST http://lineage.example/api',
  ]);
});

test('a host of NO_PROXY and the addresses of this machine are asked directly', async (t) => {
  const {proxy, port} = await startBoth(t);
  setEnv(t, {HTTP_PROXY: proxy.url, NO_PROXY: 'other.example .invalid'});
  assert.match(await get(t, `http://127.0.0.1:${port}`), /^GET 127\.0\.0\.1/);
  await assert.rejects(get(t, 'http://data.invalid'), /there is no network, or no such host/);
  assert.deepEqual(proxy.asked, []);
});

test('a redirect is followed through the proxy, but not to an address of this machine or its network', async (t) => {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(String(request.headers.host));
    const location = {
      'data.example': 'http://other.example/y',
      'bad.example': 'http://127.0.0.2:9/y',
      'worse.example': `http://${hostname()}/y`,
    }[asked.at(-1) ?? ''];
    if (location === undefined) response.end('fine');
    else response.writeHead(302, {location}).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const proxy = await startForwardProxy((server.address() as AddressInfo).port);
  t.after(async () => {
    await proxy.close();
    server.closeAllConnections();
    server.close();
  });
  setEnv(t, {HTTP_PROXY: proxy.url});
  assert.equal(await get(t, 'http://data.example'), 'fine');
  const own = await lookup(hostname()).catch(() => undefined);
  const isHere = /^(127|10|192\.168|172\.(1[6-9]|2\d|3[01]))\./.test(own?.address ?? '');
  const refused = ['bad.example', ...(isHere ? ['worse.example'] : [])];
  for (const name of refused)
    await assert.rejects(
      get(t, `http://${name}`),
      /points to .*, an address of this machine or its network, which is not followed/,
    );
  assert.deepEqual(asked, ['data.example', 'other.example', ...refused]);
});

test('a proxy that wants a password says so, and gets it from the address', async (t) => {
  const {proxy} = await startBoth(t, 'me:let me in');
  setEnv(t, {HTTP_PROXY: proxy.url});
  const refused = (error: unknown) =>
    error instanceof Unreachable &&
    error.kind === 'absent' &&
    /the proxy .* answered 407; write its user/.test(error.message);
  await assert.rejects(get(t, 'https://data.example'), refused);
  await assert.rejects(get(t, 'http://data.example'), /407/);
  process.env['HTTP_PROXY'] = proxy.url.replace('//', '//me:let%20me%20in@');
  assert.equal(await get(t, 'http://data.example'), 'GET data.example/x');
});

test('the proxies are read as other programs read them', () => {
  const direct = 'localhost,127.0.0.1,[::1]';
  assert.deepEqual(readProxies({}), {http: undefined, https: undefined, direct});
  assert.deepEqual(readProxies({HTTP_PROXY: 'proxy:8080'}), {
    http: 'http://proxy:8080',
    https: 'http://proxy:8080',
    direct,
  });
  assert.equal(readProxies({https_proxy: 'http://small', HTTPS_PROXY: 'http://large'}).https, 'http://small');
  assert.equal(readProxies({NO_PROXY: 'a.example, *'}).direct, '*');
  const wrong = (error: unknown) =>
    error instanceof Failure && error.exitCode === 2 && /^HTTPS_PROXY: "ftp:\/\/\*\*\*@x" is not/.test(error.message);
  assert.throws(() => readProxies({HTTPS_PROXY: 'ftp://me:secret@x'}), wrong);
});
