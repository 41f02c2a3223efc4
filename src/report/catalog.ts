import {readdir, readFile} from 'node:fs/promises';
import {join} from 'node:path';
import * as v from 'valibot';
import type {Graph} from '../dbt/graph/graph.ts';
import {readGraph} from '../dbt/graph/read-graph.ts';
import type {DataTest, Project} from '../dbt/project/project.ts';
import {type Database, identifier, literal} from '../duckdb/database.ts';
import {listTables, type ProjectTable} from '../lineage/project-lineage.ts';
import {projectFolder} from '../project-folder.ts';
import {findPublishedColumns} from '../sources/published-columns.ts';
import type {Layer} from './layers.ts';

/** Everything that the dictionary and the documents say about the tables. */
export interface Catalog {
  tables: Table[];
  /** Singular tests, each a query in its own file. */
  tests: SingularTest[];
}

export interface Table {
  /** Without the schema. It is unique. */
  name: string;
  layer: Layer;
  /** The file that makes or declares it, relative to the checkout. */
  path: string;
  /** The sentence that begins with "One row =". */
  grain: string;
  /** The rest of the description. */
  about: string;
  /** Null if the contents were not read. */
  rowCount: number | null;
  /** The SQL of a model, as it is written. */
  sql?: string;
  columns: Column[];
  /** The columns that identify a row, according to a test. */
  key: string[];
  references: Reference[];
  /** The names of the tables it reads, and of those that read it. */
  parents: string[];
  readers: string[];
}

export interface Column {
  name: string;
  type: string;
  description: string;
  /** Its values if there are few, otherwise the lowest and the highest; empty if there are none. */
  values: string;
  /** Its tests, in words. */
  rules: string[];
  /** The publisher's columns it comes from, if it belongs to a raw table. */
  publishedAs: string[];
}

interface Reference {
  column: string;
  table: string;
  field: string;
}

interface SingularTest {
  name: string;
  path: string;
  sentence: string;
  tables: string[];
}

/**
 * Reads the project, and from a warehouse built from it the types, values and rows.
 *
 * @param isWanted whether the values and rows of a table (`marts.schools`) are read, too
 */
export async function readCatalog(db: Database, isWanted = (_table: string) => true): Promise<Catalog> {
  const graph = await readGraph(join(projectFolder, 'dbt'));
  const {project} = graph;
  const sentences = await readSentences(project.folder);
  const contents = await readContents(db, isWanted);
  const declared = listTables(project);
  const tables = graph.tables.flatMap(({sqlName, reads, readBy}) => {
    const table = declared.get(sqlName.replaceAll('"', ''));
    const names = (others: Graph['tables']) => others.map(({name}) => dropSchema(name)).sort();
    return table
      ? [{...describeTable(project, table, contents, sentences), parents: names(reads), readers: names(readBy)}]
      : [];
  });
  return {tables: tables.sort((a, b) => (a.name < b.name ? -1 : 1)), tests: listSingularTests(graph)};
}

/** Returns the name of a table without its schema or source. */
function dropSchema(name: string): string {
  return name.slice(name.indexOf('.') + 1);
}

/** What a warehouse has of a table. */
interface Contents {
  rowCount: number | null;
  columns: Map<string, {type: string; values: string}>;
}

const columnRow = v.object({schema: v.string(), table: v.string(), name: v.string(), type: v.string()});

/** Reads the types of each table of a warehouse, by name, and rows and values of those that are wanted. */
async function readContents(db: Database, isWanted: (table: string) => boolean): Promise<Map<string, Contents>> {
  const columns = await db.read(
    columnRow,
    `select schema_name as "schema", table_name as "table", column_name as name, lower(data_type) as type
      from duckdb_columns() where database_name = current_database() and not internal order by all`,
  );
  const contents = new Map<string, Contents>();
  for (const [table, of] of Map.groupBy(columns, (column) => `${column.schema}.${column.table}`))
    contents.set(table, isWanted(table) ? await readTableContents(db, table, of) : listTypes(of));
  return contents;
}

