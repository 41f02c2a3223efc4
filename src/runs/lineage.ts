import {join} from 'node:path';
import type {Ingested} from '../ingest/load.ts';
import type {Source} from '../sources/source.ts';
import {Compiler} from '../warehouse/compile.ts';
import {type Database, literal} from '../warehouse/duckdb.ts';
import type {Model, Project} from '../warehouse/project.ts';
import type {Home} from './home.ts';
import type {Dataset, OpenLineage} from './openlineage.ts';

/** A column of a model, and the columns that it is made of; tables as `schema.table`. */
export type ColumnLineage = Readonly<Record<string, readonly {table: string; column: string}[]>>;

interface Built {
  home: Home;
  project: Project;
  ingested: readonly Ingested[];
  /** What is known of the lineage of a model's columns. */
  columnsOf?: (model: string) => ColumnLineage | undefined;
}

/**
 * Builds, and then tells what was made of what: a job for each source that was loaded, and one for each model. A model that fails
 * is told of too.
 */
export async function emitLineage(
  lineage: OpenLineage,
  db: Database,
  {home, project, ingested, columnsOf}: Built,
  build: (onModel: (model: Model) => void) => Promise<void>,
): Promise<void> {
  const begun: {model: Model; at: Date}[] = [];
  const began = new Date();
  let failure: unknown;
  try {
    await build((model) => begun.push({model, at: new Date()}));
  } catch (error) {
    failure = error;
  }
  const ended = new Date();
  const describe = await tablesOf(db, home);
  for (const source of new Set(ingested.map((file) => file.source))) {
    const files = ingested.filter((file) => file.source === source);
    const outputs = rawTables(source).map((table) => describe(`raw.${table}`));
    lineage.job({name: `ingest.${source.id}`, kind: 'INGESTION', inputs: files.map(originOf), outputs}, began, began);
  }
  const compiler = new Compiler(project);
  const places = new Map([...project.models, ...project.seeds].map(({name, schema}) => [name, `${schema}.${name}`]));
  for (const [index, {model, at}] of begun.entries()) {
    const {sql, dependsOn} = compiler.model(model);
    const from = [...dependsOn.flatMap((name) => places.get(name) ?? []), ...sourcesIn(sql, project)];
    const isLast = index === begun.length - 1;
    const columns = columnsOf?.(model.name);
    const output = describe(`${model.schema}.${model.name}`);
    lineage.job(
      {
        name: `model.${model.name}`,
        kind: 'MODEL',
        inputs: from.map(describe),
        outputs: [{...output, ...(columns && {lineage: inTables(columns, describe)})}],
        sql,
      },
      at,
      begun[index + 1]?.at ?? ended,
      isLast && failure !== undefined ? String((failure as Error).message) : undefined,
    );
  }
  if (failure !== undefined) throw failure;
}

function rawTables({table, pivot}: Source): string[] {
  return pivot ? [pivot.rowTable, table] : [table];
}

/** The tables of dbt's sources that a compiled query names. */
function sourcesIn(sql: string, {sources}: Project): string[] {
  return [...new Set(sources.values())]
    .filter((relation) => sql.includes(relation))
    .map((relation) => relation.replaceAll('"', ''));
}

/** Where a file came from: the publisher's data set, or a file. */
export function originOf({landed: {origin}}: Pick<Ingested, 'landed'>): Dataset {
  if (!URL.canParse(origin)) return {namespace: 'file', name: origin};
  const {origin: namespace, pathname} = new URL(origin);
  return {namespace, name: pathname.slice(1)};
}

function inTables(columns: ColumnLineage, describe: (table: string) => Dataset): NonNullable<Dataset['lineage']> {
  return Object.fromEntries(
    Object.entries(columns).map(([column, from]) => [
      column,
      from.map(({table, column: field}) => {
        const {namespace, name} = describe(table);
        return {namespace, name, field};
      }),
    ]),
  );
}

/** The warehouse's tables as OpenLineage names them, with their columns. */
async function tablesOf(db: Database, home: Home): Promise<(table: string) => Dataset> {
  const rows =
    await db.rows(`select schema_name || '.' || table_name as name, column_name, data_type from duckdb_columns()
    where database_name = current_database() and schema_name <> ${literal('information_schema')}
    order by name, column_index`);
  const byTable = Map.groupBy(rows, ({name}) => String(name));
  const sizes =
    await db.rows(`select schema_name || '.' || table_name as name, estimated_size as size from duckdb_tables()
    where database_name = current_database()`);
  const sizeOf = new Map(sizes.map(({name, size}) => [String(name), Number(size)]));
  const namespace = `duckdb://${join(home.published, 'warehouse.duckdb')}`;
  return (table) => ({
    namespace,
    name: table,
    columns: (byTable.get(table) ?? []).map(({column_name, data_type}) => ({
      name: String(column_name),
      type: String(data_type),
    })),
    ...(sizeOf.has(table) && {rows: sizeOf.get(table) ?? 0}),
  });
}
