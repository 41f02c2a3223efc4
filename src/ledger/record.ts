import {randomUUID} from 'node:crypto';
import {exit, Failure, getErrorMessage} from '../failure.ts';
import type {Home} from '../home.ts';
import {OpenLineage, readEndpoint} from '../lineage/openlineage.ts';
import type {Progress} from '../progress.ts';
import {AuditFailure} from './audit-failure.ts';
import {Ledger, type Outcome} from './ledger.ts';
import {lock} from './lock.ts';
import {Stopped} from './stop.ts';
import {inWords} from './trouble.ts';

/** A run while it goes on: what it tells goes to whoever started it, and into the ledger. */
export interface Recorded extends Progress {
  ledger: Ledger;
  /** Its number in the ledger. */
  run: number;
  lineage: OpenLineage;
  /** The steps that are done. */
  steps: {name: string; seconds: number}[];
}

interface Command {
  name: string;
  /** What the ledger keeps of the options. */
  options: unknown;
  stop?: AbortSignal | undefined;
  openLineageUrl?: string | undefined;
}

/** What a command came to. */
interface Ended<T> {
  outcome: Outcome;
  build?: string;
  result: T;
}

/**
 * Does what changes a home, under its lock and with an entry in its ledger. What an earlier process that was killed has left open
 * in the ledger is closed first.
 *
 * @throws Failure with exit code 4 where another process holds the lock
 */
export async function recorded<T>(
  home: Home,
  command: Command,
  progress: Progress,
  work: (record: Recorded) => Promise<Ended<T>>,
): Promise<T> {
  let release = () => {};
  try {
    release = lock(home);
    const ledger = Ledger.open(home.ledger, progress.note);
    try {
      return await withEntry(home, ledger, command, progress, work);
    } finally {
      ledger.close();
    }
  } catch (error) {
    throw inWords(error, home);
  } finally {
    release();
  }
}

async function withEntry<T>(
  home: Home,
  ledger: Ledger,
  command: Command,
  progress: Progress,
  work: (record: Recorded) => Promise<Ended<T>>,
): Promise<T> {
  const endpoint = readEndpoint(command.openLineageUrl);
  const runId = randomUUID();
  await closeKilled(home, ledger, progress);
  const run = ledger.startRun(command.name, command.options, runId);
  const note = (text: string) => record.note(text);
  const lineage = new OpenLineage(home.openLineage, {runId, command: command.name}, {endpoint, note});
  const record = recordOf(ledger, run, lineage, command.stop, progress);
  const started = performance.now();
  const seconds = () => (performance.now() - started) / 1000;
  lineage.emitRun('START');
  try {
    const {outcome, build, result} = await work(record);
    await lineage.flush();
    ledger.endRun(run, outcome, {seconds: seconds(), exitCode: exit.done, ...(build !== undefined && {build})});
    return result;
  } catch (thrown) {
    const error =
      command.stop?.aborted && !(thrown instanceof AuditFailure) ? command.stop.reason : inWords(thrown, home);
    const message = getErrorMessage(error);
    const isStopped = error instanceof Stopped;
    if (error instanceof AuditFailure) ledger.keepFindings(run, error.checks, error.tests);
    ledger.log(
      run,
      null,
      'error',
      error instanceof Failure || !(error instanceof Error) ? message : (error.stack ?? message),
    );
    if (!isStopped) ledger.event(run, 'run_failed', command.name, message);
    lineage.emitRun(isStopped ? 'ABORT' : 'FAIL', {error: message});
    await lineage.flush();
    const exitCode = error instanceof Failure ? error.exitCode : exit.failed;
    ledger.endRun(run, isStopped ? 'stopped' : 'failed', {seconds: seconds(), exitCode, error: message});
    throw error;
  }
}

async function closeKilled(home: Home, ledger: Ledger, {note}: Progress): Promise<void> {
  for (const {run, runId, command} of ledger.closeKilled()) {
    note(`run ${run} was killed, or the machine went down; this one goes on from what it had landed`);
    ledger.event(run, 'run_failed', command, `Run ${run} was killed, or the machine went down.`);
    const lineage = new OpenLineage(home.openLineage, {runId, command}, {note});
    lineage.emitRun('ABORT', {error: 'killed'});
    await lineage.flush();
  }
}

function recordOf(
  ledger: Ledger,
  run: number,
  lineage: OpenLineage,
  stop: AbortSignal | undefined,
  progress: Progress,
): Recorded {
  const steps: Recorded['steps'] = [];
  let count = 0;
  let current: string | null = null;
  return {
    ledger,
    run,
    lineage,
    steps,
    note(text) {
      ledger.log(run, current, 'note', text);
      progress.note(text);
    },
    async step(name, work) {
      stop?.throwIfAborted();
      const number = ++count;
      const started = performance.now();
      const seconds = () => Number(((performance.now() - started) / 1000).toFixed(3));
      current = name;
      ledger.startStep(run, number, name);
      try {
        return await progress.step(name, async (update) => {
          const done = await work((text) => {
            ledger.doing(run, number, text);
            update(text);
          });
          // In the ledger first, so that a step which is told to be done is done for whoever reads there.
          ledger.endStep(run, number, 'done', seconds(), done.summary);
          ledger.log(run, name, 'info', done.summary);
          steps.push({name, seconds: seconds()});
          return done;
        });
      } catch (error) {
        ledger.endStep(run, number, stop?.aborted ? 'stopped' : 'failed', seconds(), getErrorMessage(error));
        throw error;
      } finally {
        current = null;
      }
    },
  };
}
