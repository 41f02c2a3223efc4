import assert from 'node:assert/strict';
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {test} from 'node:test';
import {makeHome, switchTo, writeBuild} from './home.ts';
import {requestRaw, startServer} from './server.ts';

const long = '<!doctype html><title>One</title>'.padEnd(4000, 'x');
const site = {
  'index.html': long,
  '404.html': '<title>Nowhere</title>',
  'schools/index.html': '<title>Schools</title>',
  'assets/page.a1b2.js': 'export const one = 1;',
  'data/schools.csv': 'a,b\n',
  'mark.svg': '<svg xmlns="http://www.w3.org/2000/svg"/>',
};

test('without a published build or without a report, a page says so', async (t) => {
  const home = makeHome();
  const {url} = await startServer(t, home);
  assert.match(await (await fetch(url)).text(), /Nothing is published yet/);
  assert.equal((await fetch(`${url}/schools/`)).status, 404);
  writeBuild(home, 'aaaaaaaaaaaa');
  switchTo(home, 'aaaaaaaaaaaa');
  assert.match(await (await fetch(url)).text(), /it has no report/);
});

test('files have their types, folders redirect to a slash, and unknown addresses get the 404 page', async (t) => {
  const home = makeHome();
  writeBuild(home, 'aaaaaaaaaaaa', {site});
  switchTo(home, 'aaaaaaaaaaaa');
  const {url} = await startServer(t, home);
  const types: [string, RegExp][] = [
    ['/', /^text\/html/],
    ['/assets/page.a1b2.js', /^text\/javascript/],
    ['/data/schools.csv', /^text\/csv/],
    ['/mark.svg', /^image\/svg\+xml/],
  ];
  for (const [path, type] of types) {
    const response = await fetch(url + path);
    assert.equal(response.status, 200, path);
    assert.match(response.headers.get('content-type') ?? '', type, path);
    assert.equal(response.headers.get('x-content-type-options'), 'nosniff');
    await response.text();
  }
  const bare = await fetch(`${url}/schools`, {redirect: 'manual'});
  assert.deepEqual([bare.status, bare.headers.get('location')], [301, '/schools/']);
  assert.match(await (await fetch(`${url}/schools/`)).text(), /Schools/);
  const missing = await fetch(`${url}/nothing/here`);
  assert.deepEqual([missing.status, await missing.text()], [404, '<title>Nowhere</title>']);
});

test('replies have entity tags, caching and compression, and HEAD works', async (t) => {
  const home = makeHome();
  writeBuild(home, 'aaaaaaaaaaaa', {site});
  switchTo(home, 'aaaaaaaaaaaa');
  const {url} = await startServer(t, home);
  const plain = await fetch(url, {headers: {'accept-encoding': 'identity'}});
  const etag = plain.headers.get('etag') ?? '';
  assert.equal((await plain.text()).length, 4000);
  assert.match(etag, /^"/);
  assert.equal(plain.headers.get('cache-control'), 'no-cache');
  const again = await fetch(url, {headers: {'if-none-match': etag, 'accept-encoding': 'identity'}});
  assert.deepEqual([again.status, await again.text()], [304, '']);
  const zipped = await fetch(url, {headers: {'accept-encoding': 'gzip'}});
  assert.equal(zipped.headers.get('content-encoding'), 'gzip');
  assert.equal(await zipped.text(), long, 'the same text once unpacked');
  const head = await fetch(url, {method: 'HEAD', headers: {'accept-encoding': 'identity'}});
  assert.deepEqual([head.status, head.headers.get('content-length'), head.headers.get('etag')], [200, '4000', etag]);
  const hashed = await fetch(`${url}/assets/page.a1b2.js`);
  assert.match(hashed.headers.get('cache-control') ?? '', /immutable/);
  await hashed.text();
});

test('a newly published build is served at once, and entity tags of the old build no longer match', async (t) => {
  const home = makeHome();
  writeBuild(home, 'aaaaaaaaaaaa', {site});
  writeBuild(home, 'bbbbbbbbbbbb', {site: {'index.html': '<title>Two</title>'}});
  switchTo(home, 'aaaaaaaaaaaa');
  const {url} = await startServer(t, home);
  const etag = (await fetch(url)).headers.get('etag') ?? '';
  switchTo(home, 'bbbbbbbbbbbb');
  const after = await fetch(url, {headers: {'if-none-match': etag}});
  assert.deepEqual([after.status, await after.text()], [200, '<title>Two</title>']);
});

test('no spelling of a path reaches files outside the report', async (t) => {
  const home = makeHome();
  writeBuild(home, 'aaaaaaaaaaaa', {site});
  switchTo(home, 'aaaaaaaaaaaa');
  writeFileSync(join(home.folder, 'operations.token'), 'secret-secret-secret');
  const {url} = await startServer(t, home);
  const paths = [
    '/../manifest.json',
    '/../../../operations.token',
    '/%2e%2e/manifest.json',
    '/%2e%2e%2f%2e%2e%2f%2e%2e%2foperations.token',
    '/..%5cmanifest.json',
    '/..\\manifest.json',
    '/schools/../../manifest.json',
    '/schools/..%2f..%2fmanifest.json',
    '//manifest.json',
    '/%00',
    '/%252e%252e/manifest.json',
    '/operations/..%2f..%2fmanifest.json',
  ];
  for (const path of paths) {
    const {status, body} = await requestRaw(url, path);
    assert.ok(status === 404 || status === 400, `${path}: ${status}`);
    assert.doesNotMatch(body, /secret|builtAt/, path);
  }
  assert.equal((await fetch(url, {method: 'POST'})).status, 404, 'the report is read-only');
});

test("pages of other sites may read the report's API, on a private server too, and nothing else of the server", async (t) => {
  const home = makeHome();
  writeBuild(home, 'aaaaaaaaaaaa', {site: {...site, 'api/v1/schools.json': '{"schools":[]}'}});
  switchTo(home, 'aaaaaaaaaaaa');
  const {url} = await startServer(t, home, {isPrivate: true});
  const get = async (path: string, method = 'GET') => {
    const response = await fetch(url + path, {method, headers: {origin: 'https://elsewhere.example'}});
    await response.text();
    return [response.status, response.headers.get('access-control-allow-origin')];
  };
  assert.deepEqual(await get('/api/v1/schools.json'), [200, '*']);
  assert.deepEqual(await get('/api/v1/schools.json', 'OPTIONS'), [204, '*']);
  assert.deepEqual(await get('/api/v1/nothing.json'), [404, '*']);
  for (const path of [
    '/api/history',
    '/api/v1/../history',
    '/api/v1/%2e%2e/history',
    '/api/v10/schools.json',
    '/metrics',
  ])
    assert.deepEqual(await get(path), [401, null], path);
  for (const path of ['/', '/data/schools.csv']) assert.deepEqual(await get(path), [200, null], path);
  const {headers} = await fetch(`${url}/api/v1/schools.json`);
  assert.deepEqual([headers.get('content-type'), headers.get('cache-control')], ['application/json', 'no-cache']);
});
