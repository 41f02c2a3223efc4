import {join} from 'node:path';
import {Failure} from '../failure.ts';
import {Compiler} from './compile.ts';
import {type Database, identifier, literal, type Row} from './duckdb.ts';
import type {Model, Project, TestDeclaration} from './project.ts';

/** What became of a data test. `failing` rows are what is wrong; up to ten are kept. */
export interface TestResult {
  name: string;
  path: string;
  severity: 'warn' | 'error';
  status: 'pass' | 'warn' | 'error';
  description?: string;
  failing: number;
  samples: Row[];
  /** The models that the test reads. */
  dependsOn: string[];
}

const sampleSize = 10;

/** The models in an order in which each comes after those it reads. */
function inOrder(models: readonly Model[], dependsOn: (model: Model) => readonly string[]): Model[] {
  const byName = new Map(models.map((model) => [model.name, model]));
  const done = new Set<string>();
  const ordered: Model[] = [];
  const visit = (model: Model, path: string[]) => {
    if (done.has(model.name)) return;
    if (path.includes(model.name)) {
      throw new Failure(`dbt/${model.path}: the models go round in a circle: ${[...path, model.name].join(' → ')}.`);
    }
    for (const name of dependsOn(model)) {
      const parent = byName.get(name);
      if (parent) visit(parent, [...path, model.name]);
    }
    done.add(model.name);
    ordered.push(model);
  };
  for (const model of models) visit(model, []);
  return ordered;
}

/**
 * Builds seeds and models in an open warehouse whose `raw` schema is loaded.
 *
 * @throws Failure where a model's SQL doesn't run, or its columns are not those its yml describes
 */
export async function buildModels(
  db: Database,
  project: Project,
  onModel: (model: Model) => void = () => {},
): Promise<void> {
  const compiler = new Compiler(project);
  const compiled = new Map(project.models.map((model) => [model.name, compiler.model(model)]));
  const schemas = new Set([...project.seeds, ...project.models].map(({schema}) => schema));
  await db.run([...schemas].map((schema) => `create schema if not exists ${identifier(schema)}`).join('; '));
  for (const seed of project.seeds) {
    const columns = Object.entries(seed.columnTypes).map(([name, type]) => `${literal(name)}: ${literal(type)}`);
    await db.run(`create table ${identifier(seed.schema)}.${identifier(seed.name)} as
      select * from read_csv(${literal(join(project.folder, seed.path))}, header = true, auto_detect = false, delim = ',',
        quote = '"', escape = '"', columns = {${columns.join(', ')}})`);
  }
  for (const model of inOrder(project.models, ({name}) => compiled.get(name)?.dependsOn ?? [])) {
    onModel(model);
    const sql = compiled.get(model.name)?.sql ?? '';
    try {
      await db.run(`create ${model.materialized} ${identifier(model.schema)}.${identifier(model.name)} as\n${sql}`);
    } catch (error) {
      throw new Failure(`dbt/${model.path}: ${message(error)}\n\nThe compiled SQL:\n${numbered(sql)}`);
    }
    await assertColumns(db, model);
  }
}

/**
 * Runs every data test of the project. Those nearest to the sources come first, and of those the ones that say in words what
 * they mean: there a failure says most about its cause.
 */
export async function runTests(db: Database, project: Project): Promise<TestResult[]> {
  const compiler = new Compiler(project);
  const models = inOrder(project.models, (model) => compiler.model(model).dependsOn).map(({name}) => name);
  const results: TestResult[] = [];
  for (const test of project.tests) results.push(await runTest(db, compiler, test));
  const distance = ({dependsOn}: TestResult) => Math.max(...dependsOn.map((name) => models.indexOf(name)));
  const isWordless = ({description}: TestResult) => (description === undefined ? 1 : 0);
  return results.sort((a, b) => distance(a) - distance(b) || isWordless(a) - isWordless(b));
}

async function runTest(db: Database, compiler: Compiler, test: TestDeclaration): Promise<TestResult> {
  const {sql, dependsOn} = compiler.test(test);
  try {
    const [counted] = await db.rows(`select count(*) as n from (${sql})`);
    const failing = Number(counted?.['n']);
    const samples = failing === 0 ? [] : await db.rows(`select * from (${sql}) limit ${sampleSize}`);
    const {where: _where, target: _target, ...declared} = test;
    return {...declared, status: failing === 0 ? 'pass' : declared.severity, failing, samples, dependsOn};
  } catch (error) {
    throw new Failure(
      `dbt/${test.path}: the test ${test.name}: ${message(error)}\n\nThe compiled SQL:\n${numbered(sql)}`,
    );
  }
}

/** Keeps the results of the data tests in the warehouse. */
export async function keepTestResults(db: Database, results: readonly TestResult[]): Promise<void> {
  await db.run(`create table audit.test_result (test_name varchar, path varchar, severity varchar, status varchar,
    failing_count bigint, samples json)`);
  if (results.length === 0) return;
  await db.run(
    `insert into audit.test_result values ${results
      .map(
        ({name, path, severity, status, failing, samples}) =>
          `(${[name, path, severity, status].map(literal).join(', ')}, ${failing}, ${literal(JSON.stringify(samples))})`,
      )
      .join(', ')}`,
  );
}

/** What a model yields is what its yml describes: no column more, none less, in that order. */
async function assertColumns(db: Database, model: Model): Promise<void> {
  if (model.columns === undefined) {
    throw new Failure(
      `dbt/${model.path}: no yml describes the model. Say what a row of it is, and what each column means.`,
    );
  }
  const {columns} = await db.query(`select * from ${identifier(model.schema)}.${identifier(model.name)} limit 0`);
  const described = model.columns.map(({name}) => name);
  const undescribed = columns.filter((name) => !described.includes(name));
  const absent = described.filter((name) => !columns.includes(name));
  if (undescribed.length + absent.length === 0) return;
  throw new Failure(
    `dbt/${model.path}: its columns are not those that its yml describes${
      undescribed.length > 0 ? `; not described: ${undescribed.join(', ')}` : ''
    }${absent.length > 0 ? `; described, but not there: ${absent.join(', ')}` : ''}.`,
  );
}

function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function numbered(sql: string): string {
  return sql
    .split('\n')
    .map((line, index) => `${String(index + 1).padStart(4)}  ${line}`)
    .join('\n');
}
