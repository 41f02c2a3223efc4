import {mkdir} from 'node:fs/promises';
import {delimiter, join} from 'node:path';
import {type Server, start} from './programs.ts';

/** A standalone Spark cluster on this machine, reachable only from here. */
export interface Cluster {
  /** spark://127.0.0.1:… */
  master: string;
  stop(): Promise<void>;
}

/** Returns the environment of Spark's programs, which keeps them on loopback and names the Python with Spark. */
export function makeSparkEnvironment(programs: string): Record<string, string> {
  return {SPARK_LOCAL_IP: '127.0.0.1', PATH: `${programs}${delimiter}${process.env['PATH'] ?? ''}`};
}

/**
 * Starts a master and workers with one core each, on free ports.
 *
 * @param programs the folder with `spark-class`
 * @param memory of each worker, such as `1g`
 */
export async function startCluster(
  programs: string,
  {work, workers, memory}: {work: string; workers: number; memory: string},
): Promise<Cluster> {
  await mkdir(work, {recursive: true});
  const servers: Server[] = [];
  const startOne = async (what: string, args: readonly string[], ready: RegExp) => {
    const here = ['--host', '127.0.0.1', '--webui-port', '0'];
    const server = await start(
      join(programs, 'spark-class'),
      [`org.apache.spark.deploy.${what}`, ...here, ...args],
      ready,
      {
        cwd: work,
        env: {
          ...makeSparkEnvironment(programs),
          SPARK_DAEMON_MEMORY: '256m',
          SPARK_MASTER_OPTS: '-Dspark.master.rest.enabled=false',
        },
      },
    );
    servers.push(server);
    return server;
  };
  const stop = async () => {
    await Promise.all(servers.map((server) => server.stop()));
  };
  try {
    const {greeting} = await startOne('master.Master', ['--port', '0'], /Starting Spark master at/);
    const master = /spark:\S+/.exec(greeting)?.[0] ?? '';
    const worker = ['--cores', '1', '--memory', memory, '--work-dir', join(work, 'workers'), master];
    for (let nth = 0; nth < workers; nth++)
      await startOne('worker.Worker', worker, /Successfully registered with master/);
    return {master, stop};
  } catch (error) {
    await stop();
    throw error;
  }
}
