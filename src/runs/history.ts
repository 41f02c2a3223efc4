import {join} from 'node:path';
import type {DatabaseSync} from 'node:sqlite';
import * as v from 'valibot';
import {listBuilds} from '../builds/find.ts';
import {replayPublications, selectCompleted} from '../builds/publish.ts';
import {readPublishedId} from '../builds/published-id.ts';
import {exit, Failure} from '../failure.ts';
import {measureFolder} from '../files.ts';
import type {Home} from '../home.ts';
import {eventKind, listPublications, outcome, readLedger} from '../ledger/ledger.ts';
import {isLocked} from '../ledger/lock.ts';
import {readRows} from '../ledger/read-rows.ts';
import {jsonText} from '../schemas.ts';
import type {SchoolYear} from '../school-year.ts';
import {type Plan, planSchema} from './plan-schema.ts';

/** What has happened in a home, the latest first. */
export interface History {
  runs: RunEntry[];
  builds: BuildEntry[];
}

const jsonObject = v.record(v.string(), v.unknown());

const runRow = v.object({
  run: v.number(),
  command: v.string(),
  options: jsonText(jsonObject),
  startedAt: v.string(),
  endedAt: v.nullable(v.string()),
  /** By a monotonic clock, so it may differ from `endedAt` minus `startedAt`. */
  seconds: v.nullable(v.number()),
  outcome: v.picklist([...outcome.options, 'running']),
  exitCode: v.nullable(v.number()),
  error: v.nullable(v.string()),
  build: v.nullable(v.string()),
  host: v.string(),
  pid: v.number(),
});
const runColumns = `run_no as run, command, options, started_at as "startedAt", ended_at as "endedAt", seconds, outcome,
  exit_code as "exitCode", error, build, host, pid`;

export type RunEntry = v.InferOutput<typeof runRow>;

interface BuildEntry {
  build: string;
  builtAt: string | null;
  schoolYears: SchoolYear[];
  isSample: boolean;
  label: string | null;
  rows: number | null;
  bytes: number;
  isPublished: boolean;
  /** Whether it was rolled back from, so that a run doesn't publish it again. */
  isWithdrawn: boolean;
  /** Why it can't be used; null if it can. */
  problem: string | null;
}

const runDetailRow = v.object({...runRow.entries, runId: v.string(), plan: v.nullable(jsonText(planSchema))});
const runDetailColumns = `${runColumns}, run_id as "runId", plan`;

const stepRow = v.object({
  name: v.string(),
  startedAt: v.string(),
  endedAt: v.nullable(v.string()),
  seconds: v.nullable(v.number()),
  outcome: v.picklist([...outcome.options, 'running']),
  summary: v.nullable(v.string()),
  /** What it is doing now. */
  doing: v.nullable(v.string()),
});

const logRow = v.object({
  line: v.number(),
  at: v.string(),
  step: v.nullable(v.string()),
  level: v.string(),
  message: v.string(),
});

const findingRow = v.object({
  kind: v.string(),
  name: v.string(),
  place: v.string(),
  schoolYear: v.nullable(v.string()),
  severity: v.string(),
  status: v.string(),
  description: v.nullable(v.string()),
  compared: v.nullable(v.number()),
  failing: v.number(),
  samples: jsonText(v.array(v.unknown())),
});

/** One run in full. It may still be going on in another process. */
export interface RunDetail extends v.InferOutput<typeof runDetailRow> {
  steps: v.InferOutput<typeof stepRow>[];
  log: v.InferOutput<typeof logRow>[];
  /** Checks and data tests that did not pass, with sample rows. */
  findings: v.InferOutput<typeof findingRow>[];
}

export type EventEntry = v.InferOutput<typeof eventRow>;
const eventRow = v.object({
  event: v.number(),
  run: v.nullable(v.number()),
  at: v.string(),
  kind: eventKind,
  subject: v.string(),
  message: v.string(),
  detail: jsonText(v.unknown()),
});

