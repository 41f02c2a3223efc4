import {join} from 'node:path';
import {projectFolder} from '../src/runs/home.ts';
import {identifier, literal} from '../src/warehouse/duckdb.ts';
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
