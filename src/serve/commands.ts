import {type ChildProcess, spawn} from 'node:child_process';
import {closeSync, mkdtempSync, openSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import pLimit from 'p-limit';
import {exit, Failure} from '../failure.ts';
import type {Home} from '../home.ts';
import {projectFolder} from '../project-folder.ts';

/** The options of "Run now". */
export interface RunRequest {
  from: string;
  schoolList?: string | undefined;
  years?: string | undefined;
  only?: string[] | undefined;
  refresh?: boolean | undefined;
  force?: boolean | undefined;
}

export interface CommandOutcome {
  code: number;
  stdout: string;
  /** The end of its messages. */
  stderr: string;
}

/** A command that changes the home directory, running or ended. */
export interface Job {
  command: string;
  by: 'schedule' | 'person';
  startedAt: string;
  /** Null while it runs. */
  ended: (CommandOutcome & {at: string}) | null;
}

const keptOfErrors = 8_000;
const most = 64 << 20;
/** How many commands that read may wait, since one runs at a time. */
const longestQueue = 8;
/** How long a command that reads may take. Milliseconds. */
const longestQuestion = 10 * 60_000;

/**
 * Runs Rollcall's commands, each in its own process, so that a crash or a large memory need doesn't affect the server. One
 * command that changes the home directory runs at a time, and beside it one that reads. The lock keeps the first apart from commands
 * started elsewhere.
 */
export class Commands {
  readonly #home: Home;
  readonly #main: string;
  readonly #children = new Set<ChildProcess>();
  readonly #questions = pLimit(1);
  #changing: Promise<CommandOutcome> | undefined;
  #changer: ChildProcess | undefined;
  #isStopping = false;
  /** The last one started here. */
  last: Job | undefined;
  /** Called when a command that changes the home directory has ended, successfully or not. */
  onEnd: () => void = () => {};

  constructor(home: Home, main = join(projectFolder, 'bin', 'rollcall.js')) {
    this.#home = home;
    this.#main = main;
  }

  get isBusy(): boolean {
    return this.#changing !== undefined;
  }

  /** @returns undefined if one is already running, or the server is stopping */
  run(request: RunRequest, by: Job['by']): Promise<CommandOutcome> | undefined {
    return this.#change(['run', ...listArguments(request)], by);
  }

  rollback(build: string): Promise<CommandOutcome> | undefined {
    return this.#change(['rollback', '--', build], 'person');
  }

  /**
   * Asks the running command to stop, a run between two steps.
   *
   * @returns false if none is running that was started here
   */
  stopRun(): boolean {
    return this.#changer?.kill('SIGTERM') ?? false;
  }

  /**
   * Runs `rollcall plan`.
   *
   * @throws Failure if too many questions are waiting
   */
  plan(request: RunRequest, format?: '--json'): Promise<CommandOutcome> {
    return this.#ask(['plan', ...listArguments(request), ...(format ? [format] : [])]);
  }

  changes(builds: string[], format?: '--json'): Promise<CommandOutcome> {
    return this.#ask(['changes', ...(format ? [format] : []), '--', ...builds]);
  }

  /** Runs `rollcall lineage` for every table. */
  lineage(): Promise<CommandOutcome> {
    return this.#ask(['lineage', '--json']);
  }

  /** Asks running commands to stop, a run between two steps, and waits for the one that changes the home directory. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#questions.clearQueue();
    for (const child of this.#children) child.kill('SIGTERM');
    await this.#changing;
  }

  #change(args: string[], by: Job['by']): Promise<CommandOutcome> | undefined {
    if (this.#changing || this.#isStopping) return undefined;
    const work: Job = {
      command: args.filter((arg) => arg !== '--').join(' '),
      by,
      startedAt: new Date().toISOString(),
      ended: null,
    };
    this.last = work;
    this.#changing = this.#startApart(args).then((ended) => {
      work.ended = {...ended, at: new Date().toISOString()};
      this.#changing = undefined;
      this.#changer = undefined;
      this.onEnd();
      return ended;
    });
    return this.#changing;
  }

  /** Starts a command that only reads, once the one before has ended. */
  #ask(args: string[]): Promise<CommandOutcome> {
    if (this.#questions.pendingCount >= longestQueue)
      throw new Failure('Too many questions are waiting for an answer. Try again in a minute.');
    return this.#questions(() => this.#start(args));
  }

  /** Its output comes through pipes. */
  #start(args: string[]): Promise<CommandOutcome> {
    const child = this.#spawn(args, 'pipe', 'pipe');
    const limit = setTimeout(() => child.kill('SIGKILL'), longestQuestion);
    child.once('close', () => clearTimeout(limit));
    let [stdout, stderr] = ['', ''];
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      if (stdout.length < most) stdout += text;
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      stderr = (stderr + text).slice(-keptOfErrors);
    });
    return waitForEnd(child).then(({code, why}) => ({code, stdout, stderr: stderr + why}));
  }

  /** Starts a command that writes its messages to a file, not a pipe, so that it continues if the server is killed. */
  #startApart(args: string[]): Promise<CommandOutcome> {
    const folder = mkdtempSync(join(tmpdir(), 'rollcall-serve-'));
    const output = openSync(join(folder, 'stderr'), 'w');
    const child = this.#spawn(args, 'ignore', output);
    this.#changer = child;
    closeSync(output);
    return waitForEnd(child).then(({code, why}) => {
      const stderr = readFileSync(join(folder, 'stderr'), 'utf8').slice(-keptOfErrors);
      rmSync(folder, {recursive: true, force: true});
      return {code, stdout: '', stderr: stderr + why};
    });
  }

  #spawn([command = '', ...args]: string[], stdout: 'pipe' | 'ignore', stderr: 'pipe' | number): ChildProcess {
    // Lineage is of the models, not of a home directory.
    const home = command === 'lineage' ? [] : ['--home', this.#home.folder];
    const child = spawn(process.execPath, [this.#main, command, ...home, ...args], {
      env: {...process.env, NO_COLOR: '1', CI: '1'},
      stdio: ['ignore', stdout, stderr],
    });
    this.#children.add(child);
    child.once('close', () => this.#children.delete(child));
    return child;
  }
}

function waitForEnd(child: ChildProcess): Promise<{code: number; why: string}> {
  return new Promise((resolve) => {
    child.on('error', ({message}) => resolve({code: exit.failed, why: message}));
    child.on('close', (code, signal) =>
      resolve({code: code ?? exit.failed, why: signal === null ? '' : `${signal} ended it.`}),
    );
  });
}

/** Lists the request's command-line arguments. */
function listArguments({from, schoolList, years, only = [], refresh, force}: RunRequest): string[] {
  return [
    `--from=${from}`,
    ...(schoolList ? [`--school-list=${schoolList}`] : []),
    ...(years ? [`--years=${years}`] : []),
    ...only.map((source) => `--only=${source}`),
    ...(refresh ? ['--refresh'] : []),
    ...(force ? ['--force'] : []),
  ];
}
