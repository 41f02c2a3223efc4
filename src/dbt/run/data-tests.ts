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
  const results = await runInParallel(db, tests, () => [], runTest);
  const distance = ({reads}: Test) => Math.max(...reads.map((table) => tables.indexOf(table)));
  const isWordless = ({test}: Test) => (test.description === undefined ? 1 : 0);
  return [...tests.entries()]
    .sort(([, a], [, b]) => distance(a) - distance(b) || isWordless(a) - isWordless(b))
    .flatMap(([index]) => results[index] ?? []);
}

/** @throws Failure if the SQL of the test fails */
export async function runTest({name, path, test, sql, reads}: Test, db: Database): Promise<TestResult> {
  const {severity, description, target} = test;
  const dependsOn = reads.map((table) => table.name);
  const run = {
    path,
    what: `the test ${name}`,
    sql,
    ...(target.kind === 'singular' && {template: target.sql}),
    next: `Fix the test, or what it reads: ${dependsOn.join(', ')}.`,
  };
  const {n: failing} = await explainSqlErrors(db.readOne(countRow, `select count(*) as n from (\n${sql}\n)`), run);
  return {
    name,
    path,
    severity,
    status: failing === 0 ? 'pass' : severity,
    ...(description !== undefined && {description}),
    failing,
    samples: failing === 0 ? [] : await db.rows(`select * from (\n${sql}\n) order by all limit ${sampleSize}`),
    dependsOn,
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
