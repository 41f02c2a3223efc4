import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {test} from 'node:test';
import {deliverNotices, readNoticeSettings} from '../../src/notices/deliver.ts';
import {sendToCommand} from '../../src/notices/send.ts';
import {makeHome, writeRun} from '../serve/home.ts';
import {rollcall} from '../support/command.ts';
import {makeTemporaryFolder} from '../support/temporary.ts';
import {startReceiver} from './receiver.ts';

const patience = {timeout: 200, retries: 2, backoff: 1};

test('failed runs and the recovery send notices; nothing before the first run with notices does', async (t) => {
  const hook = await startReceiver(t);
  const home = makeHome();
  writeRun(home, '2026-01-05T14:00:00.000Z', 'failed', {error: 'Long ago.'});
  writeRun(home, '2026-01-06T14:00:00.000Z', 'published');
  const send = () => deliverNotices(home, {webhook: {url: hook.url, token: 'secret'}}, {patience});
  await send();
  assert.equal(hook.got.length, 0);
  writeRun(home, '2026-01-12T14:00:00.000Z', 'failed', {error: 'The disk is full.'});
  writeRun(home, '2026-01-19T14:00:00.000Z', 'stopped');
  writeRun(home, '2026-01-26T14:00:00.000Z', 'failed', {error: 'Still full.'});
  await send();
  writeRun(home, '2026-02-02T14:00:00.000Z', 'unchanged');
  writeRun(home, '2026-02-09T14:00:00.000Z', 'unchanged');
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

test('what chat tools read as markup is escaped in the text, and the details are exact', async (t) => {
  const hook = await startReceiver(t);
  const home = makeHome();
  const send = () => deliverNotices(home, {webhook: {url: hook.url}}, {patience});
  await send();
  const said = '<!channel> <@U024BE7LH> A&B @channel @here me@b.example';
  writeRun(home, '2026-01-12T14:00:00.000Z', 'published', {
    events: (ledger, run) => ledger.recordEvent(run, 'source_changed', 'x', said, {said}),
  });
  await send();
  assert.equal(
    hook.got[0]?.text,
    '&lt;!channel&gt; &lt;@U024BE7LH&gt; A&amp;B (at) channel (at) here me@b.example'.replace('&lt;@U', '&lt;(at) U'),
  );
  assert.deepEqual(hook.got[0]?.detail, {said});
});

test('changed sources and restated figures send notices in the order of the ledger', async (t) => {
  const hook = await startReceiver(t);
  const home = makeHome();
  const send = () => deliverNotices(home, {webhook: {url: hook.url}}, {patience});
  await send();
  writeRun(home, '2026-01-12T14:00:00.000Z', 'published', {
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

test('a new year, a held year and a data set that is gone send notices, each with the page that tells more', async (t) => {
  const hook = await startReceiver(t);
  const home = makeHome();
  const send = () =>
    deliverNotices(home, {webhook: {url: hook.url}, link: 'https://example.org/rollcall/'}, {patience});
  await send();
  writeRun(home, '2026-11-12T14:00:00.000Z', 'published', {
    events: (ledger, run) => {
      ledger.recordEvent(run, 'dataset_found', 'ospi-enrollment 2025-26', 'Data set aaaa-1111.');
      ledger.recordEvent(run, 'dataset_gone', 'ospi-teachers 2020-21', 'It is gone.');
      ledger.recordEvent(run, 'year_held', 'ospi-enrollment 2026-27', 'It is held.');
      ledger.recordEvent(run, 'year_added', '2025-26', 'It is new.', {to: 'aaa'});
      ledger.recordEvent(run, 'figures_restated', 'ospi-teachers 2020-21', 'Restated.');
    },
  });
  await send();
  assert.deepEqual(
    hook.got.map(({event, text, link}) => [event, text, link]),
    [
      ['dataset_gone', 'It is gone. https://example.org/rollcall/', 'https://example.org/rollcall/'],
      ['year_held', 'It is held. https://example.org/rollcall/data/#held', 'https://example.org/rollcall/data/#held'],
      [
        'year_added',
        'It is new. https://example.org/rollcall/data/#restated',
        'https://example.org/rollcall/data/#restated',
      ],
      [
        'figures_restated',
        'Restated. https://example.org/rollcall/data/#restated',
        'https://example.org/rollcall/data/#restated',
      ],
    ],
  );
});

test('before a run no notice is sent, but a new receiver is registered from this point on', async (t) => {
  const hook = await startReceiver(t);
  const home = makeHome();
  const webhook = {url: hook.url};
  await deliverNotices(home, {webhook}, {patience, begin: true});
  writeRun(home, '2026-01-12T14:00:00.000Z', 'failed', {error: 'One.'});
  await deliverNotices(home, {webhook}, {patience, begin: true});
  assert.equal(hook.got.length, 0);
  await deliverNotices(home, {webhook}, {patience});
  assert.equal(hook.got.length, 1);
});

test('a killed run sends one notice later, though it could not send it itself', async (t) => {
  const hook = await startReceiver(t);
  const home = makeHome();
  const send = () => deliverNotices(home, {webhook: {url: hook.url}}, {patience});
  await send();
  writeRun(home, '2026-01-12T14:00:00.000Z');
  await send();
  await send();
  assert.deepEqual(
    hook.got.map(({event, run}) => [event, run]),
    [['run_failed', 1]],
  );
  assert.match(hook.got[0]?.text ?? '', /was killed/);
});

test('a receiver that is down is retried, then tried again with the next run, and misses no notice', async (t) => {
  const hook = await startReceiver(t);
  const home = makeHome();
  const notes: string[] = [];
  const send = () => deliverNotices(home, {webhook: {url: hook.url}}, {patience, note: (text) => notes.push(text)});
  await send();
  writeRun(home, '2026-01-12T14:00:00.000Z', 'failed', {error: 'One.'});
  writeRun(home, '2026-01-19T14:00:00.000Z', 'failed', {error: 'Two.'});
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

test('a notice that the receiver refuses or redirects is not sent again', async (t) => {
  const hook = await startReceiver(t);
  const home = makeHome();
  const notes: string[] = [];
  const send = () => deliverNotices(home, {webhook: {url: hook.url}}, {patience, note: (text) => notes.push(text)});
  await send();
  hook.answer = 400;
  writeRun(home, '2026-01-12T14:00:00.000Z', 'failed');
  await send();
  hook.answer = 307;
  writeRun(home, '2026-01-19T14:00:00.000Z', 'failed');
  await send();
  await send();
  assert.deepEqual(
    hook.got.map(({run}) => run),
    [1, 2],
  );
  assert.match(notes.join('\n'), /refused \(it answered 400\)[\s\S]*refused \(it answered 307\)/);
});

test('a command receives the notice on standard input, with the link to the report, and its kind in the environment', async () => {
  const home = makeHome();
  const out = join(makeTemporaryFolder('notices'), 'told');
  const script = `let s = ''; process.stdin.on('data', (d) => (s += d)).on('end', () => require('fs').appendFileSync(${JSON.stringify(out)}, process.env.ROLLCALL_EVENT + ' ' + JSON.parse(s).text + '\\n'))`;
  const command = [process.execPath, '-e', script];
  await deliverNotices(home, {command});
  writeRun(home, '2026-01-12T14:00:00.000Z', 'failed', {error: 'Oh.'});
  await deliverNotices(home, {command, link: 'https://example.org/rollcall/'});
  assert.equal(readFileSync(out, 'utf8'), 'run_failed Run 1 (run) failed: Oh. https://example.org/rollcall/\n');
  for (const [broken, why] of [
    [['/nowhere/to/be/found'], /ENOENT/],
    [[process.execPath, '-e', 'process.exit(3)'], /exited with 3/],
  ] as const) {
    const notes: string[] = [];
    writeRun(home, '2026-01-19T14:00:00.000Z', 'failed', {error: 'Again.'});
    await deliverNotices(home, {command: broken}, {note: (text) => notes.push(text)});
    assert.match(notes[0] ?? '', why);
  }
});

test('a command that does not end is ended', async () => {
  const notice = {event: 'run_failed', subject: 'run', text: 'Oh.', at: '', run: 1, detail: null} as const;
  assert.deepEqual(
    await sendToCommand(notice, [process.execPath, '-e', 'setInterval(() => {}, 1000)'], {timeout: 500}),
    {is: 'failed', why: 'SIGKILL ended it, or it took too long'},
  );
});

test('only the configured kinds are sent; the address and the token may come from the environment', async (t) => {
  const hook = await startReceiver(t);
  const home = makeHome();
  const notices = readNoticeSettings(
    {notices: {events: ['run_recovered'], webhook: 'http://127.0.0.1:1/'}, reportUrl: 'https://r.example/'},
    {ROLLCALL_WEBHOOK_URL: hook.url, ROLLCALL_WEBHOOK_TOKEN: 't'},
  );
  await deliverNotices(home, notices, {patience});
  writeRun(home, '2026-01-12T14:00:00.000Z', 'failed');
  writeRun(home, '2026-01-19T14:00:00.000Z', 'unchanged');
  await deliverNotices(home, notices, {patience});
  assert.deepEqual(
    hook.got.map(({event, authorization}) => [event, authorization]),
    [['run_recovered', 'Bearer t']],
  );
  assert.equal(hook.got[0]?.text, 'Run 2 succeeded again (unchanged). https://r.example/');
});

test('rollcall run sends notices, and its exit code does not depend on the receiver', async (t) => {
  const hook = await startReceiver(t);
  const [home, empty] = [makeTemporaryFolder('home'), makeTemporaryFolder('empty')];
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
