import {readdir, readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {buildGraph, type Graph} from '../../src/dbt/graph/graph.ts';
import type {DataTest, Project} from '../../src/dbt/project/project.ts';
import {readProject} from '../../src/dbt/project/read-project.ts';
import {open} from '../../src/duckdb/database.ts';
import {type ProjectTable, readLineage} from '../../src/lineage/project-lineage.ts';
import {projectFolder} from '../../src/project-folder.ts';
import {findPublishedColumns} from '../../src/sources/published-columns.ts';

export type Layer = 'raw' | 'staging' | 'intermediate' | 'core' | 'marts' | 'seeds' | 'audit';

/** Everything that the documents say about the tables. */
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

/** Reads the project, and the types of its columns from a warehouse built from it. */
export async function readCatalog(warehouse: string): Promise<Catalog> {
  const project = await readProject(join(projectFolder, 'dbt'));
  const graph = buildGraph(project);
  const types = await readTypes(warehouse);
  const sentences = await readSentences(project.folder);
  const splitDescription = (await readLineage(buildGraph(project))).tables;
  const tables = graph.tables.flatMap(({sqlName, reads, readBy}) => {
    const table = splitDescription.get(sqlName.replaceAll('"', ''));
    const names = (others: Graph['tables']) => others.map(({name}) => dropSchema(name)).sort();
    return table
      ? [{...describeTable(project, table, types, sentences), parents: names(reads), readers: names(readBy)}]
      : [];
  });
  return {tables: tables.sort((a, b) => (a.name < b.name ? -1 : 1)), tests: listSingularTests(graph)};
}

/** Returns the name of a table without its schema or source. */
function dropSchema(name: string): string {
  return name.slice(name.indexOf('.') + 1);
}

/** Reads the type of each column of a warehouse, by name: `marts.schools.city`. */
async function readTypes(warehouse: string): Promise<Map<string, string>> {
  const db = await open(warehouse, {readOnly: true});
  const rows =
    await db.rows(`select table_schema || '.' || table_name || '.' || column_name as name, lower(data_type) as type
    from information_schema.columns`);
  db.close();
  return new Map(rows.map(({name, type}) => [String(name), String(type)]));
}

function describeTable(
  project: Project,
  {table, kind, path, columns}: ProjectTable,
  types: ReadonlyMap<string, string>,
  sentences: ReadonlyMap<string, string>,
): Omit<Table, 'parents' | 'readers'> {
  const name = dropSchema(table);
  const tests = project.tests.filter((test) => isOn(test, name));
  const {grain, about} = described(findDescription(project, table) ?? '');
  return {
    name,
    layer: table.slice(0, table.indexOf('.')) as Layer,
    path: `dbt/${path}`,
    grain,
    about,
    key: findKey(project, name, tests),
    references: findReferences(tests),
    columns: columns.map(({name: column, description = ''}) => ({
      name: column,
      type: types.get(`${table}.${column}`) ?? '',
      description: description.replaceAll(/\s+/g, ' '),
      rules: tests
        .filter(({target}) => target.kind === 'generic' && target.arguments['column_name'] === column)
        .flatMap((test) => explainTest(sentences, test) ?? []),
      publishedAs: (kind === 'source' ? findPublishedColumns(name, column)?.labels : undefined) ?? [],
    })),
  };
}

function findDescription(project: Project, table: string): string | undefined {
  const source = [...project.sources.values()].find(({relation}) => relation === table);
  const named = [...project.models, ...project.seeds].find(({schema, name}) => `${schema}.${name}` === table);
  return (source ?? named)?.description;
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
