import {mkdtemp, readdir, readFile, rm, stat} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {parseArgs} from 'node:util';
import {projectFolder} from '../src/runs/home.ts';
import {keep} from './keep.ts';
import {measure} from './measure.ts';
import {writeStates} from './states.ts';
import {type Scaled, scaleTable} from './tables.ts';

/*
 * npm run bench:scale [-- --sizes 1x1,1x10,10x10,50x10] [--memory 2GB] [--in DIR] [--keep]
 *
 * How time and memory grow: a whole run, files to published build, on so many invented states × school years. --keep writes what
 * was measured to bench/results/. The files of fifty states and ten years take 6 GB, and their home 9 GB.
 */

const {values} = parseArgs({
  options: {
    sizes: {type: 'string', default: '1x1,1x10,10x10,50x10'},
    memory: {type: 'string', default: '2GB'},
    in: {type: 'string', default: tmpdir()},
    keep: {type: 'boolean', default: false},
  },
});

const results: Scaled[] = [];
for (const size of values.sizes.split(',')) {
  const [states = Number.NaN, years = Number.NaN] = size.split('x').map(Number);
  if (!(states > 0 && years > 0)) throw new Error(`--sizes: ${size} is not states x years, such as 10x10.`);
  results.push(await scaled(states, years));
}
process.stdout.write(`${scaleTable(results)}\n`);
if (values.keep) await keep('scale', {memory: values.memory, results});

async function scaled(states: number, years: number): Promise<Scaled> {
  const work = await mkdtemp(join(values.in, 'rollcall-scale-'));
  const [files, home] = [join(work, 'files'), join(work, 'home')];
  try {
    tell(`writing the files of ${states} × ${years}`);
    await writeStates(files, {states, years, schools: 2000, seed: 1});
    tell('a run on them');
    const program = join(projectFolder, 'bin', 'rollcall.js');
    const {seconds, peak} = await measure(
      process.execPath,
      [program, 'run', '--no-site', '--from', files, '--home', home],
      {env: {ROLLCALL_MEMORY: values.memory}},
    );
    const manifest = JSON.parse(await readFile(join(home, 'published', 'manifest.json'), 'utf8')) as {
      rows: {in: number};
      tables: Record<string, number>;
      steps: {name: string; seconds: number}[];
      bytes: number;
    };
    return {
      states,
      years,
      rowsIn: manifest.rows.in,
      rowsOut: Object.values(manifest.tables).reduce((sum, rows) => sum + rows, 0),
      figures: manifest.tables['raw.ospi_enrollment'] ?? 0,
      seconds,
      peak,
      bytes: {files: await sizeOf(files), warehouse: manifest.bytes},
      steps: manifest.steps,
    };
  } finally {
    await rm(work, {recursive: true, force: true});
  }
}

async function sizeOf(folder: string): Promise<number> {
  const sizes = await Promise.all((await readdir(folder)).map(async (name) => (await stat(join(folder, name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

function tell(text: string): void {
  process.stderr.write(`${text}…\n`);
}
