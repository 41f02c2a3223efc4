import {existsSync, mkdirSync, renameSync} from 'node:fs';
import {hostname} from 'node:os';
import {dirname} from 'node:path';
import {DatabaseSync, type SQLInputValue} from 'node:sqlite';
import {pathToFileURL} from 'node:url';
import * as v from 'valibot';
import type {TestResult} from '../dbt/run/data-tests.ts';
import {Failure, getErrorMessage, readExtendedCode, readSqliteCode} from '../failure.ts';
import type {CheckResult} from '../ingest/checks.ts';
import {UnexpectedRow} from '../parse-rows.ts';
import {cleanText, formatCleanJson} from '../words/outgoing.ts';
import {readRows} from './read-rows.ts';
import {explainSystemError} from './system-errors.ts';

/** How a run can end. `unchanged`: there was nothing to do. `held`: its build was rolled back from, so it is not published. */
export type Outcome = v.InferOutput<typeof outcome>;
export const outcome = v.picklist(['done', 'published', 'unchanged', 'held', 'failed', 'stopped', 'killed']);
export type EventKind = v.InferOutput<typeof eventKind>;
export const eventKind = v.picklist([
  'run_failed',
  'source_changed',
  'figures_restated',
  'year_added',
  'dataset_found',
  'dataset_gone',
  'year_held',
  'published',
  'rolled_back',
]);

export type Publication = v.InferOutput<typeof publication>;
const publication = v.object({
  number: v.number(),
  build: v.string(),
  /** By a run, by a rollback, or found published when the ledger began. */
  kind: v.picklist(['run', 'rollback', 'found']),
  at: v.string(),
});
export type PublicationKind = Publication['kind'];

const runName = v.object({run: v.number(), runId: v.string(), command: v.string()});

const version = 1;
const schema = `
  create table run (
    run_no integer primary key autoincrement, run_id text not null, command text not null, options text not null,
    started_at text not null, ended_at text, seconds real, outcome text not null default 'running', exit_code integer,
    error text, host text not null, pid integer not null, build text, plan text
  );
  create table step (
    run_no integer not null references run, step_no integer not null, name text not null, started_at text not null,
    ended_at text, seconds real, outcome text not null default 'running', summary text, doing text,
    primary key (run_no, step_no)
  ) without rowid;
  create table log (
    line_no integer primary key, run_no integer not null references run, at text not null, step text,
    level text not null, message text not null
  );
  create table finding (
    run_no integer not null references run, kind text not null, name text not null, place text not null,
    school_year text, severity text not null, status text not null, description text, compared integer,
    failing integer not null, samples text not null
  );
  create table event (
    event_no integer primary key autoincrement, run_no integer references run, at text not null, kind text not null,
    subject text not null, message text not null, detail text not null
  );
  create table publication (
    publication_no integer primary key autoincrement, run_no integer references run, at text not null,
    build text not null, kind text not null
  );
  create index log_of_run on log (run_no);
  create index finding_of_run on finding (run_no);
  pragma user_version = ${version};`;

const busyTimeout = 5_000;
const damaged = new Set([11, 26]);
const cannotOpen = 14;

/**
 * The ledger, opened for writing by the holder of the home directory's lock. Others can read it meanwhile (write-ahead mode).
 *
 * An entry that can't be written during a run, such as on a full disk, is dropped: bookkeeping never fails a run.
 */
export class Ledger {
  readonly #db: DatabaseSync;
  readonly #now: () => Date;

  private constructor(db: DatabaseSync, now: () => Date) {
    this.#db = db;
    this.#now = now;
  }

  /**
   * Opens the ledger, or creates it. A damaged one is set aside and replaced by a new one.
   *
   * @throws Failure if a newer Rollcall wrote it
   */
  static open(path: string, note: (text: string) => void, now: () => Date = () => new Date()): Ledger {
    try {
      return new Ledger(openChecked(path), now);
    } catch (error) {
      if (!damaged.has(readSqliteCode(error) ?? 0)) throw error instanceof Error ? Object.assign(error, {path}) : error;
      const aside = chooseDamagedName(path);
      for (const suffix of ['', '-wal', '-shm']) {
        if (existsSync(path + suffix)) renameSync(path + suffix, aside + suffix);
      }
      note(
        `${path} was damaged. It is kept as ${aside}, and a new ledger begins without the earlier runs; the builds are unchanged`,
      );
      return new Ledger(openChecked(path), now);
    }
  }

