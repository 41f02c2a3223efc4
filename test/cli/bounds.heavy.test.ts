import assert from 'node:assert/strict';
import {execFile, execFileSync} from 'node:child_process';
import {once} from 'node:events';
import {readFileSync} from 'node:fs';
import {createServer, type ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';
import {join} from 'node:path';
import {type TestContext, test} from 'node:test';
import {fileURLToPath} from 'node:url';
import {promisify} from 'node:util';
import {gzipSync} from 'node:zlib';
import {expectError, type Outcome, rollcall} from '../support/command.ts';
import {makeTemporaryFolder} from '../support/temporary.ts';
import {enrollment, findPublishedHome, makeWorkspace} from '../support/workspace.ts';

/*
 * What a publisher, a file or a query could make a command do without end. Each must end in a sentence, and take no more memory than
 * half more than a plain run of three small files does.
 */

const program = fileURLToPath(new URL('../support/run-live.ts', import.meta.url));
const preload = new URL('../support/peak-memory.ts', import.meta.url).href;

/** Runs a command, and returns its result and the most memory that it took, in megabytes. */
async function measure(args: string[], env: NodeJS.ProcessEnv = {}): Promise<Outcome & {megabytes: number}> {
  const peak = join(makeTemporaryFolder('peak'), 'kilobytes');
  const outcome = await rollcall(args, {
    env: {...env, NODE_OPTIONS: `--import=${preload}`, ROLLCALL_TEST_PEAK: peak},
  });
  return {...outcome, megabytes: Number(readFileSync(peak, 'utf8')) / 1024};
}

let plain: Promise<number> | undefined;
/** The memory of a plain run. */
function measurePlainRun(t: TestContext): Promise<number> {
  plain ??= makeWorkspace(t).then(async ({folder, root}) => {
    const {code, stderr, megabytes} = await measure(['run', '--from', folder, '--home', join(root, 'plain')]);
    assert.equal(code, 0, stderr);
    return megabytes;
  });
  return plain;
}

async function assertBounded(t: TestContext, {megabytes}: {megabytes: number}, multiple = 1.5): Promise<void> {
  const usual = await measurePlainRun(t);
  t.diagnostic(`${Math.round(megabytes)} MB; a plain run takes ${Math.round(usual)} MB`);
  assert.ok(megabytes <= usual * multiple, `${megabytes} MB, and a plain run takes ${usual} MB`);
}

async function startHost(t: TestContext, reply: (response: ServerResponse, path: string) => void): Promise<string> {
  const host = createServer((request, response) => reply(response, request.url ?? '')).listen(0, '127.0.0.1');
  await once(host, 'listening');
  t.after(() => {
    host.closeAllConnections();
    host.close();
  });
  return `http://127.0.0.1:${(host.address() as AddressInfo).port}`;
}

/** Makes a small gzipped text of very many bytes. Gzip allows members one after another, so that this process stays small too. */
function makeBomb(text: string, megabytes: number): Buffer {
  const member = gzipSync(Buffer.alloc(1e6, text));
  return Buffer.concat(Array.from({length: megabytes}, () => member));
}

const bomb = makeBomb('[1,\n', 10_000);

function pourOut(response: ServerResponse, status: number): void {
  response.writeHead(status);
  const piece = Buffer.alloc(1 << 20, '1,2,3\n');
  const more = () => {
    while (response.writable && response.write(piece));
    if (response.writable) response.once('drain', more);
  };
  more();
}

const description = '{"name": "x", "rowsUpdatedAt": 1640000000}';

const hosts: [name: string, reply: (response: ServerResponse, path: string) => void, says: RegExp][] = [
  [
    'metadata that unpacks to ten gigabytes',
    (response) => response.writeHead(200, {'content-encoding': 'gzip'}).end(bomb),
    /more than 8000000 bytes/,
  ],
  ['an error page without end', (response) => pourOut(response, 404), /it answered 404/],
  [
    'an export, and pages, without end',
    (response, path) => {
      if (path.includes('count')) response.end('[{"count": "1000"}]');
      else if (/views\/[^/]+\.json/.test(path)) response.end(description);
      else pourOut(response, 200);
    },
    /far more than was asked for/,
  ],
  [
    'a count that is far too high, and pages without rows',
    (response, path) => {
      if (path.includes('count')) response.end('[{"count": "1000000000"}]');
      else if (/views\/[^/]+\.json/.test(path)) response.end(description);
      else response.end('a,b\n');
    },
    /0 rows arrived, but the publisher counts 1000000000/,
  ],
];

for (const [name, reply, says] of hosts) {
  test(`a run ends in a sentence, with the memory of a plain one, when the publisher sends ${name}`, async (t) => {
    const url = await startHost(t, reply);
    const home = makeTemporaryFolder('bounded');
    const outcome = await measure(['run', '--from', 'live', '--years', '2020-21', '--home', home], {
      ROLLCALL_OSPI_URL: url,
    });
    assert.equal(outcome.code, 3, outcome.stderr);
    assert.match(outcome.stderr, says);
    await assertBounded(t, outcome);
  });
}

type Reply = string | Buffer | ((response: ServerResponse) => void);

/** Replies that a publisher never sends, each in place of a good one, and what the run says. */
const replies: [to: 'metadata' | 'count' | 'export' | 'catalogue', name: string, reply: Reply, says: RegExp][] = [
  ['metadata', 'nothing', '', /json: it answered with nothing/],
  ['metadata', 'null', 'null', /asked for \(must be an object, not null/],
  ['metadata', 'a list', '[]', /\(name: is missing/],
  ['metadata', 'a web page', '<!DOCTYPE html><title>Sorry</title>', /it answered with a web page/],
  ['metadata', 'bytes that are no text', Buffer.alloc(1e6, 0xff), /it answered with something else/],
  ['metadata', 'brackets without end', '['.repeat(4e6), /it answered with something else/],
  ['metadata', 'a million lists in each other', `${'['.repeat(1e6)}${']'.repeat(1e6)}`, /\(name: is missing/],
  ['metadata', 'no name', '{"rowsUpdatedAt": 1640000000}', /\(name: is missing/],
  [
    'metadata',
    'a time in milliseconds',
    '{"name": "x", "rowsUpdatedAt": 1640000000000}',
    /rowsUpdatedAt: Invalid value: Expected <=/,
  ],
  ['metadata', 'a time without bounds', '{"name": "x", "rowsUpdatedAt": 1e300}', /rowsUpdatedAt: Invalid safe integer/],
  [
    'metadata',
    'a time before all times',
    '{"name": "x", "rowsUpdatedAt": -1}',
    /rowsUpdatedAt: Invalid value: Expected >=0/,
  ],
  [
    'metadata',
    'a time in words',
    '{"name": "x", "rowsUpdatedAt": "yesterday"}',
    /0 rows arrived, but the publisher counts 1000/,
  ],
  [
    'metadata',
    'a file that is not what it says',
    (to) => to.writeHead(200, {'content-encoding': 'gzip'}).end('{}'),
    /the answer was garbled/,
  ],
  [
    'metadata',
    'half of a gzipped file',
    (to) => to.writeHead(200, {'content-encoding': 'gzip'}).end(gzipSync('{"name": "x"}').subarray(0, 20)),
    /it answered with something else/,
  ],
  [
    'metadata',
    'a redirect to itself',
    (to) => to.writeHead(302, {location: '?'}).end(),
    /it answered 302 and points to \?\./,
  ],
  [
    'metadata',
    'a redirect to a file',
    (to) => to.writeHead(302, {location: 'file:///etc/passwd'}).end(),
    /file:\/\/\/etc\/passwd, which is no web address/,
  ],
  [
    'metadata',
    'a megabyte of headers',
    (to) => to.writeHead(200, {x: 'y'.repeat(1e6)}).end(description),
    /Headers Overflow/,
  ],
  [
    'metadata',
    'half of the bytes that it announces',
    (to) => to.writeHead(200, {'content-length': 1000}).write('{', () => to.destroy()),
    /the connection broke/,
  ],
  ['metadata', 'a failure without end', (to) => pourOut(to, 500), /it answered 500\./],
  [
    'metadata',
    'a wait of thirty years',
    (to) => to.writeHead(429, {'retry-after': '1000000000'}).end(),
    /asks to wait 1000000000 seconds/,
  ],
  ['count', 'no row', '[]', /\(0: is missing/],
  ['count', 'a row without a count', '[{}]', /it gave no count/],
  ['count', 'fewer than none', '[{"count": "-1"}]', /0\.count: Invalid format/],
  ['count', 'a number without bounds', '[{"count": 1e300}]', /0\.count: Invalid format/],
  [
    'count',
    'more rows than there are people',
    '[{"count": "10000000000"}]',
    /0\.count: Invalid value: Expected <=1000000000/,
  ],
  ['count', 'half a row', '[{"count": "1.5"}]', /0\.count: Invalid format/],
  [
    'count',
    'what unpacks to a gigabyte',
    (to) => to.writeHead(200, {'content-encoding': 'gzip'}).end(makeBomb('[1,\n', 1000)),
    /more than 8000000 bytes/,
  ],
  ['export', 'nothing', '', /the download is empty/],
  ['export', 'a web page', '<!DOCTYPE html><title>Sorry</title>', /the download is a web page/],
  ['export', 'zeros', Buffer.alloc(1e6), /the download is in UTF-16/],
  ['export', 'one line without end', (to) => to.end(Buffer.alloc(15e6, 'a,')), /first line of more than 66 kB/],
  ['export', 'a table of something else', 'a,b\r\n1,2\r\n', /1 rows arrived, but the publisher counts 1000/],
  [
    'catalogue',
    'what unpacks to ten gigabytes',
    (to) => to.writeHead(200, {'content-encoding': 'gzip'}).end(bomb),
    /0 rows arrived, but the publisher counts 1000/,
  ],
  [
    'export',
    'pieces of no size',
    (to) => to.socket?.end('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n'),
    /Invalid character in chunk size/,
  ],
];

test('hostile replies, one after another in one process: each run ends in a sentence, all in twice the memory of a plain one', async (t) => {
  const good = {
    metadata: description,
    count: '[{"count": "1000"}]',
    export: 'a,b\r\n',
    catalogue: '{"results": [], "resultSetSize": 0}',
  };
  const urls = await Promise.all(
    replies.map(([to, , hostile]) =>
      startHost(t, (response, path) => {
        const asked = path.includes('catalog')
          ? 'catalogue'
          : path.includes('count')
            ? 'count'
            : /views\/[^/]+\.json/.test(path)
              ? 'metadata'
              : 'export';
        const reply = asked === to ? hostile : good[asked];
        if (typeof reply === 'function') reply(response);
        else response.end(reply);
      }),
    ),
  );
  const peak = join(makeTemporaryFolder('peak'), 'kilobytes');
  const {stdout} = await promisify(execFile)(process.execPath, [`--import=${preload}`, program, ...urls], {
    env: {...process.env, ROLLCALL_TEST_PEAK: peak},
  });
  const ends = stdout.trim().split('\n');
  assert.equal(ends.length, replies.length);
  for (const [index, [to, name, , says]] of replies.entries()) {
    const end: {name: string; message: string; isPublished: boolean} = JSON.parse(ends[index] ?? '');
    assert.match(end.message, says, `${to}: ${name}`);
    assert.deepEqual([end.name, end.isPublished], ['Failure', false], `${to}: ${name}: ${end.message}`);
    const named = end.message.match(/\(data set \S+\)/g) ?? [];
    assert.deepEqual(named, [...new Set(named)], `${to}: ${name}: ${end.message}`);
  }
  await assertBounded(t, {megabytes: Number(readFileSync(peak, 'utf8')) / 1024}, 2);
});

const files: [name: string, spoil: (lines: string[]) => string | Uint8Array, says: RegExp][] = [
  [
    'a row with 600 surplus cells of 16 kB',
    (lines) => lines.with(88, lines[88] + `,${'x'.repeat(16_000)}`.repeat(600)).join('\r\n'),
    /far more cells than the header has columns: line 89 has 645, the header 45/,
  ],
  [
    '600 surplus cells in each of many rows',
    (lines) => [lines[0], ...Array.from({length: 20_000}, () => lines[88] + ',1'.repeat(600))].join('\r\n'),
    /far more cells than the header has columns: line 2 has 645/,
  ],
  [
    'ten thousand columns',
    (lines) => lines.map((line, index) => line + (index === 0 ? ',n' : ',1').repeat(10_000)).join('\r\n'),
    /has 10045 columns, and a table may have 1000 at most/,
  ],
  ['rows that unpack to ten gigabytes', () => bomb, /is (not a file of|JSON)/],
  [
    'zeros that unpack to a gigabyte',
    (lines) => Buffer.concat([gzipSync(`${lines[0]}\r\n`), makeBomb('\0', 1000)]),
    /zero bytes|UTF-16/,
  ],
  ['one line without end', () => makeBomb('a,', 1000), /first line of more than 66 kB/],
];

for (const [name, spoil, says] of files) {
  test(`a run ends in a sentence, with the memory of a plain one, when a file has ${name}`, async (t) => {
    const space = await makeWorkspace(t);
    space.edit(enrollment, (text) => spoil(text.split('\r\n')));
    const outcome = await measure(['run', '--from', space.folder, '--home', space.home]);
    assert.equal(outcome.code, 1, outcome.stderr);
    assert.match(expectError(outcome), says);
    await assertBounded(t, outcome);
  });
}

test('a pipe that nobody writes to does not hold a run up', async (t) => {
  const space = await makeWorkspace(t);
  execFileSync('mkfifo', [join(space.folder, 'pipe.csv')]);
  const {code, stderr} = await space.run();
  assert.equal(code, 0, stderr);
  assert.match(stderr, /pipe\.csv is passed over: it is a pipe or a device/);
});

test('a query of too many rows is refused, and takes little memory', async (t) => {
  const home = await findPublishedHome();
  const ask = (sql: string, ...more: string[]) => measure(['sql', sql, '--home', home, '--format', 'csv', ...more]);
  const endless = await ask('select * from range(10_000_000_000)');
  assert.equal(endless.code, 2);
  assert.match(expectError(endless), /more than 100,000 rows\. Ask for fewer, allow more with --limit/);
  await assertBounded(t, endless);
  assert.equal((await ask('select * from range(100)', '--limit', '99')).code, 2);
  assert.equal((await ask('select * from range(100)', '--limit', '100')).stdout.split('\n').length, 102);
  const most = await ask('select * from range(100_000)');
  assert.equal(most.stdout.split('\n').length, 100_002);
  assert.equal((await ask('select * from range(5)', '--limit', 'many')).code, 2);
});

test('a result without rows has its columns', async () => {
  const home = await findPublishedHome();
  const none = await rollcall(['sql', 'select 1 as a where false', '--home', home, '--format', 'csv']);
  assert.equal(none.stdout, 'a\n');
});
