import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import type {Build} from '../../src/builds/find.ts';
import {findPublished, requirePublished} from '../../src/builds/published.ts';
import {readProject} from '../../src/dbt/project/read-project.ts';
import {identifier, literal, open} from '../../src/duckdb/database.ts';
import {Failure} from '../../src/failure.ts';
import {locateHome} from '../../src/home.ts';
import {projectFolder} from '../../src/project-folder.ts';
import {type Comparison, compareTable, compareTests, type Relation} from './compare.ts';
import {printLine, run} from './programs.ts';

/** Rollcall's build, whose raw tables the other engine reads. */
export interface Ours {
  warehouse: string;
  /** The folder of its raw tables, each one a folder of Parquet files. */
  raw: string;
  /** A work folder, removed afterwards. */
  work: string;
}

/**
 * Builds the dbt project twice from the same raw tables, with Rollcall and with dbt on another engine, and compares every raw
 * table, seed and model in all columns and both directions, and the outcome of every test. The input is the sample, or the files
 * in the folder of the command line. If that folder is a home directory, its published build is compared. Exits with 1 if the two
 * differ.
 *
 * @param engine the name of the other side
 * @param tolerance how much fractional numbers may differ, relative to the larger one
 * @param buildTheirs builds with dbt, with target folder `work`/target, and returns a DuckDB file with the other engine's tables
 * @param compareMore makes further comparisons
 */
export async function compareEngines(
  engine: string,
  tolerance: number,
  buildTheirs: (ours: Ours) => Promise<string>,
  compareMore: (ours: Ours) => Promise<Comparison[]> = async () => [],
): Promise<void> {
  const work = await mkdtemp(join(tmpdir(), 'rollcall-parity-'));
  try {
    const ours = await findBuild(work);
    const compared = await compare(ours, await buildTheirs(ours), tolerance);
    report(engine, [...compared, ...(await compareMore(ours))]);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = error.exitCode;
  } finally {
    await rm(work, {recursive: true, force: true});
  }
}

/** Finds or makes the build to compare: from the folder of the command line, or from the sample. */
export async function findBuild(work: string): Promise<Ours> {
  const given = process.argv[2] ?? 'sample';
  const {warehouse} = (await findPublished(locateHome(given))) ?? (await build(given, join(work, 'home')));
  return {warehouse, raw: join(dirname(warehouse), 'raw'), work};
}

async function build(from: string, home: string): Promise<Build> {
  printLine('building with Rollcall');
  await run(process.execPath, [
    join(projectFolder, 'bin/rollcall.js'),
    'run',
    '--no-site',
    '--from',
    from,
    '--home',
    home,
  ]);
  return requirePublished(locateHome(home));
}

async function compare(ours: Ours, theirs: string, tolerance: number): Promise<Comparison[]> {
  printLine('comparing');
  const project = await readProject(join(projectFolder, 'dbt'));
  // Views name their database, which is named after its file.
  const db = await open(ours.warehouse, {readOnly: true});
  await db.run(`attach ${literal(theirs)} as ${identifier(sides[1])} (read_only)`);
  const raw = await db.rows(`select table_name as name from duckdb_tables()
    where database_name = ${literal(sides[0])} and schema_name = 'raw' order by table_name`);
  // In files, the partition column comes last.
  const rawRelations = raw.map((row): Relation => ({schema: 'raw', name: String(row['name']), inAnyOrder: true}));
  const compared: Comparison[] = [];
  for (const relation of [...rawRelations, ...project.seeds, ...project.models])
    compared.push(await compareTable(db, sides, relation, tolerance));
  compared.push(...(await compareTests(db, project, join(ours.work, 'target'))));
  db.close();
  return compared;
}

/** The names under which the two databases are attached: Rollcall's and the other engine's. */
const sides = ['warehouse', 'theirs'] as const;

function report(engine: string, compared: readonly Comparison[]): void {
  const counted = (size: number, unit: string) => `${size.toLocaleString('en-US')} ${unit}`;
  for (const {name, size, unit, differences} of compared) {
    process.stdout.write(`${differences.length === 0 ? '✓' : '✗'} ${name}: ${counted(size, unit)}\n`);
    for (const difference of differences) process.stdout.write(`  ${difference}\n`);
  }
  const tables = compared.filter(({unit}) => unit === 'rows');
  const sum = (unit: Comparison['unit']) =>
    compared.filter((one) => one.unit === unit).reduce((total, {size}) => total + size, 0);
  const differs = compared.some(({differences}) => differences.length > 0);
  process.stdout.write(
    `${differs ? `✗ ${engine} disagrees` : `✓ ${engine} agrees`}: ${counted(tables.length, 'tables')} with ${counted(sum('rows'), 'rows')}, ${counted(sum('tests'), 'tests')}${sum('templates') > 0 ? `, ${counted(sum('templates'), 'templates')}` : ''}\n`,
  );
  process.exitCode = differs ? 1 : 0;
}