  startRun(command: string, options: unknown, runId: string): number {
    const {lastInsertRowid} = this.#db
      .prepare('insert into run (run_id, command, options, started_at, host, pid) values (?, ?, ?, ?, ?, ?)')
      .run(runId, command, formatCleanJson(options), this.#at(), hostname(), process.pid);
    return Number(lastInsertRowid);
  }

  endRun(run: number, outcome: Outcome, end: {seconds: number; exitCode: number; error?: string; build?: string}) {
    const {seconds, exitCode, error = null, build = null} = end;
    this.#write(
      'update run set ended_at = ?, seconds = ?, outcome = ?, exit_code = ?, error = ?, build = ? where run_no = ?',
      [...[this.#at(), seconds, outcome, exitCode, error, build, run]],
    );
  }

  keepPlan(run: number, plan: unknown): void {
    this.#write('update run set plan = ? where run_no = ?', [formatCleanJson(plan), run]);
  }

  /**
   * Closes the entries of killed runs. The caller holds the lock, so no other run is going on. A killed run's end is its last entry.
   *
   * @returns the closed runs
   */
  closeKilled(): v.InferOutput<typeof runName>[] {
    const killed = readRows(
      this.#db,
      runName,
      `select run_no as run, run_id as "runId", command from run where outcome = 'running'`,
    );
    for (const {run} of killed) {
      const last = `coalesce((select max(at) from (
        select max(at) as at from log where run_no = :run
        union all select max(coalesce(ended_at, started_at)) from step where run_no = :run)), started_at)`;
      this.#db
        .prepare(
          `update run set outcome = 'killed', ended_at = ${last}, error = 'The process was killed, or the machine went down.' where run_no = :run`,
        )
        .run({run});
      this.#db.prepare(`update step set outcome = 'killed' where run_no = ? and outcome = 'running'`).run(run);
    }
    return killed;
  }

  startStep(run: number, step: number, name: string): void {
    this.#write('insert into step (run_no, step_no, name, started_at) values (?, ?, ?, ?)', [
      run,
      step,
      name,
      this.#at(),
    ]);
  }

  /** Records what a step is doing now. */
  updateStep(run: number, step: number, text: string): void {
    this.#write('update step set doing = ? where run_no = ? and step_no = ?', [text, run, step]);
  }

  endStep(run: number, step: number, outcome: Outcome, seconds: number, summary: string | null): void {
    this.#write(
      'update step set ended_at = ?, outcome = ?, seconds = ?, summary = ?, doing = null where run_no = ? and step_no = ?',
      [this.#at(), outcome, seconds, summary, run, step],
    );
  }

  log(run: number, step: string | null, level: 'info' | 'note' | 'error', message: string): void {
    this.#write('insert into log (run_no, at, step, level, message) values (?, ?, ?, ?, ?)', [
      ...[run, this.#at(), step, level, message],
    ]);
  }

  keepFindings(run: number, checks: readonly CheckResult[], tests: readonly TestResult[]): void {
    const rows = [
      ...checks.map(({check, source, schoolYear, severity, status, description, compared, failing, samples}) => [
        ...['check', check, source, schoolYear, severity, status, description, compared, failing],
        formatCleanJson(samples),
      ]),
      ...tests.map(({name, path, severity, status, description, failing, samples}) => [
        ...['test', name, `dbt/${path}`, null, severity, status, description ?? null, null, failing],
        formatCleanJson(samples),
      ]),
    ];
    const columns = Array.from({length: 10}, (_, index) => `json_extract(value, '$[${index}]')`);
    this.#write(`insert into finding select ?, ${columns.join(', ')} from json_each(?)`, [run, JSON.stringify(rows)]);
  }

  /** Records an event, which notices are made from. */
  recordEvent(run: number, kind: EventKind, subject: string, message: string, detail: unknown = {}): void {
    this.#write('insert into event (run_no, at, kind, subject, message, detail) values (?, ?, ?, ?, ?, ?)', [
      ...[run, this.#at(), kind, subject, message, formatCleanJson(detail)],
    ]);
  }

  listPublications(): Publication[] {
    return listPublications(this.#db);
  }

  /** Records a publication before its switch. Unlike other entries, it must be written. */
  recordPublication(run: number, build: string, kind: PublicationKind): void {
    this.#db
      .prepare('insert into publication (run_no, at, build, kind) values (?, ?, ?, ?)')
      .run(run, this.#at(), build, kind);
  }

  deletePublication({number}: Publication): void {
    this.#db.prepare('delete from publication where publication_no = ?').run(number);
  }

  close(): void {
    this.#db.close();
  }

  #at(): string {
    return this.#now().toISOString();
  }

  #write(sql: string, values: readonly SQLInputValue[]): void {
    try {
      this.#db.prepare(sql).run(...values.map((value) => (typeof value === 'string' ? cleanText(value) : value)));
    } catch (error) {
      if (readSqliteCode(error) === undefined) throw error;
    }
  }
}

