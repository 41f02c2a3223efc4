import {type ChildProcess, spawn} from 'node:child_process';
import {closeSync, mkdtempSync, openSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {exit} from '../failure.ts';
import type {Home} from '../home.ts';
import {projectFolder} from '../project-folder.ts';

/** What is asked for with "Run now". */
export interface RunRequest {
  from: string;
  schoolList?: string | undefined;
  years?: string | undefined;
  only?: string[] | undefined;
  refresh?: boolean | undefined;
  force?: boolean | undefined;
}

export interface Ended {
  code: number;
  stdout: string;
  /** The end of what it told. */
  stderr: string;
}

/** A command that changes the home, while it goes on and after. */
export interface Work {
  command: string;
  by: 'schedule' | 'person';
  startedAt: string;
  /** Null while it goes on. */
  ended: (Ended & {at: string}) | null;
}

const keptOfErrors = 8_000;
const most = 64 << 20;

/**
 * Commands of Rollcall, each in a process of its own: what crashes there, or needs a lot of memory, leaves the server alone. Of those
 * that change the home one at a time is started; others may be started elsewhere, and the lock of the home keeps them apart.
 */
export class Commands {
  readonly #home: Home;
  readonly #main: string;
  readonly #children = new Set<ChildProcess>();
  #changing: Promise<Ended> | undefined;
  #isStopping = false;
  /** The last that was asked for here. */
  last: Work | undefined;
  /** Called when a command that changes the home has ended, however it did. */
  onEnd: () => void = () => {};

  constructor(home: Home, main = join(projectFolder, 'bin', 'rollcall.js')) {
    this.#home = home;
    this.#main = main;
  }

  get isBusy(): boolean {
    return this.#changing !== undefined;
  }

  /** @returns undefined where one goes on already, or the server is stopping */
  run(request: RunRequest, by: Work['by']): Promise<Ended> | undefined {
    return this.#change(['run', ...argumentsOf(request)], by);
  }

  rollback(build: string): Promise<Ended> | undefined {
    return this.#change(['rollback', '--', build], 'person');
  }

  /** What a run would do, in the words of `rollcall plan`, or for programs. */
  plan(request: RunRequest, format?: '--json'): Promise<Ended> {
    return this.#start(['plan', ...argumentsOf(request), ...(format ? [format] : [])]);
  }

  changes(builds: string[], format?: '--json'): Promise<Ended> {
    return this.#start(['changes', ...(format ? [format] : []), '--', ...builds]);
  }

  /** Asks what goes on to stop, a run cleanly between its steps, and waits for it. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    for (const child of this.#children) child.kill('SIGTERM');
    await this.#changing;
  }

  #change(args: string[], by: Work['by']): Promise<Ended> | undefined {
    if (this.#changing || this.#isStopping) return undefined;
    const work: Work = {
      command: args.filter((arg) => arg !== '--').join(' '),
      by,
      startedAt: new Date().toISOString(),
      ended: null,
    };
    this.last = work;
    this.#changing = this.#startApart(args).then((ended) => {
      work.ended = {...ended, at: new Date().toISOString()};
      this.#changing = undefined;
      this.onEnd();
      return ended;
    });
    return this.#changing;
  }

  /** What only asks is heard through pipes. */
  #start(args: string[]): Promise<Ended> {
    const child = this.#spawn(args, 'pipe', 'pipe');
    let [stdout, stderr] = ['', ''];
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      if (stdout.length < most) stdout += text;
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      stderr = (stderr + text).slice(-keptOfErrors);
    });
    return ended(child).then(({code, why}) => ({code, stdout, stderr: stderr + why}));
  }

  /** What changes the home tells it to a file: it goes on where the server is killed, and nobody is there to read from a pipe. */
  #startApart(args: string[]): Promise<Ended> {
    const folder = mkdtempSync(join(tmpdir(), 'rollcall-serve-'));
    const told = openSync(join(folder, 'told'), 'w');
    const child = this.#spawn(args, 'ignore', told);
    closeSync(told);
    return ended(child).then(({code, why}) => {
      const stderr = readFileSync(join(folder, 'told'), 'utf8').slice(-keptOfErrors);
      rmSync(folder, {recursive: true, force: true});
      return {code, stdout: '', stderr: stderr + why};
    });
  }

  #spawn([command = '', ...args]: string[], stdout: 'pipe' | 'ignore', stderr: 'pipe' | number): ChildProcess {
    const child = spawn(process.execPath, [this.#main, command, '--home', this.#home.folder, ...args], {
      env: {...process.env, NO_COLOR: '1', CI: '1'},
      stdio: ['ignore', stdout, stderr],
    });
    this.#children.add(child);
    child.once('close', () => this.#children.delete(child));
    return child;
  }
}

function ended(child: ChildProcess): Promise<{code: number; why: string}> {
  return new Promise((resolve) => {
    child.on('error', ({message}) => resolve({code: exit.failed, why: message}));
    child.on('close', (code, signal) =>
      resolve({code: code ?? exit.failed, why: signal === null ? '' : `It was ended by ${signal}.`}),
    );
  });
}

/** The request as the command line has it. */
function argumentsOf({from, schoolList, years, only = [], refresh, force}: RunRequest): string[] {
  return [
    `--from=${from}`,
    ...(schoolList ? [`--school-list=${schoolList}`] : []),
    ...(years ? [`--years=${years}`] : []),
    ...only.map((source) => `--only=${source}`),
    ...(refresh ? ['--refresh'] : []),
    ...(force ? ['--force'] : []),
  ];
}
