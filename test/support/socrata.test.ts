import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {get, type IncomingMessage} from 'node:http';
import {join} from 'node:path';
import {type TestContext, test} from 'node:test';
import {setTimeout as sleep} from 'node:timers/promises';
import {parse} from 'csv-parse/sync';
import {type Socrata, type SocrataOptions, startSocrata} from './socrata.ts';
import {type Dataset, deriveApiName} from './socrata-release.ts';
import {enrollment, sampleFolder} from './workspace.ts';

const id = 'nvpc-yr7b';
const rowsUpdatedAt = 1_650_000_000;

/** Ten schools: one with a line feed and quotation marks in its name, and one without a count. */
const schools = [
  '\uFEFFSchoolCode,School Name,All Students\r\n',
  '0001,"Altair ""High""\nSchool",10\r\n',
  ...[2, 3, 4, 5, 6, 7, 8, 9].map((n) => `000${n},"School, no. ${n}",${n * 10}\r\n`),
  '0010,School no. 10,\r\n',
].join('');

async function start(
  t: TestContext,
  changes: Partial<Dataset> = {},
  options: SocrataOptions = {},
): Promise<Socrata & {file: string; rows: string; view: string; count: string}> {
  const socrata = await startSocrata([{id, name: 'Schools', csv: schools, rowsUpdatedAt, ...changes}], options);
  t.after(() => socrata.close());
  const {url} = socrata;
  return Object.assign(socrata, {
    file: `${url}/api/views/${id}/rows.csv?accessType=DOWNLOAD`,
    rows: `${url}/resource/${id}`,
    view: `${url}/api/views/${id}.json`,
    count: `${url}/resource/${id}.json?$select=count(*)`,
  });
}

type Answer = Record<string, unknown>;

/** Reads the body with its byte order mark, which text() of a `Response` would drop. */
async function text(url: string, init: RequestInit = {}): Promise<string> {
  return Buffer.from(await (await fetch(url, init)).arrayBuffer()).toString();
}

async function jsonOf<T = Answer>(url: string, init: RequestInit = {}): Promise<T> {
  return (await (await fetch(url, init)).json()) as T;
}

/** Sends a request with node:http, which shows raw headers and how much of a body arrived before it ended or broke. */
async function raw(url: string, patience = 1000): Promise<{response: IncomingMessage; body: string; end: string}> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    get(url, {agent: false}, resolve).on('error', reject);
  });
  let body = '';
  const end = await new Promise<string>((resolve) => {
    response.on('data', (piece) => {
      body += piece;
    });
    response.on('end', () => resolve('complete'));
    response.on('error', (error) => resolve('code' in error ? String(error.code) : error.message));
    setTimeout(() => resolve('silent'), patience).unref();
  });
  response.destroy();
  return {response, body, end};
}

test('metadata has both names of each column and the time when the rows changed', async (t) => {
  const {view} = await start(t, {attribution: 'OSPI', license: 'PUBLIC_DOMAIN', apiNames: {'All Students': 'all'}});
  const {columns, ...metadata} = await jsonOf<Answer & {columns: Answer[]}>(view);
  assert.partialDeepStrictEqual(metadata, {
    id,
    name: 'Schools',
    attribution: 'OSPI',
    licenseId: 'PUBLIC_DOMAIN',
    rowsUpdatedAt,
    viewLastModified: rowsUpdatedAt,
  });
  assert.deepEqual(
    columns.map(({name, fieldName, dataTypeName, position}) => [name, fieldName, dataTypeName, position]),
    [
      ['SchoolCode', 'schoolcode', 'text', 1],
      ['School Name', 'school_name', 'text', 2],
      ['All Students', 'all', 'number', 3],
    ],
  );
});

test("derived API names match the publisher's", () => {
  const names = {
    SchoolYear: 'schoolyear',
    'All Students': 'all_students',
    'American Indian/ Alaskan Native': 'american_indian_alaskan_native',
    'Hispanic/ Latino of any race(s)': 'hispanic_latino_of_any_race',
    'Native Hawaiian/ Other Pacific Islander': 'native_hawaiian_other_pacific',
    'Non-English Language Learners': 'non_english_language_learners',
    'Non-Low Income': 'non_low_income',
    'Students without Disabilities': 'students_without_disabilities',
    Foster_Care: 'foster_care',
    DataAsOf: 'dataasof',
    DemographicCategoryType: 'demographiccategorytype',
    MA_Percent: 'ma_percent',
  };
  for (const [display, api] of Object.entries(names)) assert.equal(deriveApiName(display), api);
});

