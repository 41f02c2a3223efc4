import {join} from 'node:path';
import type {DatabaseSync, SQLOutputValue} from 'node:sqlite';
import {type Build, listBuilds} from '../builds/find.ts';
import {publishedId, thoseCarriedOut, wayBack} from '../builds/publish.ts';
import {exit, Failure} from '../failure.ts';
import {sizeOf} from '../files.ts';
import type {Home} from '../home.ts';
import {type EventKind, type Outcome, publicationsIn, readLedger} from '../ledger/ledger.ts';
import {isLocked} from '../ledger/lock.ts';
import type {SchoolYear} from '../school-year.ts';
import type {Plan} from './plan.ts';

/** What has happened in a home, the latest first. */
export interface History {
  runs: RunEntry[];
  builds: BuildEntry[];
}

export interface RunEntry {
  run: number;
  command: string;
  options: Record<string, unknown>;
  startedAt: string;
  endedAt: string | null;
  /** By a clock that is never set back. */
  seconds: number | null;
  outcome: Outcome | 'running';
  exitCode: number | null;
  error: string | null;
  build: string | null;
  host: string;
  pid: number;
}

interface BuildEntry {
  build: string;
  builtAt: string | null;
  schoolYears: SchoolYear[];
  isSample: boolean;
  rows: number | null;
  bytes: number;
  isPublished: boolean;
  /** It was rolled back from, and a run doesn't publish it again. */
  isWithdrawn: boolean;
  /** Why it can't be used. */
  problem: string | null;
}

/** One run with all that is known of it. Another process may be writing it at this moment. */
export interface RunDetail extends RunEntry {
  runId: string;
  plan: Plan | null;
  steps: {
    name: string;
    startedAt: string;
    endedAt: string | null;
    seconds: number | null;
    outcome: Outcome | 'running';
    summary: string | null;
    /** What it is busy with. */
    doing: string | null;
  }[];
  log: {line: number; at: string; step: string | null; level: string; message: string}[];
  /** Checks and data tests that did not pass, with some of the rows. */
  findings: {
    kind: string;
    name: string;
    place: string;
    schoolYear: string | null;
    severity: string;
    status: string;
    description: string | null;
    compared: number | null;
    failing: number;
    samples: unknown[];
  }[];
}

export interface EventEntry {
  event: number;
  run: number | null;
  at: string;
  kind: EventKind;
  subject: string;
  message: string;
  detail: unknown;
}

/** @param limit how many runs, from the latest */
export async function readHistory(home: Home, limit: number): Promise<History> {
  const published = await publishedId(home);
  const read = readLedger(home.ledger, (db) => ({
    runs: db
      .prepare('select * from run order by run_no desc limit ?')
      .all(limit)
      .map((row) => runOf(row, home)),
    publications: publicationsIn(db),
  }));
  const {withdrawn} = wayBack(thoseCarriedOut(read?.publications ?? [], published));
  const {builds, damaged} = await listBuilds(home);
  const entries = await Promise.all([
    ...builds.map(async (build) => ({...entryOf(build), bytes: await sizeOf(build.folder)})),
    ...damaged.map(async ({id, problem}) => ({
      ...{build: id, builtAt: null, schoolYears: [], isSample: false, rows: null, problem},
      bytes: await sizeOf(join(home.builds, id)),
    })),
  ]);
  return {
    runs: read?.runs ?? [],
    builds: entries
      .map((entry) => ({
        ...entry,
        isPublished: entry.build === published,
        isWithdrawn: withdrawn.has(entry.build),
      }))
      .reverse(),
  };
}

/** @throws Failure where there is no such run */
export function readRun(home: Home, run: number): RunDetail {
  const found = readLedger(home.ledger, (db) => {
    const row = db.prepare('select * from run where run_no = ?').get(run);
    return row && detailOf(db, row, home);
  });
  if (found) return found;
  throw new Failure(`${run}: there is no such run in ${home.ledger}. "npx rollcall history" lists them.`, exit.usage);
}

/** The runs after one, the oldest first; all where it is 0. */
export function runsAfter(home: Home, run: number): RunEntry[] {
  const rows = readLedger(home.ledger, (db) =>
    db.prepare('select * from run where run_no > ? order by run_no').all(run),
  );
  return (rows ?? []).map((row) => runOf(row, home));
}

/** What happened after an event; all that is known where it is 0. For whoever sends notices. */
export function eventsAfter(home: Home, event: number): EventEntry[] {
  const rows = readLedger(home.ledger, (db) =>
    db.prepare('select * from event where event_no > ? order by event_no').all(event),
  );
  return (rows ?? []).map((row) => ({
    event: Number(row['event_no']),
    run: row['run_no'] as number | null,
    at: String(row['at']),
    kind: row['kind'] as EventKind,
    subject: String(row['subject']),
    message: String(row['message']),
    detail: JSON.parse(String(row['detail'])),
  }));
}

type LedgerRow = Record<string, SQLOutputValue>;

function runOf(row: LedgerRow, home: Home): RunEntry {
  // A run that nobody has closed is running only as long as somebody holds the lock.
  const isGone = row['outcome'] === 'running' && !isLocked(home);
  return {
    run: Number(row['run_no']),
    command: String(row['command']),
    options: JSON.parse(String(row['options'])) as Record<string, unknown>,
    startedAt: String(row['started_at']),
    endedAt: row['ended_at'] as string | null,
    seconds: row['seconds'] as number | null,
    outcome: isGone ? 'killed' : (row['outcome'] as RunEntry['outcome']),
    exitCode: row['exit_code'] as number | null,
    error: row['error'] as string | null,
    build: row['build'] as string | null,
    host: String(row['host']),
    pid: Number(row['pid']),
  };
}

function detailOf(db: DatabaseSync, row: LedgerRow, home: Home): RunDetail {
  const entry = runOf(row, home);
  const of = (sql: string) => db.prepare(sql).all(entry.run);
  return {
    ...entry,
    runId: String(row['run_id']),
    plan: row['plan'] === null ? null : (JSON.parse(String(row['plan'])) as Plan),
    steps: of('select * from step where run_no = ? order by step_no').map((step) => ({
      name: String(step['name']),
      startedAt: String(step['started_at']),
      endedAt: step['ended_at'] as string | null,
      seconds: step['seconds'] as number | null,
      outcome: step['outcome'] === 'running' ? entry.outcome : (step['outcome'] as Outcome),
      summary: step['summary'] as string | null,
      doing: step['doing'] as string | null,
    })),
    log: of('select * from log where run_no = ? order by line_no').map((line) => ({
      line: Number(line['line_no']),
      at: String(line['at']),
      step: line['step'] as string | null,
      level: String(line['level']),
      message: String(line['message']),
    })),
    findings: of(
      `select * from finding where run_no = ? and status <> 'pass' order by status, kind, place, name, school_year`,
    ).map((finding) => ({
      kind: String(finding['kind']),
      name: String(finding['name']),
      place: String(finding['place']),
      schoolYear: finding['school_year'] as string | null,
      severity: String(finding['severity']),
      status: String(finding['status']),
      description: finding['description'] as string | null,
      compared: finding['compared'] as number | null,
      failing: Number(finding['failing']),
      samples: JSON.parse(String(finding['samples'])) as unknown[],
    })),
  };
}

function entryOf({id, manifest}: Build) {
  const {builtAt, schoolYears, isSample, rows} = manifest;
  return {build: id, builtAt, schoolYears, isSample, rows: rows.loaded, problem: null};
}
