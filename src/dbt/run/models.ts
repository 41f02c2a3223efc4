import {type Database, identifier} from '../../duckdb/database.ts';
import type {Graph} from '../graph/graph.ts';
import type {Project} from '../project/project.ts';
import {buildTable} from './build-table.ts';
import {runInParallel} from './parallel.ts';

/**
 * Builds seeds and models in an open warehouse whose sources are loaded and that has nothing else.
 *
 * @throws Failure where a model's SQL doesn't run, or its columns are not those its yml describes
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

/** The schemas that the project's seeds and models are in. */
export async function createSchemas(db: Database, project: Project): Promise<void> {
  await db.run(writeSchemaStatements(project));
}

/** The statements that make them, where they are not there yet. */
export function writeSchemaStatements({seeds, models}: Project): string {
  const schemas = new Set([...seeds, ...models].map(({schema}) => schema));
  return [...schemas].map((schema) => `create schema if not exists ${identifier(schema)}`).join('; ');
}
