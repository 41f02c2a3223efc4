import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {requirePublished} from '../../src/builds/published.ts';
import {type Database, open, type Row} from '../../src/duckdb/database.ts';
import {locateHome} from '../../src/home.ts';
import type {Progress} from '../../src/progress.ts';
import {type RunResult, run} from '../../src/runs/run.ts';
import {makeFolder} from './publisher.ts';
import {makeSharedFolder} from './shared.ts';
import {makeTemporaryFolder} from './temporary.ts';

/** Makes a Progress that stores notes instead of printing them. */
export function recordProgress(): Progress & {notes: string[]} {
  const notes: string[] = [];
  return {
    notes,
    note: (text) => notes.push(text),
    step: async (_, work) => (await work(() => {})).result,
  };
}

export interface Built extends RunResult {
  home: string;
  notes: string[];
  rows(sql: string): Promise<Row[]>;
  close(): void;
}

/** Runs the whole pipeline on these files, in a new home directory (or the given one), and opens the published build. */
export async function build(files: Record<string, string | Uint8Array>, home?: string): Promise<Built> {
  return buildFrom(await makeFolder(files), home);
}

/** Like `build`, on an existing folder or on `sample`. */
export async function buildFrom(from: string, home?: string): Promise<Built> {
  const folder = home ?? makeTemporaryFolder('home');
  const progress = recordProgress();
  const result = await run({home: locateHome(folder), from}, progress);
  const db: Database = await open(result.warehouse, {readOnly: true});
  return {...result, home: folder, notes: progress.notes, rows: (sql) => db.rows(sql), close: () => db.close()};
}

export type SampleBuild = Pick<Built, 'home' | 'warehouse' | 'manifest' | 'notes' | 'rows' | 'close'>;

/** Opens the build of the sample that all tests share. Only read it: no run may change its home directory. */
export async function openSampleBuild(): Promise<SampleBuild> {
  const folder = await makeSharedFolder('sample', async (mine) => {
    const {notes, close} = await buildFrom('sample', join(mine, 'home'));
    close();
    writeFileSync(join(mine, 'notes.json'), JSON.stringify(notes));
  });
  const home = join(folder, 'home');
  const {warehouse, manifest} = await requirePublished(locateHome(home));
  const db = await open(warehouse, {readOnly: true});
  return {
    home,
    warehouse,
    manifest,
    notes: JSON.parse(readFileSync(join(folder, 'notes.json'), 'utf8')),
    rows: (sql) => db.rows(sql),
    close: () => db.close(),
  };
}