const eventColumns = 'event_no as event, run_no as run, at, kind, subject, message, detail';

/**
 * Reads the latest runs and all builds of a home directory.
 *
 * @param limit how many runs
 */
export async function readHistory(home: Home, limit: number): Promise<History> {
  const published = await readPublishedId(home);
  const read = readLedger(home.ledger, (db) => ({
    runs: readRows(db, runRow, `select ${runColumns} from run order by run_no desc limit ?`, limit),
    publications: listPublications(db),
  }));
  const {withdrawn} = replayPublications(selectCompleted(read?.publications ?? [], published));
  const {builds, damaged} = await listBuilds(home);
  const described = [
    ...builds.map(({id: build, folder, manifest: {builtAt, schoolYears, isSample, label = null, rows}}) => {
      return {folder, build, builtAt, schoolYears, isSample, label, rows: rows.loaded, problem: null};
    }),
    ...damaged.map(({id: build, problem}) => {
      const folder = join(home.builds, build);
      return {folder, build, builtAt: null, schoolYears: [], isSample: false, label: null, rows: null, problem};
    }),
  ];
  const entries = described.map(async ({folder, ...entry}) => ({
    ...entry,
    bytes: await measureFolder(folder),
    isPublished: entry.build === published,
    isWithdrawn: withdrawn.has(entry.build),
  }));
  return {
    runs: (read?.runs ?? []).map((entry) => resolveOutcome(entry, home)),
    builds: (await Promise.all(entries)).reverse(),
  };
}

/**
 * Reads one run in full.
 *
 * @throws Failure (exit 2) if there is no such run
 */
export function readRun(home: Home, run: number): RunDetail {
  const found = readLedger(home.ledger, (db) => {
    const [entry] = readRows(db, runDetailRow, `select ${runDetailColumns} from run where run_no = ?`, run);
    return entry && readDetail(db, resolveOutcome(entry, home));
  });
  if (found) return found;
  throw new Failure(`${run}: there is no such run in ${home.ledger}. "npx rollcall history" lists them.`, exit.usage);
}

/** Reads the runs after a given one, oldest first. 0 reads all. */
export function readRunsAfter(home: Home, run: number): RunEntry[] {
  const rows = readLedger(home.ledger, (db) =>
    readRows(db, runRow, `select ${runColumns} from run where run_no > ? order by run_no`, run),
  );
  return (rows ?? []).map((entry) => resolveOutcome(entry, home));
}

/**
 * Reads the latest run of `rollcall run` that has one of these outcomes, or any. Unlike `readRunsAfter`, it costs the same after years.
 */
export function readLatestRun(home: Home, outcomes: readonly RunEntry['outcome'][] = []): RunEntry | undefined {
  const rows = readLedger(home.ledger, (db) =>
    readRows(
      db,
      runRow,
      `select ${runColumns} from run where command = 'run'
        ${outcomes.length > 0 ? `and outcome in (${outcomes.map(() => '?').join(', ')})` : ''} order by run_no desc limit 1`,
      ...outcomes,
    ),
  );
  const [found] = rows ?? [];
  return found && resolveOutcome(found, home);
}

/** The outcomes of a run that did what it should. */
export const goodOutcomes = ['published', 'unchanged', 'held'] as const;

/** Reads the school years that the last run that ended well held back, each with the reason. */
export function readHeldYears(home: Home): Plan['heldYears'] {
  const last = readLatestRun(home, goodOutcomes);
  return (last && readRun(home, last.run).plan?.heldYears) ?? [];
}

/** Reads what the last run before another did about data sets that are new or can't be taken; nothing if its plan can't be read. */
export function readStepsBefore(home: Home, run: number): Plan['steps'] {
  try {
    const rows = readLedger(home.ledger, (db) =>
      readRows(
        db,
        v.object({plan: jsonText(planSchema)}),
        `select plan from run where command = 'run' and run_no < ? and plan is not null order by run_no desc limit 1`,
        run,
      ),
    );
    return rows?.[0]?.plan.steps ?? [];
  } catch {
    return [];
  }
}

