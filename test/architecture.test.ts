import assert from 'node:assert/strict';
import {readdir, readFile} from 'node:fs/promises';
import {dirname, join, relative} from 'node:path';
import {test} from 'node:test';
import {projectFolder} from '../src/runs/home.ts';

/** Which rooms of src/ a room may use. What is missing here is what keeps the rooms apart. */
const arrows: Record<string, string[]> = {
  cli: ['publish', 'answers', 'report', 'runs', 'serve', 'notices', 'ingest', 'sources', 'warehouse'],
  publish: ['answers', 'sources', 'warehouse'],
  serve: ['notices', 'runs', 'sources'],
  notices: ['runs'],
  answers: ['sources', 'warehouse'],
  report: ['answers', 'warehouse'],
  runs: ['answers', 'fetch', 'report', 'ingest', 'sources', 'warehouse'],
  fetch: [],
  ingest: ['sources', 'warehouse'],
  sources: [],
  warehouse: [],
};

async function modules(): Promise<{path: string; room: string; imports: string[]}[]> {
  const source = join(projectFolder, 'src');
  const entries = await readdir(source, {recursive: true, withFileTypes: true});
  return Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map(async (entry) => {
        const path = join(entry.parentPath, entry.name);
        const text = await readFile(path, 'utf8');
        const imports = [...text.matchAll(/from '(\.[^']+)'/g)].map(([, target]) =>
          join(dirname(path), String(target)),
        );
        return {
          path: relative(source, path),
          room: relative(source, dirname(path)),
          imports: imports.map((target) => relative(source, target)),
        };
      }),
  );
}

test('rooms use only the rooms below them', async () => {
  for (const {path, room, imports} of await modules()) {
    for (const target of imports) {
      const other = dirname(target);
      if (room === '' || other === '.' || other === room || target.startsWith('..')) continue;
      assert.ok(arrows[room]?.includes(other), `src/${path} imports src/${target}`);
    }
  }
});

test('every room is drawn', async () => {
  const rooms = new Set((await modules()).map(({room}) => room).filter((room) => room !== ''));
  assert.deepEqual([...rooms].sort(), Object.keys(arrows).sort());
});

test('the warehouse knows nothing of the publisher, and sources nothing of DuckDB', async () => {
  for (const {path, room} of await modules()) {
    const text = await readFile(join(projectFolder, 'src', path), 'utf8');
    if (room === 'warehouse') assert.doesNotMatch(text, /ospi/i, path);
    if (room === 'sources') assert.doesNotMatch(text, /duckdb|select /i, path);
  }
});

test('only a run and its command make the report, and nothing below them knows of its pages', async () => {
  for (const {path, room, imports} of await modules()) {
    const text = await readFile(join(projectFolder, 'src', path), 'utf8');
    if (room === 'runs' || room === 'cli') continue;
    assert.ok(!imports.some((target) => target.startsWith('../site/')), `src/${path} imports a page of the report`);
    assert.doesNotMatch(text, /import\('[^']*\/site\/build\.ts'\)/, path);
  }
});
