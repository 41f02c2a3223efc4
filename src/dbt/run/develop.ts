import * as v from 'valibot';
import {countRow, type Database, identifier} from '../../duckdb/database.ts';
import {exit, Failure} from '../../failure.ts';
import type {Graph, Table} from '../graph/graph.ts';
import type {Selection} from '../graph/select.ts';
import {type Plan, planSteps, type Step} from '../graph/steps.ts';
import {buildTable} from './build-table.ts';
import {runTest, type TestResult} from './data-tests.ts';
import {TableColumns} from './fixtures.ts';
import {createSchemas} from './models.ts';
import {runInParallel} from './parallel.ts';
import {runUnitTest, type UnitTestResult} from './unit-tests.ts';

/** The result of building and testing a selection. */
export interface SelectionResult {
  tables: TableResult[];
  tests: TestResult[];
  unitTests: UnitTestResult[];
  /** Models that could not be built, and tests that could not run. */
  failures: {name: string; message: string}[];
  /** Skipped steps, each with the reason: what it depends on failed or does not exist. */
  skipped: {name: string; kind: 'table' | 'test'; because: string}[];
}

/** The result of a table and of the tests counted with it. */
interface TableResult {
  name: string;
  /** `there`: the table was not selected, but tests on it were. */
  status: 'built' | 'failed' | 'skipped' | 'there';
  rows: number | null;
  columns: number | null;
  passed: number;
  warned: number;
  failed: number;
  seconds: number | null;
}

/** The outcome of a step. */
interface Outcome {
  status: 'done' | 'failed' | 'skipped';
  test?: TestResult;
  unitTest?: UnitTestResult;
  seconds?: number;
  /** The error, for a step that failed without a result. */
  message?: string;
  /** The reason, for a skipped step. */
  because?: string;
}

/** The existing tables and views, by their names in SQL. */
type Present = Map<string, 'table' | 'view'>;

/**
 * Builds and tests a selection as `dbt build` does. Steps that depend on a failed one are skipped; the others run.
 *
 * @param db a warehouse with everything that the selection reads but does not contain
 * @throws Failure (exit 2) if the warehouse lacks some of it
 */
export async function develop(
  db: Database,
  graph: Graph,
  selection: Selection,
  onStep: (name: string) => void,
): Promise<SelectionResult> {
  const present = await readPresent(db);
  assertReadable(selection, present);
  await createSchemas(db, graph.project);
  const plan = planSteps(graph, selection);
  const waitsFor = (step: Step) => plan.waitsFor.get(step) ?? [];
  const outcomes = new Map<Step, Outcome>();
  const columns = new TableColumns();
  const findObstacle = (step: Step) => {
    for (const other of waitsFor(step)) {
      const {status, because} = outcomes.get(other) ?? {};
      if (status !== 'done') return because ?? `${other.name} failed`;
    }
    const reads = 'test' in step ? step.reads : [];
    const absent = reads.find((table) => !selection.tables.includes(table) && !present.has(table.sqlName));
    return absent && `${absent.name} is not built yet`;
  };
  await runInParallel(db, plan.steps, waitsFor, async (step, connection) => {
    onStep(step.name);
    const because = findObstacle(step);
    outcomes.set(
      step,
      because ? {status: 'skipped', because} : await attempt(step, {graph, present, columns}, connection),
    );
  });
  const all = plan.steps.map((step) => ({step, ...outcomes.get(step)}));
  return {
    tables: await collectTableResults(plan, outcomes, db),
    tests: all.flatMap(({test}) => test ?? []),
    unitTests: all.flatMap(({unitTest}) => unitTest ?? []),
    failures: all.flatMap(({step, message}) => (message === undefined ? [] : {name: step.name, message})),
    skipped: all.flatMap(({step, because}) =>
      because === undefined ? [] : {name: step.name, kind: 'test' in step ? 'test' : 'table', because},
    ),
  };
}

async function readPresent(db: Database): Promise<Present> {
  const rows = await db.read(
    v.object({schema: v.string(), name: v.string(), type: v.string()}),
    `select table_schema as schema, table_name as name, table_type as type from information_schema.tables
      where table_catalog = current_database()`,
  );
  return new Map(
    rows.map(({schema, name, type}) => [
      `${identifier(schema)}.${identifier(name)}`,
      type === 'VIEW' ? 'view' : 'table',
    ]),
  );
}

/** @throws Failure (exit 2) if a selected model reads a table that is neither selected nor in the warehouse */
function assertReadable({tables}: Selection, present: Present): void {
  for (const {name, path, reads} of tables) {
    const absent = reads.find((read) => !tables.includes(read) && !present.has(read.sqlName));
    if (absent === undefined) continue;
    throw new Failure(
      absent.made
        ? `dbt/${path}: ${name} reads ${absent.name}, which is neither selected nor in the published build yet. Select it too: --select +${name}.`
        : `dbt/${path}: ${name} reads ${absent.name}, which the published build does not have. Create a build that has it first: "npx rollcall run".`,
      exit.usage,
    );
  }
}

interface AttemptContext {
  graph: Graph;
  present: Present;
  /** Columns of the tables that unit tests replace. A table is always built before the unit tests of the models that read it. */
  columns: TableColumns;
}

async function attempt(step: Step, {graph, present, columns}: AttemptContext, db: Database): Promise<Outcome> {
  try {
    if ('model' in step) {
      const unitTest = await runUnitTest(step, graph, columns, db);
      return {status: unitTest.status === 'pass' ? 'done' : 'failed', unitTest};
    }
    if ('test' in step) {
      const test = await runTest(step, db);
      return {status: test.status === 'error' ? 'failed' : 'done', test};
    }
    const started = performance.now();
    const kind = present.get(step.sqlName);
    // A retry for lack of memory may have dropped it already.
    if (kind) await db.run(`drop ${kind} if exists ${step.sqlName}`);
    await buildTable(step, db, graph.project.folder);
    return {status: 'done', seconds: (performance.now() - started) / 1000};
  } catch (error) {
    if (error instanceof Failure) return {status: 'failed', message: error.message};
    throw error;
  }
}

async function collectTableResults(
  {steps, tableOf}: Plan,
  outcomes: Map<Step, Outcome>,
  db: Database,
): Promise<TableResult[]> {
  const results: TableResult[] = [];
  for (const [table, ofTable] of Map.groupBy(steps, (step) => tableOf.get(step))) {
    if (table === undefined) continue;
    const outcome = outcomes.get(table);
    const tests = ofTable.filter((step) => step !== table).map((step) => outcomes.get(step));
    const count = (isSo: (of: Outcome) => boolean) => tests.filter((each) => each !== undefined && isSo(each)).length;
    if (outcome === undefined && tests.every((each) => each?.status === 'skipped')) continue;
    const status = outcome === undefined ? 'there' : outcome.status === 'done' ? 'built' : outcome.status;
    const isThere = status === 'built' || status === 'there';
    results.push({
      name: table.name,
      status,
      ...(isThere ? await measureTable(table, db) : {rows: null, columns: null}),
      passed: count(({test, unitTest}) => test?.status === 'pass' || unitTest?.status === 'pass'),
      warned: count(({test}) => test?.status === 'warn'),
      failed: count((each) => each.status === 'failed'),
      seconds: outcome?.seconds ?? null,
    });
  }
  return results;
}

async function measureTable({sqlName}: Table, db: Database): Promise<{rows: number; columns: number}> {
  const {columns} = await db.query(`select * from ${sqlName} limit 0`);
  const {n} = await db.readOne(countRow, `select count(*) as n from ${sqlName}`);
  return {rows: n, columns: columns.length};
}
