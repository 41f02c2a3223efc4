import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {readdir, readFile, readlink} from 'node:fs/promises';
import {basename} from 'node:path';
import {setInterval as every} from 'node:timers/promises';

/*
 * node bench/peak.ts PROGRAM [ARGUMENT...]
 *
 * Runs a program, and says on stderr how long it took and how much memory it and the programs that it started had at most:
 * together, and by program. Memory is what is resident, looked at four times a second. Linux only.
 */

interface Usage {
  seconds: number;
  /** Bytes. */
  together: number;
  /** Bytes by the name of the program, of all its processes together. */
  byProgram: Map<string, number>;
}

const pageSize = 4096;

async function measure(program: string, args: readonly string[]): Promise<Usage & {code: number | null}> {
  const started = performance.now();
  const child = spawn(program, args, {stdio: 'inherit'});
  const ended = once(child, 'exit');
  const usage: Usage = {seconds: 0, together: 0, byProgram: new Map()};
  for await (const _ of every(250)) {
    if (child.exitCode !== null || child.signalCode !== null) break;
    const now = await memoryOf(child.pid ?? 0);
    usage.together = Math.max(
      usage.together,
      [...now.values()].reduce((sum, bytes) => sum + bytes, 0),
    );
    for (const [name, bytes] of now) usage.byProgram.set(name, Math.max(usage.byProgram.get(name) ?? 0, bytes));
  }
  const [code] = (await ended) as [number | null];
  return {...usage, seconds: (performance.now() - started) / 1000, code};
}

/** The memory of a process and of all that descend from it, by the name of the program. */
async function memoryOf(root: number): Promise<Map<string, number>> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const parents = new Map<number, number>();
  for (const pid of pids) {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
    parents.set(Number(pid), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
  }
  const isOurs = (pid: number): boolean => pid === root || (parents.has(pid) && isOurs(parents.get(pid) ?? 0));
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

const [program, ...args] = process.argv.slice(2);
if (program === undefined) throw new Error('Name the program to run.');
const {seconds, together, byProgram, code} = await measure(program, args);
const megabytes = (bytes: number) => `${Math.round(bytes / 1e6).toLocaleString('en-US')} MB`;
const each = [...byProgram].sort(([, a], [, b]) => b - a).map(([name, bytes]) => `${name} ${megabytes(bytes)}`);
process.stderr.write(`${seconds.toFixed(1)} s, at most ${megabytes(together)} (${each.join(', ')})\n`);
process.exitCode = code ?? 1;
