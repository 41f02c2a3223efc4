import {readdir} from 'node:fs/promises';
import {readProject} from '../warehouse/project.ts';
import type {Table} from './report.ts';

/** The tables that analysts start from, as the models' descriptions have them. */
export async function readTables(project: string): Promise<Table[]> {
  const {models} = await readProject(project);
  const order = ['marts', 'core', 'staging'];
  return models
    .map(({schema, name, description = '', columns = [], sql}) => ({
      schema,
      name,
      description,
      columns: columns.map((column) => ({name: column.name, description: column.description ?? ''})),
      sql,
    }))
    .filter(({schema}) => order.includes(schema))
    .sort((a, b) => order.indexOf(a.schema) - order.indexOf(b.schema) || a.name.localeCompare(b.name));
}

/** The diagrams that are drawn of the warehouse; none where there are none yet. */
export async function diagramsIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => name.endsWith('.svg')).sort();
}
