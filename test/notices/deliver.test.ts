import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {test} from 'node:test';
import {deliverNotices, readNoticeSettings} from '../../src/notices/deliver.ts';
import {handmadeHome, putRun} from '../serve/home.ts';
import {rollcall} from '../support/command.ts';
import {temporaryFolder} from '../support/temporary.ts';
import {receiver} from './receiver.ts';

const patience = {timeout: 200, retries: 2, backoff: 1};

test('a failure, the next one, and the run that went well again; what was before the first time is no news', async (t) => {
  const hook = await receiver(t);
  const home = handmadeHome();
  putRun(home, '2026-01-05T14:00:00.000Z', 'failed', {error: 'Long ago.'});
  putRun(home, '2026-01-06T14:00:00.000Z', 'published');
  const send = () => deliverNotices(home, {webhook: {url: hook.url, token: 'secret'}}, {patience});
  await send();
  assert.equal(hook.got.length, 0);
  putRun(home, '2026-01-12T14:00:00.000Z', 'failed', {error: 'The disk is full.'});
  putRun(home, '2026-01-19T14:00:00.000Z', 'stopped');
  putRun(home, '2026-01-26T14:00:00.000Z', 'failed', {error: 'Still full.'});
  await send();
  putRun(home, '2026-02-02T14:00:00.000Z', 'unchanged');
  putRun(home, '2026-02-09T14:00:00.000Z', 'unchanged');
  await send();
  await send();
  assert.deepEqual(
    hook.got.map(({event, run, text}) => [event, run, text]),
    [
      ['run_failed', 3, 'Run 3 (run) failed: The disk is full.'],
      ['run_failed', 5, 'Run 5 (run) failed: Still full.'],
      ['run_recovered', 6, 'Run 6 succeeded again (unchanged).'],
    ],
  );
  assert.ok(hook.got.every(({authorization}) => authorization === 'Bearer secret'));
});

test('what changed at the source and which figures were restated, in the order of the ledger', async (t) => {
  const hook = await receiver(t);
  const home = handmadeHome();
  const send = () => deliverNotices(home, {webhook: {url: hook.url}}, {patience});
  await send();
  putRun(home, '2026-01-12T14:00:00.000Z', 'published', {
    events: (ledger, run) => {
      ledger.recordEvent(run, 'source_changed', 'ospi-enrollment 2020-21', 'Enrollment has changed.', {sha256: 'abc'});
      ledger.recordEvent(run, 'published', 'aaa', 'Build aaa is published.');
      ledger.recordEvent(run, 'figures_restated', 'ospi-enrollment 2020-21', '3 figures restated.', {
        figuresRestated: 3,
      });
    },
  });
  await send();
  assert.deepEqual(
    hook.got.map(({event, subject, detail}) => [event, subject, detail]),
    [
      ['source_changed', 'ospi-enrollment 2020-21', {sha256: 'abc'}],
      ['figures_restated', 'ospi-enrollment 2020-21', {figuresRestated: 3}],
    ],
  );
});

test('before a run nobody is told anything: only from where on a new receiver is', async (t) => {
  const hook = await receiver(t);
  const home = handmadeHome();
  const webhook = {url: hook.url};
  await deliverNotices(home, {webhook}, {patience, begin: true});
  putRun(home, '2026-01-12T14:00:00.000Z', 'failed', {error: 'One.'});
  await deliverNotices(home, {webhook}, {patience, begin: true});
  assert.equal(hook.got.length, 0);
  await deliverNotices(home, {webhook}, {patience});
  assert.equal(hook.got.length, 1);
});

test('a run that was killed is told of once, though nobody was there to tell', async (t) => {
  const hook = await receiver(t);
  const home = handmadeHome();
  const send = () => deliverNotices(home, {webhook: {url: hook.url}}, {patience});
  await send();
  putRun(home, '2026-01-12T14:00:00.000Z');
  await send();
  await send();
  assert.deepEqual(
    hook.got.map(({event, run}) => [event, run]),
    [['run_failed', 1]],
  );
  assert.match(hook.got[0]?.text ?? '', /was killed/);
});

