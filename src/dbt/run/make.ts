import {join} from 'node:path';
import {z} from 'zod';
import {type Database, describe, identifier, isOfTheMachine, literal} from '../../duckdb/database.ts';
import {Failure} from '../../failure.ts';
import type {Table} from '../graph/graph.ts';
import type {Model, Seed} from '../project/project.ts';
import {explained} from './sql-failure.ts';

/**
 * Makes the table of a seed or a model, in a warehouse that does not have it.
 *
 * @throws Failure where a model's SQL doesn't run, or its columns are not those its yml describes
 */
export async function make({made, name}: Table, db: Database, folder: string): Promise<void> {
  if (made === undefined) throw new Error(`${name} is a source`);
  if (made.from === 'seed') await makeSeed(made.seed, db, folder);
  else await makeModel(made.model, made.sql, db);
}

async function makeSeed(seed: Seed, db: Database, folder: string): Promise<void> {
  const {schema, name, path} = seed;
  const read = seedQuery(seed, folder);
  await db.run(`create table ${identifier(schema)}.${identifier(name)} as ${read}`).catch((error: Error) => {
    if (isOfTheMachine(error)) throw error;
    throw new Failure(`dbt/${path}: ${error.message.replaceAll(/\s*\n\s*/g, ' ')}`);
  });
}

/** The query that reads a seed's file. */
export function seedQuery({path, columnTypes}: Seed, folder: string): string {
  const columns = Object.entries(columnTypes).map(([column, type]) => `${literal(column)}: ${literal(type)}`);
  return `select * from read_csv(${literal(join(folder, path))}, header = true, auto_detect = false, delim = ',',
    quote = '"', escape = '"', columns = {${columns.join(', ')}})`;
}

async function makeModel(model: Model, sql: string, db: Database): Promise<void> {
  const {name, path, schema, materialized} = model;
  await explained(db.run(`create ${materialized} ${identifier(schema)}.${identifier(name)} as\n${sql}`), {
    path,
    sql,
    template: model.sql,
    linesBefore: 1,
    next: `Mend it and try it with "npx rollcall build --select ${name}".`,
  });
  await assertColumns(model, db);
}

/** What a model yields is what its yml describes: the same columns in the same order, of the types it gives. */
async function assertColumns({name, path, schema, columns: described}: Model, db: Database): Promise<void> {
  const failure = (text: string) => new Failure(`dbt/${path}: ${text}`);
  if (described === undefined) {
    throw failure('no yml describes the model. Say what a row of it is, and what each column means.');
  }
  const yielded = await describe(db, `from ${identifier(schema)}.${identifier(name)}`);
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
  const types = await db.readOne(
    z.object(Object.fromEntries(typed.map(({name}) => [name, z.string()]))),
    `select ${typed.map(({name, dataType}) => `typeof(cast(null as ${dataType})) as ${identifier(name)}`).join(', ')}`,
  );
  for (const {name: column, type} of yielded) {
    const wantedType = types[column];
    if (wantedType !== undefined && wantedType !== type)
      throw failure(`its column ${column} is ${type}, and its yml says ${wantedType}.`);
  }
}
