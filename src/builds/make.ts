import {existsSync} from 'node:fs';
import {chmod, mkdir, rm, stat} from 'node:fs/promises';
import {join} from 'node:path';
import * as v from 'valibot';
import {readGraph} from '../dbt/graph/read-graph.ts';
import type {Project} from '../dbt/project/project.ts';
import {runTests, storeTestResults, type TestResult} from '../dbt/run/data-tests.ts';
import {checkFreshness} from '../dbt/run/freshness.ts';
import {writeComments} from '../duckdb/comments.ts';
import {countRow, type Database, identifier, literal, open} from '../duckdb/database.ts';
import {Failure} from '../failure.ts';
import {makeTemporaryName, renamePatiently, sync, syncFolder, writeAtomically} from '../files.ts';
import type {Home} from '../home.ts';
import {type CheckResult, checkLoaded} from '../ingest/checks.ts';
import {type CorrectionResult, loadCorrections, recordCorrections} from '../ingest/corrections.ts';
import {load} from '../ingest/load.ts';
import type {RunRecord} from '../ledger/record.ts';
import {Stopped} from '../ledger/stop.ts';
import {listTables} from '../lineage/project-lineage.ts';
import {projectFolder} from '../project-folder.ts';
import type {Correction} from '../sources/corrections.ts';
import {sources} from '../sources/sources.ts';
import {formatCounted} from '../words/count.ts';
import {readThresholds, type Thresholds} from '../words/thresholds.ts';
import {assertChecksPassed, assertTestsPassed} from './audit.ts';
import {createManifest, type Ingredients} from './create-manifest.ts';
import {buildWithLineage} from './lineage-events.ts';
import type {Manifest} from './manifest.ts';
import {writeRawFolder} from './raw-folder.ts';

type BuildIngredients = Ingredients & {corrections: readonly Correction[]};

export interface BuildResult {
  manifest: Manifest;
  checks: CheckResult[];
  tests: TestResult[];
}

/**
 * Makes a build in a temporary folder, and moves it to its place once it has passed every check. The same ingredients make the
 * same rows in the same order.
 *
 * @throws AuditFailure if a check or a data test failed; the failed build is then kept under `failed/`
 */
export async function makeBuild(
  home: Home,
  id: string,
  ingredients: BuildIngredients,
  record: RunRecord,
  stop?: AbortSignal,
): Promise<BuildResult> {
  const folder = makeTemporaryName(join(home.builds, id));
  try {
    const result = await fillFolder(folder, home, id, ingredients, record, stop);
    await renamePatiently(folder, join(home.builds, id));
    await syncFolder(home.builds);
    return result;
  } catch (error) {
    const hasWarehouse = (path: string) => existsSync(join(path, 'warehouse.duckdb'));
    const isWorthKeeping = error instanceof Failure && !(error instanceof Stopped) && hasWarehouse(folder);
    const isOurs = !existsSync(home.failed) || hasWarehouse(home.failed);
    if (isWorthKeeping && !isOurs)
      record.note(`${home.failed} is someone else's folder, so the failed build is not kept there`);
    const isKept = isWorthKeeping && isOurs;
    await rm(isKept ? home.failed : folder, {recursive: true, force: true});
    if (isKept) await renamePatiently(folder, home.failed);
    throw error;
  }
}

