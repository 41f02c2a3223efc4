import {rmSync} from 'node:fs';
import {cp, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {parseArgs} from 'node:util';
import {storageVersion} from '../src/duckdb/database.ts';
import {projectFolder} from '../src/project-folder.ts';
import {install, makeDbtArguments, printLine} from '../test/parity/programs.ts';
import {copyRaw} from '../test/parity/raw.ts';
import {assertSameTables, compileProject} from './compiled.ts';
import {keep} from './keep.ts';
import {measure, type Usage} from './measure.ts';
import {measurePandas} from './postgres.ts';
import {writeStates} from './states.ts';
import {formatRatio, type Ratio, renderRatioTable} from './tables.ts';

/*
 * npm run bench [-- --schools 2000] [--years 10] [--rounds 5] [--only floor,answer] [--keep] [--guard]
 *
 * Compares Rollcall's time and memory with other ways to the same result, on files of one invented state. Both sides of a pair are
 * measured in turn, after a warm-up round; the ratio is the median of the rounds. --keep writes it to bench/results/; --guard exits
 * with 1 if a ratio has become much worse.
 */

/** One side of a comparison. `prepare` runs before each round, outside the measurement. */
interface Side {
  name: string;
  prepare?: () => Promise<unknown>;
  go: () => Promise<Usage>;
}

interface Pair {
  id: string;
  title: string;
  /** The ratio is that of ours to theirs. */
  ours: Side;
  theirs: Side;
  /** The highest ratio wanted. */
  target: number | null;
  /** The highest ratio that --guard accepts in the best round, even on a busy machine. */
  limit?: number;
}

const {values} = parseArgs({
  options: {
    schools: {type: 'string', default: '2000'},
    years: {type: 'string', default: '10'},
    rounds: {type: 'string', default: '5'},
    only: {type: 'string'},
    keep: {type: 'boolean', default: false},
    guard: {type: 'boolean', default: false},
  },
});
const [schools, years, rounds] = [Number(values.schools), Number(values.years), Number(values.rounds)];
const work = await mkdtemp(join(tmpdir(), 'rollcall-bench-'));
const at = (...path: string[]) => join(work, ...path);
process.once('exit', () => rmSync(work, {recursive: true, force: true}));

const program = join(projectFolder, 'bin', 'rollcall.js');
const rollcall = (...args: string[]) => measure(process.execPath, [program, ...args]);
const node = (...args: string[]) => measure(process.execPath, args);
const fresh = (folder: string) => rm(folder, {recursive: true, force: true});

const files = at('files');
const home = at('home');
printLine(`writing the files of ${schools} schools and ${years} school years`);
await writeStates(files, {states: 1, years, schools, seed: 1});
printLine('building them once');
await rollcall('run', '--from', files, '--home', home, '--no-site');
const warehouse = join(home, 'published', 'warehouse.duckdb');
const models = at('models.sql');
await writeFile(models, await compileProject());

/** Prepares a home directory with nothing but the landed files. */
async function prepareLanded(): Promise<void> {
  await fresh(at('landed'));
  await cp(join(home, 'landing'), at('landed', 'landing'), {recursive: true});
}

const runFromLanded: Side = {
  name: 'rollcall run, from landed files',
  prepare: prepareLanded,
  go: () => rollcall('run', '--no-site', '--from', files, '--home', at('landed')),
};
const wholeRun: Side = {
  name: 'rollcall run',
  prepare: () => fresh(at('whole')),
  go: () => rollcall('run', '--no-site', '--from', files, '--home', at('whole')),
};
const floor = (isTuned: boolean): Side => ({
  name: isTuned ? "DuckDB alone, in Rollcall's file format" : 'DuckDB alone',
  prepare: () => fresh(at('floor')),
  go: () =>
    node(
      join(import.meta.dirname, 'floor.ts'),
      join(home, 'landing'),
      models,
      at('floor'),
      isTuned ? storageVersion : '',
    ),
});
const answer: Side = {
  name: 'rollcall answer',
  go: () => rollcall('answer', 'teachers-of-color', '--year', 'latest', '--home', home),
};
const bare = `
  import {DuckDBInstance} from ${JSON.stringify(import.meta.resolve('@duckdb/node-api'))};
  const instance = await DuckDBInstance.create(${JSON.stringify(warehouse)}, {access_mode: 'READ_ONLY'});
  const db = await instance.connect();
  const rows = await db.runAndReadAll("select * from marts.top_schools_by_teachers_of_color order by all");
  console.log(JSON.stringify(rows.getRowObjectsJson()));`;

const pairs: (Pair | (() => Promise<Pair>))[] = [
  {
    id: 'floor',
    title: 'The whole run against the floor',
    ours: runFromLanded,
    theirs: floor(false),
    target: 1.5,
    limit: 3,
  },
  {id: 'floor-tuned', title: 'The same, the floor tuned', ours: runFromLanded, theirs: floor(true), target: 1.5},
  async () => {
    const programs = await install('dbt', join(projectFolder, 'test', 'parity'));
    return {
      id: 'dbt',
      title: 'Models and their tests against dbt-duckdb',
      ours: {name: 'rollcall build', go: () => rollcall('build', '--home', home)},
      theirs: {
        name: 'dbt build',
        prepare: () => copyRaw(warehouse, at('dbt.duckdb')),
        go: () =>
          measure(join(programs, 'dbt'), [...makeDbtArguments('duckdb', work), '--threads', '4'], {
            env: {ROLLCALL_WAREHOUSE: at('dbt.duckdb'), DBT_SEND_ANONYMOUS_USAGE_STATS: 'false'},
          }),
      },
      target: 0.1,
      limit: 0.5,
    };
  },
  ...(['insert', 'copy'] as const).map((how) => async (): Promise<Pair> => {
    const programs = await install('pandas', import.meta.dirname);
    return {
      id: `pandas-${how}`,
      title: `The whole job against pandas and Postgres, loaded with ${how === 'copy' ? 'COPY' : 'to_sql'}`,
      ours: wholeRun,
      theirs: {name: `pandas and Postgres, ${how}`, go: () => measurePandas(programs, files, how)},
      target: 0.1,
    };
  }),
  {
    id: 'nothing',
    title: 'A run with nothing to do against a full one',
    ours: {name: 'rollcall run, nothing new', go: () => rollcall('run', '--no-site', '--from', files, '--home', home)},
    theirs: wholeRun,
    target: 0.05,
    limit: 0.3,
  },
  {
    id: 'site',
    title: 'The report against the warehouse it shows',
    ours: {name: 'rollcall site', go: () => rollcall('site', '--home', home, '--out', at('site'))},
    theirs: wholeRun,
    target: null,
  },
  {
    id: 'answer',
    title: 'An answer against Node and DuckDB alone',
    ours: answer,
    theirs: {name: 'a query in Node', go: () => node('--input-type=module', '-e', bare)},
    target: 2,
    limit: 4,
  },
  {
    id: 'start',
    title: 'An answer against the start of Node',
    ours: answer,
    theirs: {name: "node -e ''", go: () => node('-e', '')},
    target: null,
  },
];

async function measurePair({id, title, ours, theirs, target}: Pair): Promise<Ratio> {
  const usages: {ours: Usage; theirs: Usage}[] = [];
  for (let round = 0; round <= rounds; round++) {
    printLine(`${title}: ${round === 0 ? 'warm-up' : `round ${round} of ${rounds}`}`);
    const usage = {ours: await runSide(ours), theirs: await runSide(theirs)};
    if (round > 0) usages.push(usage);
  }
  const ratios = usages.map((usage) => usage.ours.seconds / usage.theirs.seconds);
  const of = (side: 'ours' | 'theirs', pick: (usage: Usage) => number) => usages.map((usage) => pick(usage[side]));
  return {
    id,
    title,
    ours: ours.name,
    theirs: theirs.name,
    seconds: {ours: median(of('ours', ({seconds}) => seconds)), theirs: median(of('theirs', ({seconds}) => seconds))},
    peak: {ours: Math.max(...of('ours', ({peak}) => peak)), theirs: Math.max(...of('theirs', ({peak}) => peak))},
    ratio: {median: median(ratios), least: Math.min(...ratios), most: Math.max(...ratios)},
    target,
    rounds,
  };
}

async function runSide({prepare, go}: Side): Promise<Usage> {
  await prepare?.();
  return go();
}

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const [low = 0, high = 0] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return (low + high) / 2;
}

const wanted = values.only?.split(',');
if (wanted === undefined || wanted.some((id) => id.startsWith('floor'))) {
  printLine('comparing the tables of both sides of the floor');
  await runSide(floor(false));
  await assertSameTables(warehouse, at('floor', 'warehouse.duckdb'));
}
const results: Ratio[] = [];
for (const pair of pairs) {
  if (wanted && typeof pair === 'object' && !wanted.includes(pair.id)) continue;
  const ready = typeof pair === 'object' ? pair : await pair();
  if (wanted && !wanted.includes(ready.id)) continue;
  const result = await measurePair(ready);
  results.push(result);
  if (values.guard && ready.limit !== undefined && result.ratio.least > ready.limit) {
    printLine(`${ready.title}: at best ${formatRatio(result.ratio.least)}, but at most ${ready.limit} is accepted`);
    process.exitCode = 1;
  }
}
process.stdout.write(`${renderRatioTable(results)}\n`);
if (values.keep) await keep(`ratios-${schools}x${years}`, {size: {schools, years}, results});
process.exit();
