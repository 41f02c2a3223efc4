import {mkdtemp, readFile, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {parseArgs} from 'node:util';
import {homeAt, projectFolder, requirePublished} from '../src/runs/home.ts';
import {dbtBuild, install} from '../test/parity/programs.ts';
import {sparkEnvironment, startCluster} from '../test/parity/spark-cluster.ts';
import {keep} from './keep.ts';
import {measure} from './measure.ts';
import {writeStates} from './states.ts';
import {type Scaled, sparkTable} from './tables.ts';

/*
 * npm run bench:spark [-- --sizes 1x1,1x10,10x10] [--memory 5g] [--in DIR] [--keep]
 *
 * How the models grow on Spark: dbt's own time for seeds and models, without tests, on a cluster of a master and two workers, on the
 * raw tables that a run of Rollcall lays out. --memory is what the driver and each worker have. --keep writes what was measured to
 * bench/results/, each size as it is done.
 */

const {values} = parseArgs({
  options: {
    sizes: {type: 'string', default: '1x1,1x10,10x10'},
    memory: {type: 'string', default: '5g'},
    in: {type: 'string', default: tmpdir()},
    keep: {type: 'boolean', default: false},
  },
});

const onlyModels = ['--exclude-resource-type', 'test', '--exclude-resource-type', 'unit_test'];
const results: Scaled[] = [];
const programs = await install('spark', join(projectFolder, 'test', 'parity'));
for (const size of values.sizes.split(',')) {
  const [states = Number.NaN, years = Number.NaN] = size.split('x').map(Number);
  if (!(states > 0 && years > 0)) throw new Error(`--sizes: ${size} is not states x years, such as 10x10.`);
  results.push(await onSpark(states, years));
  if (values.keep) await keep('spark', {memory: values.memory, results});
}
process.stdout.write(`${sparkTable(results)}\n`);

async function onSpark(states: number, years: number): Promise<Scaled> {
  const work = await mkdtemp(join(values.in, 'rollcall-spark-'));
  const [files, home] = [join(work, 'files'), join(work, 'home')];
  try {
    tell(`a run on ${states} × ${years}`);
    await writeStates(files, {states, years, schools: 2000, seed: 1});
    const program = join(projectFolder, 'bin', 'rollcall.js');
    await measure(process.execPath, [program, 'run', '--no-site', '--from', files, '--home', home]);
    const {folder, manifest} = await requirePublished(homeAt(home));
    const cluster = await startCluster(programs, {work: join(work, 'cluster'), workers: 2, memory: values.memory});
    try {
      tell('the same models on Spark');
      const script = join(projectFolder, 'test', 'parity', 'spark.py');
      const args = [
        script,
        cluster.master,
        values.memory,
        join(folder, 'raw'),
        work,
        ...dbtBuild('spark', work),
        ...onlyModels,
      ];
      const {peak} = await measure(join(programs, 'python'), args, {
        env: {
          ...sparkEnvironment(programs),
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
      if (wrong.length > 0)
        throw new Error(`On Spark ${wrong.length} failed, the first ${wrong[0]?.unique_id}: ${wrong[0]?.message}`);
      return {
        states,
        years,
        rowsIn: manifest.rows.in,
        rowsOut: Object.values(manifest.tables).reduce((sum, rows) => sum + rows, 0),
        figures: manifest.tables['raw.ospi_enrollment'] ?? 0,
        seconds: dbt.elapsed_time,
        peak,
        bytes: {files: 0, warehouse: manifest.bytes},
        steps: manifest.steps,
      };
    } finally {
      await cluster.stop();
    }
  } finally {
    await rm(work, {recursive: true, force: true});
  }
}

function tell(text: string): void {
  process.stderr.write(`${text}…\n`);
}
