import {readdir, readFile} from 'node:fs/promises';
import {basename, dirname, join, relative, sep} from 'node:path';
import {Failure} from '../failure.ts';
import {type Docs, readDocs, resolved} from './descriptions.ts';
import {type DeclaredTest, type DescribedColumn, parseWith, projectFile, properties} from './properties.ts';

/**
 * A dbt project as far as Rollcall's runner understands it: models, seeds, sources, macros, and data tests. A key that it does
 * not understand is refused by name, never passed over.
 */
export interface Project {
  folder: string;
  name: string;
  vars: Record<string, unknown>;
  models: Model[];
  seeds: Seed[];
  /** By `source_name.table`. */
  sources: Map<string, SourceTable>;
  /** The text of all macros, generic tests among them as macros called `test_…`. */
  macros: string;
  tests: TestDeclaration[];
}

export interface Model {
  name: string;
  /** Relative to the project's folder. */
  path: string;
  sql: string;
  schema: string;
  materialized: 'view' | 'table';
  tags: string[];
  description?: string;
  /** The columns its yml describes, in order; undefined where no yml names the model. */
  columns?: Column[];
}

interface Seed {
  name: string;
  path: string;
  schema: string;
  description?: string;
  /** The columns its yml describes. */
  columns: Column[];
  /** Every column with its type, in order. */
  columnTypes: Record<string, string>;
}

/** A table that models start from; loaded before they are built. */
interface SourceTable {
  source: string;
  name: string;
  /** The yml that declares it. */
  path: string;
  /** `schema.table` */
  relation: string;
  description?: string;
  columns: Column[];
}

/** A column as its yml describes it. Descriptions, here and everywhere, are markdown with their docs blocks put in. */
interface Column {
  name: string;
  description?: string;
  dataType?: string;
  /** Those of the project's tests that are declared on it. */
  tests: TestDeclaration[];
}

/** A data test as declared: a generic one on a model, seed or source, or a singular one in a file of its own. */
export interface TestDeclaration {
  name: string;
  severity: 'warn' | 'error';
  /** What it means where it fails. */
  description?: string;
  where?: string;
  /** The yml or SQL file, relative to the project's folder. */
  path: string;
  target:
    | {
        kind: 'generic';
        test: string;
        relation: {ref: string} | {source: [string, string]};
        arguments: Record<string, unknown>;
      }
    | {kind: 'singular'; sql: string};
}

/** A folder of `models:` or `seeds:` in dbt_project.yml: settings with a plus, and further folders. */
type FolderConfig = {[key: string]: unknown};

/**
 * Reads a dbt project from its folder.
 *
 * @throws Failure that names the file and the key where the project uses something the runner doesn't support
 */
