import {type Database, open, type Row} from '../../src/duckdb/database.ts';
import {homeAt} from '../../src/home.ts';
import type {Progress} from '../../src/progress.ts';
import {type RunResult, run} from '../../src/runs/run.ts';
import {folderOf} from './publisher.ts';
import {temporaryFolder} from './temporary.ts';

/** Progress that is kept instead of shown. */
export function quietProgress(): Progress & {notes: string[]} {
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

/** Runs the whole pipeline on these files, in a home of its own (or the one given), and opens what it published. */
export async function build(files: Record<string, string | Uint8Array>, home?: string): Promise<Built> {
  return buildFrom(await folderOf(files), home);
}

/** The same, on a folder that is there, or on `sample`. */
export async function buildFrom(from: string, home?: string): Promise<Built> {
  const folder = home ?? temporaryFolder('home');
  const progress = quietProgress();
  const result = await run({home: homeAt(folder), from}, progress);
  const db: Database = await open(result.warehouse, {readOnly: true});
  return {...result, home: folder, notes: progress.notes, rows: (sql) => db.rows(sql), close: () => db.close()};
}
