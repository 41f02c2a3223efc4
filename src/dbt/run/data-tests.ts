import * as v from 'valibot';
import {createTable} from '../../duckdb/create-table.ts';
import {countRow, type Database, type Row} from '../../duckdb/database.ts';
import {findRelatives, type Graph, type Table, type Test} from '../graph/graph.ts';
import {formatPathToSources} from '../graph/path-to-sources.ts';
import {runInParallel} from './parallel.ts';
import {explainSqlErrors} from './sql-failure.ts';

/** The result of a data test: the number of failing rows, and up to ten of them. */
export interface TestResult {
  name: string;
  path: string;
  severity: 'warn' | 'error';
  status: 'pass' | 'warn' | 'error';
  description?: string;
  failing: number;
  samples: Row[];
  /** The names of what the test reads: models, seeds, and `source.table` for tables of sources. */
  dependsOn: string[];
  /** For a failed test: the paths from what it reads back to the sources. */
  paths: string[];
}

const sampleSize = 10;

/**
 * Runs every data test of a graph. Results of tests nearest to the sources come first, and among those the tests with a
 * description, since their failures say most about the cause.
 */
export async function runTests(db: Database, {tables, tests}: Graph): Promise<TestResult[]> {
  const batches = [...Map.groupBy(tests, ({reads}) => reads[0]?.name).values()];
  const results = new Map((await runInParallel(db, batches, () => [], runBatch)).flat());
  const distance = ({reads}: Test) => Math.max(...reads.map((table) => tables.indexOf(table)));
  const isWordless = ({test}: Test) => (test.description === undefined ? 1 : 0);
  return [...tests]
    .sort((a, b) => distance(a) - distance(b) || isWordless(a) - isWordless(b))
    .flatMap((test) => results.get(test) ?? []);
}

const countedRow = v.object({test: v.number(), n: v.number()});

/**
 * Runs the tests of one table. A single statement counts the failing rows of all, since hundreds of small ones take longer. If it
 * fails, each test is run alone, which names the one that can't be run.
 */
async function runBatch(tests: readonly Test[], db: Database): Promise<[Test, TestResult][]> {
  const counts = tests.map(({sql}, index) => `select ${index} as test, count(*) as n from (\n${sql}\n)`);
  const counted = await db.read(countedRow, counts.join('\nunion all\n')).catch(() => []);
  const passed = new Set(counted.filter(({n}) => n === 0).map(({test}) => test));
  const results: [Test, TestResult][] = [];
  for (const [index, test] of tests.entries())
    results.push([test, passed.has(index) ? describeResult(test, 0, []) : await runTest(test, db)]);
  return results;
}

/** @throws Failure if the SQL of the test fails */
export async function runTest(step: Test, db: Database): Promise<TestResult> {
  const {name, path, test, sql, reads} = step;
  const run = {
    path,
    what: `the test ${name}`,
    sql,
    ...(test.target.kind === 'singular' && {template: test.target.sql}),
    next: `Fix the test, or what it reads: ${reads.map((table) => table.name).join(', ')}.`,
  };
  const {n: failing} = await explainSqlErrors(db.readOne(countRow, `select count(*) as n from (\n${sql}\n)`), run);
  const samples = failing === 0 ? [] : await db.rows(`select * from (\n${sql}\n) order by all limit ${sampleSize}`);
  return describeResult(step, failing, samples);
}

function describeResult({name, path, test, reads}: Test, failing: number, samples: Row[]): TestResult {
  const {severity, description} = test;
  return {
    name,
    path,
    severity,
    status: failing === 0 ? 'pass' : severity,
    ...(description !== undefined && {description}),
    failing,
    samples,
    dependsOn: reads.map((table) => table.name),
    paths: failing === 0 ? [] : findOutermost(reads).map(formatPathToSources),
  };
}

/** Returns the tables that no other one of them depends on. */
function findOutermost(tables: readonly Table[]): Table[] {
  const beneath = new Set(tables.flatMap((table) => [...findRelatives(table, 'reads')]));
  return tables.filter((table) => !beneath.has(table));
}

/** Stores the results of the data tests in `audit.test_result`. */
export async function storeTestResults(db: Database, results: readonly TestResult[]): Promise<void> {
  await createTable(
    db,
    {schema: 'audit', name: 'test_result'},
    {
      test_name: ['varchar', ({name}) => name],
      path: ['varchar', ({path}) => path],
      severity: ['varchar', ({severity}) => severity],
      status: ['varchar', ({status}) => status],
      failing_count: ['bigint', ({failing}) => failing],
      samples: ['json', ({samples}) => samples],
    },
    results,
  );
}
