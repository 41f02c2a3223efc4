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

/** Everything that the documents say of the tables. */
export interface Catalog {
  tables: Table[];
  /** Tests that are queries of their own. */
  tests: SingularTest[];
}

export interface Table {
  /** Without the schema; no two tables have the same. */
  name: string;
  layer: Layer;
  /** The file that makes or declares it, from the checkout on. */
  path: string;
  /** What a row is: the sentence that begins with "One row =". */
  grain: string;
  /** What else there is to say. */
  about: string;
  columns: Column[];
  /** The columns that name a row, as a test holds them to it. */
  key: string[];
  references: Reference[];
  /** The tables it is made from, and those made from it, by name. */
  parents: string[];
  readers: string[];
}

export interface Column {
  name: string;
  type: string;
  description: string;
  /** What its tests hold it to, in words. */
  rules: string[];
  /** The publisher's columns it comes from, where it is a raw table's. */
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

/** Reads the project, and the types of its columns from a warehouse that was made of it. */
export async function readCatalog(warehouse: string): Promise<Catalog> {
  const project = await readProject(join(projectFolder, 'dbt'));
  const graph = buildGraph(project);
  const types = await readTypes(warehouse);
  const sentences = await readSentences(project.folder);
  const described = (await readLineage(buildGraph(project))).tables;
  const tables = graph.tables.flatMap(({sqlName, reads, readBy}) => {
    const table = described.get(sqlName.replaceAll('"', ''));
    const names = (others: Graph['tables']) => others.map(({name}) => plain(name)).sort();
    return table ? [{...tableOf(project, table, types, sentences), parents: names(reads), readers: names(readBy)}] : [];
  });
  return {tables: tables.sort((a, b) => (a.name < b.name ? -1 : 1)), tests: singularTests(graph)};
}

/** The name of a table without its schema or source. */
function plain(name: string): string {
  return name.slice(name.indexOf('.') + 1);
}

/** The type of each column of a warehouse, by its name: `marts.schools.city`. */
async function readTypes(warehouse: string): Promise<Map<string, string>> {
  const db = await open(warehouse, {readOnly: true});
  const rows =
    await db.rows(`select table_schema || '.' || table_name || '.' || column_name as name, lower(data_type) as type
    from information_schema.columns`);
  db.close();
  return new Map(rows.map(({name, type}) => [String(name), String(type)]));
}

function tableOf(
  project: Project,
  {table, kind, path, columns}: ProjectTable,
  types: ReadonlyMap<string, string>,
  sentences: ReadonlyMap<string, string>,
): Omit<Table, 'parents' | 'readers'> {
  const name = plain(table);
  const tests = project.tests.filter((test) => isOn(test, name));
  const {grain, about} = described(descriptionOf(project, table) ?? '');
  return {
    name,
    layer: table.slice(0, table.indexOf('.')) as Layer,
    path: `dbt/${path}`,
    grain,
    about,
    key: keyOf(project, name, tests),
    references: referencesOf(tests),
    columns: columns.map(({name: column, description = ''}) => ({
      name: column,
      type: types.get(`${table}.${column}`) ?? '',
      description: description.replaceAll(/\s+/g, ' '),
      rules: tests
        .filter(({target}) => target.kind === 'generic' && target.arguments['column_name'] === column)
        .flatMap((test) => inWords(sentences, test) ?? []),
      publishedAs: (kind === 'source' ? findPublishedColumns(name, column)?.labels : undefined) ?? [],
    })),
  };
}

function descriptionOf(project: Project, table: string): string | undefined {
  const source = [...project.sources.values()].find(({relation}) => relation === table);
  const named = [...project.models, ...project.seeds].find(({schema, name}) => `${schema}.${name}` === table);
  return (source ?? named)?.description;
}

/** The grain is the sentence "One row = …"; everything around it is further description. */
function described(description: string): {grain: string; about: string} {
  const text = description.replaceAll(/\s+/g, ' ').trim();
  const grain = /One row = .*?\.(?= |$)/.exec(text)?.[0] ?? '';
  return {grain, about: text.replace(grain, '').replaceAll(/ {2,}/g, ' ').trim()};
}

function isOn({target}: DataTest, name: string): boolean {
  if (target.kind === 'singular') return false;
  return 'ref' in target.relation ? target.relation.ref === name : target.relation.source[1] === name;
}

/** The tests that hold for all rows: only those make a key or a reference. */
function holding(tests: readonly DataTest[]) {
  return tests.flatMap(({where, target}) => (target.kind === 'singular' || where !== undefined ? [] : [target]));
}

/** What names a row: of the columns that are tested for it, those that other tables refer to; else the fewest. */
function keyOf(project: Project, name: string, tests: readonly DataTest[]): string[] {
  const keys = holding(tests).flatMap(({test, arguments: {column_name: column, columns}}) =>
    test === 'unique' ? [[String(column)]] : test === 'unique_combination' ? [columns as string[]] : [],
  );
  const fields = referencesOf(project.tests).flatMap(({table, field}) => (table === name ? [field] : []));
  const isReferred = (key: string[]) => key.length === 1 && fields.includes(key[0] ?? '');
  return keys.find(isReferred) ?? keys.sort((a, b) => a.length - b.length)[0] ?? [];
}

function referencesOf(tests: readonly DataTest[]): Reference[] {
  return holding(tests).flatMap(({test, arguments: {column_name: column, to, field}}) => {
    const table = /^ref\('(\w+)'\)$/.exec(String(to))?.[1];
    return test === 'relationships' && table ? [{column: String(column), table, field: String(field)}] : [];
  });
}

/** What a test of a column holds it to; undefined where the key or the reference says it already. */
function inWords(sentences: ReadonlyMap<string, string>, {where, severity, target}: DataTest): string | undefined {
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

/** What the comment over each generic test of the project says, such as `{# A share lies between 0 and 1. #}`, by its name. */
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

function singularTests({tests}: Graph): SingularTest[] {
  return tests
    .flatMap(({name, path, test: {target}, reads}) => {
      if (target.kind !== 'singular') return [];
      const comment = /^(?:\{\{.*\}\}\s*)?((?:--.*\n)+)/.exec(target.sql)?.[1] ?? '';
      const sentence = comment
        .replaceAll(/^--\s*/gm, '')
        .replaceAll(/\s+/g, ' ')
        .trim();
      const tables = reads.map((table) => plain(table.name)).sort();
      return [{name, path: `dbt/${path}`, sentence, tables}];
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
