import {readFile} from 'node:fs/promises';
import * as v from 'valibot';
import type {Home} from '../home.ts';
import {findOverdueReleases} from '../incoming/freshness.ts';
import {readEventsAfter, readRunsAfter} from '../runs/history.ts';
import {parseJson} from '../schemas.ts';
import type {Notice} from './notice.ts';

/** What a receiver already knows. */
const deliveryStateSchema = v.object({
  /** The last run that ended and the last event that the receiver knows. */
  run: v.number(),
  event: v.number(),
  /** Whether the last run failed, so that the next success is news. */
  isFailing: v.boolean(),
  /** The releases known to be overdue. */
  overdue: v.array(v.string()),
});

export type DeliveryState = v.InferOutput<typeof deliveryStateSchema>;

/** Reads what each receiver already knows. */
export async function readStates(path: string): Promise<Record<string, DeliveryState>> {
  return parseJson(v.record(v.string(), deliveryStateSchema), await readFile(path, 'utf8').catch(() => '')) ?? {};
}

/** A notice, and the receiver's state once it is delivered. */
export interface PendingNotice {
  notice: Notice;
  afterwards: DeliveryState;
}

/** Returns the state of a new receiver, to which everything so far is no news. */
export function startFromNow(home: Home): DeliveryState {
  const ended = readRunsAfter(home, 0).filter(({outcome}) => outcome !== 'running');
  return {
    run: ended.at(-1)?.run ?? 0,
    event: readEventsAfter(home, 0).at(-1)?.event ?? 0,
    isFailing: isBad(ended.findLast(({command}) => command === 'run')),
    overdue: [],
  };
}

/** Reads what a receiver doesn't know yet, oldest first. Runs that still go on are left for later. */
export async function readNews(
  home: Home,
  known: DeliveryState,
  now: Date,
): Promise<{news: PendingNotice[]; state: DeliveryState}> {
  const start = isSameLedger(home, known) ? known : {...known, run: 0, event: 0};
  const news: PendingNotice[] = [];
  let current = start;
  const add = (notice: Notice, step: Partial<DeliveryState>) => {
    current = {...current, ...step};
    news.push({notice, afterwards: current});
  };
  const events = readEventsAfter(home, start.event);
  for (const run of readRunsAfter(home, start.run)) {
    if (run.outcome === 'running') break;
    const {command, outcome, error, exitCode, build} = run;
    const at = run.endedAt ?? run.startedAt;
    for (const {event, kind, subject, message, at, detail} of events.filter((each) => each.run === run.run)) {
      if (isNews(kind)) add({event: kind, subject, text: message, at, run: run.run, detail}, {event});
      else current = {...current, event};
    }
    if (isBad(run)) {
      const text = `Run ${run.run} (${command}) ${outcome === 'killed' ? 'was killed, or the machine went down' : `failed: ${error}`}`;
      const isFailing = current.isFailing || command === 'run';
      add(
        {event: 'run_failed', subject: command, text, at, run: run.run, detail: {outcome, exitCode}},
        {run: run.run, isFailing},
      );
    } else if (command === 'run' && outcome !== 'stopped' && current.isFailing) {
      const text = `Run ${run.run} succeeded again (${outcome}).`;
      add(
        {event: 'run_recovered', subject: command, text, at, run: run.run, detail: {outcome, build}},
        {run: run.run, isFailing: false},
      );
    } else {
      current = {...current, run: run.run};
    }
  }
  const overdue = await findOverdueReleases(home, now);
  for (const {id, message, ...release} of overdue) {
    if (current.overdue.includes(id)) continue;
    const notice = {event: 'source_stale', subject: id, text: message, run: null, detail: release} as const;
    add({...notice, at: now.toISOString()}, {overdue: [...current.overdue, id]});
  }
  const stillOverdue = current.overdue.filter((id) => overdue.some((release) => release.id === id));
  return {news, state: {...current, overdue: stillOverdue}};
}

const newsKinds = ['source_changed', 'figures_restated', 'year_added', 'year_held', 'dataset_gone'] as const;

/** Returns whether an event becomes a notice as it is. */
function isNews(kind: string): kind is (typeof newsKinds)[number] {
  return newsKinds.some((each) => each === kind);
}

function isBad(run: {outcome: string} | undefined): boolean {
  return run?.outcome === 'failed' || run?.outcome === 'killed';
}

/** Returns whether the state belongs to this ledger. A ledger that replaces a damaged one numbers its runs from 1. */
function isSameLedger(home: Home, {run}: DeliveryState): boolean {
  return run === 0 || readRunsAfter(home, run - 1).length > 0;
}
