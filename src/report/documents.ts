import {Compiler} from '../dbt/graph/compile.ts';
import {readProject} from '../dbt/project/read-project.ts';
import type {Table} from './report.ts';

/** The tables that analysts start from, as the models' descriptions have them. */
export async function readTables(project: string): Promise<Table[]> {
  const read = await readProject(project);
  const compiler = Compiler.of(read);
  const order = ['marts', 'core', 'staging'];
  return read.models
    .map((model) => {
      const {schema, name, description = '', columns = [], sql} = model;
      return {
        schema,
        name,
        description,
        madeFrom: [...compiler.model(model).dependsOn],
        columns: columns.map((column) => ({name: column.name, description: column.description ?? ''})),
        sql,
      };
    })
    .filter(({schema}) => order.includes(schema))
    .sort((a, b) => order.indexOf(a.schema) - order.indexOf(b.schema) || a.name.localeCompare(b.name));
}
