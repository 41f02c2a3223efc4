import assert from 'node:assert/strict';
import {once} from 'node:events';
import {createServer, type IncomingMessage, type ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';
import {type TestContext, test} from 'node:test';
import {Failure} from '../../src/failure.ts';
import {BadReply, type Client, createClient, type Patience, Unreachable} from '../../src/fetch/http.ts';

const patience: Patience = {
  connect: 10_000,
  silence: 10_000,
  total: 30_000,
  retries: 2,
  backoff: 1,
  longestWait: 2_500,
};

type Reply = (response: ServerResponse, request: IncomingMessage) => void;

/** Starts a host that gives these replies in turn, repeats the last one, and records what was asked when. */
async function host(t: TestContext, replies: Reply[], more: Partial<Patience> = {}, appToken?: string) {
  const asked: {at: number; path: string; headers: IncomingMessage['headers']}[] = [];
  const server = createServer((request, response) => {
    asked.push({at: performance.now(), path: request.url ?? '', headers: request.headers});
    (replies[asked.length - 1] ?? replies.at(-1))?.(response, request);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = await createClient({url, appToken}, {...patience, ...more});
  t.after(async () => {
    await client.close();
    server.closeAllConnections();
    server.close();
  });
  return {client, asked, url};
}

const ok: Reply = (response) => response.end('fine');
const status =
  (code: number, headers: Record<string, string> = {}, body = ''): Reply =>
  (response) =>
    response.writeHead(code, headers).end(body);
const text = (client: Client, path = '/x?y=1', signal?: AbortSignal) =>
  client.get(path, (response) => response.text(), {signal});

const unreachable = (kind: Unreachable['kind'], message: RegExp) => (error: unknown) => {
  assert.ok(error instanceof Unreachable, String(error));
  assert.deepEqual([error.kind, error.exitCode], [kind, 3]);
  assert.match(error.message, message);
  return true;
};

for (const code of [408, 429, 500, 503]) {
  test(`${code} is retried a few times, not forever`, async (t) => {
    const {client, asked} = await host(t, [status(code), status(code), ok]);
    assert.equal(await text(client), 'fine');
    assert.equal(asked.length, 3);
    const {client: unlucky, asked: askedInVain, url} = await host(t, [status(code)]);
    await assert.rejects(text(unlucky), unreachable('other', new RegExp(`^${url}/x: it answered ${code}`)));
    assert.equal(askedInVain.length, 3, 'one request and two retries');
  });
}

for (const code of [400, 401, 403, 404]) {
  test(`${code} is not retried`, async (t) => {
    const {client, asked} = await host(t, [status(code, {}, '{"message": "No such view."}'), ok]);
    await assert.rejects(text(client), unreachable('other', new RegExp(`${code} \\(No such view\\.\\)\\.$`)));
    assert.equal(asked.length, 1);
  });
}

test('304 counts as an answer', async (t) => {
  const {client} = await host(t, [status(304)]);
  assert.equal(await client.get('/x', async (response) => response.status), 304);
});

test('Retry-After is respected, in seconds or as a date; a date in the past causes no wait', async (t) => {
  const waits = async (value: string) => {
    const {client, asked} = await host(t, [status(429, {'retry-after': value}), ok]);
    assert.equal(await text(client), 'fine');
    return (asked[1]?.at ?? 0) - (asked[0]?.at ?? 0);
  };
  assert.ok((await waits('1')) >= 950);
  // A date has whole seconds, so this one is one to two seconds away.
  assert.ok((await waits(new Date(Date.now() + 2_000).toUTCString())) >= 800);
  assert.ok((await waits(new Date(Date.now() - 60_000).toUTCString())) < 5_000);
  assert.ok((await waits('soon')) < 5_000);
});

test('a host that asks for a long wait is not retried', async (t) => {
  const {client, asked} = await host(t, [status(429, {'retry-after': '3'}), ok]);
  await assert.rejects(
    text(client),
    unreachable('wait', /answered 429; .*SOCRATA_APP_TOKEN.*asks to wait 3 seconds\.$/),
  );
  assert.equal(asked.length, 1);
});

test('silence before or within the answer is retried, then reported', async (t) => {
  const before = await host(t, [() => {}], {silence: 100, retries: 1});
  await assert.rejects(text(before.client), unreachable('other', /did not answer in time/));
  assert.equal(before.asked.length, 2);
  const middle = await host(
    t,
    [
      (response) => {
        response.writeHead(200, {'content-length': '100'});
        response.write('half');
      },
      ok,
    ],
    {silence: 100},
  );
  assert.equal(await text(middle.client), 'fine');
  assert.equal(middle.asked.length, 2);
});

test('an answer that arrives too slowly is given up', async (t) => {
  const drip: Reply = (response) => {
    const timer = setInterval(() => response.write('x'), 20);
    response.on('close', () => clearInterval(timer));
  };
  const {client, asked} = await host(t, [drip], {total: 150, retries: 1});
  await assert.rejects(text(client), unreachable('other', /the answer took too long/));
  assert.equal(asked.length, 2);
});

test('a broken connection is retried', async (t) => {
  const {client, asked} = await host(t, [(response) => response.destroy(), ok]);
  assert.equal(await text(client), 'fine');
  assert.equal(asked.length, 2);
});

test('an unexpected reply is retried, unless a retry is of no use', async (t) => {
  const {client, asked} = await host(t, [ok]);
  const odd = (again: boolean) =>
    client.get('/x', async () => {
      throw new BadReply('it is odd', again);
    });
  await assert.rejects(odd(false), unreachable('other', /it is odd\.$/));
  assert.equal(asked.length, 1);
  await assert.rejects(odd(true), unreachable('other', /it is odd\.$/));
  assert.equal(asked.length, 1 + 3);
});

test('an error on this side is passed on unchanged', async (t) => {
  const {client, asked} = await host(t, [ok]);
  const full = Object.assign(new Error('no space left'), {code: 'ENOSPC'});
  await assert.rejects(
    client.get('/x', async () => {
      throw full;
    }),
    (error) => error === full || (error as Error).cause === full,
  );
  assert.equal(asked.length, 1);
});

test('an absent host is tried twice and then reported as absent', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await new Promise((resolve) => server.close(resolve));
  const client = await createClient({url}, {...patience, retries: 4, backoff: 300});
  const started = performance.now();
  await assert.rejects(text(client), unreachable('absent', /\/x: nobody answers there \(connection refused\)\.$/));
  await client.close();
  // The wait before the second try is 300 to 600 ms. Those before the third, fourth and fifth would be at least 4,200 ms.
  const took = performance.now() - started;
  assert.ok(took >= 290 && took < 4_000, String(took));
});

test('a stopped request ends at once, with the reason of the stop', async (t) => {
  const {client} = await host(t, [() => {}]);
  const reason = new Failure('Stopped.');
  const stop = new AbortController();
  setTimeout(() => stop.abort(reason), 20);
  await assert.rejects(text(client, '/x', stop.signal), (error) => error === reason);
});

test('a request that is stopped while it waits for a retry ends at once, with the reason of the stop', async (t) => {
  const {client} = await host(t, [status(429, {'retry-after': '2'})]);
  const reason = new Failure('Stopped.');
  const stop = new AbortController();
  setTimeout(() => stop.abort(reason), 100);
  await assert.rejects(text(client, '/x', stop.signal), (error) => error === reason);
});

test("every request carries the app token and Rollcall's name", async (t) => {
  const {client, asked} = await host(t, [ok], {}, 'my-token');
  await client.get('/x', (response) => response.text(), {headers: {'if-none-match': '"a"'}});
  const {headers} = asked[0] ?? {};
  assert.deepEqual([headers?.['x-app-token'], headers?.['if-none-match']], ['my-token', '"a"']);
  assert.match(String(headers?.['user-agent']), /^Rollcall\/\d/);
  const {client: nameless, asked: askedWithout} = await host(t, [ok]);
  await text(nameless);
  assert.ok(!('x-app-token' in (askedWithout[0]?.headers ?? {})));
});

test('202 means "ask again"', async (t) => {
  const {client, asked} = await host(t, [status(202), status(202), ok]);
  assert.equal(await text(client), 'fine');
  assert.equal(asked.length, 3);
});

test('a redirect within the host is followed, with the app token', async (t) => {
  const {client, asked} = await host(t, [status(302, {location: '/other'}), ok], {}, 'secret');
  assert.equal(await text(client), 'fine');
  assert.deepEqual(
    asked.map(({path, headers}) => [path, headers['x-app-token']]),
    [
      ['/x?y=1', 'secret'],
      ['/other', 'secret'],
    ],
  );
});

test('a redirect that never ends is given up', async (t) => {
  const {client, asked} = await host(t, [status(302, {location: '/x'})]);
  await assert.rejects(text(client), unreachable('other', /it answered 302/));
  assert.equal(asked.length, 6, 'five redirects after the first request');
});

for (const location of [
  'file:///etc/passwd',
  'http://127.0.0.1:1/',
  'http://localhost:1/',
  'http://10.1.2.3/',
  'http://192.168.0.1/',
  'http://169.254.169.254/latest',
  'http://[::1]/',
  'http://[::ffff:10.0.0.1]/',
  'http://[fd00::1]/',
  'http://2130706433/',
]) {
  test(`a redirect to ${location} is not followed`, async (t) => {
    const {client, asked} = await host(t, [status(302, {location})]);
    await assert.rejects(text(client), unreachable('other', /points to .*is not followed/));
    assert.equal(asked.length, 1);
  });
}
