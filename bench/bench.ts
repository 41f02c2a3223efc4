import {rmSync} from 'node:fs';
import {cp, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join, resolve} from 'node:path';
import {parseArgs} from 'node:util';
import {requirePublished} from '../src/builds/published.ts';
import {storageVersion} from '../src/duckdb/database.ts';
import {locateHome} from '../src/home.ts';
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
 * npm run bench [-- --schools 2000] [--years 10] [--rounds 5] [--only floor,answer] [--against DIR] [--keep] [--guard]
 *
 * Compares Rollcall's time and memory with other ways to the same result, on files of one invented state. Both sides of a pair are
 * measured in turn, after a warm-up round; the ratio is the median of the rounds. --against also compares with another checkout of
 * Rollcall, which has its own node_modules. --keep writes the ratios to bench/results/; --guard exits with 1 if one has become much
 * worse.
 */

/** One side of a comparison. `prepare` runs before each round, outside the measurement. */
interface Side {
  name: string;
  prepare?: () => Promise<unknown>;
  go: () => Promise<Usage>;
}

/** What is wanted of a ratio. */
interface Bounds {
  title: string;
  /** The highest ratio wanted. */
  target: number | null;
  /** The highest ratio that --guard accepts in the best round, even on a busy machine. */
  limit?: number;
}

interface Pair extends Bounds {
  id: string;
  /** The ratio is that of ours to theirs. */
  ours: Side;
  theirs: Side;
  /** The ratio of our time without some steps of the run. */
  without?: Bounds & {readSeconds: () => Promise<number>};
}

const {values} = parseArgs({
  options: {
    schools: {type: 'string', default: '2000'},
    years: {type: 'string', default: '10'},
    rounds: {type: 'string', default: '5'},
    only: {type: 'string'},
    against: {type: 'string'},
    keep: {type: 'boolean', default: false},
    guard: {type: 'boolean', default: false},
  },
});
const [schools, years, rounds] = [Number(values.schools), Number(values.years), Number(values.rounds)];
/** Whether there are as few schools as in the region. */
const isSmall = schools <= 300;
const work = await mkdtemp(join(tmpdir(), 'rollcall-bench-'));
const at = (...path: string[]) => join(work, ...path);
process.once('exit', () => rmSync(work, {recursive: true, force: true}));

const node = (...args: string[]) => measure(process.execPath, args);
const findProgram = (checkout: string) => join(checkout, 'bin', 'rollcall.js');
const program = findProgram(projectFolder);
const rollcall = (...args: string[]) => node(program, ...args);
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

/** Reads how long the last run from landed files took for checks and data tests. */
async function readCheckSeconds(): Promise<number> {
  const {manifest} = await requirePublished(locateHome(at('landed')));
  const checking = manifest.steps.filter(({name}) => name === 'check' || name === 'audit');
  return checking.reduce((sum, {seconds}) => sum + seconds, 0);
}

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
const emptyNode: Side = {name: "node -e ''", go: () => node('-e', '')};
const nothingNew: Side = {
  name: 'rollcall run, nothing new',
  go: () => rollcall('run', '--no-site', '--from', files, '--home', home),
};
/** Has a program believe that it prints to a terminal of 120 columns. */
const asTerminal = 'data:text/javascript,Object.assign(process.stdout, {isTTY: true, columns: 120})';
const listSchools = ['answer', 'representation', '--home', home];
const bare = `
  import {DuckDBInstance} from ${JSON.stringify(import.meta.resolve('@duckdb/node-api'))};
  const instance = await DuckDBInstance.create(${JSON.stringify(warehouse)}, {access_mode: 'READ_ONLY'});
  const db = await instance.connect();
  const rows = await db.runAndReadAll("select * from marts.top_schools_by_teachers_of_color order by all");
  console.log(JSON.stringify(rows.getRowObjectsJson()));`;

/** Pairs of this checkout and another. */
function compareWith(checkout: string): Pair[] {
  const sideOf = (name: string, folder: string, ...options: string[]): Side => ({
    name,
    prepare: () => fresh(at(name)),
    go: () => node(findProgram(folder), 'run', ...options, '--from', files, '--home', at(name)),
  });
  const reportOf = (name: string, folder: string): Side => ({
    name,
    // The other checkout may lay a build out differently.
    prepare: () => node(findProgram(folder), 'run', '--no-site', '--from', files, '--home', at(name)),
    go: () => node(findProgram(folder), 'site', '--home', at(name), '--out', at(`${name}-site`)),
  });
  return [
    {
      id: 'before',
      title: 'A whole run with its report against that of the other checkout',
      ours: sideOf('ours', projectFolder),
      theirs: sideOf('theirs', checkout),
      target: 0.5,
    },
    {
      id: 'before-site',
      title: 'The report against that of the other checkout',
      ours: reportOf('ours-report', projectFolder),
      theirs: reportOf('theirs-report', checkout),
      target: 0.5,
    },
    {
      id: 'before-run',
      title: 'A run without its report against that of the other checkout',
      ours: sideOf('ours', projectFolder, '--no-site'),
      theirs: sideOf('theirs', checkout, '--no-site'),
      target: null,
    },
  ];
}

const installDbt = () => install('dbt', join(projectFolder, 'test', 'parity'));
const installPandas = () => install('pandas', import.meta.dirname);
const withoutChecks = (isTuned: boolean) => ({
  title: `… without its checks and data tests${isTuned ? ', the floor tuned' : ''}`,
  readSeconds: readCheckSeconds,
  target: 1.3,
});

