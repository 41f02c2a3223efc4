import {join} from 'node:path';
import {type Database, describeColumns, identifier, isMachineError, literal} from '../../duckdb/database.ts';
import {selectFile} from '../../duckdb/files.ts';
import {Failure} from '../../failure.ts';
import type {Table} from '../graph/graph.ts';
import type {Column, Model, Seed} from '../project/project.ts';
import {type Columns, readColumns} from './fixtures.ts';
import {explainSqlErrors} from './sql-failure.ts';

/**
 * Builds the table of a seed or model in a warehouse that doesn't have it yet.
 *
 * @throws Failure if the SQL of a model fails, or its columns are not those its yml describes
 */
export async function buildTable({made, name}: Table, db: Database, folder: string): Promise<void> {
  if (made === undefined) throw new Error(`${name} is a source`);
  if (made.from === 'seed') await buildSeed(made.seed, db, folder);
  else await buildModel(made.model, made.sql, db);
}

async function buildSeed(seed: Seed, db: Database, folder: string): Promise<void> {
  const {schema, name, path} = seed;
  const read = writeSeedQuery(seed, folder);
  await db.run(`create table ${identifier(schema)}.${identifier(name)} as ${read}`).catch((error: Error) => {
    if (isMachineError(error)) throw error;
    throw new Failure(`dbt/${path}: ${error.message.replaceAll(/\s*\n\s*/g, ' ')}`);
  });
}

/** Writes the query that reads the file of a seed. */
export function writeSeedQuery({path, columnTypes}: Seed, folder: string): string {
  const columns = Object.entries(columnTypes).map(([column, type]) => `${literal(column)}: ${literal(type)}`);
  const options = `compression = 'none', header = true, auto_detect = false, delim = ',', quote = '"', escape = '"', columns = {${columns.join(', ')}}`;
  return `select * from ${selectFile('read_csv', join(folder, path), options)}`;
}

async function buildModel(model: Model, sql: string, db: Database): Promise<void> {
  const {name, path, schema, materialized} = model;
  if (model.isContracted) await assertContract(model, sql, db);
  await explainSqlErrors(db.run(`create ${materialized} ${identifier(schema)}.${identifier(name)} as\n${sql}`), {
    path,
    sql,
    template: model.sql,
    next: `Fix it and try it with "npx rollcall build --select ${name}".`,
  });
  await assertColumns(model, db);
}

/**
 * Checks the contract of a model before it is built: its query returns the columns and types of its yml.
 *
 * @throws Failure that names model, column, and the types expected and found
 */
async function assertContract({name, path, columns = []}: Model, sql: string, db: Database): Promise<void> {
  const run = {path, sql, next: `Fix it and try it with "npx rollcall build --select ${name}".`};
  const found = await explainSqlErrors(readColumns(sql, db), run);
  const expected = await explainSqlErrors(readTypes(columns, db), {
    ...run,
    sql: columns.map(({dataType}) => dataType).join('\n'),
  });
  const broken = [...new Set([...expected.keys(), ...found.keys()])].flatMap((column) => {
    const [wanted, there] = [expected.get(column) ?? 'no such column', found.get(column) ?? 'no such column'];
    return wanted === there ? [] : [`${column}: expected ${wanted}, found ${there}`];
  });
  if (broken.length === 0) return;
  throw new Failure(
    `dbt/${path}: ${name} breaks its contract. ${broken.join('; ')}. Fix the query, or the data_type in its yml.`,
  );
}

/** Converts data types to DuckDB's names for them: int becomes INTEGER. */
async function readTypes(columns: readonly Column[], db: Database): Promise<Columns> {
  const typed = columns.map(({name, dataType}) => `cast(null as ${dataType ?? 'varchar'}) as ${identifier(name)}`);
  return readColumns(`select ${typed.join(', ')}`, db);
}

/** @throws Failure if a built model's columns, their order or their types differ from its yml */
async function assertColumns({name, path, schema, columns: described}: Model, db: Database): Promise<void> {
  const failure = (text: string) => new Failure(`dbt/${path}: ${text}`);
  if (described === undefined) {
    throw failure('no yml describes the model. Say what a row of it is, and what each column means.');
  }
  const yielded = await describeColumns(db, `from ${identifier(schema)}.${identifier(name)}`);
  const there = yielded.map((column) => column.name);
  const wanted = described.map((column) => column.name);
  const undescribed = there.filter((column) => !wanted.includes(column));
  const absent = wanted.filter((column) => !there.includes(column));
  if (undescribed.length + absent.length > 0) {
    const parts = [
      ...(undescribed.length > 0 ? [`not described: ${undescribed.join(', ')}`] : []),
      ...(absent.length > 0 ? [`described, but not there: ${absent.join(', ')}`] : []),
    ];
    throw failure(`its columns are not those that its yml describes; ${parts.join('; ')}.`);
  }
  const moved = there.findIndex((column, index) => column !== wanted[index]);
  if (moved >= 0) {
    throw failure(
      `its columns are not in the order in which its yml describes them: column ${moved + 1} is ${there[moved]}, and the yml has ${wanted[moved]} there.`,
    );
  }
  const typed = described.filter(({dataType}) => dataType !== undefined);
  if (typed.length === 0) return;
  const types = await readTypes(typed, db);
  for (const {name: column, type} of yielded) {
    const wantedType = types.get(column);
    if (wantedType !== undefined && wantedType !== type)
      throw failure(`its column ${column} is ${type}, and its yml says ${wantedType}.`);
  }
}