/** The most values that are listed. */
const fewValues = 6;

async function readTableContents(
  db: Database,
  table: string,
  columns: readonly v.InferOutput<typeof columnRow>[],
): Promise<Contents> {
  const from = `from ${table.split('.').map(identifier).join('.')}`;
  const simple = columns.filter(({type}) => !/\[\]$|^(struct|map|json|blob)/.test(type));
  const ranges = simple.map(({name, type}) => {
    const id = identifier(name);
    const distinct = type === 'varchar' || type === 'boolean' ? `approx_count_distinct(${id})` : 'null';
    return `{'name': ${literal(name)}, 'low': cast(min(${id}) as varchar), 'high': cast(max(${id}) as varchar),
      'has_few': coalesce(${distinct} <= ${fewValues}, false)}`;
  });
  const range = v.object({
    name: v.string(),
    low: v.nullable(v.string()),
    high: v.nullable(v.string()),
    has_few: v.boolean(),
  });
  const found = await db.readOne(
    v.object({n: v.number(), ranges: v.array(range)}),
    `select count(*) as n, [${ranges.join(', ')}] as ranges ${from}`,
  );
  const lists = found.ranges
    .filter((each) => each.has_few)
    .map(({name}) => {
      const values = `cast(map_keys(histogram(${identifier(name)})) as varchar[])`;
      return `{'name': ${literal(name)}, 'values': list_sort(${values})}`;
    });
  const listed =
    lists.length === 0
      ? []
      : await db.read(
          v.object({name: v.string(), values: v.nullable(v.array(v.string()))}),
          `select unnest([${lists.join(', ')}], recursive := true) ${from}`,
        );
  const values = new Map(found.ranges.map(({name, low, high}) => [name, describeRange(low, high)]));
  for (const {name, values: all} of listed) values.set(name, listValues(all ?? []).join('; '));
  return listTypes(columns, found.n, values);
}

function listTypes(
  columns: readonly v.InferOutput<typeof columnRow>[],
  rowCount: number | null = null,
  values = new Map<string, string>(),
): Contents {
  return {
    rowCount,
    columns: new Map(columns.map(({name, type}) => [name, {type, values: values.get(name) ?? ''}])),
  };
}

function describeRange(low: string | null, high: string | null): string {
  if (low === null || high === null) return '';
  const [first, last] = listValues([low, high]);
  return first === undefined ? '' : first === last ? first : `${first} … ${last}`;
}

/** Shortens fractions to four digits. Returns no values if one is a text that is no name or category. */
function listValues(values: readonly string[]): string[] {
  if (values.some((value) => value.length > 48)) return [];
  return values.map((value) =>
    /^-?\d+\.\d+(e-?\d+)?$/.test(value) ? String(Number(Number(value).toPrecision(4))) : value.replaceAll(/\s+/g, ' '),
  );
}

function describeTable(
  project: Project,
  {table, kind, path, description = '', columns, model}: ProjectTable,
  contents: ReadonlyMap<string, Contents>,
  sentences: ReadonlyMap<string, string>,
): Omit<Table, 'parents' | 'readers'> {
  const name = dropSchema(table);
  const tests = project.tests.filter((test) => isOn(test, name));
  const {grain, about} = described(description);
  return {
    name,
    layer: table.slice(0, table.indexOf('.')) as Layer,
    path: `dbt/${path}`,
    grain,
    about,
    rowCount: contents.get(table)?.rowCount ?? null,
    ...(model && {sql: model.sql}),
    key: findKey(project, name, tests),
    references: findReferences(tests),
    columns: columns.map(({name: column, description = ''}) => ({
      name: column,
      type: contents.get(table)?.columns.get(column)?.type ?? '',
      values: contents.get(table)?.columns.get(column)?.values ?? '',
      description: description.replaceAll(/\s+/g, ' '),
      rules: tests
        .filter(({target}) => target.kind === 'generic' && target.arguments['column_name'] === column)
        .flatMap((test) => explainTest(sentences, test) ?? []),
      publishedAs: (kind === 'source' ? findPublishedColumns(name, column)?.labels : undefined) ?? [],
    })),
  };
}

