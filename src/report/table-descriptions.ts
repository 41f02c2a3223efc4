import {readGraph} from '../dbt/graph/read-graph.ts';
import type {Table} from './report.ts';

/** Reads the tables that analysts start from, as their models describe them. */
export async function readTables(project: string): Promise<Table[]> {
  const {tables} = await readGraph(project);
  const order = ['marts', 'core', 'intermediate', 'staging'];
  return tables
    .flatMap(({made, reads}) => {
      if (made?.from !== 'model') return [];
      const {schema, name, description = '', columns = [], sql} = made.model;
      return {
        schema,
        name,
        description,
        madeFrom: reads.map((table) => table.name),
        columns: columns.map((column) => ({name: column.name, description: column.description ?? ''})),
        sql,
      };
    })
    .filter(({schema}) => order.includes(schema))
    .sort((a, b) => order.indexOf(a.schema) - order.indexOf(b.schema) || a.name.localeCompare(b.name));
}
