import assert from 'node:assert/strict';
import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {after, before, test} from 'node:test';
import {parse} from 'csv-parse/sync';
import {type Client, createClient, defaultPatience, Unreachable} from '../../src/fetch/http.ts';
import {countRows, downloadExport, downloadPages, readMetadata} from '../../src/fetch/socrata.ts';
import type {Socrata} from '../support/socrata.ts';
import {startState} from '../support/state.ts';
import {makeTemporaryFolder} from '../support/temporary.ts';

const id = 'nvpc-yr7b';
let state: Socrata;
let client: Client;
before(async () => {
  state = await startState();
  client = await createClient(state.url, undefined, {...defaultPatience, backoff: 10, silence: 1000});
});
after(async () => {
  await client.close();
  await state.close();
});

const read = async (path: string) => parse(await readFile(path, 'utf8'), {bom: true}) as string[][];

test('pages of any size add up to the rows of the export, each once and in order', async () => {
  const folder = makeTemporaryFolder('pages');
  const exported = join(folder, 'export.csv');
  await downloadExport(client, id, exported);
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
  const first = await downloadExport(client, id, path);
  assert.ok(first !== 'unchanged' && first.etag !== null);
  state.requests.length = 0;
  assert.equal(await downloadExport(client, id, join(path, 'nowhere'), {etag: first.etag}), 'unchanged');
  assert.deepEqual(
    state.requests.map(({status}) => status),
    [304],
  );
  const other = await downloadExport(client, id, path, {etag: '"other"'});
  assert.deepEqual(other, first);
});

test('a web page with status 200 is not taken for data', async () => {
  const impatient = await createClient(state.url, undefined, {...defaultPatience, retries: 0});
  state.bad({day: 'html', id, times: 'always'});
  const path = join(makeTemporaryFolder('export'), 'export.csv');
  for (const asked of [
    () => downloadExport(impatient, id, path),
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
