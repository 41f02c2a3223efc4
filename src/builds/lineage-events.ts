import {join} from 'node:path';
import * as v from 'valibot';
import type {Graph} from '../dbt/graph/graph.ts';
import {buildModels} from '../dbt/run/models.ts';
import type {Database} from '../duckdb/database.ts';
import {Failure, getErrorMessage} from '../failure.ts';
import type {Home} from '../home.ts';
import {type Ingested, listRawTables} from '../ingest/load.ts';
import {createColumnLineageFacet} from '../lineage/column-facet.ts';
import {type Dataset, describeOrigin, type Facet, type OpenLineage} from '../lineage/openlineage.ts';
import {readLineage} from '../lineage/project-lineage.ts';

/**
 * Builds the models, then sends OpenLineage events: a job for each loaded source, and one for each model, failed ones included.
 */
export async function buildWithLineage(
  lineage: OpenLineage,
  db: Database,
  {home, graph, ingested}: {home: Home; graph: Graph; ingested: readonly Ingested[]},
  onTable: (name: string) => void,
): Promise<void> {
  const began = new Map<string, Date>();
  const ended = new Map<string, Date>();
  const start = new Date();
  let failure: unknown;
  try {
    await buildModels(
      db,
      graph,
      (name) => {
        onTable(name);
        began.set(name, new Date());
      },
      (name) => ended.set(name, new Date()),
    );
  } catch (error) {
    failure = error;
  }
  const describe = await describeTables(db, home);
  for (const source of new Set(ingested.map((file) => file.source))) {
    const inputs = ingested.filter((file) => file.source === source).map(({landed}) => describeOrigin(landed.origin));
    const outputs = Object.keys(listRawTables(source)).map((table) => describe(`raw.${table}`));
    lineage.job({name: `ingest.${source.id}`, kind: 'INGESTION', inputs, outputs}, start, start);
  }
  const columns = await traceColumns(graph, lineage, describe);
  for (const {name, sqlName, made, reads} of graph.tables) {
    const at = began.get(name);
    if (made?.from !== 'model' || at === undefined) continue;
    const output = describe(unquote(sqlName));
    const outputs = [{...output, columnLineage: columns.get(output.name)}];
    const inputs = reads.map((table) => describe(unquote(table.sqlName)));
    const error = ended.has(name) ? undefined : getErrorMessage(failure);
    lineage.job(
      {name: `model.${name}`, kind: 'MODEL', inputs, outputs, sql: made.sql},
      at,
      ended.get(name) ?? new Date(),
      error,
    );
  }
  if (failure !== undefined) throw failure;
}

/**
 * Traces the columns of the models, by table. Tables that can't be traced for certain are left out. Tracing blocks the process for
 * seconds, so it runs only if events are sent somewhere, and after those before it have arrived.
 */
async function traceColumns(
  graph: Graph,
  lineage: OpenLineage,
  describe: (table: string) => Dataset,
): Promise<Map<string, Facet>> {
  const facets = new Map<string, Facet>();
  if (!lineage.isSent) return facets;
  await lineage.flush();
  const known = await readLineage(graph);
  for (const {table} of [...known.tables.values()].filter(({kind}) => kind === 'model')) {
    try {
      facets.set(table, createColumnLineageFacet(known, table, describe(table).namespace));
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
    }
  }
  return facets;
}

/** Removes the quotes from a table's name: `"core"."dim_school"` becomes core.dim_school. */
function unquote(sqlName: string): string {
  return sqlName.replaceAll('"', '');
}

/** Describes the warehouse's tables as OpenLineage names them, with their columns and rows. */
async function describeTables(db: Database, home: Home): Promise<(table: string) => Dataset> {
  const columns = await db.read(
    v.object({table: v.string(), name: v.string(), type: v.string()}),
    `select schema_name || '.' || table_name as "table", column_name as name, data_type as type
      from duckdb_columns() where database_name = current_database() order by "table", column_index`,
  );
  const byTable = Map.groupBy(columns, ({table}) => table);
  const sizes = await db.read(
    v.object({table: v.string(), size: v.number()}),
    `select schema_name || '.' || table_name as "table", estimated_size as size
      from duckdb_tables() where database_name = current_database()`,
  );
  const sizeOf = new Map(sizes.map(({table, size}) => [table, size]));
  const namespace = `duckdb://${join(home.published, 'warehouse.duckdb')}`;
  return (table) => ({
    namespace,
    name: table,
    columns: (byTable.get(table) ?? []).map(({name, type}) => ({name, type})),
    ...(sizeOf.has(table) && {rows: sizeOf.get(table) ?? 0}),
  });
}