const pairs: Pair[] = [
  {
    id: 'floor',
    title: 'The whole run against the floor',
    ours: runFromLanded,
    theirs: floor(false),
    target: null,
    without: {...withoutChecks(false), limit: 2.3},
  },
  {
    id: 'floor-tuned',
    title: 'The whole run against the floor, tuned',
    ours: runFromLanded,
    theirs: floor(true),
    target: null,
    without: withoutChecks(true),
  },
  {
    id: 'dbt',
    title: 'Models and their tests against dbt-duckdb',
    ours: {name: 'rollcall build', go: () => rollcall('build', '--home', home)},
    theirs: {
      name: 'dbt build',
      prepare: async () => {
        await installDbt();
        await copyRaw(warehouse, at('dbt.duckdb'));
      },
      go: async () =>
        measure(join(await installDbt(), 'dbt'), [...makeDbtArguments('duckdb', work), '--threads', '4'], {
          env: {ROLLCALL_WAREHOUSE: at('dbt.duckdb'), DBT_SEND_ANONYMOUS_USAGE_STATS: 'false'},
        }),
    },
    target: isSmall ? 0.1 : null,
  },
  ...(['insert', 'copy'] as const).map(
    (how): Pair => ({
      id: `pandas-${how}`,
      title: `The whole job against pandas and Postgres, loaded with ${how === 'copy' ? 'COPY' : 'to_sql'}`,
      ours: wholeRun,
      theirs: {
        name: `pandas and Postgres, ${how}`,
        prepare: installPandas,
        go: async () => measurePandas(await installPandas(), files, how),
      },
      target: null,
    }),
  ),
  {
    id: 'nothing',
    title: 'A run with nothing to do against the start of Node',
    ours: nothingNew,
    theirs: emptyNode,
    target: 5,
    limit: 10,
  },
  {
    id: 'nothing-full',
    title: 'A run with nothing to do against a full one',
    ours: nothingNew,
    theirs: wholeRun,
    target: null,
  },
  {
    id: 'site',
    title: 'The report against the warehouse it shows',
    // Into a new folder, as in a run. Replacing a report also removes the files of the old one.
    ours: {
      name: 'rollcall site',
      prepare: () => fresh(at('site')),
      go: () => rollcall('site', '--home', home, '--out', at('site')),
    },
    theirs: wholeRun,
    target: isSmall ? 0.5 : 1,
    limit: isSmall ? 2.4 : 2.9,
  },
  {
    id: 'answer',
    title: 'An answer against Node and DuckDB alone',
    ours: answer,
    theirs: {name: 'a query in Node', go: () => node('--input-type=module', '-e', bare)},
    target: 1.5,
    limit: 3,
  },
  {id: 'start', title: 'An answer against the start of Node', ours: answer, theirs: emptyNode, target: null},
  {
    id: 'help',
    title: 'The help against the start of Node',
    ours: {name: 'rollcall --help', go: () => rollcall('--help')},
    theirs: emptyNode,
    target: 3,
    limit: 6,
  },
  {
    id: 'terminal',
    title: 'Every school as a table on a terminal against CSV',
    ours: {name: 'rollcall answer representation', go: () => node('--import', asTerminal, program, ...listSchools)},
    theirs: {name: '… --format csv', go: () => rollcall(...listSchools, '--format', 'csv')},
    target: 2,
    limit: 4,
  },
  ...(values.against === undefined ? [] : compareWith(resolve(values.against))),
];

/** Measures a pair: its ratio, and that without some steps if it has one. */
async function measurePair({id, title, ours, theirs, target, limit, without}: Pair): Promise<(Ratio & Bounds)[]> {
  const usages: {ours: Usage; theirs: Usage; left: number}[] = [];
  for (let round = 0; round <= rounds; round++) {
    printLine(`${title}: ${round === 0 ? 'warm-up' : `round ${round} of ${rounds}`}`);
    const usage = {ours: await runSide(ours), theirs: await runSide(theirs)};
    const left = usage.ours.seconds - ((await without?.readSeconds()) ?? 0);
    if (round > 0) usages.push({...usage, left});
  }
  const of = (side: 'ours' | 'theirs', pick: (usage: Usage) => number) => usages.map((usage) => pick(usage[side]));
  const peak = {ours: Math.max(...of('ours', ({peak}) => peak)), theirs: Math.max(...of('theirs', ({peak}) => peak))};
  const cpu = median(usages.map((usage) => usage.ours.cpuSeconds / usage.theirs.cpuSeconds));
  const describe = (seconds: readonly number[]) => {
    const ratios = usages.map((usage, round) => (seconds[round] ?? Number.NaN) / usage.theirs.seconds);
    return {
      ours: ours.name,
      theirs: theirs.name,
      seconds: {ours: median(seconds), theirs: median(of('theirs', ({seconds}) => seconds))},
      ratio: {median: median(ratios), least: Math.min(...ratios), most: Math.max(...ratios)},
      rounds,
    };
  };
  const whole = {
    id,
    title,
    target,
    ...(limit !== undefined && {limit}),
    ...describe(of('ours', ({seconds}) => seconds)),
    cpu,
    peak,
  };
  if (without === undefined) return [whole];
  const {readSeconds: _, ...bounds} = without;
  return [whole, {id: `${id}-unchecked`, ...bounds, ...describe(usages.map(({left}) => left)), peak}];
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
  if (wanted && !wanted.includes(pair.id)) continue;
  for (const {limit, ...result} of await measurePair(pair)) {
    results.push(result);
    if (values.guard && limit !== undefined && result.ratio.least > limit) {
      printLine(`${result.title}: at best ${formatRatio(result.ratio.least)}, but at most ${limit} is accepted`);
      process.exitCode = 1;
    }
  }
}
process.stdout.write(`${renderRatioTable(results)}\n`);
if (values.keep) await keep(`ratios-${schools}x${years}`, {size: {schools, years}, results});
process.exit();
