import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {parseArgs} from 'node:util';
import {projectFolder} from '../src/project-folder.ts';
import {install, makeDbtArguments, printLine} from '../test/parity/programs.ts';
import {makeSparkEnvironment, startCluster} from '../test/parity/spark-cluster.ts';
import {keep} from './keep.ts';
import {measure} from './measure.ts';
import {parseSizes, sizeOptions, withRun} from './sizes.ts';
import {renderSparkTable, type Scaled} from './tables.ts';

/*
 * npm run bench:spark [-- --sizes 1x1,1x10,10x10] [--memory 5g] [--in DIR] [--keep]
 *
 * Measures how the models scale on Spark: dbt's time for seeds and models, without tests, on a cluster of a master and two workers,
 * on the raw tables of a Rollcall run. --memory is the limit of the driver and of each worker. --keep writes each size to
 * bench/results/ as it is done.
 */

const {values} = parseArgs({options: {...sizeOptions, memory: {type: 'string', default: '5g'}}});

const onlyModels = ['--exclude-resource-type', 'test', '--exclude-resource-type', 'unit_test'];
const results: Scaled[] = [];
const programs = await install('spark', join(projectFolder, 'test', 'parity'));
for (const size of parseSizes(values.sizes)) {
  results.push(
    await withRun(size, values.in, async (run, {folder}, work) => ({
      ...run,
      ...(await measureSpark(join(folder, 'raw'), work)),
    })),
  );
  if (values.keep) await keep('spark', {memory: values.memory, results});
}
process.stdout.write(`${renderSparkTable(results)}\n`);

/** Measures the models on Spark: dbt's own time, and the memory of the cluster and this process together. */
async function measureSpark(raw: string, work: string): Promise<{seconds: number; peak: number}> {
  const cluster = await startCluster(programs, {work: join(work, 'cluster'), workers: 2, memory: values.memory});
  try {
    printLine('the same models on Spark');
    const script = join(projectFolder, 'test', 'parity', 'spark.py');
    const args = [script, cluster.master, values.memory, raw, work, ...makeDbtArguments('spark', work), ...onlyModels];
    const {peak} = await measure(join(programs, 'python'), args, {
      env: {
        ...makeSparkEnvironment(programs),
        ROLLCALL_SPARK_MASTER: cluster.master,
        ROLLCALL_SPARK_VIEWS: '0',
        DBT_SEND_ANONYMOUS_USAGE_STATS: 'false',
      },
      others: [process.pid],
    });
    const dbt = JSON.parse(await readFile(join(work, 'target', 'run_results.json'), 'utf8')) as {
      elapsed_time: number;
      results: {status: string; unique_id: string; message: string | null}[];
    };
    const wrong = dbt.results.filter(({status}) => ['error', 'fail', 'skipped'].includes(status));
    const [first] = wrong;
    if (first) throw new Error(`On Spark ${wrong.length} failed, the first ${first.unique_id}: ${first.message}`);
    return {seconds: dbt.elapsed_time, peak};
  } finally {
    await cluster.stop();
  }
}