async function fillFolder(
  folder: string,
  home: Home,
  id: string,
  {fingerprint, code, ingested, label, corrections}: BuildIngredients,
  record: RunRecord,
  stop?: AbortSignal,
): Promise<BuildResult> {
  await mkdir(folder, {recursive: true});
  const warehouse = join(folder, 'warehouse.duckdb');
  const db = await open(warehouse);
  let checks: CheckResult[] = [];
  let tests: TestResult[] = [];
  let tables: Record<string, number> = {};
  let duckdb = '';
  let thresholds: Thresholds;
  try {
    await record.step('load', async () => {
      await load(db, home.lake, sources, ingested);
      await loadCorrections(db, corrections);
      for (const result of await recordCorrections(db, corrections, sources)) {
        if (result.status === 'spent') record.note(describeSpent(result));
      }
      return {result: undefined, summary: formatCounted(ingested.length, 'file')};
    });
    checks = await record.step('check', async () => {
      const results = await checkLoaded(db, sources, ingested);
      return {result: results, summary: summarize(results, 'check')};
    });
    assertChecksPassed(checks, ingested);
    const graph = await readGraph(join(projectFolder, 'dbt'));
    // The result depends on the day, so it is not part of the build (decision 22).
    for (const {status, message} of await checkFreshness(db, graph, new Date())) {
      if (status === 'error') throw new Failure(`${message}. The published build is unchanged.`);
      if (message !== undefined) record.note(message);
    }
    thresholds = readThresholds(graph.project.vars);
    // With several threads to a query, the order of rows varies, and sums of fractions differ in their last digit.
    await db.run('set threads = 1');
    await record.step('build', async (update) => {
      await buildWithLineage(record.lineage, db, {home, graph, ingested}, (name) => {
        stop?.throwIfAborted();
        update(name);
      });
      return {result: undefined, summary: formatCounted(graph.project.models.length, 'model')};
    });
    tests = await record.step('audit', async () => {
      const results = await runTests(db, graph);
      await storeTestResults(db, results);
      return {result: results, summary: summarize(results, 'data test')};
    });
    assertTestsPassed(checks, tests, join(home.failed, 'warehouse.duckdb'));
    await writeRawFolder(db, home.lake, join(folder, 'raw'), ingested);
    await commentOnTables(db, graph.project);
    tables = await countRowsByTable(db);
    duckdb = (await db.readOne(v.object({version: v.string()}), 'select version() as version')).version;
    await db.run('checkpoint');
  } finally {
    db.close();
  }
  const manifest = createManifest(
    id,
    {fingerprint, code, thresholds, ingested, label, checks, tests},
    {tables, steps: [...record.steps], bytes: (await stat(warehouse)).size, duckdb},
  );
  await writeAtomically(join(folder, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  await sync(folder);
  // A program that opens it for writing would keep everybody else from reading it.
  await chmod(warehouse, 0o444);
  return {manifest, checks, tests};
}

function describeSpent({id, schoolYear}: CorrectionResult): string {
  return `correction ${id} is spent: in ${schoolYear} there is nothing left to correct. If the files are whole, remove it from corrections.yml`;
}

/** Writes what the project says of its tables and columns into the warehouse, where every tool that opens it shows them. */
async function commentOnTables(db: Database, project: Project): Promise<void> {
  const relations = await db.read(
    v.object({name: v.string(), isView: v.boolean()}),
    `select schema_name || '.' || table_name as name, false as "isView" from duckdb_tables() where not temporary
      union all select schema_name || '.' || view_name, true from duckdb_views() where not internal`,
  );
  const declared = listTables(project);
  const statements = relations.flatMap(({name, isView}) => {
    const table = declared.get(name);
    return table === undefined
      ? []
      : [writeComments({...table, name: name.split('.').map(identifier).join('.'), isView})];
  });
  await db.run(`begin; ${statements.join('\n')} commit`);
}

async function countRowsByTable(db: Database): Promise<Record<string, number>> {
  const tables = await db.read(
    v.object({schema: v.string(), table: v.string()}),
    'select schema_name as schema, table_name as "table" from duckdb_tables() where not temporary order by all',
  );
  const counts = tables.map(
    ({schema, table}) =>
      `select ${literal(`${schema}.${table}`)} as name, count(*) as n from ${identifier(schema)}.${identifier(table)}`,
  );
  const rows = await db.read(
    v.object({...countRow.entries, name: v.string()}),
    `${counts.join(' union all ')} order by name`,
  );
  return Object.fromEntries(rows.map(({name, n}) => [name, n]));
}

function summarize(results: readonly {status: string}[], what: string): string {
  const of = (status: string) => results.filter((result) => result.status === status).length;
  const parts = [`${formatCounted(of('pass'), what)} passed`];
  if (of('warn') > 0) parts.push(`${of('warn')} warned`);
  if (of('error') > 0) parts.push(`${of('error')} failed`);
  return parts.join(', ');
}