test('the export is the file, byte for byte, in chunks without a total length', async (t) => {
  const {file, requests} = await start(t);
  const {response, body} = await raw(file);
  assert.equal(body, schools);
  assert.equal(response.headers['content-type'], 'text/csv; charset=utf-8');
  assert.equal(response.headers['content-disposition'], 'attachment; filename=Schools.csv');
  assert.equal(response.headers['transfer-encoding'], 'chunked');
  assert.equal(response.headers['content-length'], undefined);
  assert.equal(response.headers['last-modified'], new Date(rowsUpdatedAt * 1000).toUTCString());
  assert.partialDeepStrictEqual(requests, [
    {
      method: 'GET',
      kind: 'export',
      id,
      query: {accessType: 'DOWNLOAD'},
      status: 200,
      bytes: Buffer.byteLength(schools),
    },
  ]);
});

test('a client that accepts gzip gets it, with another entity tag', async (t) => {
  const {file} = await start(t);
  const zipped = await fetch(file, {headers: {'accept-encoding': 'gzip'}});
  assert.equal(zipped.headers.get('content-encoding'), 'gzip');
  assert.equal(Buffer.from(await zipped.arrayBuffer()).toString(), schools);
  const plain = await fetch(file, {headers: {'accept-encoding': 'identity'}});
  assert.equal(plain.headers.get('content-encoding'), null);
  assert.equal(await plain.text(), schools.slice(1));
  assert.equal(zipped.headers.get('etag'), plain.headers.get('etag')?.replace(/"$/, '--gzip"'));
});

test('a data set can be a file on disk', async (t) => {
  const path = join(sampleFolder, enrollment);
  const {file, count, rows} = await start(t, {csv: {file: path}});
  assert.equal(await text(file), readFileSync(path, 'utf8'));
  const records = parse(readFileSync(path), {bom: true, columns: true}) as unknown[];
  assert.deepEqual(await jsonOf(count), [{count: String(records.length)}]);
  const pages = await text(`${rows}.csv?$limit=5000&$order=:id`);
  assert.equal(parse(pages).length - 1, records.length);
});

test('a reply that the client already has is not sent again', async (t) => {
  const {file, view, rows, count, set} = await start(t);
  for (const url of [file, view, `${rows}.csv`, count]) {
    const {headers} = await fetch(url);
    const etag = headers.get('etag') ?? '';
    const modified = headers.get('last-modified') ?? '';
    const status = async (conditions: Record<string, string>) => (await fetch(url, {headers: conditions})).status;
    assert.equal(await status({'if-none-match': etag}), 304);
    assert.equal(await status({'if-none-match': `"another", W/${etag}`}), 304);
    assert.equal(await status({'if-none-match': '"another"', 'if-modified-since': modified}), 200);
    assert.equal(await status({'if-modified-since': modified}), 304);
    assert.equal(await status({'if-modified-since': new Date(0).toUTCString()}), 200);
  }
  const etag = (await fetch(file)).headers.get('etag') ?? '';
  set(id, {csv: schools.replace('0010', '0011')});
  assert.equal((await fetch(file, {headers: {'if-none-match': etag}})).status, 200);
});

test('pages use API names, and CSV quotes every value', async (t) => {
  const {rows} = await start(t);
  const page = await fetch(`${rows}.csv?$limit=2&$offset=8&$order=:id`);
  assert.equal(
    await page.text(),
    '"schoolcode","school_name","all_students"\n"0009","School, no. 9","90"\n"0010","School no. 10",\n',
  );
  assert.equal(page.headers.get('x-soda2-fields'), '["schoolcode","school_name","all_students"]');
  assert.equal(page.headers.get('x-soda2-types'), '["text","text","number"]');
  assert.equal(await text(`${rows}.csv?$offset=10&$order=:id`), '"schoolcode","school_name","all_students"\n');
});

test('JSON has only strings, and omits nulls', async (t) => {
  const {rows} = await start(t);
  assert.deepEqual(await jsonOf(`${rows}.json?$limit=2&$offset=8&$order=:id`), [
    {schoolcode: '0009', school_name: 'School, no. 9', all_students: '90'},
    {schoolcode: '0010', school_name: 'School no. 10'},
  ]);
  assert.deepEqual(await jsonOf(`${rows}.json?$limit=1&$order=:id&$select=all_students, schoolcode`), [
    {all_students: '10', schoolcode: '0001'},
  ]);
  assert.deepEqual(await jsonOf(`${rows}.json?$limit=0`), []);
});

test('a page has 1,000 rows by default', async (t) => {
  const csv = `n\n${Array.from({length: 2345}, (_, n) => `${n}\n`).join('')}`;
  const {rows} = await start(t, {csv});
  assert.equal((await jsonOf<Answer[]>(`${rows}.json?$order=:id`)).length, 1000);
  const third = await jsonOf<Answer[]>(`${rows}.json?$order=:id&$offset=2000`);
  assert.deepEqual([third.length, third.at(-1)], [345, {n: '2344'}]);
  assert.equal((await jsonOf<Answer[]>(`${rows}.json?$order=:id&$limit=50000`)).length, 2345);
});

test('pages tile the data set in order of :id, and overlap without an order', async (t) => {
  for (const limit of [1, 2, 3, 4, 5, 7, 9]) {
    const {rows} = await start(t);
    const paged = async (order: string) => {
      const codes: unknown[] = [];
      for (let offset = 0; offset < 10; offset += limit) {
        const page = await jsonOf<Answer[]>(`${rows}.json?$limit=${limit}&$offset=${offset}${order}`);
        codes.push(...page.map(({schoolcode}) => schoolcode));
      }
      return codes;
    };
    const ordered = await paged('&$order=:id');
    assert.equal(new Set(ordered).size, 10);
    const unordered = await paged('');
    assert.equal(unordered.length, 10);
    assert.ok(new Set(unordered).size < 10, `pages of ${limit}: ${unordered}`);
  }
});

test('a count is one row with a string', async (t) => {
  const {count, rows, requests} = await start(t);
  assert.deepEqual(await jsonOf(count), [{count: '10'}]);
  assert.deepEqual(await jsonOf(`${rows}.json?%24select=count%28%2A%29`), [{count: '10'}]);
  assert.deepEqual(await jsonOf(`${rows}.json?$select=COUNT(*)+AS+n`), [{n: '10'}]);
  assert.equal(await text(`${rows}.csv?$select=count(*)`), '"count"\n"10"\n');
  assert.ok(requests.every(({kind}) => kind === 'count'));
});

test('a last row without a line end counts as a row', async (t) => {
  const {count, rows} = await start(t, {csv: 'code\n0001\n0002'});
  assert.deepEqual(await jsonOf(count), [{count: '2'}]);
  assert.deepEqual(await jsonOf(`${rows}.json?$order=:id&$offset=1`), [{code: '0002'}]);
});

test('errors are JSON, with the status and the envelope of their service', async (t) => {
  const {url, rows} = await start(t);
  const failing = async (address: string, init: RequestInit = {}) => {
    const response = await fetch(address, init);
    return [response.status, await response.json()];
  };
  assert.deepEqual(await failing(`${url}/resource/aaaa-0000.json`), [
    404,
    {code: 'dataset.missing', error: true, message: 'Not found', data: {id: 'aaaa-0000'}},
  ]);
  for (const path of ['aaaa-0000.json', 'aaaa-0000/rows.csv']) {
    assert.deepEqual(await failing(`${url}/api/views/${path}`), [
      404,
      {code: 'not_found', error: true, message: 'Cannot find view with id aaaa-0000'},
    ]);
  }
  assert.partialDeepStrictEqual(await failing(`${rows}.json?$limit=some`), [
    400,
    {code: 'query.compiler.malformed', error: true},
  ]);
  for (const query of ['$order=nothing', '$select=schoolcode,nothing']) {
    assert.partialDeepStrictEqual(await failing(`${rows}.json?${query}`), [
      400,
      {errorCode: 'query.soql.no-such-column', data: {column: 'nothing'}},
    ]);
  }
  assert.deepEqual(await failing(`${rows}.json?burst=1`), [
    400,
    {error: true, message: 'Unrecognized arguments [burst]'},
  ]);
  assert.equal((await failing(`${rows}.json?$where=all_students>10`))[0], 501);
  assert.equal((await failing(`${rows}.json`, {method: 'POST'}))[0], 405);
  assert.equal((await fetch(url)).status, 404);
});

test('only known tokens are accepted, and they lift the throttle', async (t) => {
  const {view, requests} = await start(t, {}, {tokens: ['good'], throttle: {requests: 2, perSeconds: 1}});
  const status = async (headers: Record<string, string> = {}) => (await fetch(view, {headers})).status;
  assert.deepEqual([await status(), await status(), await status()], [200, 200, 429]);
  const throttled = await fetch(view);
  assert.equal(throttled.headers.get('retry-after'), '1');
  assert.equal(((await throttled.json()) as Answer)['error'], true);
  assert.equal(await status({'X-App-Token': 'good'}), 200);
  const refused = await fetch(view, {headers: {'X-App-Token': 'bad'}});
  assert.deepEqual([refused.status, ((await refused.json()) as Answer)['code']], [403, 'permission_denied']);
  await sleep(1000);
  assert.equal(await status(), 200);
  assert.equal(requests.filter((asked) => asked.status === 429).length, 2);
});

test('the throttle can hide how long it lasts', async (t) => {
  const {view} = await start(t, {}, {throttle: {requests: 0, perSeconds: 60, retryAfter: false}});
  const {status, headers} = await fetch(view);
  assert.deepEqual([status, headers.get('retry-after')], [429, null]);
});

test('data sets can be published, republished and withdrawn', async (t) => {
  const {view, file, count, url, set, remove} = await start(t);
  set(id, {csv: 'SchoolCode\n0042\n'});
  assert.equal((await jsonOf(view))['rowsUpdatedAt'], rowsUpdatedAt + 3600);
  assert.equal(await text(file), 'SchoolCode\n0042\n');
  set(id, {rowsUpdatedAt: rowsUpdatedAt + 5});
  assert.equal((await jsonOf(view))['rowsUpdatedAt'], rowsUpdatedAt + 5);
  assert.deepEqual(await jsonOf(count), [{count: '1'}]);
  set('aaaa-0000', {name: 'Another', csv: 'SchoolCode\n'});
  assert.deepEqual(await jsonOf(`${url}/resource/aaaa-0000.json?$select=count(*)`), [{count: '0'}]);
  assert.deepEqual(await jsonOf(`${url}/resource/aaaa-0000.json`), []);
  assert.throws(() => set('aaaa-1111', {name: 'A third'}), /needs its csv/);
  remove(id);
  assert.equal((await fetch(file)).status, 404);
});

test('a paused server refuses connections and cuts open ones', async (t) => {
  const socrata = await start(t);
  socrata.bad({day: 'silence', kind: 'export'});
  const hanging = assert.rejects(fetch(socrata.file), /fetch failed/);
  while (socrata.requests.length === 0) await sleep(5);
  await socrata.pause();
  await hanging;
  await assert.rejects(fetch(socrata.view), ({cause}) => cause.code === 'ECONNREFUSED');
  await socrata.resume();
  assert.equal((await fetch(socrata.view)).status, 200);
});

test('a rule applies to the requests it names, as often as it says', async (t) => {
  const {view, count, file, bad, goodDays} = await start(t);
  const statuses = async () => Promise.all([view, count, file].map(async (url) => (await fetch(url)).status));
  bad({day: 'status', status: 500, kind: 'count', times: 2});
  bad({day: 'status', status: 502, id: 'aaaa-0000', times: 'always'});
  bad({day: 'status', status: 503, match: ({query}) => query['accessType'] === 'DOWNLOAD', times: 'always'});
  assert.deepEqual(await statuses(), [200, 500, 503]);
  assert.deepEqual(await statuses(), [200, 500, 503]);
  assert.deepEqual(await statuses(), [200, 200, 503]);
  goodDays();
  assert.deepEqual(await statuses(), [200, 200, 200]);
  bad({day: 'status', status: 500});
  bad({day: 'status', status: 503});
  assert.equal((await fetch(view)).status, 500);
  assert.equal((await fetch(view)).status, 503);
  assert.equal((await fetch(view)).status, 200);
});

test('a connection can be reset at once or within the body', async (t) => {
  const {file, requests, bad} = await start(t);
  bad({day: 'reset'});
  await assert.rejects(raw(file), {code: 'ECONNRESET'});
  bad({day: 'reset', after: {bytes: 100}});
  const {body, end} = await raw(file);
  assert.deepEqual([Buffer.byteLength(body), end], [100, 'ECONNRESET']);
  bad({day: 'reset', after: {rows: 1}});
  await assert.rejects(text(file), /terminated/);
  assert.deepEqual(
    requests.map(({status, bytes}) => [status, bytes]),
    [
      [undefined, 0],
      [200, 100],
      [200, Buffer.byteLength(schools.slice(0, schools.indexOf('0002')))],
    ],
  );
});

test('silence can begin at once or within the body', async (t) => {
  const {file, bad} = await start(t);
  bad({day: 'silence'});
  await assert.rejects(fetch(file, {signal: AbortSignal.timeout(200)}), {name: 'TimeoutError'});
  bad({day: 'silence', after: {rows: 3}});
  const {response, body, end} = await raw(file, 200);
  assert.deepEqual([response.statusCode, body, end], [200, schools.slice(0, schools.indexOf('0004')), 'silent']);
  bad({day: 'silence', after: {bytes: 0}});
  const headersOnly = await raw(file, 200);
  assert.deepEqual([headersOnly.response.statusCode, headersOnly.body, headersOnly.end], [200, '', 'silent']);
});

test('a slow drip is complete, compressed or not', async (t) => {
  const {file, bad} = await start(t);
  bad({day: 'drip', bytes: 32, everyMs: 10, times: 2});
  for (const encoding of ['identity', 'gzip']) {
    const response = await fetch(file, {headers: {'accept-encoding': encoding}});
    let pieces = 0;
    let bytes = 0;
    for await (const piece of response.body ?? []) {
      pieces += 1;
      bytes += piece.length;
    }
    assert.equal(bytes, Buffer.byteLength(schools));
    assert.ok(pieces > 4, `${pieces} pieces`);
  }
});

test('a 429 can have a wait in seconds, a date, or neither', async (t) => {
  const {view, bad} = await start(t);
  const date = new Date(Date.now() + 2000).toUTCString();
  bad({day: 'status', status: 429, retryAfter: 2});
  bad({day: 'status', status: 429, retryAfter: date});
  bad({day: 'status', status: 429});
  for (const expected of ['2', date, null]) {
    const response = await fetch(view);
    assert.equal(response.status, 429);
    assert.equal(response.headers.get('retry-after'), expected);
    assert.equal(((await response.json()) as Answer)['code'], 'too_many_requests');
  }
});

test('server errors can be JSON or a page for people', async (t) => {
  const {view, bad} = await start(t);
  for (const status of [500, 502, 503]) {
    bad({day: 'status', status});
    const machine = await fetch(view);
    assert.equal(machine.status, status);
    assert.equal(((await machine.json()) as Answer)['error'], true);
    bad({day: 'status', status, html: true});
    const human = await fetch(view);
    assert.equal(human.status, status);
    assert.match(await human.text(), /<html>/);
  }
});

test('a truncated body ends as if it were complete', async (t) => {
  const {file, rows, bad} = await start(t);
  bad({day: 'truncate', after: {bytes: 120}, times: 2});
  const {body, end} = await raw(file);
  assert.deepEqual([Buffer.byteLength(body), end], [120, 'complete']);
  assert.equal(await text(file), body, 'compressed as well');
  bad({day: 'truncate', after: {rows: 4}});
  assert.equal(await text(file), schools.slice(0, schools.indexOf('0005')));
  bad({day: 'truncate', after: {rows: 1}, kind: 'page'});
  assert.equal(parse(await text(`${rows}.csv?$order=:id`)).length, 2);
  bad({day: 'truncate', after: {rows: 10}});
  assert.equal(await text(file), schools);
});

test('a large body is also truncated at the given place', async (t) => {
  const csv = `code\n${Array.from({length: 50_000}, (_, n) => `${100_000 + n}\n`).join('')}`;
  const {file, bad} = await start(t, {csv});
  bad({day: 'truncate', after: {rows: 40_000}});
  assert.equal(await text(file), csv.slice(0, csv.indexOf('140000')));
  bad({day: 'truncate', after: {bytes: 200_001}});
  assert.equal(await text(file), csv.slice(0, 200_001));
});

test('a maintenance page has status 200', async (t) => {
  const {file, bad} = await start(t);
  bad({day: 'html'});
  const response = await fetch(file);
  assert.equal(response.status, 200);
  assert.equal(response.headers.get('content-type'), 'text/html; charset=utf-8');
  assert.match(await response.text(), /maintenance/);
});

test('an empty reply has status 200 and no body', async (t) => {
  const {file, bad} = await start(t);
  bad({day: 'empty'});
  const {response, body, end} = await raw(file);
  assert.deepEqual([response.statusCode, body, end], [200, '', 'complete']);
});

test('a data set can go missing', async (t) => {
  const {view, count, bad} = await start(t);
  bad({day: 'missing', id, times: 2});
  assert.equal((await fetch(view)).status, 404);
  assert.equal((await jsonOf(count))['code'], 'dataset.missing');
  assert.equal((await fetch(view)).status, 200);
});

test('a lying count affects only counts', async (t) => {
  const {view, count, bad} = await start(t);
  bad({day: 'lying-count', by: -3});
  assert.equal((await fetch(view)).status, 200);
  assert.deepEqual(await jsonOf(count), [{count: '7'}]);
  assert.deepEqual(await jsonOf(count), [{count: '10'}]);
});

test('drifted columns change in every reply at once, and return to normal', async (t) => {
  const {view, file, rows, bad, goodDays} = await start(t);
  const etag = (await fetch(file)).headers.get('etag') ?? '';
  bad({
    day: 'drift',
    rename: {'School Name': 'NameOfSchool'},
    drop: ['All Students'],
    add: {DAT: 'none'},
    times: 'always',
  });
  const {columns} = await jsonOf<{columns: Answer[]}>(view);
  assert.deepEqual(
    columns.map(({fieldName}) => fieldName),
    ['schoolcode', 'nameofschool', 'dat'],
  );
  const changed = await fetch(file, {headers: {'if-none-match': etag}});
  assert.equal(changed.status, 200);
  const lines = Buffer.from(await changed.arrayBuffer())
    .toString()
    .split('\r\n');
  assert.deepEqual(
    [lines[0], lines[2], lines.length],
    ['\uFEFFSchoolCode,NameOfSchool,DAT', '0002,"School, no. 2",none', 12],
  );
  assert.deepEqual(await jsonOf(`${rows}.json?$order=:id&$limit=1&$offset=9`), [
    {schoolcode: '0010', nameofschool: 'School no. 10', dat: 'none'},
  ]);
  goodDays();
  assert.equal(await text(file), schools);
});

test('a republish in the middle of an export can end in the old rows or the new', async (t) => {
  const next = schools.replaceAll('School, no.', 'Renamed');
  const before = (csv: string) => csv.slice(0, csv.indexOf('0006'));
  const after = (csv: string) => csv.slice(csv.indexOf('0006'));
  for (const rest of ['old', 'new'] as const) {
    const {file, view, bad} = await start(t);
    bad({day: 'republish', csv: next, rest, kind: 'export'});
    assert.equal((await jsonOf(view))['rowsUpdatedAt'], rowsUpdatedAt);
    assert.equal(await text(file), before(schools) + after(rest === 'old' ? schools : next));
    assert.equal((await jsonOf(view))['rowsUpdatedAt'], rowsUpdatedAt + 3600);
    assert.equal(await text(file), next);
  }
});

test('a republish can come between two pages, or between a page and its count', async (t) => {
  const {rows, view, count, bad} = await start(t);
  bad({day: 'republish', csv: 'SchoolCode\n0042\n', rowsUpdatedAt: rowsUpdatedAt + 7, kind: 'page'});
  assert.equal((await jsonOf<Answer[]>(`${rows}.json?$order=:id&$limit=5`)).length, 5);
  assert.deepEqual(await jsonOf(`${rows}.json?$order=:id&$limit=5&$offset=5`), []);
  assert.deepEqual(await jsonOf(count), [{count: '1'}]);
  assert.equal((await jsonOf(view))['rowsUpdatedAt'], rowsUpdatedAt + 7);
});

test('closing the server ends every open connection', async (t) => {
  const {file, bad, close, requests} = await start(t);
  bad({day: 'silence', times: 'always'});
  const hanging = assert.rejects(fetch(file));
  while (requests.length === 0) await sleep(5);
  await close();
  await hanging;
  await close();
});
