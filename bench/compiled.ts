import {join} from 'node:path';
import {buildGraph, type Table} from '../src/dbt/graph/graph.ts';
import {readProject} from '../src/dbt/project/read-project.ts';
import {writeSeedQuery} from '../src/dbt/run/build-table.ts';
import {writeSchemaStatements} from '../src/dbt/run/models.ts';
import {identifier, literal, open} from '../src/duckdb/database.ts';
import {projectFolder} from '../src/project-folder.ts';

/** Compiles the dbt project to one SQL script: schemas, seeds and models, each after those it reads. */
export async function compileProject(): Promise<string> {
  const folder = join(projectFolder, 'dbt');
  const {project, tables} = buildGraph(await readProject(folder));
  return [writeSchemaStatements(project), ...tables.flatMap((table) => compileTable(table, folder))].join(';\n');
}

function compileTable({made}: Table, folder: string): string[] {
  if (made === undefined) return [];
  if (made.from === 'model') {
    const {materialized, schema, name} = made.model;
    return [`create ${materialized} ${identifier(schema)}.${identifier(name)} as\n${made.sql}`];
  }
  const {schema, name} = made.seed;
  return [`create table ${identifier(schema)}.${identifier(name)} as ${writeSeedQuery(made.seed, folder)}`];
}

/** Tables that only a run can fill: names and sizes of files. */
const ofTheRun = new Set(['dim_landed_file']);

/** @throws Error if a table of core or marts differs between the two warehouses */
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
