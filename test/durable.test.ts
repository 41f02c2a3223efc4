import assert from 'node:assert/strict';
import fs from 'node:fs';
import {syncBuiltinESMExports} from 'node:module';
import {basename, dirname, join} from 'node:path';
import {type TestContext, test} from 'node:test';
import {buildFrom} from './support/pipeline.ts';
import {now, old, replaceWith} from './support/replace-at.ts';
import {makeTemporaryFolder} from './support/temporary.ts';

/** What must be on disk before something else is renamed, so that a machine that goes down leaves the old or the new. */

const skip = process.platform === 'win32' ? 'Windows syncs folders by itself' : false;

/** Records what is synced (`sync PATH`) and renamed (`name PATH`, and where from) while work goes on. */
async function record(t: TestContext, work: () => Promise<unknown>) {
  const done: {act: 'sync' | 'name'; path: string; from?: string}[] = [];
  const {open, rename} = fs.promises;
  const mocks = [
    t.mock.method(fs.promises, 'open', async (...args: Parameters<typeof open>) => {
      const file = await open(...args);
      const sync = file.sync.bind(file);
      file.sync = () => {
        done.push({act: 'sync', path: String(args[0])});
        return sync();
      };
      return file;
    }),
    t.mock.method(fs.promises, 'rename', (from: string, path: string) => {
      done.push({act: 'name', path, from});
      return rename(from, path);
    }),
  ];
  syncBuiltinESMExports();
  await work();
  for (const {mock} of mocks) mock.restore();
  syncBuiltinESMExports();
  return {
    done,
    /** Returns when something was done last. */
    at: (act: 'sync' | 'name', path: string) => {
      const place = done.findLastIndex((each) => each.act === act && each.path === path);
      assert.notEqual(place, -1, `${act} ${path}`);
      return place;
    },
  };
}

test('the pages of a folder are on disk before they get their names, and all of them before the marker', {
  skip,
}, async (t) => {
  const folder = makeTemporaryFolder('durable');
  await replaceWith(folder, old);
  const {done, at} = await record(t, () => replaceWith(folder, now));
  const marker = at('name', join(folder, 'made.json'));
  for (const [place, {act, path, from}] of done.entries()) {
    if (act !== 'name') continue;
    assert.ok(at('sync', String(from)) < place, path);
    if (place < marker) assert.ok(at('sync', dirname(path)) > place, path);
  }
  for (const within of ['assets', 'swap']) assert.ok(at('sync', join(folder, within)) < marker, within);
  assert.equal(done.filter(({act}) => act === 'name').at(-1)?.path, join(folder, 'made.json'));
  assert.ok(at('sync', folder) > marker);
});

test('the files of a build, and its folder, are on disk before it is published, and its warehouse is read-only', {
  skip,
}, async (t) => {
  const home = makeTemporaryFolder('durable');
  const {done, at} = await record(t, async () => (await buildFrom('sample', home)).close());
  const published = at('name', join(home, 'published'));
  const build = done.find(({path}) => path.startsWith(join(home, 'builds')) && /^[0-9a-f]{12}$/.test(basename(path)));
  const [path, from] = [build?.path ?? '', build?.from ?? ''];
  for (const name of ['warehouse.duckdb', 'manifest.json', 'raw', ''])
    assert.ok(at('sync', join(from, name)) < at('name', path), name);
  assert.ok(at('name', path) < at('sync', join(home, 'builds')) && at('sync', join(home, 'builds')) < published);
  assert.ok(at('sync', home) > published);
  const parquet = done.filter(({act, path: to}) => act === 'name' && to.endsWith('.parquet'));
  assert.ok(parquet.length > 10);
  for (const each of parquet) assert.ok(at('sync', String(each.from)) < done.indexOf(each), each.path);
  assert.equal(fs.statSync(join(path, 'warehouse.duckdb')).mode & 0o222, 0);
});
