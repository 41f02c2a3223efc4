import {readdir, readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {identifier, literal, open} from '../../src/duckdb/database.ts';
import {exit, Failure} from '../../src/failure.ts';
import {parity} from './parity.ts';
import {dbtBuild, install, isThere, run, tell} from './programs.ts';
import {sparkEnvironment, startCluster} from './spark-cluster.ts';

/*
 * npm run parity:spark [DIR]
 *
 * Compares Rollcall's build with that of dbt on a Spark cluster, a master and two workers, which reads the same Parquet files of
 * the lake. Fractions may differ by 1e-9 of their size; everything else has to be the same. ROLLCALL_SPARK_MEMORY is what the
 * driver and each worker have, such as 4g.
 */
const tolerance = 1e-9;
const workers = 2;
const memory = process.env['ROLLCALL_SPARK_MEMORY'] ?? '1g';

await parity('Spark', tolerance, async ({raw, work}) => {
  if (!(await isThere('java', '-version'))) {
    throw new Failure(
      'Spark needs Java 17 or newer, and there is none here. On Debian: apt-get install openjdk-17-jre-headless',
      exit.usage,
    );
  }
  const programs = await install('spark');
  tell(`starting a Spark cluster of ${workers} workers`);
  const cluster = await startCluster(programs, {work: join(work, 'cluster'), workers, memory});
  try {
    tell('building with dbt on Spark');
    const script = join(import.meta.dirname, 'spark.py');
    const args = [script, cluster.master, memory, raw, work, ...dbtBuild('spark', work)];
    await run(join(programs, 'python'), args, {
      env: {...sparkEnvironment(programs), ROLLCALL_SPARK_MASTER: cluster.master},
    });
  } finally {
    await cluster.stop();
  }
  await assertEachWorked(work);
  return readTables(work);
});

/** @throws Failure where the work was not done by all the workers */
async function assertEachWorked(work: string): Promise<void> {
  const executors = JSON.parse(await readFile(join(work, 'executors.json'), 'utf8')) as {
    id: string;
    completedTasks: number;
  }[];
  const worked = executors.filter(({id, completedTasks}) => id !== 'driver' && completedTasks > 0);
  if (worked.length !== workers) throw new Failure(`Of ${workers} workers only ${worked.length} had something to do.`);
  tell(`the workers did ${worked.map(({completedTasks}) => completedTasks).join(' and ')} tasks`);
}

/** A DuckDB file with views of what Spark has written. */
async function readTables(work: string): Promise<string> {
  const path = join(work, 'theirs.duckdb');
  const db = await open(path);
  const tables = join(work, 'tables');
  for (const folder of await readdir(tables)) {
    const schema = identifier(folder.replace(/\.db$/, ''));
    await db.run(`create schema if not exists ${schema}`);
    for (const name of await readdir(join(tables, folder))) {
      const files = literal(join(tables, folder, name, '*.parquet'));
      await db.run(`create view ${schema}.${identifier(name)} as select * from read_parquet(${files})`);
    }
  }
  db.close();
  return path;
}
