import {existsSync, lstatSync, statSync} from 'node:fs';
import type {Home} from '../home.ts';
import {type Freshness, readFreshness} from '../incoming/freshness.ts';
import {isLocked} from '../ledger/lock.ts';
import {
  type EventEntry,
  type History,
  type RunDetail,
  readHistory,
  readLatestEvents,
  readLatestRun,
  readRun,
} from '../runs/history.ts';
import type {Commands, Job, RunRequest} from './commands.ts';
import type {Schedule} from './schedule.ts';

/** What the server works with. */
export interface Server {
  home: Home;
  commands: Commands;
  /** Undefined if no schedule runs; `rest` says why. */
  schedule: Schedule | undefined;
  rest: string | undefined;
  now: () => Date;
}

/** What the operations page shows. */
export interface Overview {
  history: History;
  latest: RunDetail | null;
  /** The latest run with checks. */
  checked: RunDetail | null;
  sources: Freshness[];
  /** Changes and publications, latest first. */
  events: EventEntry[];
  schedule: {cron: string; timeZone: string; from: string; next: string[]} | null;
  rest: string | null;
  /** The last command started here. */
  work: Job | null;
  /** Whether a command holds the home directory's lock, wherever it was started. */
  isBusy: boolean;
  /** Why "Run now" can't work; null if it can. */
  obstacle: string | null;
  /** The zone of the times: the schedule's, or else UTC. */
  zone: string;
  now: Date;
}

const runsShown = 40;
const eventsShown = 12;
const timesShown = 3;

export async function readOverview({home, commands, schedule, rest, now}: Server): Promise<Overview> {
  const history = await readHistory(home, runsShown);
  const [first, ...earlier] = history.runs;
  const latest = first ? readRun(home, first.run) : null;
  const hasChecks = ({findings, steps}: RunDetail) => findings.length > 0 || steps.some(({name}) => name === 'publish');
  const details = earlier.values().map(({run}) => readRun(home, run));
  return {
    history,
    latest,
    checked: latest && hasChecks(latest) ? latest : (details.find(hasChecks) ?? null),
    sources: await readFreshness(home, now()),
    events: readLatestEvents(home, eventsShown),
    schedule: schedule ? {...schedule.config, next: schedule.next(timesShown)} : null,
    rest: rest ?? null,
    work: commands.last ?? null,
    isBusy: commands.isBusy || isLocked(home),
    obstacle: findObstacle(readUsualRun({home, schedule}), schedule ? 'the schedule reads' : 'the last run read'),
    zone: readZone({schedule}),
    now: now(),
  };
}

/** Returns the time zone of the pages: the schedule's, or else UTC. */
export function readZone({schedule}: Pick<Server, 'schedule'>): string {
  return schedule?.config.timeZone ?? 'UTC';
}

/** Reads the options that "Run now" starts from: the schedule's, or else those of the last run. */
export function readUsualRun({home, schedule}: Pick<Server, 'home' | 'schedule'>): RunRequest {
  if (schedule) return {from: schedule.config.from, schoolList: schedule.config.schoolList};
  const last = readLatestRun(home)?.options ?? {};
  const text = (value: unknown) => (typeof value === 'string' ? value : undefined);
  return {from: text(last['from']) ?? 'live', schoolList: text(last['schoolList'])};
}

function findObstacle({from, schoolList}: RunRequest, whoReads: string): string | null {
  const gone = [from === 'live' || from === 'sample' ? undefined : from, schoolList].find(
    (path) => path !== undefined && !existsSync(path),
  );
  return gone === undefined ? null : `${gone}, which ${whoReads}, is not there.`;
}

/** Computes a text that changes whenever the page's content does. */
export function computeSignature({home, commands}: Pick<Server, 'home' | 'commands'>): string {
  const changed = [home.ledger, `${home.ledger}-wal`, home.builds].map(
    (path) => statSync(path, {throwIfNoEntry: false})?.mtimeMs,
  );
  const published = lstatSync(home.published, {throwIfNoEntry: false})?.mtimeMs;
  return JSON.stringify([...changed, published, isLocked(home), commands.last?.startedAt, commands.last?.ended?.at]);
}
