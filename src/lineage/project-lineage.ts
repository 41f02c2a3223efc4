import type {Graph} from '../dbt/graph/graph.ts';
import type {Model, Project} from '../dbt/project/project.ts';
import {Failure} from '../failure.ts';
import {type ColumnName, type QueryLineage, readQueryLineage, type SqlLibrary} from './query-lineage.ts';

/** A table of the project, with its columns in order. */
export interface ProjectTable {
  /** With its schema: `marts.schools`. */
  table: string;
  kind: 'model' | 'seed' | 'source';
  description: string | undefined;
  columns: {name: string; description?: string}[];
  /** The file that defines or declares it, relative to the project's folder. */
  path: string;
  model?: Model;
}

/** The column lineage of a project, from the compiled SQL of its models. Each model is analyzed on demand. */
export interface Lineage {
  tables: Map<string, ProjectTable>;
  /** @throws Failure if a column can't be traced with certainty */
  of(table: string): QueryLineage;
  /** Finds the columns of models that a column's values flow into or decide. */
  readers(column: ColumnName): (ColumnName & {decides: boolean})[];
}

/** Prepares the lineage of a project. Loads the SQL parser on first use, because that takes a moment. */
export async function readLineage({project, tables: compiled}: Pick<Graph, 'project' | 'tables'>): Promise<Lineage> {
  const sql = await import('@polyglot-sql/sdk');
  const tables = listTables(project);
  const known = new Map<string, QueryLineage>();

  const of = (table: string): QueryLineage => {
    const found = known.get(table);
    if (found) return found;
    const model = tables.get(table)?.model;
    const made = compiled.find(({name}) => name === model?.name)?.made;
    if (model === undefined || made?.from !== 'model')
      throw new Failure(`${table} is not a model of the project, so no SQL makes its columns.`);
    const lineage = readModelLineage(sql, model, made.sql, tables);
    known.set(table, lineage);
    return lineage;
  };

  const readers = ({table, column}: ColumnName) => {
    const isIt = (other: ColumnName) => other.table === table && other.column === column;
    return [...tables.values()]
      .filter(({kind}) => kind === 'model')
      .flatMap((reader) =>
        [...of(reader.table).columns]
          .filter(([, {from, decidedBy}]) => from.some(isIt) || decidedBy.some(isIt))
          .map(([name, {from}]) => ({table: reader.table, column: name, decides: !from.some(isIt)})),
      );
  };

  return {tables, of, readers};
}

/** Lists the tables of a project by name: `marts.schools`. */
export function listTables(project: Project): Map<string, ProjectTable> {
  const tables: ProjectTable[] = [
    ...[...project.sources.values()].map(({relation, path, description, columns}) => ({
      table: relation,
      kind: 'source' as const,
      description,
      columns,
      path,
    })),
    ...project.seeds.map(({schema, name, path, description, columns, columnTypes}) => ({
      table: `${schema}.${name}`,
      kind: 'seed' as const,
      description,
      columns: Object.keys(columnTypes).map((name) => columns.find((column) => column.name === name) ?? {name}),
      path,
    })),
    ...project.models.map((model) => ({
      table: `${model.schema}.${model.name}`,
      kind: 'model' as const,
      description: model.description,
      columns: model.columns ?? [],
      path: model.path,
      model,
    })),
  ];
  return new Map(tables.map((table) => [table.table, table]));
}

function readModelLineage(
  sql: SqlLibrary,
  model: Model,
  query: string,
  tables: Map<string, ProjectTable>,
): QueryLineage {
  const name = `dbt/${model.path}`;
  const columnsOf = (table: string) => tables.get(table)?.columns.map(({name}) => name);
  const lineage = readQueryLineage(sql, {name, query}, columnsOf);
  const yielded = [...lineage.columns.keys()];
  const described = (model.columns ?? []).map(({name}) => name);
  if (yielded.join() === described.join()) return lineage;
  throw new Failure(
    `${name}: lineage: the query yields ${yielded.join(', ')}; its yml describes ${described.join(', ') || 'no columns'}.`,
  );
}
