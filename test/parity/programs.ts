import {type ChildProcess, execFile, spawn} from 'node:child_process';
import {once} from 'node:events';
import {existsSync} from 'node:fs';
import {cp, readFile, rm} from 'node:fs/promises';
import {join} from 'node:path';
import {createInterface} from 'node:readline';
import {exit, Failure} from '../../src/failure.ts';
import {projectFolder} from '../../src/project-folder.ts';

const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupted.abort());

interface Options {
  env?: Record<string, string>;
  cwd?: string;
  /** The standard input. */
  input?: string;
}

/**
 * Runs a program to its end and returns its output. If this command ends, the program ends too.
 *
 * @throws Failure with the program's output, unless it exits with 0
 */
export function run(
  program: string,
  args: readonly string[],
  {env = {}, input, ...options}: Options = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(
      program,
      args,
      {
        ...options,
        env: {...process.env, DBT_SEND_ANONYMOUS_USAGE_STATS: 'false', ...env},
        maxBuffer: 1 << 28,
        signal: interrupted.signal,
      },
      (error, stdout, stderr) => {
        if (error === null) resolve(stdout);
        else if (interrupted.signal.aborted) reject(new Failure('Interrupted.', 130));
        else reject(new Failure(`${program} ${args.join(' ')}: ${error.code}\n${stdout}${stderr}`));
      },
    );
    if (input !== undefined) child.stdin?.end(input);
  });
}

/** Returns whether a program can be started. */
export async function canStart(program: string, ...args: string[]): Promise<boolean> {
  try {
    await run(program, args);
    return true;
  } catch (error) {
    if (interrupted.signal.aborted) throw error;
    return false;
  }
}

/** A program that runs until it is stopped. */
export interface Server {
  /** The line that it printed when it was ready. */
  greeting: string;
  stop(): Promise<void>;
}

/**
 * Starts a program that runs until it is stopped.
 *
 * @param ready matches the line on stderr that says the program is ready
 * @throws Failure with the program's output, if it ends before that
 */
export async function start(
  program: string,
  args: readonly string[],
  ready: RegExp,
  {env = {}, ...options}: Options = {},
): Promise<Server> {
  const child = spawn(program, args, {
    ...options,
    env: {...process.env, ...env},
    // A process group of its own, so that Ctrl-C interrupts only this command, which then stops the program.
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const failed = once(child, 'error').then(([error]) => Promise.reject(error));
  const said: string[] = [];
  const greeting = (async () => {
    for await (const line of createInterface({input: child.stderr})) {
      said.push(line);
      if (ready.test(line)) return line;
    }
    throw new Failure(`${program} did not start.\n${said.join('\n')}`);
  })();
  const line = await Promise.race([greeting, failed]);
  child.stderr.resume();
  return {greeting: line, stop: () => end(child)};
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGINT');
  const force = setTimeout(() => child.kill('SIGKILL'), 10_000);
  await ended;
  clearTimeout(force);
}

/**
 * Returns the folder of programs of the virtual environment `name`.txt. Creates it from PyPI if it is missing.
 *
 * @param folder the folder of that file
 */
export async function install(name: string, folder = import.meta.dirname): Promise<string> {
  const environment = join(projectFolder, 'node_modules', '.cache', `rollcall-parity-${name}`);
  const requirements = join(folder, `${name}.txt`);
  const installed = join(environment, 'installed.txt');
  const programs = join(environment, 'bin');
  const wanted = await readFile(requirements, 'utf8');
  if (wanted === (await readFile(installed, 'utf8').catch(() => ''))) return programs;
  if (!(await canStart('python3', '-c', 'import ensurepip, venv'))) {
    throw new Failure(
      `What ${name}.txt names needs Python 3 with its virtual environments, and there is none here. On Debian: apt-get install python3-venv`,
      exit.usage,
    );
  }
  printLine(`installing what ${name}.txt names`);
  await rm(environment, {recursive: true, force: true});
  await run('python3', ['-m', 'venv', environment]);
  await run(join(programs, 'pip'), ['install', '--quiet', '--requirement', requirements]);
  await cp(requirements, installed);
  return programs;
}

/** Returns dbt's arguments, the same on every engine. `target` is from profiles.yml; dbt writes its results to `work`/target. */
export function makeDbtArguments(target: string, work: string): string[] {
  const folder = join(projectFolder, 'dbt');
  return [
    ['build', '--target', target],
    ['--project-dir', folder, '--profiles-dir', folder],
    ['--target-path', join(work, 'target'), '--log-path', join(work, 'logs')],
  ].flat();
}

/**
 * Runs dbt. It may exit with 1, since the comparison reports models and tests that fail.
 *
 * @throws Failure if dbt could not build anything
 */
export async function runDbt(
  programs: string,
  args: readonly string[],
  work: string,
  env: Record<string, string> = {},
): Promise<void> {
  try {
    await run(join(programs, 'dbt'), args, {env});
  } catch (error) {
    if (interrupted.signal.aborted || !existsSync(join(work, 'target', 'run_results.json'))) throw error;
  }
}

export function printLine(text: string): void {
  process.stderr.write(`${text}…\n`);
}
