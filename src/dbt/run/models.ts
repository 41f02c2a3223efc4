import {type Database, identifier} from '../../duckdb/database.ts';
import type {Graph} from '../graph/graph.ts';
import type {Project} from '../project/project.ts';
import {buildTable} from './build-table.ts';
import {runInParallel} from './parallel.ts';

/**
 * Builds all seeds and models in a warehouse that has only the loaded sources.
 *
 * @throws Failure if the SQL of a model fails, or its columns are not those its yml describes
 */
export async function buildModels(
  db: Database,
  {project, tables}: Graph,
  onTable: (name: string) => void = () => {},
  onMade: (name: string) => void = () => {},
): Promise<void> {
  await createSchemas(db, project);
  const made = tables.filter((table) => table.made !== undefined);
  await runInParallel(
    db,
    made,
    ({reads}) => reads,
    async (table, connection) => {
      onTable(table.name);
      await buildTable(table, connection, project.folder);
      onMade(table.name);
    },
  );
}

/** Creates the schemas of the project's seeds and models. */
export async function createSchemas(db: Database, project: Project): Promise<void> {
  await db.run(writeSchemaStatements(project));
}

/** Writes the statements that create the missing schemas. */
export function writeSchemaStatements({seeds, models}: Project): string {
  const schemas = new Set([...seeds, ...models].map(({schema}) => schema));
  return [...schemas].map((schema) => `create schema if not exists ${identifier(schema)}`).join('; ');
}
