import {randomUUID} from 'node:crypto';
import {exit, Failure, getErrorMessage} from '../failure.ts';
import type {Home} from '../home.ts';
import {OpenLineage, readEndpoint} from '../lineage/openlineage.ts';
import type {Progress} from '../progress.ts';
import {AuditFailure} from './audit-failure.ts';
import {Ledger, type Outcome} from './ledger.ts';
import {lock} from './lock.ts';
import {Stopped} from './stop.ts';
import {explainSystemError} from './system-errors.ts';

/** A run in progress. Its steps and notes go to the terminal and into the ledger. */
export interface RunRecord extends Progress {
  ledger: Ledger;
  /** Its number in the ledger. */
  run: number;
  lineage: OpenLineage;
  /** The completed steps. */
  steps: {name: string; seconds: number}[];
}

interface Command {
  name: string;
  /** The options to store in the ledger. */
  options: unknown;
  stop?: AbortSignal | undefined;
  openLineageUrl?: string | undefined;
}

interface CommandResult<T> {
  outcome: Outcome;
  build?: string;
  result: T;
}

/**
 * Runs a command that changes a home directory, under its lock and with an entry in its ledger. Closes the entries of killed runs
 * first.
 *
 * @throws Failure (exit 4) if another process holds the lock
 */
export async function runRecorded<T>(
  home: Home,
  command: Command,
  progress: Progress,
  work: (record: RunRecord) => Promise<CommandResult<T>>,
): Promise<T> {
  let release = () => {};
  try {
    release = lock(home);
    const ledger = Ledger.open(home.ledger, progress.note);
    try {
      return await runWithEntry(home, ledger, command, progress, work);
    } finally {
      ledger.close();
    }
  } catch (error) {
    throw explainSystemError(error, home.folder);
  } finally {
    release();
  }
}

async function runWithEntry<T>(
  home: Home,
  ledger: Ledger,
  command: Command,
  progress: Progress,
  work: (record: RunRecord) => Promise<CommandResult<T>>,
): Promise<T> {
  const endpoint = readEndpoint(command.openLineageUrl);
  const runId = randomUUID();
  await closeKilled(home, ledger, progress);
  const run = ledger.startRun(command.name, command.options, runId);
  const note = (text: string) => record.note(text);
  const lineage = new OpenLineage(home.openLineage, {runId, command: command.name}, {endpoint, note});
  const record = createRecord(ledger, run, lineage, command.stop, progress);
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
      command.stop?.aborted && !(thrown instanceof AuditFailure)
        ? command.stop.reason
        : explainSystemError(thrown, home.folder);
    const message = getErrorMessage(error);
    const isStopped = error instanceof Stopped;
    if (error instanceof AuditFailure) ledger.keepFindings(run, error.checks, error.tests);
    ledger.log(
      run,
      null,
      'error',
      error instanceof Failure || !(error instanceof Error) ? message : (error.stack ?? message),
    );
    if (!isStopped) ledger.recordEvent(run, 'run_failed', command.name, message);
    lineage.emitRun(isStopped ? 'ABORT' : 'FAIL', {error: message});
    await lineage.flush();
    const exitCode = error instanceof Failure ? error.exitCode : exit.failed;
    ledger.endRun(run, isStopped ? 'stopped' : 'failed', {seconds: seconds(), exitCode, error: message});
    throw error;
  }
}

async function closeKilled(home: Home, ledger: Ledger, {note}: Progress): Promise<void> {
  for (const {run, runId, command} of ledger.closeKilled()) {
    note(`run ${run} was killed, or the machine went down; this run continues from what it had landed`);
    ledger.recordEvent(run, 'run_failed', command, `Run ${run} was killed, or the machine went down.`);
    const lineage = new OpenLineage(home.openLineage, {runId, command}, {note});
    lineage.emitRun('ABORT', {error: 'killed'});
    await lineage.flush();
  }
}

function createRecord(
  ledger: Ledger,
  run: number,
  lineage: OpenLineage,
  stop: AbortSignal | undefined,
  progress: Progress,
): RunRecord {
  const steps: RunRecord['steps'] = [];
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
            ledger.updateStep(run, number, text);
            update(text);
          });
          // In the ledger first, so that a step reported as done is done for readers of the ledger too.
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
