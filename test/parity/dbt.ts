import {execFile, spawnSync} from 'node:child_process';
import {existsSync} from 'node:fs';
import {cp, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {homeAt, projectFolder, requirePublished} from '../../src/runs/home.ts';
import {type Database, identifier, literal, open} from '../../src/warehouse/duckdb.ts';
import {type DataTest, type Project, readProject} from '../../src/warehouse/project.ts';

/*
 * npm run parity:dbt [DIR]
 *
 * Builds the dbt project twice from the same raw tables, with Rollcall's runner and with dbt itself, and compares: every
 * model and seed, all columns, both ways; and every data test with the number of rows that fail it. The inputs are the
 * sample, or the files of DIR. dbt comes from PyPI into a virtual environment, in the versions of requirements.txt.
 */

const execute = promisify(execFile);
const folder = join(projectFolder, 'dbt');
const work = await mkdtemp(join(tmpdir(), 'rollcall-parity-'));
const differences: string[] = [];
/** The databases that are compared: Rollcall's and dbt's. */
const sides = ['warehouse', 'dbt'] as const;

try {
  const dbt = await installDbt();
  const ours = await buildWithRollcall(process.argv[2] ?? 'sample');
  const theirs = await copyRaw(ours);
  await buildWithDbt(dbt, theirs);
  const project = await readProject(folder);
  // dbt's views name their database, which is called like its file.
  const db = await open(ours, {readOnly: true});
  await db.run(`attach ${literal(theirs)} as dbt (read_only)`);
  let rows = 0;
  for (const relation of [...project.models, ...project.seeds]) rows += await compareTables(db, relation);
  const tests = await compareTests(db, project);
  db.close();
  for (const difference of differences) process.stdout.write(`✗ ${difference}\n`);
  const relations = project.models.length + project.seeds.length;
  process.stdout.write(
    `${differences.length === 0 ? '✓ dbt agrees' : '✗ dbt disagrees'}: ${relations} tables with ${rows.toLocaleString('en-US')} rows, ${tests} data tests\n`,
  );
  process.exitCode = differences.length === 0 ? 0 : 1;
} finally {
  await rm(work, {recursive: true, force: true});
}

/** The dbt of a virtual environment, which is made where it isn't there yet. */
async function installDbt(): Promise<string> {
  const environment = join(projectFolder, 'node_modules', '.cache', 'rollcall-dbt');
  const requirements = join(import.meta.dirname, 'requirements.txt');
  const dbt = join(environment, 'bin', 'dbt');
  const wanted = await readFile(requirements, 'utf8');
  const installed = await readFile(join(environment, 'requirements.txt'), 'utf8').catch(() => '');
  if (existsSync(dbt) && installed === wanted) return dbt;
  process.stderr.write('installing dbt…\n');
  await execute('python3', ['-m', 'venv', environment]);
  await execute(join(environment, 'bin', 'pip'), ['install', '--quiet', '--requirement', requirements]);
  await cp(requirements, join(environment, 'requirements.txt'));
  return dbt;
}

async function buildWithRollcall(from: string): Promise<string> {
  const home = join(work, 'home');
  const {status, stderr} = spawnSync(
    process.execPath,
    [join(projectFolder, 'bin/rollcall.js'), 'run', '--from', from, '--home', home],
    {encoding: 'utf8'},
  );
  if (status !== 0) throw new Error(stderr);
  return (await requirePublished(homeAt(home))).warehouse;
}

/** A warehouse with the same raw tables, and nothing made of them yet. */
async function copyRaw(ours: string): Promise<string> {
  const path = join(work, 'dbt.duckdb');
  const db = await open(path);
  await db.run(`attach ${literal(ours)} as ours (read_only); create schema raw`);
  const tables = await db.rows(
    `select table_name from duckdb_tables() where database_name = 'ours' and schema_name = 'raw'`,
  );
  for (const {table_name} of tables) {
    const table = identifier(String(table_name));
    await db.run(`create table raw.${table} as select * from ours.raw.${table}`);
  }
  db.close();
  return path;
}

async function buildWithDbt(dbt: string, warehouse: string): Promise<void> {
  const target = join(work, 'target');
  const args = [
    'build',
    '--project-dir',
    folder,
    '--profiles-dir',
    folder,
    '--target-path',
    target,
    '--log-path',
    join(work, 'logs'),
  ];
  const result = await execute(dbt, args, {
    env: {...process.env, ROLLCALL_WAREHOUSE: warehouse, DBT_SEND_ANONYMOUS_USAGE_STATS: 'false'},
    maxBuffer: 1 << 26,
  }).catch((error: {stdout?: string; message: string}) => ({stdout: error.stdout ?? error.message}));
  await writeFile(join(work, 'dbt.log'), result.stdout);
  if (!existsSync(join(target, 'run_results.json')))
    throw new Error(`dbt did not get to build anything:\n${result.stdout}`);
}

/** Compares one table: its columns with their types, and its rows both ways. Returns the number of rows. */
async function compareTables(db: Database, {schema, name}: {schema: string; name: string}): Promise<number> {
  const [ours, theirs] = sides.map((side) => `${side}.${identifier(schema)}.${identifier(name)}`);
  const columns = async (side: string) =>
    db.rows(`select column_name, data_type from duckdb_columns()
      where database_name = ${literal(side)} and schema_name = ${literal(schema)} and table_name = ${literal(name)} order by column_index`);
  const [here, there] = [await columns(sides[0]), await columns(sides[1])];
  if (JSON.stringify(here) !== JSON.stringify(there)) {
    differences.push(`${schema}.${name}: columns ${JSON.stringify(here)} here, ${JSON.stringify(there)} with dbt`);
    return 0;
  }
  const [counts] = await db.rows(`select (select count(*) from ${ours}) as n,
    (select count(*) from (select * from ${ours} except all select * from ${theirs})) as only_here,
    (select count(*) from (select * from ${theirs} except all select * from ${ours})) as only_there`);
  const {only_here: onlyHere, only_there: onlyThere} = counts ?? {};
  if (onlyHere !== 0 || onlyThere !== 0) {
    differences.push(`${schema}.${name}: ${onlyHere} rows only here, ${onlyThere} only with dbt`);
  }
  return Number(counts?.['n']);
}

interface Manifest {
  nodes: Record<
    string,
    {
      resource_type: string;
      name: string;
      column_name?: string | null;
      attached_node?: string | null;
      test_metadata?: {name: string};
    }
  >;
}

/** Compares the data tests: the same ones on both sides, each failed by as many rows. Returns their number. */
async function compareTests(db: Database, project: Project): Promise<number> {
  const json = async (name: string) => JSON.parse(await readFile(join(work, 'target', name), 'utf8')) as unknown;
  const {nodes} = (await json('manifest.json')) as Manifest;
  const {results} = (await json('run_results.json')) as {
    results: {unique_id: string; status: string; failures: number | null}[];
  };
  const theirs = new Map<string, string>();
  for (const {unique_id: id, status, failures} of results) {
    const node = nodes[id];
    if (node?.resource_type !== 'test') {
      if (status !== 'success') differences.push(`dbt: ${id}: ${status}`);
      continue;
    }
    const on = node.attached_node?.split('.').at(-1) ?? '';
    const key = node.test_metadata ? [node.test_metadata.name, on, node.column_name ?? ''].join(' ') : node.name;
    theirs.set(key, `${failures ?? status}`);
  }
  const rows = await db.rows('select path, test_name, failing_count from audit.test_result');
  const failing = new Map(rows.map((row) => [`${row['path']} ${row['test_name']}`, row['failing_count']]));
  const here = new Map(project.tests.map((test) => [keyOf(test), String(failing.get(`${test.path} ${test.name}`))]));
  for (const key of new Set([...here.keys(), ...theirs.keys()])) {
    if (here.get(key) !== theirs.get(key)) {
      differences.push(
        `test ${key}: fails in ${here.get(key) ?? 'no such test'} here, in ${theirs.get(key) ?? 'no such test'} with dbt`,
      );
    }
  }
  return here.size;
}

function keyOf({name, target}: DataTest): string {
  if (target.kind === 'singular') return name;
  const on = 'ref' in target.relation ? target.relation.ref : target.relation.source.join('.');
  return [target.test, on, String(target.arguments['column_name'] ?? '')].join(' ');
}
