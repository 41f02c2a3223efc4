import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {test} from 'node:test';
import {readHost} from '../src/incoming/host.ts';
import {runRecorded} from '../src/ledger/record.ts';
import {readEndpoint} from '../src/lineage/openlineage.ts';
import {readNoticeSettings} from '../src/notices/deliver.ts';
import {readRun} from '../src/runs/history.ts';
import {readHeaderToken, redact} from '../src/secrets.ts';
import {makeHome} from './serve/home.ts';
import {rollcall} from './support/command.ts';
import {recordProgress} from './support/pipeline.ts';

const secret = 's3cret-of-this-test';

test('passwords, keys and tokens in addresses are hidden, and the rest of the address stays', () => {
  for (const [text, hidden] of [
    [`http://me:${secret}@host:8080/a?b=c`, 'http://***@host:8080/a?b=c'],
    [`postgres://me:p@${secret}@host/db`, 'postgres://***@host/db'],
    [`https://host/in?api_key=${secret}&x=1`, 'https://host/in?api_key=***&x=1'],
    [`https://host/?x=1&$$app_token=${secret}`, 'https://host/?x=1&$$app_token=***'],
    [`(https://host/?X-Amz-Signature=${secret})`, '(https://host/?X-Amz-Signature=***'],
    ['https://data.wa.gov/api/views/nvpc-yr7b, a@b.example', 'https://data.wa.gov/api/views/nvpc-yr7b, a@b.example'],
  ] as const)
    assert.equal(redact(text, {}).replace(/\)$/, ''), hidden.replace(/\)$/, ''));
  const env = {SOCRATA_APP_TOKEN: `${secret}\nx`, ROLLCALL_WEBHOOK_URL: 'hooks.example/T0/B0', PGPASSWORD: 'short'};
  assert.equal(
    redact(`sent ${secret}\nx, ${JSON.stringify(`${secret}\nx`)} to hooks.example/T0/B0, short`, env),
    'sent ***, "***" to ***, short',
  );
});

test('credentials in an address go into a header, and the address that is stored and shown has none', () => {
  const authorization = `Basic ${Buffer.from(`me:${secret}`).toString('base64')}`;
  const host = readHost({ROLLCALL_OSPI_URL: `https://me:${secret}@data.example/`, SOCRATA_APP_TOKEN: ' abc '});
  assert.deepEqual(host, {url: 'https://data.example', authorization, appToken: 'abc'});
  const endpoint = readEndpoint(undefined, {OPENLINEAGE_URL: `http://me:${secret}@lineage:5000`});
  assert.deepEqual(endpoint, {url: 'http://lineage:5000/api/v1/lineage', authorization, apiKey: undefined});
  const {webhook} = readNoticeSettings({}, {ROLLCALL_WEBHOOK_URL: `https://me:${secret}@chat.example/hook`});
  assert.deepEqual(webhook, {url: 'https://chat.example/hook', authorization, token: undefined});
});

test('a token that no header can carry is refused without being shown', async () => {
  for (const name of ['SOCRATA_APP_TOKEN', 'ROLLCALL_WEBHOOK_TOKEN', 'OPENLINEAGE_API_KEY']) {
    assert.throws(
      () => readHeaderToken(name, {[name]: `${secret}\nx`}),
      (error: Error) => {
        assert.match(error.message, new RegExp(`^${name}: it has a blank, a line break`));
        assert.doesNotMatch(error.message, new RegExp(secret));
        return true;
      },
    );
  }
  for (const url of [`ftp://me:${secret}@host`, `https://me:${secret}@host/?a=b`, `https://me:${secret}@`]) {
    assert.throws(
      () => readHost({ROLLCALL_OSPI_URL: url}),
      (error: Error) => !error.message.includes(secret),
    );
  }
});

test('the ledger and the events get no secret and no control character, whatever a run says', async () => {
  const home = makeHome();
  const said = `could not reach http://me:${secret}@host/?token=${secret} for Vega\u202e\u001b[2J`;
  await assert.rejects(
    runRecorded(home, {name: 'run', options: {from: said}}, recordProgress(), async (record) => {
      record.note(said);
      record.ledger.recordEvent(record.run, 'source_changed', said, said, {said});
      record.ledger.keepFindings(
        record.run,
        [],
        [
          {
            name: 'n',
            path: 'p',
            severity: 'warn',
            status: 'warn',
            failing: 1,
            samples: [{said}],
            dependsOn: [],
            paths: [],
          },
        ],
      );
      return record.step('plan', () => Promise.reject(new Error(said)));
    }),
  );
  const {runId, ...run} = readRun(home, 1);
  const files = [home.ledger, `${home.ledger}-wal`, join(home.openLineage, `${runId}.ndjson`)].map((path) => {
    try {
      return readFileSync(path, 'latin1');
    } catch {
      return '';
    }
  });
  for (const text of [JSON.stringify(run), ...files]) assert.ok(!text.includes(secret));
  assert.doesNotMatch(
    JSON.stringify([run.error, run.log.map(({message}) => message), run.steps, run.options, run.findings]),
    /\u202e|\\u001b/,
  );
  assert.match(run.error ?? '', /http:\/\/\*\*\*@host\/\?token=\*\*\* for Vega\\u\{202e\}\\u\{1b\}\[2J/);
});

test('no message of a command has the password of an address', async () => {
  const env = {
    ROLLCALL_OSPI_URL: `http://me:${secret}@127.0.0.1:9/`,
    ROLLCALL_WEBHOOK_URL: `http://me:${secret}@127.0.0.1:9/hook`,
  };
  const {folder} = makeHome();
  const {code, stdout, stderr} = await rollcall(['run', '--from', 'live', '--home', folder], {env});
  assert.equal(code, 3, stderr);
  assert.ok(!(stdout + stderr).includes(secret), stderr);
  assert.match(stderr, /http:\/\/127\.0\.0\.1:9 can't be reached/);
});
