import assert from 'node:assert/strict';
import {readFileSync, statSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {test} from 'node:test';
import {locateHome} from '../../src/home.ts';
import {isSaidBy} from '../../src/serve/operations-page.ts';
import {readToken} from '../../src/serve/token.ts';
import {rollcall} from '../support/command.ts';
import {makeTemporaryFolder} from '../support/temporary.ts';
import {enrollment, list, makeWorkspace, teachers} from '../support/workspace.ts';
import {makeHome, switchTo, writeBuild, writeRun} from './home.ts';
import {makeStandIn, requestRaw, startServer, token, waitUntil} from './server.ts';

const form = (fields: Record<string, string>) =>
  ({method: 'POST', body: new URLSearchParams(fields), redirect: 'manual'}) as const;

async function enter(url: string): Promise<string> {
  const response = await fetch(`${url}/operations/enter`, {...form({token: token.value}), headers: {origin: url}});
  assert.equal(response.status, 303);
  return response.headers.get('set-cookie') ?? '';
}

test('actions require the token', async (t) => {
  const home = makeHome();
  const {commands, calls, go} = makeStandIn(home);
  const {url} = await startServer(t, home, {commands});
  const run = (headers: Record<string, string>, body = '{}') =>
    fetch(`${url}/api/run`, {method: 'POST', headers, body});
  assert.equal((await run({})).status, 403, 'without a token or an origin');
  assert.equal((await run({origin: url})).status, 401);
  assert.equal((await run({authorization: 'Bearer wrong'})).status, 401);
  assert.equal((await run({authorization: `Bearer ${token.value}x`})).status, 401);
  assert.equal((await run({cookie: 'rollcall_session=99999999999999.forged', origin: url})).status, 401);
  assert.deepEqual(calls(), []);

  const started = await run(
    {authorization: `Bearer ${token.value}`},
    '{"years":["2020-21","2019-20"],"only":["ospi-teachers"],"refresh":true,"force":true}',
  );
  assert.equal(started.status, 202);
  await waitUntil(() => calls().length === 1);
  assert.deepEqual(calls()[0], [
    'run',
    '--home',
    home.folder,
    '--from=live',
    '--years=2020-21,2019-20',
    '--only=ospi-teachers',
    '--refresh',
    '--force',
  ]);
  assert.equal((await run({authorization: `Bearer ${token.value}`})).status, 409, 'one at a time');
  go();
  await waitUntil(() => !commands.isBusy);
  assert.equal(calls().length, 1);
});

test('an invalid request is refused with a sentence, and starts no command', async (t) => {
  const home = makeHome();
  const {commands, calls} = makeStandIn(home);
  const {url} = await startServer(t, home, {commands});
  const post = async (path: string, body: string) => {
    const response = await fetch(url + path, {method: 'POST', headers: {authorization: `Bearer ${token.value}`}, body});
    const {error} = (await response.json()) as {error: string};
    return [response.status, error] as const;
  };
  for (const [path, body, error] of [
    ['/api/run', '{"years":["2020"]}', /years\.0: is not a school year/],
    ['/api/run', '{"only":["--home"]}', /only\.0: is not a source/],
    ['/api/run', '{"from":"/etc"}', /from/],
    ['/api/run', 'nonsense', /./],
    ['/api/run', '[]', /The request: is a list/],
    ['/api/run', '{"force":"yes"}', /force: must be true or false, not "yes"/],
    ['/api/rollback', '[]', /not a build/],
    ['/api/rollback', '{"build":"../x"}', /not a build/],
    ['/api/rollback', '{}', /not a build/],
  ] as const) {
    const [status, said] = await post(path, body);
    assert.equal(status, 400, body);
    assert.match(said, error);
  }
  assert.equal(
    (
      await fetch(`${url}/api/run`, {
        method: 'POST',
        headers: {authorization: `Bearer ${token.value}`},
        body: 'x'.repeat(100_000),
      })
    ).status,
    413,
  );
  assert.deepEqual(calls(), []);
});

test("the token in the form opens a session, which other sites can't use", async (t) => {
  const home = makeHome();
  writeRun(home, '2026-01-05T14:00:00.000Z', 'published', {options: {from: 'sample'}});
  const {commands, calls, go} = makeStandIn(home);
  const {url} = await startServer(t, home, {commands});
  assert.equal(
    (await fetch(`${url}/operations/enter`, {...form({token: token.value}), headers: {origin: 'http://evil.example'}}))
      .status,
    403,
  );
  const wrong = await fetch(`${url}/operations/enter`, {...form({token: 'guess'}), headers: {origin: url}});
  assert.equal(wrong.status, 401);
  assert.equal(wrong.headers.get('set-cookie'), null);
  assert.match(await wrong.text(), /This token is wrong/);

  const set = await enter(url);
  assert.match(set, /HttpOnly/);
  assert.match(set, /SameSite=Strict/);
  assert.doesNotMatch(set, new RegExp(token.value));
  const [cookie = ''] = set.split(';');
  assert.match(await (await fetch(`${url}/operations`, {headers: {cookie}})).text(), /action="\/operations\/run"/);
  assert.doesNotMatch(await (await fetch(`${url}/operations`)).text(), /action="\/operations\/run"/);

  const run = (headers: Record<string, string>) =>
    fetch(`${url}/operations/run`, {...form({years: '2020-21', only: ''}), headers});
  assert.equal((await run({cookie, origin: 'http://evil.example'})).status, 403);
  assert.equal((await run({cookie, origin: 'null'})).status, 403);
  assert.equal((await run({cookie})).status, 403, 'a browser names the origin');
  assert.equal((await run({origin: url})).status, 401);
  assert.deepEqual(calls(), []);
  assert.equal((await run({cookie, origin: url})).status, 303);
  await waitUntil(() => calls().length === 1);
  assert.deepEqual(
    calls()[0],
    ['run', '--home', home.folder, '--from=sample', '--years=2020-21'],
    'from where the last run took it',
  );
  go();
  await waitUntil(() => !commands.isBusy);
  const back = await fetch(`${url}/operations/rollback`, {...form({build: 'abc123'}), headers: {cookie, origin: url}});
  assert.equal(back.status, 303);
  await waitUntil(() => calls().length === 2);
  assert.deepEqual(calls()[1], ['rollback', '--home', home.folder, '--', 'abc123']);
});

test('wrong tokens lock nobody out', async (t) => {
  const home = makeHome();
  const {commands} = makeStandIn(home);
  const {url} = await startServer(t, home, {commands});
  const post = (value: string) =>
    fetch(`${url}/api/rollback`, {
      method: 'POST',
      headers: {authorization: `Bearer ${value}`},
      body: '{"build":"abc"}',
    });
  for (let n = 0; n < 30; n++) assert.equal((await post(`wrong ${n}`)).status, 401);
  assert.equal((await post(token.value)).status, 202);
});

test('the token of a home directory is made once, and only its owner can read it', async () => {
  const home = makeHome();
  const made = await readToken(home, undefined, {});
  assert.match(made.value, /^[\w-]{43}$/);
  assert.equal(statSync(join(home.folder, 'operations.token')).mode & 0o777, 0o600);
  assert.equal((await readToken(home, undefined, {})).value, made.value);
  assert.equal((await readToken(home, undefined, {ROLLCALL_TOKEN: 'sixteen characters'})).value, 'sixteen characters');
  await assert.rejects(readToken(home, undefined, {ROLLCALL_TOKEN: 'short'}), /at least 16/);
  await assert.rejects(readToken(home, '/nowhere/token', {}), /can't be read/);
});

test('an empty token file, which a kill can leave, is made anew', async () => {
  const home = makeHome();
  const path = join(home.folder, 'operations.token');
  writeFileSync(path, '\n');
  const {value} = await readToken(home, undefined, {});
  assert.match(value, /^[\w-]{43}$/);
  assert.equal(readFileSync(path, 'utf8'), `${value}\n`);
  assert.equal(statSync(path).mode & 0o777, 0o600);
  const own = join(home.folder, 'own');
  writeFileSync(own, '');
  await assert.rejects(readToken(home, own, {}), /own: a token needs at least 16 characters/);
});

test('the ledger is shown with its markup escaped, and /api has the same data', async (t) => {
  const home = makeHome();
  writeBuild(home, 'aaaaaaaaaaaa');
  switchTo(home, 'aaaaaaaaaaaa');
  writeRun(home, '2026-01-05T14:00:00.000Z', 'failed', {
    error: 'A check <script>alert(1)</script> failed.',
    events: (ledger, run) => {
      ledger.log(run, 'plan', 'note', 'said <b>aloud</b>');
      ledger.recordEvent(run, 'source_changed', 'ospi-teachers 2020-21', 'Teachers 2020-21 has changed.');
    },
  });
  const {url} = await startServer(t, home, {commands: makeStandIn(home).commands});
  const page = await (await fetch(`${url}/operations`)).text();
  assert.match(page, /2 &lt;files&gt; to land/);
  assert.match(page, /A check &lt;script&gt;/);
  assert.match(page, /Teachers 2020-21 has changed\./);
  assert.match(await (await fetch(`${url}/operations/runs/1`)).text(), /said &lt;b&gt;aloud/);
  const detail = (await (await fetch(`${url}/api/runs/1`)).json()) as {steps: {name: string}[]; outcome: string};
  assert.deepEqual([detail.outcome, detail.steps.map(({name}) => name)], ['failed', ['plan']]);
  const history = (await (await fetch(`${url}/api/history?limit=1`)).json()) as {
    builds: {build: string; isPublished: boolean}[];
  };
  assert.deepEqual(
    history.builds.map(({build, isPublished}) => [build, isPublished]),
    [['aaaaaaaaaaaa', true]],
  );
  assert.deepEqual(await (await fetch(`${url}/api/plan`)).json(), {partitions: []});
  assert.equal((await fetch(`${url}/api/changes`)).status, 409, 'a request that the command refuses');
  for (const path of ['/api/runs/99', '/api/nothing', '/operations/nothing', '/operations/runs/99'])
    assert.equal((await fetch(url + path)).status, 404, path);
  assert.equal((await fetch(`${url}/api/history?limit=x`)).status, 400);
  const {status} = await requestRaw(url, '/operations', {'if-none-match': '*'});
  assert.equal(status, 200, 'the page is always sent in full');
});

test('a run that was started elsewhere is announced to open pages', async (t) => {
  const home = makeHome();
  writeRun(home, '2026-01-05T14:00:00.000Z', 'unchanged');
  const {url} = await startServer(t, home);
  const stop = new AbortController();
  const response = await fetch(`${url}/operations/events`, {signal: stop.signal});
  assert.match(response.headers.get('content-type') ?? '', /^text\/event-stream/);
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  assert.match((await reader?.read())?.value ?? '', /event: change/, 'one at the start');
  writeRun(home, '2026-01-05T15:00:00.000Z');
  assert.match((await reader?.read())?.value ?? '', /event: change/, 'one for the run');
  stop.abort();
});

test('/health fails until a sound build is published, and stays good after a failed run', async (t) => {
  const home = makeHome();
  const {url} = await startServer(t, home);
  const health = async () => {
    const response = await fetch(`${url}/health`);
    return [response.status, await response.json()] as const;
  };
  const [status, body] = await health();
  assert.deepEqual(
    [status, body],
    [
      503,
      {status: 'unwell', published: null, lastRun: null, schedule: 'at rest', problem: 'Nothing is published yet.'},
    ],
  );
  writeBuild(home, 'aaaaaaaaaaaa');
  switchTo(home, 'aaaaaaaaaaaa');
  writeRun(home, '2026-01-05T14:00:00.000Z', 'failed');
  const [after, {published, lastRun}] = (await health()) as [number, {published: string; lastRun: {outcome: string}}];
  assert.deepEqual([after, published, lastRun.outcome], [200, 'aaaaaaaaaaaa', 'failed']);
});

test('metrics are in the Prometheus format', async (t) => {
  const home = makeHome();
  writeBuild(home, 'aaaaaaaaaaaa');
  switchTo(home, 'aaaaaaaaaaaa');
  writeRun(home, '2026-01-05T14:00:00.000Z', 'published');
  writeRun(home, '2026-01-12T14:00:00.000Z', 'failed');
  const {url} = await startServer(t, home);
  const response = await fetch(`${url}/metrics`);
  assert.match(response.headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/);
  const text = await response.text();
  for (const line of [
    'rollcall_last_run_succeeded 0',
    'rollcall_last_run_duration_seconds 12',
    `rollcall_last_success_seconds ${Date.UTC(2026, 0, 5, 14) / 1000}`,
    `rollcall_published_build_seconds{build="aaaaaaaaaaaa"} ${Date.UTC(2026, 0, 5, 14) / 1000}`,
    'rollcall_published_rows 7',
    'rollcall_running 0',
  ])
    assert.ok(text.split('\n').includes(line), line);
});

test('each source of a home that is fed from a folder has its file and its age', async (t) => {
  const {home} = await makeWorkspace(t);
  const {url} = await startServer(t, locateHome(home));
  const page = await (await fetch(`${url}/operations`)).text();
  const said = [...page.matchAll(/From a folder: <code>([^<]+)<\/code>, last changed here \w/g)].map(
    ([, name]) => name,
  );
  assert.deepEqual(said, [enrollment, teachers, list]);
  assert.doesNotMatch(page, /Never downloaded|comes as a file/);
});

test('a port in use and invalid options end in a sentence', async (t) => {
  const home = makeTemporaryFolder('home');
  const {url} = await startServer(t, makeHome());
  const taken = await rollcall(['serve', '--home', home, '--port', new URL(url).port]);
  assert.equal(taken.code, 1);
  assert.match(
    taken.stderr,
    /rollcall: 127\.0\.0\.1:\d+: can't listen \(something already listens there\)\. Give another --port or --host\.\n$/,
  );
  const wrong = await rollcall(['serve', '--home', home, '--port', '99999']);
  assert.equal(wrong.code, 2);
  assert.match(wrong.stderr, /--port 99999: not a port/);
});

test('an error that the latest run shows is not repeated above it', () => {
  const stderr = 'reading\nrollcall: The disk is full.\n  Free 2 GB.\n';
  assert.ok(isSaidBy({error: 'The disk is full. Free 2 GB.'}, stderr));
  assert.ok(!isSaidBy({error: 'The list is empty.'}, stderr));
  assert.ok(!isSaidBy({error: null}, stderr));
  assert.ok(!isSaidBy(null, stderr));
});
