import assert from 'node:assert/strict';
import {once} from 'node:events';
import {statSync} from 'node:fs';
import {readFile} from 'node:fs/promises';
import {createServer, type ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';
import {join} from 'node:path';
import {after, before, type TestContext, test} from 'node:test';
import {gzipSync} from 'node:zlib';
import {parse} from 'csv-parse/sync';
import {type Client, createClient, defaultPatience, Unreachable} from '../../src/fetch/http.ts';
import {countEach, countRows, downloadExport, downloadPages, readMetadata} from '../../src/fetch/socrata.ts';
import type {Socrata} from '../support/socrata.ts';
import {startState} from '../support/state.ts';
import {makeTemporaryFolder} from '../support/temporary.ts';

const id = 'nvpc-yr7b';
let state: Socrata;
let client: Client;
before(async () => {
  state = await startState();
  client = await createClient(state, {...defaultPatience, backoff: 10, silence: 1000});
});
after(async () => {
  await client.close();
  await state.close();
});

const read = async (path: string) => parse(await readFile(path, 'utf8'), {bom: true}) as string[][];

test('pages of any size add up to the rows of the export, each once and in order', async () => {
  const folder = makeTemporaryFolder('pages');
  const exported = join(folder, 'export.csv');
  await downloadExport(client, id, exported, 374);
  const [, ...rows] = await read(exported);
  assert.equal(await countRows(client, id), rows.length);
  // 374 rows: pages that divide them evenly, pages that do not, one row a page, and one page for all.
  for (const size of [187, 100, 373, 374, 50_000]) {
    state.requests.length = 0;
    const paged = join(folder, `pages-${size}.csv`);
    await downloadPages(client, id, paged, rows.length, {pageSize: size});
    const [header, ...cells] = await read(paged);
    assert.equal(header?.[13], 'all_students', 'headers of pages are API names');
    assert.deepEqual(
      cells.map((row) => row[13]),
      rows.map((row) => row[13]),
      String(size),
    );
    assert.equal(cells.length, rows.length);
    assert.equal(state.requests.filter(({kind}) => kind === 'page').length, Math.ceil(rows.length / size));
  }
});

test('a page that breaks off is requested again, without duplicate rows', async () => {
  const path = join(makeTemporaryFolder('pages'), 'pages.csv');
  state.bad({day: 'reset', after: {rows: 30}, kind: 'page', match: ({query}) => query['$offset'] === '100', id});
  await downloadPages(client, id, path, 374, {pageSize: 100});
  assert.equal((await read(path)).length, 375);
});

test('the description has the time of the last change and the license', async () => {
  assert.deepEqual(await readMetadata(client, id), {
    name: 'Report Card Enrollment 2020-21 School Year',
    rowsUpdatedAt: 1_640_000_000,
    license: {id: 'PUBLIC_DOMAIN', name: 'PUBLIC_DOMAIN'},
  });
});

test('a data set without rows still has a header', async () => {
  const path = join(makeTemporaryFolder('pages'), 'pages.csv');
  await downloadPages(client, id, path, 0, {pageSize: 100});
  assert.equal((await read(path))[0]?.[13], 'all_students');
});

test('an export that has not changed is not downloaded again', async () => {
  const path = join(makeTemporaryFolder('export'), 'export.csv');
  const first = await downloadExport(client, id, path, 374);
  assert.ok(first !== 'unchanged' && first.etag !== null);
  state.requests.length = 0;
  assert.equal(await downloadExport(client, id, join(path, 'nowhere'), 374, {etag: first.etag}), 'unchanged');
  assert.deepEqual(
    state.requests.map(({status}) => status),
    [304],
  );
  const other = await downloadExport(client, id, path, 374, {etag: '"other"'});
  assert.deepEqual(other, first);
});

test('a web page with status 200 is not taken for data', async () => {
  const impatient = await createClient(state, {...defaultPatience, retries: 0});
  state.bad({day: 'html', id, times: 'always'});
  const path = join(makeTemporaryFolder('export'), 'export.csv');
  for (const asked of [
    () => downloadExport(impatient, id, path, 374),
    () => downloadPages(impatient, id, path, 10),
    () => readMetadata(impatient, id),
    () => countRows(impatient, id),
  ]) {
    await assert.rejects(asked(), (error) => {
      assert.ok(error instanceof Unreachable);
      assert.match(error.message, /web page/);
      return true;
    });
  }
  state.goodDays();
  await impatient.close();
});

/** Starts a host that answers everything with this body, and counts the requests. */
async function startHost(t: TestContext, reply: (response: ServerResponse, path: string) => void) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    reply(response, request.url ?? '');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const own = await createClient({url}, {...defaultPatience, retries: 0});
  t.after(async () => {
    await own.close();
    server.closeAllConnections();
    server.close();
  });
  return {own, asked};
}