/** Splits a description into the grain, which is the sentence "One row = …", and the rest. */
function described(description: string): {grain: string; about: string} {
  const text = description.replaceAll(/\s+/g, ' ').trim();
  const grain = /One row = .*?\.(?= |$)/.exec(text)?.[0] ?? '';
  return {grain, about: text.replace(grain, '').replaceAll(/ {2,}/g, ' ').trim()};
}

function isOn({target}: DataTest, name: string): boolean {
  if (target.kind === 'singular') return false;
  return 'ref' in target.relation ? target.relation.ref === name : target.relation.source[1] === name;
}

/** Selects the tests that cover all rows. Only those prove a key or a reference. */
function selectUnconditional(tests: readonly DataTest[]) {
  return tests.flatMap(({where, target}) => (target.kind === 'singular' || where !== undefined ? [] : [target]));
}

/** Finds the key of a table: of the tested candidates, the one that other tables refer to, otherwise the shortest. */
function findKey(project: Project, name: string, tests: readonly DataTest[]): string[] {
  const keys = selectUnconditional(tests).flatMap(({test, arguments: {column_name: column, columns}}) =>
    test === 'unique' ? [[String(column)]] : test === 'unique_combination' ? [columns as string[]] : [],
  );
  const fields = findReferences(project.tests).flatMap(({table, field}) => (table === name ? [field] : []));
  const isReferred = (key: string[]) => key.length === 1 && fields.includes(key[0] ?? '');
  return keys.find(isReferred) ?? keys.sort((a, b) => a.length - b.length)[0] ?? [];
}

function findReferences(tests: readonly DataTest[]): Reference[] {
  return selectUnconditional(tests).flatMap(({test, arguments: {column_name: column, to, field}}) => {
    const table = /^ref\('(\w+)'\)$/.exec(String(to))?.[1];
    return test === 'relationships' && table ? [{column: String(column), table, field: String(field)}] : [];
  });
}

/** Explains a test of a column; undefined if the key or the reference already says the same. */
function explainTest(sentences: ReadonlyMap<string, string>, {where, severity, target}: DataTest): string | undefined {
  if (target.kind === 'singular' || target.test === 'relationships') return undefined;
  const said =
    target.test === 'not_null'
      ? 'always there'
      : target.test === 'unique'
        ? 'never twice'
        : target.test === 'accepted_values'
          ? `one of ${(target.arguments['values'] as unknown[]).join(', ')}`
          : (sentences.get(target.test) ?? target.test.replaceAll('_', ' '));
  return `${said}${where === undefined ? '' : ` where ${where}`}${severity === 'warn' ? ' (only warns)' : ''}`;
}

/** Reads the comment above each generic test of the project, such as `{# A share lies between 0 and 1. #}`, by the test's name. */
async function readSentences(folder: string): Promise<Map<string, string>> {
  const tests = join(folder, 'data-tests', 'generic');
  const texts = await Promise.all((await readdir(tests)).map((name) => readFile(join(tests, name), 'utf8')));
  return new Map(
    texts.flatMap((text) =>
      [...text.matchAll(/\{#-?((?:(?!#\}).)*?)-?#\}\s*\{%-?\s*test (\w+)/gs)].map(([, comment = '', name = '']) => [
        name,
        comment.replaceAll(/\s+/g, ' ').trim().replace(/\.$/, ''),
      ]),
    ),
  );
}

function listSingularTests({tests}: Graph): SingularTest[] {
  return tests
    .flatMap(({name, path, test: {target}, reads}) => {
      if (target.kind !== 'singular') return [];
      const comment = /^(?:\{\{.*\}\}\s*)?((?:--.*\n)+)/.exec(target.sql)?.[1] ?? '';
      const sentence = comment
        .replaceAll(/^--\s*/gm, '')
        .replaceAll(/\s+/g, ' ')
        .trim();
      const tables = reads.map((table) => dropSchema(table.name)).sort();
      return [{name, path: `dbt/${path}`, sentence, tables}];
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
