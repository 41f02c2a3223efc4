import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdir} from 'node:fs/promises';
import {delimiter, join} from 'node:path';
import {createInterface} from 'node:readline';
import {Failure} from '../../src/failure.ts';

/** A standalone Spark cluster on this machine that nobody else can reach. */
export interface Cluster {
  /** spark://127.0.0.1:… */
  master: string;
  stop(): Promise<void>;
}

/** What the programs of Spark need to know: to stay on loopback, and which Python has Spark. */
export function sparkEnvironment(programs: string): Record<string, string> {
  return {SPARK_LOCAL_IP: '127.0.0.1', PATH: `${programs}${delimiter}${process.env['PATH'] ?? ''}`};
}

/**
 * Starts a master and workers, each with one core.
 *
 * @param programs the folder with `spark-class`
 * @param memory of each worker, such as `1g`
 */
export async function startCluster(
  programs: string,
  {work, workers, memory}: {work: string; workers: number; memory: string},
): Promise<Cluster> {
  const processes: ChildProcess[] = [];
  const stop = async () => {
    await Promise.all(processes.map(end));
  };
  /** Starts one program of the cluster; returns the line that tells it is ready. */
  const start = async (program: string, args: readonly string[], ready: RegExp): Promise<string> => {
    const child = spawn(join(programs, 'spark-class'), [program, '--host', '127.0.0.1', '--webui-port', '0', ...args], {
      cwd: work,
      env: {
        ...process.env,
        ...sparkEnvironment(programs),
        SPARK_DAEMON_MEMORY: '256m',
        SPARK_MASTER_OPTS: '-Dspark.master.rest.enabled=false',
      },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    processes.push(child);
    const said: string[] = [];
    for await (const line of createInterface({input: child.stderr})) {
      said.push(line);
      if (!ready.test(line)) continue;
      child.stderr.resume();
      return line;
    }
    throw new Failure(`${program} did not start.\n${said.join('\n')}`);
  };
  try {
    await mkdir(work, {recursive: true});
    const started = await start('org.apache.spark.deploy.master.Master', ['--port', '0'], /Starting Spark master at/);
    const master = /spark:\S+/.exec(started)?.[0] ?? '';
    const worker = ['--cores', '1', '--memory', memory, '--work-dir', join(work, 'workers'), master];
    await Promise.all(
      Array.from({length: workers}, () =>
        start('org.apache.spark.deploy.worker.Worker', worker, /Successfully registered with master/),
      ),
    );
    return {master, stop};
  } catch (error) {
    await stop();
    throw error;
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill();
  const force = setTimeout(() => child.kill('SIGKILL'), 10_000);
  await ended;
  clearTimeout(force);
}