const unpacksLarge = gzipSync(Buffer.alloc(1e8, '[1,'));
const bomb = (response: ServerResponse) => response.writeHead(200, {'content-encoding': 'gzip'}).end(unpacksLarge);
const endless = (status: number) => (response: ServerResponse) => {
  response.writeHead(status);
  const piece = Buffer.alloc(1 << 16, 'x');
  const more = () => {
    while (response.writable && response.write(piece));
    if (response.writable) response.once('drain', more);
  };
  more();
};

test('a reply that is far too long ends the request soon, compressed or endless, well or in error', async (t) => {
  const path = join(makeTemporaryFolder('bounds'), 'x.csv');
  for (const reply of [bomb, endless(200)]) {
    const {own} = await startHost(t, reply);
    await assert.rejects(readMetadata(own, id), /answered with more than 8000000 bytes, far more than was asked for/);
    await assert.rejects(countRows(own, id), /more than 8000000 bytes/);
    await assert.rejects(downloadExport(own, id, path, 10), /more than 1760000 bytes/);
    await assert.rejects(downloadPages(own, id, path, 10, {pageSize: 10}), /more than 1760000 bytes/);
    assert.ok(statSync(path).size < 2e6);
  }
  const {own} = await startHost(t, endless(500));
  await assert.rejects(readMetadata(own, id), /it answered 500/);
});

test('pages end when the publisher counts more rows than it has', async (t) => {
  const path = join(makeTemporaryFolder('bounds'), 'x.csv');
  const {own, asked} = await startHost(t, (response, url) =>
    response.end(/offset=0/.test(url) ? 'a,b\n1,2\n' : 'a,b\n'),
  );
  await downloadPages(own, id, path, 1e9, {pageSize: 1});
  assert.equal(asked.length, 2);
});

test('a number or a date that can not be is refused by name', async (t) => {
  let body = '';
  const {own} = await startHost(t, (response) => response.end(body));
  for (const time of ['1640000000000', '1e300', '-1', '1.5', '1e999']) {
    body = `{"name": "x", "rowsUpdatedAt": ${time}}`;
    await assert.rejects(readMetadata(own, id), /instead of what was asked for \(rowsUpdatedAt: /, time);
  }
  for (const none of [
    '{"name": "x"}',
    ...['null', '"2021-12-20"'].map((time) => `{"name": "x", "rowsUpdatedAt": ${time}}`),
  ]) {
    body = none;
    assert.deepEqual(await readMetadata(own, id), {name: 'x', rowsUpdatedAt: null});
  }
  body = '{"name": "x", "rowsUpdatedAt": 1640000000, "columns": []}';
  await assert.rejects(readMetadata(own, id), /described without columns/);
  for (const rows of ['"-1"', '"1e300"', '"x"', '""', 'null', 'true', '1.5', '-3', '"9999999999"']) {
    body = `[{"count": ${rows}}]`;
    await assert.rejects(countRows(own, id), /instead of what was asked for \(0\.count: /, rows);
  }
  body = '[{"count": "374"}]';
  assert.equal(await countRows(own, id), 374);
  for (body of ['[["374"]]', '[{"count": "374"}, {"count": "375"}]']) {
    await assert.rejects(countRows(own, id), /instead of what was asked for/, body);
  }
  for (body of ['[{"school_year": "2020-21"}]', '[{"school_year": "2020-21", "rows": "many"}]', '[["2020-21", "9"]]']) {
    await assert.rejects(countEach(own, id, 'school_year'), /instead of what was asked for \(0\.rows: /, body);
  }
  body = '[{"school_year": "2020-21", "rows": "9"}, {"rows": 1}]';
  assert.deepEqual(
    [...(await countEach(own, id, 'school_year'))],
    [
      ['2020-21', 9],
      ['', 1],
    ],
  );
  body = `[{"count": "${'x'.repeat(1e5)}"}]`;
  await assert.rejects(countRows(own, id), ({message}: Error) => /"x{50,60}…/.test(message) && message.length < 500);
  body = '{"name": "x", "rowsUpdatedAt": 1640000000, "license": {"name": "y", "termsLink": "javascript:alert(1)"}}';
  assert.deepEqual(await readMetadata(own, id), {name: 'x', rowsUpdatedAt: 1_640_000_000, license: {name: 'y'}});
  body = '{"name": "x", "license": {"termsLink": " HTTPS://example.org/terms"}}';
  assert.deepEqual(await readMetadata(own, id), {
    name: 'x',
    rowsUpdatedAt: null,
    license: {url: 'HTTPS://example.org/terms'},
  });
});