/** Reads the latest events, except those of failed runs, the latest first. */
export function readLatestEvents(home: Home, limit: number): EventEntry[] {
  const rows = readLedger(home.ledger, (db) =>
    readRows(
      db,
      eventRow,
      `select ${eventColumns} from event where kind <> 'run_failed' order by event_no desc limit ?`,
      limit,
    ),
  );
  return rows ?? [];
}

/** Reads the events after a given one, oldest first. 0 reads all. */
export function readEventsAfter(home: Home, event: number): EventEntry[] {
  const rows = readLedger(home.ledger, (db) =>
    readRows(db, eventRow, `select ${eventColumns} from event where event_no > ? order by event_no`, event),
  );
  return rows ?? [];
}

const checkRow = v.object({
  kind: v.string(),
  name: v.string(),
  place: v.string(),
  description: v.nullable(v.string()),
  run: v.number(),
  startedAt: v.string(),
  status: v.string(),
  failing: v.number(),
  compared: v.nullable(v.number()),
});

/** A check or data test by its name, and its results in the latest runs that have any, the latest first. */
export interface CheckHistory extends Pick<v.InferOutput<typeof checkRow>, 'kind' | 'name' | 'place' | 'description'> {
  results: Pick<v.InferOutput<typeof checkRow>, 'run' | 'startedAt' | 'status' | 'failing' | 'compared'>[];
}

/**
 * Reads the results of every check in the latest runs, or of those with a name. A check of several school years has its worst status and
 * the sums.
 *
 * @param limit how many runs
 */
export function readCheckHistory(home: Home, limit: number, name?: string): CheckHistory[] {
  const rows = readLedger(home.ledger, (db) =>
    readRows(
      db,
      checkRow,
      `select kind, name, place, max(finding.description) as description, run.run_no as run, started_at as "startedAt",
          case max(case status when 'pass' then 0 when 'warn' then 1 else 2 end)
            when 0 then 'pass' when 1 then 'warn' else 'error' end as status,
          sum(failing) as failing, sum(compared) as compared
        from finding join run using (run_no)
        where run_no in (select distinct run_no from finding order by run_no desc limit ?) and name = coalesce(?, name)
        group by kind, name, place, run.run_no, started_at
        order by kind, place, name, run.run_no desc`,
      limit,
      name ?? null,
    ),
  );
  const checks = Map.groupBy(rows ?? [], (row) => JSON.stringify([row.kind, row.place, row.name]));
  return [...checks.values()].flatMap((results) => {
    const [latest] = results;
    return latest === undefined ? [] : [{...latest, results}];
  });
}

/** Marks a run as killed if its entry is open but no process holds the lock. */
function resolveOutcome<Entry extends RunEntry>(entry: Entry, home: Home): Entry {
  return entry.outcome === 'running' && !isLocked(home) ? {...entry, outcome: 'killed'} : entry;
}

function readDetail(db: DatabaseSync, entry: v.InferOutput<typeof runDetailRow>): RunDetail {
  const {run} = entry;
  const steps = readRows(
    db,
    stepRow,
    `select name, started_at as "startedAt", ended_at as "endedAt", seconds, outcome, summary, doing from step
      where run_no = ? order by step_no`,
    run,
  );
  return {
    ...entry,
    steps: steps.map((step) => (step.outcome === 'running' ? {...step, outcome: entry.outcome} : step)),
    log: readRows(
      db,
      logRow,
      'select line_no as line, at, step, level, message from log where run_no = ? order by line_no',
      run,
    ),
    findings: readRows(
      db,
      findingRow,
      `select kind, name, place, school_year as "schoolYear", severity, status, description, compared, failing, samples
        from finding where run_no = ? and status <> 'pass' order by status, kind, place, name, school_year`,
      run,
    ),
  };
}
