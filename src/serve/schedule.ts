import {Cron} from 'croner';
import type {ScheduleConfig} from '../config.ts';
import {exit, Failure} from '../failure.ts';
import type {Home} from '../home.ts';
import {goodOutcomes, readLatestRun} from '../runs/history.ts';

export interface Schedule {
  config: ScheduleConfig;
  /** The next times it is due, UTC. */
  next(count: number): string[];
  isAlive(): boolean;
  stop(): void;
}

/** @throws Failure (exit 2) if the schedule never comes due */
export function assertSchedule({cron, timeZone}: ScheduleConfig): void {
  if (isSchedule(cron, timeZone)) return;
  throw new Failure(
    `The schedule of the configuration is no cron expression with a time zone that comes due: ${cron}, ${timeZone}.`,
    exit.usage,
  );
}

function isSchedule(cron: string, timezone: string): boolean {
  try {
    return new Cron(cron, {timezone, paused: true}).nextRun() !== null;
  } catch {
    return false;
  }
}

/**
 * Calls `due` whenever a run is due, and at once if one was missed while the server was down. `due` must handle a run that is still
 * in progress.
 */
export function keepSchedule(config: ScheduleConfig, home: Home, due: (why: 'time' | 'missed') => void): Schedule {
  const cron = new Cron(config.cron, {timezone: config.timeZone, unref: true}, () => due('time'));
  if (isMissed(cron, home)) due('missed');
  return {
    config,
    next: (count) => cron.nextRuns(count).map((time) => time.toISOString()),
    isAlive: () => cron.isRunning(),
    stop: () => cron.stop(),
  };
}

/** Returns whether no run has succeeded since the last one was due. */
function isMissed(cron: Cron, home: Home): boolean {
  const [last] = cron.previousRuns(1);
  if (last === undefined) return false;
  const well = readLatestRun(home, goodOutcomes);
  return well === undefined || well.startedAt < last.toISOString();
}
