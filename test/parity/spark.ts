import {readdir, readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {identifier, literal, open} from '../../src/duckdb/database.ts';
import {exit, Failure} from '../../src/failure.ts';
import {compareEngines} from './parity.ts';
import {canStart, install, makeDbtArguments, printLine, run} from './programs.ts';
import {makeSparkEnvironment, startCluster} from './spark-cluster.ts';

/*
 * npm run parity:spark [DIR]
 *
 * Compares Rollcall's build with one by dbt on a Spark cluster, a master and two workers, which reads the same Parquet files of
 * the lake. Fractions may differ by 1e-9 of their size. Everything else must be equal. ROLLCALL_SPARK_MEMORY is the memory of the
 * driver and of each worker, such as 4g.
 */
const tolerance = 1e-9;
const workers = 2;
const memory = process.env['ROLLCALL_SPARK_MEMORY'] ?? '1g';

await compareEngines('Spark', tolerance, async ({raw, work}) => {
  if (!(await canStart('java', '-version'))) {
    throw new Failure(
      'Spark needs Java 17 or newer, and there is none here. On Debian: apt-get install openjdk-17-jre-headless',
      exit.usage,
    );
  }
  const programs = await install('spark');
  printLine(`starting a Spark cluster of ${workers} workers`);
  const cluster = await startCluster(programs, {work: join(work, 'cluster'), workers, memory});
  try {
    printLine('building with dbt on Spark');
    const script = join(import.meta.dirname, 'spark.py');
    const args = [script, cluster.master, memory, raw, work, ...makeDbtArguments('spark', work)];
    await run(join(programs, 'python'), args, {
      env: {...makeSparkEnvironment(programs), ROLLCALL_SPARK_MASTER: cluster.master},
    });
  } finally {
    await cluster.stop();
  }
  await assertEachWorked(work);
  return readTables(work);
});

/** @throws Failure unless all workers took part in the work */
async function assertEachWorked(work: string): Promise<void> {
  const executors = JSON.parse(await readFile(join(work, 'executors.json'), 'utf8')) as {
    id: string;
    completedTasks: number;
  }[];
  const worked = executors.filter(({id, completedTasks}) => id !== 'driver' && completedTasks > 0);
  if (worked.length !== workers) throw new Failure(`Of ${workers} workers only ${worked.length} had something to do.`);
  printLine(`the workers did ${worked.map(({completedTasks}) => completedTasks).join(' and ')} tasks`);
}

/** Makes a DuckDB file with views of Spark's tables. */
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
