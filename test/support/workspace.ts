import assert from 'node:assert/strict';
import {createHash} from 'node:crypto';
import {cpSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {TestContext} from 'node:test';
import {fileURLToPath} from 'node:url';
import {answers} from '../../src/answers/answers.ts';
import {ask} from '../../src/answers/ask.ts';
import {requirePublished} from '../../src/builds/published.ts';
import {type Database, open, type Row} from '../../src/duckdb/database.ts';
import {locateHome} from '../../src/home.ts';
import {type Outcome, rollcall} from './command.ts';
import {makeSharedFolder} from './shared.ts';
import {readList, readSheet, type Sheet, writeSheet} from './sheet.ts';

export const sampleFolder = fileURLToPath(new URL('../../sample/files/', import.meta.url));
export const enrollment = 'Report_Card_Enrollment_2020-21_School_Year.csv';
export const teachers = 'Report_Card_Teacher_Demographics_2020-21_School_Year.csv';
export const list = 'SampleSchoolList.txt';

/** A folder of three files, a home directory that has published them, and functions for both. Removed after the test. */
export interface Workspace {
  /** The parent of both, and of nothing else. */
  root: string;
  folder: string;
  home: string;
  read(name: string): string;
  write(name: string, contents: string | Uint8Array): void;
  remove(name: string): void;
  /** Rewrites a file with its text spoiled. */
  edit(name: string, change: (text: string) => string | Uint8Array): void;
  /** Rewrites a delimited file with its cells spoiled. */
  editSheet(name: string, change: (sheet: Sheet) => void): void;
  /** Reads the school list as a sheet. */
  readList(): Sheet;
  /** Runs `rollcall run` on the folder in the home directory, with further options. */
  run(...options: string[]): Promise<Outcome>;
  /** Runs a query on the published build. */
  query(sql: string): Promise<Row[]>;
}

function makeTemporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'rollcall-test-'));
}

/** Returns the home directory that workspaces copy. Only read it. Its ledger names the folder, from which a server can run again. */
export async function findPublishedHome(): Promise<string> {
  const folder = await makeSharedFolder('three-files', async (mine) => fillFolder(mine));
  return makeSharedFolder('published', async (home) => {
    const {code, stderr} = await rollcall(['run', '--from', folder, '--home', home]);
    assert.equal(code, 0, stderr);
  });
}

function fillFolder(folder: string): void {
  for (const name of [enrollment, teachers, list]) cpSync(join(sampleFolder, name), join(folder, name));
}

export async function makeWorkspace(t: TestContext): Promise<Workspace> {
  const original = await findPublishedHome();
  const root = makeTemporaryFolder();
  t.after(() => rmSync(root, {recursive: true, force: true}));
  const folder = join(root, 'folder');
  const home = join(root, 'home');
  fillFolder(folder);
  cpSync(original, home, {recursive: true, verbatimSymlinks: true});
  const read = (name: string) => readFileSync(join(folder, name), 'utf8');
  const write = (name: string, contents: string | Uint8Array) => writeFileSync(join(folder, name), contents);
  return {
    root,
    folder,
    home,
    read,
    write,
    remove: (name) => rmSync(join(folder, name)),
    edit: (name, change) => write(name, change(read(name))),
    editSheet: (name, change) => {
      const sheet = readSheet(read(name));
      change(sheet);
      write(name, writeSheet(sheet));
    },
    readList: () => readList(read(list)),
    run: (...options) => rollcall(['run', '--from', folder, '--home', home, ...options]),
    query: (sql) => query(home, sql),
  };
}

/** Returns everything that identifies the published state: the link, the existing builds, and their bytes. */
export function readPublishedState(home: string): Record<string, string> {
  const builds = join(home, 'builds');
  const state: Record<string, string> = {published: readlinkSync(join(home, 'published'))};
  for (const entry of readdirSync(builds, {recursive: true, withFileTypes: true})) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    state[path.slice(builds.length)] = createHash('sha256').update(readFileSync(path)).digest('hex');
  }
  return state;
}

/** Lists the files of the landing folder. */
export function listLanded(home: string): string[] {
  return readdirSync(join(home, 'landing'), {recursive: true, withFileTypes: true})
    .filter((entry) => entry.isFile())
    .map(({name}) => name);
}

/** Runs a query on the published build of a home directory, like `rollcall sql` but in this process. */
export function query(home: string, sql: string): Promise<Row[]> {
  return withPublished(home, (db) => db.rows(sql));
}

/** Counts the schools in the published build's answer, like `rollcall answer schools` but in this process. */
export async function countAnsweredSchools(home: string): Promise<number> {
  const schools = answers.find(({name}) => name === 'schools');
  assert.ok(schools);
  const {rows} = await withPublished(home, (db) => ask(db, schools, {wanted: '2020-21', usual: '2020-21'}));
  return rows.length;
}

async function withPublished<T>(home: string, use: (db: Database) => Promise<T>): Promise<T> {
  const {warehouse} = await requirePublished(locateHome(home));
  const db = await open(warehouse, {readOnly: true, sealed: true});
  try {
    return await use(db);
  } finally {
    db.close();
  }
}