export async function readProject(folder: string): Promise<Project> {
  const settings = parseWith(projectFile, await readFile(join(folder, 'dbt_project.yml'), 'utf8'), 'dbt_project.yml');
  const files = await filesOf(folder, ['models', 'seeds', 'macros', 'data-tests']);
  const text = new Map(
    await Promise.all(files.map(async (path) => [path, await readFile(join(folder, path), 'utf8')] as const)),
  );
  const below = (start: string, ending: string) =>
    files.filter((path) => path.startsWith(start + sep) && path.endsWith(ending));
  const contents = (path: string) => text.get(path) ?? '';

  const project: Project = {
    folder,
    name: settings.name,
    vars: settings.vars,
    models: below('models', '.sql').map((path) =>
      modelOf(path, contents(path), folderConfig(settings.models, settings.name, path)),
    ),
    seeds: [],
    sources: new Map(),
    macros: [...below('macros', '.sql'), ...below(join('data-tests', 'generic'), '.sql')]
      .map((path) => asMacros(contents(path), path))
      .join('\n'),
    tests: below('data-tests', '.sql')
      .filter((path) => !path.startsWith(join('data-tests', 'generic')))
      .map((path) => singularTest(path, contents(path))),
  };
  const docs = readDocs(below('models', '.md').map((path) => ({path, text: contents(path)})));
  const models = new Map(project.models.map((model) => [model.name, model]));
  for (const path of [...below('models', '.yml'), ...below('seeds', '.yml')]) {
    const described = parseWith(properties, contents(path), path);
    for (const entry of described.models) {
      const model = models.get(entry.name);
      if (model === undefined)
        throw new Failure(`dbt/${path}: describes the model "${entry.name}", of which there is no file.`);
      const {tests, ...said} = describe(entry, {ref: entry.name}, entry.name, docs, path);
      Object.assign(model, said);
      project.tests.push(...tests);
    }
    for (const entry of described.seeds) {
      const {name, config} = entry;
      const seedPath = join('seeds', `${name}.csv`);
      if (!files.includes(seedPath))
        throw new Failure(`dbt/${path}: describes the seed "${name}", but there is no dbt/${seedPath}.`);
      const schema = String(folderConfig(settings.seeds, settings.name, seedPath)['+schema'] ?? 'main');
      const {tests, ...said} = describe(entry, {ref: name}, name, docs, path);
      project.seeds.push({name, path: seedPath, schema, ...said, columnTypes: config.column_types});
      project.tests.push(...tests);
    }
    for (const source of described.sources) {
      for (const entry of source.tables) {
        const {name} = entry;
        const {tests, ...said} = describe(
          entry,
          {source: [source.name, name]},
          `source_${source.name}_${name}`,
          docs,
          path,
        );
        const relation = `${source.schema ?? source.name}.${name}`;
        project.sources.set(`${source.name}.${name}`, {source: source.name, name, path, relation, ...said});
        project.tests.push(...tests);
      }
    }
  }
  for (const path of below('seeds', '.csv')) {
    if (!project.seeds.some((seed) => seed.path === path)) {
      throw new Failure(`dbt/${path}: no yml gives the types of its columns (config: column_types).`);
    }
  }
  const unknown = files.filter((path) => !/\.(sql|yml|csv|md)$/.test(path));
  if (unknown.length > 0) {
    throw new Failure(
      `dbt/${unknown[0]}: Rollcall's runner supports .sql, .yml, .csv and .md files of a dbt project, not this one.`,
    );
  }
  return project;
}

async function filesOf(folder: string, roots: string[]): Promise<string[]> {
  const found: string[] = [];
  for (const root of roots) {
    const entries = await readdir(join(folder, root), {withFileTypes: true, recursive: true}).catch(() => []);
    for (const entry of entries) {
      if (entry.isFile() && !entry.name.startsWith('.'))
        found.push(relative(folder, join(entry.parentPath, entry.name)));
    }
  }
  return found.sort();
}

/** The settings (`+schema`, `+materialized`, `+tags`) that dbt_project.yml gives for the folder of a file. */
function folderConfig(tree: FolderConfig, project: string, path: string): FolderConfig {
  const steps = [project, ...dirname(path).split(sep).slice(1)];
  let node: FolderConfig | undefined = tree;
  const config: FolderConfig = {};
  for (const step of ['', ...steps]) {
    if (step !== '') node = node?.[step] as FolderConfig | undefined;
    for (const [key, value] of Object.entries(node ?? {})) if (key.startsWith('+')) config[key] = value;
  }
  const refused = Object.keys(config).find((key) => !['+schema', '+materialized', '+tags'].includes(key));
  if (refused)
    throw new Failure(`dbt/dbt_project.yml: the setting "${refused}" is not supported by Rollcall's runner.`);
  return config;
}

