import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import {readdir, readFile, readlink} from 'node:fs/promises';
import {basename} from 'node:path';
import {setTimeout as pause} from 'node:timers/promises';

/*
 * node bench/measure.ts PROGRAM [ARGUMENT...]
 *
 * Runs a program, and prints on stderr how long it took and its peak memory, child processes included: in all, and by program.
 * Memory is the resident set, sampled every tenth of a second. Linux only.
 */

export interface Usage {
  seconds: number;
  /** Processor time of it and its children, in hundredths. */
  cpuSeconds: number;
  /** Bytes, of all its processes together. */
  peak: number;
  /** Bytes by program, of all its processes together. */
  byProgram: Map<string, number>;
}

interface Options {
  cwd?: string;
  env?: Record<string, string>;
  /** Whether its output goes to this process's terminal. */
  isHeard?: boolean;
  /** Processes that work for it but aren't its children, such as a database server. */
  others?: readonly number[];
}

/** Killed when this process ends. */
const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});
for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)
  process.once(signal, () => process.exit(code));

const pageSize = 4096;
const interval = 100;

/**
 * Runs a program to its end.
 *
 * @throws Error with the program's stderr if it exits with another code than 0
 */
export async function measure(
  program: string,
  args: readonly string[],
  {cwd, env = {}, isHeard = false, others = []}: Options = {},
): Promise<Usage> {
  const cpuBefore = await readChildrenSeconds();
  const started = performance.now();
  const child = spawn(program, args, {
    cwd,
    env: {...process.env, ...env},
    stdio: isHeard ? 'inherit' : ['ignore', 'ignore', 'pipe'],
  });
  running.add(child);
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  let seconds = 0;
  const ended = once(child, 'close').then(([code]) => {
    seconds = (performance.now() - started) / 1000;
    return code as number | null;
  });
  const usage: Usage = {seconds: 0, cpuSeconds: 0, peak: 0, byProgram: new Map()};
  const sample = async () => {
    const now = await readMemory([child.pid ?? 0, ...others]);
    const together = [...now.values()].reduce((sum, bytes) => sum + bytes, 0);
    usage.peak = Math.max(usage.peak, together);
    for (const [name, bytes] of now) usage.byProgram.set(name, Math.max(usage.byProgram.get(name) ?? 0, bytes));
  };
  let isRunning = true;
  const done = ended.finally(() => {
    isRunning = false;
    running.delete(child);
  });
  while (isRunning) {
    await sample();
    await Promise.race([done, pause(interval)]);
  }
  const code = await done;
  if (code !== 0) throw new Error(`${[program, ...args].join(' ')} ended with ${code}:\n${stderr}`);
  return {...usage, seconds, cpuSeconds: (await readChildrenSeconds()) - cpuBefore};
}

/** Reads the processor time of this process's children that have ended, and of theirs. */
async function readChildrenSeconds(): Promise<number> {
  const stat = await readFile('/proc/self/stat', 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticksPerSecond = 100;
  return (Number(fields[13]) + Number(fields[14])) / ticksPerSecond;
}

/** Reads the memory of these processes and their descendants, by program. */
async function readMemory(roots: readonly number[]): Promise<Map<string, number>> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const parents = new Map<number, number>();
  for (const pid of pids) {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
    parents.set(Number(pid), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
  }
  const isOurs = (pid: number): boolean => {
    const parent = parents.get(pid);
    return roots.includes(pid) || (parent !== undefined && isOurs(parent));
  };
  const memory = new Map<string, number>();
  for (const pid of [...parents.keys()].filter(isOurs)) {
    const [name, statm] = await Promise.all([
      readlink(`/proc/${pid}/exe`).catch(() => ''),
      readFile(`/proc/${pid}/statm`, 'utf8').catch(() => ''),
    ]);
    const bytes = Number(statm.split(' ')[1] ?? 0) * pageSize;
    if (name !== '') memory.set(basename(name), (memory.get(basename(name)) ?? 0) + bytes);
  }
  return memory;
}

if (import.meta.main) {
  const [program, ...args] = process.argv.slice(2);
  if (program === undefined) throw new Error('Name the program to run.');
  const {seconds, cpuSeconds, peak, byProgram} = await measure(program, args, {isHeard: true});
  const megabytes = (bytes: number) => `${Math.round(bytes / 1e6).toLocaleString('en-US')} MB`;
  const each = [...byProgram].sort(([, a], [, b]) => b - a).map(([name, bytes]) => `${name} ${megabytes(bytes)}`);
  process.stderr.write(
    `${seconds.toFixed(1)} s (${cpuSeconds.toFixed(1)} s of processors), at most ${megabytes(peak)} (${each.join(', ')})\n`,
  );
}
