import * as v from 'valibot';
import {type Database, identifier} from '../../duckdb/database.ts';
import {Failure} from '../../failure.ts';
import type {Graph, GraphUnitTest} from '../graph/graph.ts';
import {getRelationName} from '../project/relation.ts';
import {listNamedColumns, readColumns, TableColumns, writeFixtureQuery} from './fixtures.ts';
import {runInParallel} from './parallel.ts';
import {type Cells, diffRows} from './row-diff.ts';
import {explainSqlErrors} from './sql-failure.ts';

/** The result of a unit test. */
export interface UnitTestResult {
  name: string;
  model: string;
  path: string;
  status: 'pass' | 'error';
  description?: string;
  /** For a failed test, line by line: the difference of the rows, or why the test could not run. */
  found: string[];
}

/** Runs the unit tests of a graph in a warehouse that has the tables they replace. */
export async function runUnitTests(db: Database, graph: Graph): Promise<UnitTestResult[]> {
  const columns = new TableColumns();
  const run = (unit: GraphUnitTest, connection: Database) => runUnitTest(unit, graph, columns, connection);
  return runInParallel(db, graph.unitTests, () => [], run);
}

/**
 * Runs a unit test as dbt does: the model reads the given rows in place of its tables, with null in each omitted column. It must
 * return exactly the expected rows in any order. Only the columns that the expected rows name are compared.
 *
 * @param columns the columns of the replaced tables
 */
export async function runUnitTest(
  unit: GraphUnitTest,
  graph: Graph,
  columns: TableColumns,
  db: Database,
): Promise<UnitTestResult> {
  const {name, path, test, model} = unit;
  const found = await findDifferences(unit, graph, columns, db).catch((error: unknown) => {
    if (error instanceof Failure) return error.message.split('\n');
    throw error;
  });
  return {
    name,
    model: model.name,
    path,
    status: found.length === 0 ? 'pass' : 'error',
    ...(test.description !== undefined && {description: test.description}),
    found,
  };
}

async function findDifferences(
  unit: GraphUnitTest,
  graph: Graph,
  ofTables: TableColumns,
  db: Database,
): Promise<string[]> {
  const {path, model, test} = unit;
  const {sql, given} = await replaceInputs(unit, graph, ofTables, db);
  const query = `${given}select * from (\n${sql}\n)`;
  const ofModel = {
    path: model.path,
    sql,
    template: model.sql,
    linesBefore: 1 + given.split('\n').length,
    next: 'Fix the model, or the rows that it is given.',
  };
  const made = await explainSqlErrors(readColumns(query, db), ofModel);
  const compared = listNamedColumns(test.expect) ?? [...made.keys()];
  const expected = writeFixtureQuery(model.name, test.expect, made, compared);
  const ofExpected = {path, sql: expected, next: 'Fix the expected rows.'};
  return diffRows(
    compared,
    await explainSqlErrors(readCells(expected, compared, db), ofExpected),
    await explainSqlErrors(readCells(query, compared, db), ofModel),
  );
}

/** Compiles the model so that it reads the given rows, as CTEs, in place of its tables. */
async function replaceInputs(
  {test, model}: GraphUnitTest,
  {project, compiler: ofProject, tables}: Graph,
  ofTables: TableColumns,
  db: Database,
): Promise<{sql: string; given: string}> {
  const inPlace = new Map(
    test.given.map(({input}) => [getRelationName(input), identifier(`given ${getRelationName(input)}`)]),
  );
  const get = (input: string) => {
    const name = inPlace.get(input);
    if (name) return name;
    throw new Failure(
      `No rows are given for ${input}, which ${model.name} reads. For an empty input, write "rows: []".`,
    );
  };
  const compiler = ofProject.with({...project.vars, ...test.vars}, {get});
  const {sql} = compiler.compileQuery(model);
  const ctes = [];
  for (const {input, ...fixture} of test.given) {
    const table = tables.find(({name}) => name === getRelationName(input));
    if (table === undefined) throw new Failure(`The input ${getRelationName(input)} is not in the project.`);
    const columns = await ofTables.of(table.sqlName, db).catch(() => {
      throw new Failure(
        `${table.name} is not built, and its columns give the types of the rows. Build it with --select +${model.name}.`,
      );
    });
    const rows =
      'sql' in fixture
        ? compiler.compileQuery({sql: fixture.sql, path: test.path}).sql
        : writeFixtureQuery(table.name, fixture, columns);
    ctes.push(`${get(table.name)} as (\n${rows}\n)`);
  }
  return {sql, given: ctes.length > 0 ? `with ${ctes.join(', ')}\n` : ''};
}

/** Reads the rows of a query as text. Two values have the same text exactly if they are the same. */
async function readCells(query: string, columns: readonly string[], db: Database): Promise<Cells[]> {
  const texts = columns.map((column) => `cast(${identifier(column)} as varchar) as ${identifier(column)}`);
  const cells = v.object(Object.fromEntries(columns.map((column) => [column, v.nullable(v.string())])));
  const rows = await db.read(cells, `select ${texts.join(', ')} from (\n${query}\n)`);
  return rows.map((row) => columns.map((column) => row[column] ?? null));
}