function openChecked(path: string): DatabaseSync {
  mkdirSync(dirname(path), {recursive: true});
  const db = new DatabaseSync(path, {timeout: busyTimeout});
  try {
    db.exec('pragma journal_mode = wal; pragma synchronous = normal');
    const [check] = readRows(db, v.object({quick_check: v.string()}), 'pragma quick_check(1)');
    if (check?.quick_check !== 'ok') throw Object.assign(new Error('damaged'), {errcode: 11});
    const found = readVersion(db);
    if (found === 0) db.exec(`begin; ${schema} commit`);
    else if (found > version) throw new Failure(`${path} was written by a newer Rollcall. Update this one.`);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function readVersion(db: DatabaseSync): number {
  const [found] = readRows(db, v.object({user_version: v.number()}), 'pragma user_version');
  return found?.user_version ?? 0;
}

function chooseDamagedName(path: string): string {
  for (let n = 1; ; n++) {
    const aside = path.replace(/\.sqlite$/, `.damaged-${n}.sqlite`);
    if (!existsSync(aside)) return aside;
  }
}

/** SQLite's code for a disk without room for the memory that readers of the ledger share. */
const noRoomForReaders = 4874;

/**
 * Reads from the ledger, even while a run writes to it. Returns undefined if there is no ledger yet.
 *
 * @throws Failure if it is damaged
 */
export function readLedger<T>(path: string, read: (db: DatabaseSync) => T): T | undefined {
  if (!existsSync(path)) return undefined;
  let db: DatabaseSync | undefined;
  try {
    db = openForReading(path);
    return readVersion(db) === 0 ? undefined : read(db);
  } catch (error) {
    if (error instanceof UnexpectedRow)
      throw new Failure(`${path} was written by another version of Rollcall, and can't be read: ${error.message}`);
    if (readSqliteCode(error) === undefined) throw error;
    if (readExtendedCode(error) === noRoomForReaders) throw explainSystemError(error, path);
    if (!damaged.has(readSqliteCode(error) ?? 0))
      throw new Failure(
        `${path}: the ledger can't be read (${getErrorMessage(error)}). Make it readable for this user.`,
      );
    throw new Failure(
      `${path} is damaged (${getErrorMessage(error)}). The builds are unchanged; the next run sets the ledger aside and begins a new one.`,
    );
  } finally {
    db?.close();
  }
}

function openForReading(path: string): DatabaseSync {
  // Without this file nobody is writing, and opening the ledger in the usual way would leave it and another one behind.
  if (!existsSync(`${path}-wal`)) return openImmutable(path);
  const db = new DatabaseSync(path, {readOnly: true, timeout: busyTimeout});
  try {
    readVersion(db);
    return db;
  } catch (error) {
    db.close();
    if (readSqliteCode(error) !== cannotOpen) throw error;
    // In a read-only home directory no other process can be writing.
    return openImmutable(path);
  }
}

function openImmutable(path: string): DatabaseSync {
  return new DatabaseSync(`${pathToFileURL(path)}?mode=ro&immutable=1`, {readOnly: true});
}

/** Reads the publications; none if the ledger is missing or can't be read. */
export function readPublications(path: string): Publication[] {
  try {
    return readLedger(path, listPublications) ?? [];
  } catch {
    return [];
  }
}

export function listPublications(db: DatabaseSync): Publication[] {
  return readRows(
    db,
    publication,
    'select publication_no as number, build, kind, at from publication order by publication_no',
  );
}