const unsupported = [
  {pattern: /\b(is_incremental|incremental_strategy)\b/, what: 'incremental models'},
  {pattern: /\brun_query\b|\bstatement\(/, what: 'queries at compile time'},
  {pattern: /\{%-?\s*(snapshot|materialization|call|docs)\b/, what: 'this kind of block'},
  {pattern: /\bgraph\.|\bexecute\b(?=.*%\})/, what: 'the graph'},
  {pattern: /\bdbt_utils\.|\bdbt\./, what: 'macros of other packages'},
  {pattern: /\{\{-?\s*this\b|\btarget\.(?!type\b|name\b|schema\b)/, what: 'this name'},
];

/** @throws Failure where a template uses something of dbt that the runner doesn't have */
function refuseUnsupported(text: string, path: string): void {
  for (const {pattern, what} of unsupported) {
    const match = pattern.exec(text);
    if (match) throw new Failure(`dbt/${path}: "${match[0].trim()}": ${what} are not supported by Rollcall's runner.`);
  }
}

function modelOf(path: string, sql: string, config: FolderConfig): Model {
  refuseUnsupported(sql, path);
  const inline = /config\([^)]*\bmaterialized\s*=\s*'(\w+)'/.exec(sql)?.[1];
  const materialized = inline ?? String(config['+materialized'] ?? 'view');
  if (materialized !== 'view' && materialized !== 'table') {
    throw new Failure(
      `dbt/${path}: the materialization "${materialized}" is not supported by Rollcall's runner (view and table are).`,
    );
  }
  return {
    name: basename(path, '.sql'),
    path,
    sql,
    schema: String(config['+schema'] ?? 'main'),
    materialized,
    tags: [config['+tags'] ?? []].flat().map(String),
  };
}

/** `{% test x(…) %}` is a macro named `test_x`; the Jinja library knows macros only. */
function asMacros(text: string, path: string): string {
  refuseUnsupported(text, path);
  return text
    .replaceAll(/\{%(-?)\s*test\s+(\w+)\s*\(/g, '{%$1 macro test_$2(')
    .replaceAll(/\{%(-?)\s*endtest\s*(-?)%\}/g, '{%$1 endmacro $2%}');
}

function singularTest(path: string, sql: string): TestDeclaration {
  refuseUnsupported(sql, path);
  const severity = /config\([^)]*\bseverity\s*=\s*'(warn|error)'/.exec(sql)?.[1] === 'warn' ? 'warn' : 'error';
  return {name: basename(path, '.sql'), severity, path, target: {kind: 'singular', sql}};
}

type Relation = {ref: string} | {source: [string, string]};

/** What a yml says of a relation: its description, its columns, and the tests of both. */
function describe(
  {
    description,
    columns,
    data_tests,
  }: {description?: string | undefined; columns: DescribedColumn[]; data_tests: DeclaredTest[]},
  relation: Relation,
  label: string,
  docs: Docs,
  path: string,
): {description?: string; columns: Column[]; tests: TestDeclaration[]} {
  const declared = (tests: DeclaredTest[], column?: string) =>
    tests.flatMap((test) => genericTests(test, {relation, label, column, docs, path}));
  const ofColumns = columns.map(({name, description, data_type, data_tests}) => ({
    name,
    ...resolved(description, docs, path),
    ...(data_type !== undefined && {dataType: data_type}),
    tests: declared(data_tests, name),
  }));
  return {
    ...resolved(description, docs, path),
    columns: ofColumns,
    tests: [...declared(data_tests), ...ofColumns.flatMap(({tests}) => tests)],
  };
}

function genericTests(
  declared: DeclaredTest,
  {
    relation,
    label,
    column,
    docs,
    path,
  }: {relation: Relation; label: string; column: string | undefined; docs: Docs; path: string},
): TestDeclaration[] {
  return Object.entries(declared).map(([kind, body]) => ({
    name: body.name ?? [kind, label, column].filter((part) => part !== undefined).join('_'),
    severity: body.config.severity ?? 'error',
    ...resolved(body.description, docs, path),
    ...(body.config.where !== undefined && {where: body.config.where}),
    path,
    target: {
      kind: 'generic',
      test: kind,
      relation,
      arguments: {...body.arguments, ...(column !== undefined && {column_name: column})},
    },
  }));
}
