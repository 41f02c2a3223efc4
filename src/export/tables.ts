import * as v from 'valibot';
import type {SourceFile} from '../answers/source-files.ts';
import type {Project} from '../dbt/project/project.ts';
import {countRow, type Database, identifier, literal, writeLiteral} from '../duckdb/database.ts';
import {exit, Failure} from '../failure.ts';
import {createMarkColumns, listBuildMarks, type Marks} from '../words/marks.ts';
import type {Thresholds} from '../words/thresholds.ts';

/** What an export needs to know of a build. */
export interface Build extends Marks {
  id: string;
  /** UTC. */
  builtAt: string;
  schoolYears: readonly string[];
  thresholds: Thresholds;
  inputs: readonly SourceFile[];
  warehouse: string;
}

/** The tables to export, and the open warehouse that holds them. */
export interface Export {
  db: Database;
  build: Build;
  tables: readonly Table[];
}

/** A table to export: its shape in the warehouse, its description and keys in the dbt project. */
export interface Table {
  schema: string;
  name: string;
  description?: string;
  /** The notes on its figures. Every row repeats them, in the columns `is_sample` and `build_label`. */
  marks: string[];
  columns: Column[];
  /** The columns that identify a row, by the project's tests; empty if no test says so. */
  primaryKey: string[];
  foreignKeys: ForeignKey[];
  rowCount: number;
  /** Selects all rows, always in the same order. */
  query: string;
}

export interface Column {
  name: string;
  /** DuckDB's name for the type. */
  type: string;
  isRequired: boolean;
  description?: string;
}

/** A column whose values are all in the key of another table. */
interface ForeignKey {
  column: string;
  references: {schema: string; table: string; column: string};
}

/** The schemas of an export without --tables. */
export const defaultSchemas = ['marts', 'core', 'seeds'];

/** Returns `schema.table` for people. */
export function qualifyName({schema, name}: Pick<Table, 'schema' | 'name'>): string {
  return `${schema}.${name}`;
}

/** Composes the comment on a table. */
export function composeRemark({description, marks}: Pick<Table, 'description' | 'marks'>): string {
  return [...marks, ...(description === undefined ? [] : [description])].join(' ');
}

/** Returns the quoted name of a table for SQL. */
export function quoteName({schema, name}: Pick<Table, 'schema' | 'name'>): string {
  return `${identifier(schema)}.${identifier(name)}`;
}

/**
 * Reads the tables and views to export from an open warehouse. In a marked build each has a column for each mark, so that no figure
 * leaves unmarked. The seeds have none: they hold no figures.
 *
 * @param wanted schemas and tables (`marts`, `schools`, `staging.stg_ospi__teachers`)
 * @throws Failure (exit 2) if one of them does not exist
 */
export async function readTables(
  db: Database,
  project: Project,
  build: Marks,
  wanted: readonly string[] = defaultSchemas,
): Promise<Table[]> {
  const relations = selectRelations(await readRelations(db), wanted);
  const keys = new Map(relations.map((each) => [each.name, findPrimaryKey(each, project)]));
  const marks = createMarkColumns(build);
  const tables: Table[] = [];
  for (const {schema, name, columns} of relations) {
    const said = findDescription(project, {schema, name});
    const table = quoteName({schema, name});
    const required = findRequiredColumns(name, project);
    const primaryKey = keys.get(name) ?? [];
    const isSeed = project.seeds.some((seed) => seed.schema === schema && seed.name === name);
    const added = isSeed ? [] : markColumns.filter(({name}) => name in marks && !(name in columns));
    const selected = added.map(({name}) => `${writeLiteral(marks[name])} as ${name}, `).join('');
    const {n: rowCount} = await db.readOne(countRow, `select count(*) as n from ${table}`);
    tables.push({
      schema,
      name,
      ...toDescription(said?.description),
      marks: isSeed ? [] : listBuildMarks(build),
      columns: [
        ...added,
        ...Object.entries(columns).map(([column, type]) => ({
          name: column,
          type,
          isRequired: required.includes(column),
          ...toDescription(said?.columns?.find((each) => each.name === column)?.description),
        })),
      ],
      primaryKey,
      foreignKeys: relations.flatMap((parent) => findForeignKeys(parent, keys.get(parent.name) ?? [], name, project)),
      rowCount,
      query: `select ${selected}* from ${table} order by ${
        primaryKey.length > 0 ? primaryKey.map(identifier).join(', ') : 'all'
      }`,
    });
  }
  return tables;
}

