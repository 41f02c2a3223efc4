import {rm} from 'node:fs/promises';
import {join} from 'node:path';
import {projectFolder} from '../src/runs/home.ts';
import {identifier, literal, open} from '../src/warehouse/duckdb.ts';
import {graphOf, type Table} from '../src/warehouse/graph.ts';
import {readProject} from '../src/warehouse/project.ts';

/** The dbt project as one script of plain SQL: its schemas, seeds and models, in an order in which each comes after those it reads. */
export async function compiledProject(): Promise<string> {
  const folder = join(projectFolder, 'dbt');
  const {project, tables} = graphOf(await readProject(folder));
  const schemas = new Set([...project.seeds, ...project.models].map(({schema}) => schema));
  return [
    ...[...schemas].map((schema) => `create schema if not exists ${identifier(schema)}`),
    ...tables.flatMap((table) => statement(table, folder)),
  ].join(';\n');
}

function statement({made}: Table, folder: string): string[] {
  if (made === undefined) return [];
  if (made.from === 'model') {
    const {materialized, schema, name} = made.model;
    return [`create ${materialized} ${identifier(schema)}.${identifier(name)} as\n${made.sql}`];
  }
  const {schema, name, path, columnTypes} = made.seed;
  const columns = Object.entries(columnTypes).map(([column, type]) => `${literal(column)}: ${literal(type)}`);
  return [
    `create table ${identifier(schema)}.${identifier(name)} as
      from read_csv(${literal(join(folder, path))}, header = true, auto_detect = false, columns = {${columns.join(', ')}})`,
  ];
}

/** What only a run knows: names and sizes of files. */
const ofTheRun = new Set(['dim_landed_file']);

/** @throws Error where a table of core or marts is not the same in both warehouses */
export async function assertSameTables(ours: string, theirs: string): Promise<void> {
  const db = await open();
  await db.run(`attach ${literal(ours)} as ours (read_only); attach ${literal(theirs)} as theirs (read_only)`);
  const tables = await db.rows(`select schema_name, table_name from duckdb_tables()
    where database_name = 'ours' and schema_name in ('core', 'marts') order by all`);
  for (const {schema_name, table_name} of tables) {
    if (ofTheRun.has(String(table_name))) continue;
    const table = `${identifier(String(schema_name))}.${identifier(String(table_name))}`;
    const [only = {}] = await db.rows(`select
      (select count(*) from (from ours.${table} except all from theirs.${table})) as ours,
      (select count(*) from (from theirs.${table} except all from ours.${table})) as theirs`);
    if (only['ours'] !== 0 || only['theirs'] !== 0) {
      throw new Error(`${table}: ${only['ours']} rows are only in ours, ${only['theirs']} only in theirs.`);
    }
  }
  db.close();
  if (tables.length === 0) throw new Error(`${ours}: no tables to compare.`);
}

/** Makes a warehouse with the raw tables of another, and nothing made of them. */
export async function copyRaw(from: string, to: string): Promise<void> {
  await rm(to, {force: true});
  const db = await open(to);
  await db.run(`attach ${literal(from)} as published (read_only); create schema raw`);
  const tables = await db.rows(
    `select table_name from duckdb_tables() where database_name = 'published' and schema_name = 'raw'`,
  );
  for (const {table_name} of tables) {
    const table = identifier(String(table_name));
    await db.run(`create table raw.${table} as select * from published.raw.${table}`);
  }
  db.close();
}
