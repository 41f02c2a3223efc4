import assert from 'node:assert/strict';
import {readdir, readFile} from 'node:fs/promises';
import {dirname, join, normalize, relative, sep} from 'node:path';
import {test} from 'node:test';
import {projectFolder} from '../src/project-folder.ts';
import {sources} from '../src/sources/sources.ts';

/** The rooms of src/, from the top down. A room may import from those below it, except what `apart` forbids. */
const rooms = [
  'cli',
  'serve',
  'serve/pages',
  'doctor',
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

/** Rooms that the server uses through commands only, each in a process of its own. */
const behindCommands = [
  'doctor',
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
];

/** Rooms that must not import certain rooms below them. Only a run and its command make the report. */
const apart: Record<string, string[]> = {
  changes: ['site'],
  incoming: ['site'],
  builds: ['site'],
  ledger: ['site'],
  serve: behindCommands,
  'serve/pages': behindCommands,
  doctor: [
    'site',
    'notices',
    'changes',
    'report',
    'export',
    'answers',
    'lineage',
    'dbt/run',
    'dbt/graph',
    'dbt/project',
  ],
  notices: ['site', 'changes', 'builds', 'report', 'export', 'answers', 'ingest', 'fetch'],
  report: ['export', 'ingest', 'fetch'],
  site: ['ingest', 'fetch', 'sources', 'dbt/run'],
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

/** The columns that name the organization and the school year of a row, under the same name in every source. */
const sharedColumns = [
  'school_year',
  'organization_level',
  'district_code',
  'district_name',
  'school_code',
  'school_name',
];

interface Module {
  /** Relative to the project folder, with slashes. */
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

/** Reads every module of src/ and site/ with its imports, including types and dynamic imports. */
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

test('the list of rooms has every folder of src/ and nothing else', () => {
  assert.deepEqual([...new Set(modules.map(({room}) => room))].sort(), [...rooms].sort());
});

test('a room imports only from rooms below it', () => {
  for (const {path, room, imports} of modules) {
    for (const target of imports) {
      const other = roomOf(target);
      if (other === room || target.startsWith('docs/')) continue;
      assert.ok(rooms.indexOf(other) > rooms.indexOf(room), `${path} imports ${target}`);
      assert.ok(!apart[room]?.includes(other), `${path} imports ${target}`);
    }
  }
});

test('there are no circular imports', () => {
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

test('a room has seventeen files at most, except the commands, which have one file each', () => {
  const written = modules.filter(({path}) => path.endsWith('.ts'));
  for (const [room, of] of Map.groupBy(written, ({room}) => room)) {
    if (room === 'cli' || room === 'site') continue;
    assert.ok(of.length <= 17, `src/${room} has ${of.length} files`);
  }
});

/** Finds the column names of a single source. Names that every source has are ingestion's own vocabulary. */
const ownColumns = sources
  .flatMap(({columns, pivot}) => [...columns.map(({id}) => id), pivot?.labelColumn, pivot?.countColumn])
  .filter((id) => id?.includes('_') && !sharedColumns.includes(id));

test("ingest, dbt, duckdb and runs name no publisher and none of a publisher's columns, and sources do not mention DuckDB", () => {
  for (const {path, room, text} of modules) {
    if (['ingest', 'duckdb', 'runs'].includes(room) || room.startsWith('dbt/')) {
      assert.doesNotMatch(text, /ospi|road.?map|data\.wa\.gov/i, path);
      for (const column of ownColumns) assert.doesNotMatch(text, new RegExp(`\\b${column}\\b`), path);
    }
    if (room === 'sources') assert.doesNotMatch(text, /duckdb|select /i, path);
  }
});

test('files are renamed, and paths within a folder written, by the functions that know Windows', () => {
  // A link's own target, which Windows never has.
  const excepted: Record<string, string[]> = {relative: ['src/builds/publish.ts']};
  for (const {path, text} of modules) {
    if (path === 'src/files.ts') continue;
    const imports = [...text.matchAll(/^import \{([^}]*)\} from 'node:(?:fs\/promises|path)';/gm)].join(' ');
    for (const name of ['rename', 'relative'])
      if (!excepted[name]?.includes(path)) assert.doesNotMatch(imports, new RegExp(`\\b${name}\\b`), path);
  }
});