/** The columns whose values `createMarkColumns` gives. */
const markColumns: (Column & {name: keyof ReturnType<typeof createMarkColumns>})[] = [
  {
    name: 'is_sample',
    type: 'BOOLEAN',
    isRequired: true,
    description: 'True: the row belongs to the sample, whose schools and figures are invented.',
  },
  {
    name: 'build_label',
    type: 'VARCHAR',
    isRequired: true,
    description: 'What the run was labeled with. It holds for every figure of the build.',
  },
];

/**
 * Returns the names of tables and columns that the project does not describe. There are some if the build was made with other
 * models than the project has now.
 */
export function findUndescribed(tables: readonly Table[], project: Project): string[] {
  const schemas = new Set([...project.models, ...project.seeds].map(({schema}) => schema));
  return tables
    .filter(({schema}) => schemas.has(schema))
    .flatMap((table) => {
      const said = findDescription(project, table);
      if (said === undefined) return [qualifyName(table)];
      // A seed's yml describes some of its columns; a model's describes all.
      if (!('sql' in said)) return [];
      return table.columns
        .filter(
          (column) =>
            !markColumns.some(({name}) => name === column.name) &&
            !said.columns?.some(({name}) => column.name === name),
        )
        .map(({name}) => `${qualifyName(table)}.${name}`);
    });
}

interface Relation {
  schema: string;
  name: string;
  /** Name and type, in order. */
  columns: Record<string, string>;
}

async function readRelations(db: Database): Promise<Relation[]> {
  const rows = await db.read(
    v.object({schema: v.string(), name: v.string(), columns: v.array(v.tuple([v.string(), v.string()]))}),
    `select schema_name as schema, table_name as name, list([column_name, data_type] order by column_index) as columns
      from duckdb_columns()
      where database_name = current_database() and not internal
      group by all
      order by all`,
  );
  return rows.map(({columns, ...names}) => ({...names, columns: Object.fromEntries(columns)}));
}

/** Selects the relations that `wanted` names, in its order, and by name within a schema. */
function selectRelations(all: readonly Relation[], wanted: readonly string[]): Relation[] {
  const chosen = wanted.flatMap((word) => {
    const found = all.filter(({schema, name}) => [schema, name, `${schema}.${name}`].includes(word));
    if (found.length > 0) return found;
    const schemas = [...new Set(all.map(({schema}) => schema))].join(', ');
    throw new Failure(
      `--tables: the build has no schema or table "${word}". Its schemas are ${schemas}; "rollcall sql 'show all tables'" lists the tables.`,
      exit.usage,
    );
  });
  return [...new Set(chosen)];
}

function findDescription({models, seeds, sources}: Project, {schema, name}: Pick<Table, 'schema' | 'name'>) {
  return (
    [...models, ...seeds].find((each) => each.schema === schema && each.name === name) ??
    [...sources.values()].find((source) => source.relation === `${schema}.${name}`)
  );
}

/** Returns the arguments of a model's or seed's generic tests of a kind, if they hold for all of its rows. */
function findTests(name: string, kind: string, {tests}: Project): Record<string, unknown>[] {
  const holds = ({severity, where}: Project['tests'][number]) => severity === 'error' && where === undefined;
  return tests.filter(holds).flatMap(({target}) => {
    const isOurs = target.kind === 'generic' && target.test === kind && 'ref' in target.relation;
    return isOurs && 'ref' in target.relation && target.relation.ref === name ? [target.arguments] : [];
  });
}

function findRequiredColumns(name: string, project: Project): string[] {
  return findTests(name, 'not_null', project).map(({column_name}) => String(column_name));
}

/** Returns the first column, or combination of columns, that is tested to be unique and never null. */
function findPrimaryKey({name, columns}: Relation, project: Project): string[] {
  const required = findRequiredColumns(name, project);
  const candidates = [
    ...findTests(name, 'unique', project).map(({column_name}) => [String(column_name)]),
    ...findTests(name, 'unique_combination', project).map(({columns}) => v.parse(v.array(v.string()), columns)),
  ];
  const isKey = (key: string[]) => key.every((column) => column in columns && required.includes(column));
  return candidates.find(isKey) ?? [];
}

/** Returns the foreign keys of the child to its parent: tested relationships to the parent's one-column key. */
function findForeignKeys(
  parent: Relation,
  [key, ...more]: readonly string[],
  child: string,
  project: Project,
): ForeignKey[] {
  if (key === undefined || more.length > 0) return [];
  return findTests(child, 'relationships', project)
    .filter(({to, field}) => to === `ref(${literal(parent.name)})` && field === key)
    .map(({column_name}) => ({
      column: String(column_name),
      references: {schema: parent.schema, table: parent.name, column: key},
    }));
}

function toDescription(description: string | undefined): {description?: string} {
  return description === undefined ? {} : {description: description.trim().replaceAll(/\s+/g, ' ')};
}
