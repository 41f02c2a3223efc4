import {z} from 'zod';
import type {Home} from '../home.ts';
import {findOverdueReleases} from '../incoming/freshness.ts';
import {eventsAfter, runsAfter} from '../runs/history.ts';
import type {Notice} from './notice.ts';

/** How far somebody has been told what happened in a home. */
export const toldSchema = z.object({
  /** The last run and the last event of the ledger that they know the end of. */
  run: z.number(),
  event: z.number(),
  /** The last run they were told of failed, so the next that doesn't is news. */
  isFailing: z.boolean(),
  /** The releases they know to be overdue. */
  overdue: z.array(z.string()),
});

export type Told = z.infer<typeof toldSchema>;

/** A notice, and how far somebody has been told once they have it. */
export interface News {
  notice: Notice;
  afterwards: Told;
}

/** Whoever is told from now on isn't told what was before. */
export function upToNow(home: Home): Told {
  return {
    run: runsAfter(home, 0).findLast(({outcome}) => outcome !== 'running')?.run ?? 0,
    event: eventsAfter(home, 0).at(-1)?.event ?? 0,
    isFailing: isBad(runsAfter(home, 0).findLast(({command, outcome}) => command === 'run' && outcome !== 'running')),
    overdue: [],
  };
}

/** What has happened in a home that they have not been told yet, the oldest first. Runs that still go on are left for later. */
export async function newsSince(home: Home, told: Told, now: Date): Promise<{news: News[]; told: Told}> {
  const begun = isOfThisLedger(home, told) ? told : {...told, run: 0, event: 0};
  const news: News[] = [];
  let current = begun;
  const tell = (notice: Notice, step: Partial<Told>) => {
    current = {...current, ...step};
    news.push({notice, afterwards: current});
  };
  const events = eventsAfter(home, begun.event);
  for (const run of runsAfter(home, begun.run)) {
    if (run.outcome === 'running') break;
    const {command, outcome, error, exitCode, build} = run;
    const at = run.endedAt ?? run.startedAt;
    for (const {event, kind, subject, message, at, detail} of events.filter((each) => each.run === run.run)) {
      if (kind === 'source_changed' || kind === 'figures_restated')
        tell({event: kind, subject, text: message, at, run: run.run, detail}, {event});
      else current = {...current, event};
    }
    if (isBad(run)) {
      const text = `Run ${run.run} (${command}) ${outcome === 'killed' ? 'was killed, or the machine went down' : `failed: ${error}`}`;
      const isFailing = current.isFailing || command === 'run';
      tell(
        {event: 'run_failed', subject: command, text, at, run: run.run, detail: {outcome, exitCode}},
        {run: run.run, isFailing},
      );
    } else if (command === 'run' && outcome !== 'stopped' && current.isFailing) {
      const text = `Run ${run.run} went well again (${outcome}).`;
      const notice = {
        event: 'run_recovered',
        subject: command,
        text,
        at,
        run: run.run,
        detail: {outcome, build},
      } as const;
      tell(notice, {run: run.run, isFailing: false});
    } else {
      current = {...current, run: run.run};
    }
  }
  const overdue = await findOverdueReleases(home, now);
  for (const {id, message, ...release} of overdue) {
    if (current.overdue.includes(id)) continue;
    const notice = {event: 'source_stale', subject: id, text: message, run: null, detail: release} as const;
    tell({...notice, at: now.toISOString()}, {overdue: [...current.overdue, id]});
  }
  const stillOverdue = current.overdue.filter((id) => overdue.some((release) => release.id === id));
  return {news, told: {...current, overdue: stillOverdue}};
}

function isBad(run: {outcome: string} | undefined): boolean {
  return run?.outcome === 'failed' || run?.outcome === 'killed';
}

/** A ledger that was damaged is begun anew, and its numbers with it. */
function isOfThisLedger(home: Home, {run}: Told): boolean {
  return run === 0 || runsAfter(home, run - 1).length > 0;
}
