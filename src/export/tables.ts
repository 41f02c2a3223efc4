import {z} from 'zod';
import type {Project} from '../dbt/project/project.ts';
import {countRow, type Database, identifier, literal} from '../duckdb/database.ts';
import {exit, Failure} from '../failure.ts';
import type {License} from '../license.ts';
import type {Thresholds} from '../words/thresholds.ts';

/** A build, as far as one has to know it to take its tables away. */
export interface Build {
  id: string;
  /** UTC. */
  builtAt: string;
  /** Whether anything in it is invented. */
  isSample: boolean;
  schoolYears: readonly string[];
  thresholds: Thresholds;
  inputs: readonly Input[];
  warehouse: string;
}

/** A file that a build is made of. */
interface Input {
  source: string;
  /** Where it was fetched from. */
  origin: string;
  sha256: string;
  /** When it was fetched, and when the publisher had last changed it. UTC. */
  landedAt: string;
  publishedAt: string | null;
  /** As the publisher states it. */
  license?: License;
  isSample: boolean;
  schoolYears: readonly string[];
}

/** A table that is taken away: as the warehouse has it, as the dbt project describes it. */
export interface Table {
  schema: string;
  name: string;
  description?: string;
  /** Whether its figures are invented; then its first column says so in every row. */
  isInvented: boolean;
  columns: Column[];
  /** The columns that name a row, as the project's tests have it; none where they don't say. */
  primaryKey: string[];
  foreignKeys: ForeignKey[];
  rowCount: number;
  /** All of its rows, always in the same order. */
  query: string;
}

export interface Column {
  name: string;
  /** DuckDB's name for the type. */
  type: string;
  isRequired: boolean;
  description?: string;
}

/** A column whose values are all found in the key of another table. */
interface ForeignKey {
  column: string;
  references: {schema: string; table: string; column: string};
}

/** What stands wherever something of the sample shows. */
export const sampleNote = 'SAMPLE: invented schools and figures, not data of any real school.';

/** What is taken away where nothing else is asked for. */
export const defaultSchemas = ['marts', 'core', 'seeds'];

/** A table as people name it. */
export function qualifyName({schema, name}: Pick<Table, 'schema' | 'name'>): string {
  return `${schema}.${name}`;
}

/** What is to be known of a table, for a comment on it. */
export function composeRemark({description, isInvented}: Table): string {
  return [...(isInvented ? [sampleNote] : []), ...(description === undefined ? [] : [description])].join(' ');
}

/** A table as SQL names it. */
export function quoteName({schema, name}: Pick<Table, 'schema' | 'name'>): string {
  return `${identifier(schema)}.${identifier(name)}`;
}

/**
 * The tables and views of an open warehouse that are asked for, schema by schema. In a build of the sample each has a column
 * `is_sample`, so that no invented figure leaves without its mark; only the seeds are nobody's figures.
 *
 * @param wanted schemas and tables (`marts`, `schools`, `staging.stg_ospi__teachers`)
 * @throws Failure where one of them isn't there
 */
export async function readTables(
  db: Database,
  project: Project,
  {isSample}: Pick<Build, 'isSample'>,
  wanted: readonly string[] = defaultSchemas,
): Promise<Table[]> {
  const relations = selectRelations(await readRelations(db), wanted);
  const keys = new Map(relations.map((each) => [each.name, findPrimaryKey(each, project)]));
  const tables: Table[] = [];
  for (const {schema, name, columns} of relations) {
    const said = findDescription(project, {schema, name});
    const table = quoteName({schema, name});
    const required = findRequiredColumns(name, project);
    const primaryKey = keys.get(name) ?? [];
    const isInvented = isSample && !project.seeds.some((seed) => seed.schema === schema && seed.name === name);
    const isMarked = isInvented && !(sampleMark.name in columns);
    const {n: rowCount} = await db.readOne(countRow, `select count(*) as n from ${table}`);
    tables.push({
      schema,
      name,
      ...toDescription(said?.description),
      isInvented,
      columns: [
        ...(isMarked ? [sampleMark] : []),
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
      query: `select ${isMarked ? `true as ${sampleMark.name}, ` : ''}* from ${table} order by ${
        primaryKey.length > 0 ? primaryKey.map(identifier).join(', ') : 'all'
      }`,
    });
  }
  return tables;
}

const sampleMark: Column = {
  name: 'is_sample',
  type: 'BOOLEAN',
  isRequired: true,
  description: 'True: the row is of the sample, whose schools and figures are invented.',
};

/**
 * What the project describes and the tables don't have, or the other way round: then the build was made by other models than
 * those that describe it now.
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
        .filter((column) => column !== sampleMark && !said.columns?.some(({name}) => column.name === name))
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
    z.object({schema: z.string(), name: z.string(), columns: z.array(z.tuple([z.string(), z.string()]))}),
    `select schema_name as schema, table_name as name, list([column_name, data_type] order by column_index) as columns
      from duckdb_columns()
      where database_name = current_database() and not internal
      group by all
      order by all`,
  );
  return rows.map(({columns, ...names}) => ({...names, columns: Object.fromEntries(columns)}));
}

/** Those that are wanted, in the order in which they are; of a schema, by name. */
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

/** The generic tests of a kind on a model or seed that hold for all of its rows, with their arguments. */
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

/** The first of the columns, or combinations of columns, that are tested to name a row and never to be null. */
function findPrimaryKey({name, columns}: Relation, project: Project): string[] {
  const required = findRequiredColumns(name, project);
  const candidates = [
    ...findTests(name, 'unique', project).map(({column_name}) => [String(column_name)]),
    ...findTests(name, 'unique_combination', project).map(({columns}) => z.array(z.string()).parse(columns)),
  ];
  const isKey = (key: string[]) => key.every((column) => column in columns && required.includes(column));
  return candidates.find(isKey) ?? [];
}

/** The foreign keys of a table to the one given: relationships that are tested, to a column that is its key. */
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
  return description === undefined ? {} : {description: oneLine(description)};
}

function oneLine(text: string): string {
  return text.trim().replaceAll(/\s+/g, ' ');
}