test('a receiver that is down is tried again, then the next time, and misses nothing', async (t) => {
  const hook = await receiver(t);
  const home = handmadeHome();
  const notes: string[] = [];
  const send = () => deliverNotices(home, {webhook: {url: hook.url}}, {patience, note: (text) => notes.push(text)});
  await send();
  putRun(home, '2026-01-12T14:00:00.000Z', 'failed', {error: 'One.'});
  putRun(home, '2026-01-19T14:00:00.000Z', 'failed', {error: 'Two.'});
  for (const answer of [503, 'silence'] as const) {
    hook.answer = answer;
    hook.got.length = 0;
    await send();
    assert.equal(hook.got.length, 3, `${answer}: once, and twice more`);
    assert.ok(
      hook.got.every(({run}) => run === 1),
      'the second waits for the first',
    );
  }
  assert.match(
    notes[0] ?? '',
    /^webhook: the notice run_failed was not delivered \(it answered 503\); it will be sent again/,
  );
  assert.match(notes[1] ?? '', /took too long/);
  hook.answer = 200;
  hook.got.length = 0;
  await send();
  assert.deepEqual(
    hook.got.map(({text}) => text),
    ['Run 1 (run) failed: One.', 'Run 2 (run) failed: Two.'],
  );
});

test('a receiver that refuses a notice, or redirects it, is not asked again for the same', async (t) => {
  const hook = await receiver(t);
  const home = handmadeHome();
  const notes: string[] = [];
  const send = () => deliverNotices(home, {webhook: {url: hook.url}}, {patience, note: (text) => notes.push(text)});
  await send();
  hook.answer = 400;
  putRun(home, '2026-01-12T14:00:00.000Z', 'failed');
  await send();
  hook.answer = 307;
  putRun(home, '2026-01-19T14:00:00.000Z', 'failed');
  await send();
  await send();
  assert.deepEqual(
    hook.got.map(({run}) => run),
    [1, 2],
  );
  assert.match(notes.join('\n'), /refused \(it answered 400\)[\s\S]*refused \(it answered 307\)/);
});

test('a command gets the notice on standard input and its kind in the environment', async () => {
  const home = handmadeHome();
  const out = join(temporaryFolder('notices'), 'told');
  const script = `let s = ''; process.stdin.on('data', (d) => (s += d)).on('end', () => require('fs').appendFileSync(${JSON.stringify(out)}, process.env.ROLLCALL_EVENT + ' ' + JSON.parse(s).text + '\\n'))`;
  const command = [process.execPath, '-e', script];
  await deliverNotices(home, {command});
  putRun(home, '2026-01-12T14:00:00.000Z', 'failed', {error: 'Oh.'});
  await deliverNotices(home, {command});
  assert.equal(readFileSync(out, 'utf8'), 'run_failed Run 1 (run) failed: Oh.\n');
  for (const [broken, why] of [
    [['/nowhere/to/be/found'], /ENOENT/],
    [[process.execPath, '-e', 'process.exit(3)'], /exited with 3/],
  ] as const) {
    const notes: string[] = [];
    putRun(home, '2026-01-19T14:00:00.000Z', 'failed', {error: 'Again.'});
    await deliverNotices(home, {command: broken}, {note: (text) => notes.push(text)});
    assert.match(notes[0] ?? '', why);
  }
});

test('only the kinds that were asked for; the address and the token may come from the environment', async (t) => {
  const hook = await receiver(t);
  const home = handmadeHome();
  const notices = readNoticeSettings(
    {events: ['run_recovered'], webhook: 'http://127.0.0.1:1/'},
    {ROLLCALL_WEBHOOK_URL: hook.url, ROLLCALL_WEBHOOK_TOKEN: 't'},
  );
  await deliverNotices(home, notices, {patience});
  putRun(home, '2026-01-12T14:00:00.000Z', 'failed');
  putRun(home, '2026-01-19T14:00:00.000Z', 'unchanged');
  await deliverNotices(home, notices, {patience});
  assert.deepEqual(
    hook.got.map(({event, authorization}) => [event, authorization]),
    [['run_recovered', 'Bearer t']],
  );
});

test('rollcall run sends them, and its exit code is its own whatever the receiver does', async (t) => {
  const hook = await receiver(t);
  const [home, empty] = [temporaryFolder('home'), temporaryFolder('empty')];
  const run = () => rollcall(['run', '--home', home, '--from', empty], {env: {ROLLCALL_WEBHOOK_URL: hook.url}});
  const {code} = await run();
  assert.equal(code, 2, 'a folder without files');
  assert.deepEqual(
    hook.got.map(({event}) => event),
    ['run_failed'],
  );
  hook.answer = 500;
  const second = await run();
  assert.equal(second.code, code);
  assert.match(second.stderr, /webhook: the notice run_failed was not delivered/);
});
