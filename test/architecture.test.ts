import assert from 'node:assert/strict';
import {readdir, readFile} from 'node:fs/promises';
import {dirname, join, normalize, relative, sep} from 'node:path';
import {test} from 'node:test';
import {projectFolder} from '../src/project-folder.ts';
import {sources} from '../src/sources/sources.ts';

/** The rooms of src/, from the top down. A room may use those below it; what it must not use of them stands in `apart`. */
const rooms = [
  'cli',
  'serve',
  'notices',
  'runs',
  'changes',
  'incoming',
  'builds',
  'ledger',
  'site',
  'report',
  'export',
  'answers',
  'ingest',
  'fetch',
  'sources',
  'lineage',
  'dbt/run',
  'dbt/graph',
  'dbt/project',
  'dbt/jinja',
  'duckdb',
  'words',
  'root',
];

/** Rooms that know nothing of others, though these are below them. Only a run and its command make the report. */
const apart: Record<string, string[]> = {
  changes: ['site'],
  incoming: ['site'],
  builds: ['site'],
  ledger: ['site'],
  serve: [
    'site',
    'changes',
    'report',
    'export',
    'answers',
    'ingest',
    'fetch',
    'lineage',
    'dbt/run',
    'dbt/graph',
    'dbt/project',
  ],
  notices: ['site', 'changes', 'builds', 'report', 'export', 'answers', 'ingest', 'fetch'],
  report: ['export', 'ingest', 'fetch'],
  site: ['export', 'ingest', 'fetch', 'sources', 'dbt/run'],
  export: ['ingest', 'fetch'],
  answers: ['ingest', 'fetch'],
  ingest: ['fetch', 'lineage', 'dbt/run', 'dbt/graph', 'dbt/project'],
  fetch: ['sources', 'lineage', 'dbt/run', 'dbt/graph', 'dbt/project', 'duckdb', 'words'],
  sources: ['lineage', 'dbt/run', 'dbt/graph', 'dbt/project', 'duckdb'],
  'dbt/run': ['words'],
  'dbt/graph': ['words'],
  'dbt/project': ['words', 'duckdb'],
  'dbt/jinja': ['words', 'duckdb'],
};

/** How every source calls what says which organization and school year a row is of. */
const sharedColumns = [
  'school_year',
  'organization_level',
  'district_code',
  'district_name',
  'school_code',
  'school_name',
];

interface Module {
  /** Relative to the project's folder, with slashes. */
  path: string;
  room: string;
  text: string;
  imports: string[];
}

function roomOf(path: string): string {
  const [top, ...rest] = path.split('/');
  if (top === 'site') return 'site';
  if (top !== 'src') return `(${top})`;
  const folder = dirname(rest.join('/'));
  return folder === '.' ? 'root' : folder;
}

/** Every module of src/ and site/, with what it imports: types and dynamic imports too. */
async function readModules(): Promise<Module[]> {
  const found: Module[] = [];
  for (const folder of ['src', 'site']) {
    const entries = await readdir(join(projectFolder, folder), {recursive: true, withFileTypes: true});
    for (const entry of entries) {
      if (!entry.isFile() || !/\.(ts|js)$/.test(entry.name)) continue;
      const file = join(entry.parentPath, entry.name);
      const text = await readFile(file, 'utf8');
      const targets = text.matchAll(/\b(?:from|import)\s*\(?\s*'(\.[^']+)'/g);
      const path = relative(projectFolder, file).split(sep).join('/');
      found.push({
        path,
        room: roomOf(path),
        text,
        imports: [...targets].map(([, target]) =>
          relative(projectFolder, normalize(join(dirname(file), String(target))))
            .split(sep)
            .join('/'),
        ),
      });
    }
  }
  return found;
}

const modules = await readModules();

test('every room stands in the list, and nothing else does', () => {
  assert.deepEqual([...new Set(modules.map(({room}) => room))].sort(), [...rooms].sort());
});

test('an arrow goes down, never up', () => {
  for (const {path, room, imports} of modules) {
    for (const target of imports) {
      const other = roomOf(target);
      if (other === room || target.startsWith('docs/')) continue;
      assert.ok(rooms.indexOf(other) > rooms.indexOf(room), `${path} imports ${target}`);
      assert.ok(!apart[room]?.includes(other), `${path} imports ${target}`);
    }
  }
});

test('no module imports itself in a circle', () => {
  const byPath = new Map(modules.map((module) => [module.path, module]));
  const done = new Set<string>();
  const visit = (path: string, trail: string[]) => {
    const at = trail.indexOf(path);
    assert.equal(at, -1, `a circle: ${[...trail.slice(at), path].join(' -> ')}`);
    if (done.has(path)) return;
    for (const target of byPath.get(path)?.imports ?? []) visit(target, [...trail, path]);
    done.add(path);
  };
  for (const {path} of modules) visit(path, []);
});

test('a room has about fifteen files at most, but for the commands, one file each', () => {
  const written = modules.filter(({path}) => path.endsWith('.ts'));
  for (const [room, of] of Map.groupBy(written, ({room}) => room)) {
    if (room === 'cli' || room === 'site') continue;
    assert.ok(of.length <= 17, `src/${room} has ${of.length} files`);
  }
});

/** Names of columns that a source gives itself. What every source calls the same is ingestion's own vocabulary. */
const ownColumns = sources
  .flatMap(({columns, pivot}) => [...columns.map(({id}) => id), pivot?.labelColumn, pivot?.countColumn])
  .filter((id) => id?.includes('_') && !sharedColumns.includes(id));

test('ingest, dbt, duckdb and runs name no publisher and no column of one, and sources know nothing of DuckDB', () => {
  for (const {path, room, text} of modules) {
    if (['ingest', 'duckdb', 'runs'].includes(room) || room.startsWith('dbt/')) {
      assert.doesNotMatch(text, /ospi|road.?map|data\.wa\.gov/i, path);
      for (const column of ownColumns) assert.doesNotMatch(text, new RegExp(`\\b${column}\\b`), path);
    }
    if (room === 'sources') assert.doesNotMatch(text, /duckdb|select /i, path);
  }
});
