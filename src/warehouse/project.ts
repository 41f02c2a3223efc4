import {readdir, readFile} from 'node:fs/promises';
import {basename, join, relative, sep} from 'node:path';
import {Failure} from '../failure.ts';
import {describe, singularTest, unitTest} from './declarations.ts';
import {readDocs} from './descriptions.ts';
import {parseWith, projectFile, properties} from './properties.ts';
import {refuseFiles, refuseInTemplate, withoutOtherEngines} from './refusals.ts';
import type {Relation} from './relation.ts';
import {settled, type Written, writtenForFolder, writtenInFile} from './settings.ts';

/**
 * A dbt project as far as Rollcall's runner understands it: models, seeds, sources, macros, data tests and unit tests. A key
 * that it does not understand is refused by name, never passed over.
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
  tests: DataTest[];
  unitTests: UnitTest[];
}

export interface Model {
  name: string;
  /** Relative to the project's folder. */
  path: string;
  sql: string;
  schema: string;
  materialized: 'view' | 'table';
  tags: string[];
  /** The yml that describes it. */
  describedIn?: string;
  description?: string;
  /** The columns its yml describes, in order; undefined where no yml names the model. */
  columns?: Column[];
}

export interface Seed {
  name: string;
  path: string;
  schema: string;
  tags: string[];
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
export interface Column {
  name: string;
  description?: string;
  dataType?: string;
  /** Those of the project's tests that are declared on it. */
  tests: DataTest[];
}

/** A data test as declared: a generic one on a model, seed or source, or a singular one in a file of its own. */
export interface DataTest {
  name: string;
  severity: 'warn' | 'error';
  tags: string[];
  /** What it means where it fails. */
  description?: string;
  where?: string;
  /** The yml or SQL file, relative to the project's folder. */
  path: string;
  target:
    | {kind: 'generic'; test: string; relation: Relation; arguments: Record<string, unknown>}
    | {kind: 'singular'; sql: string};
}

/** A unit test as declared: rows that a model is given, and the rows that it makes of them. */
export interface UnitTest {
  name: string;
  model: string;
  description?: string;
  path: string;
  tags: string[];
  /** In place of the project's. */
  vars: Record<string, unknown>;
  given: ({input: Relation} & Fixture)[];
  expect: Fixture;
}

/** Rows of a unit test: by column, or as a query. */
export type Fixture = {rows: Record<string, string | number | boolean | null>[]} | {sql: string};

const folders = ['models', 'seeds', 'macros', 'data-tests'];

/**
 * Reads a dbt project from its folder.
 *
 * @throws Failure that names the file and the key where the project uses something the runner doesn't support
 */
export async function readProject(folder: string): Promise<Project> {
  refuseFiles(await readdir(folder));
  const settings = parseWith(projectFile, await readFile(join(folder, 'dbt_project.yml'), 'utf8'), 'dbt_project.yml');
  const files = await readFiles(folder);
  const below = (start: string, ending: string) =>
    [...files]
      .filter(([path]) => path.startsWith(start + sep) && path.endsWith(ending))
      .map(([path, text]) => ({path, text}));
  const generic = join('data-tests', 'generic');
  const ofFolder = (tree: Written, path: string) => ({
    written: writtenForFolder(tree, settings.name, path),
    path: 'dbt_project.yml',
  });

  const project: Project = {
    folder,
    name: settings.name,
    vars: settings.vars,
    models: [],
    seeds: [],
    sources: new Map(),
    macros: [...below('macros', '.sql'), ...below(generic, '.sql')].map(({text}) => text).join('\n'),
    tests: below('data-tests', '.sql')
      .filter(({path}) => !path.startsWith(generic))
      .map(({path, text}) => singularTest(path, text)),
    unitTests: [],
  };
  const docs = readDocs(below('models', '.md'));
  const ymls = [...below('models', '.yml'), ...below('seeds', '.yml')].map(({path, text}) => ({
    path,
    ...parseWith(properties, text, path),
  }));
  for (const {path, text: sql} of below('models', '.sql')) {
    const name = basename(path, '.sql');
    const [said, other] = ymls.flatMap(({path, models}) =>
      models.filter((model) => model.name === name).map(({config, ...entry}) => ({path, config, entry})),
    );
    if (other) throw new Failure(`dbt/${other.path}: describes the model "${name}", as ${said?.path} does already.`);
    const layers = [ofFolder(settings.models, path), {written: writtenInFile(sql, path), path}];
    if (said) layers.splice(1, 0, {written: said.config, path: said.path});
    const {schema = 'main', materialized = 'view', tags = []} = settled(layers, ['schema', 'materialized', 'tags']);
    const {tests = [], ...described} = said ? describe(said.entry, {ref: name}, said.path, docs) : {};
    const describedIn = said && {describedIn: said.path};
    project.models.push({name, path, sql, schema, materialized, tags, ...describedIn, ...described});
    project.tests.push(...tests);
  }
  for (const {path, models, seeds, sources, unit_tests: unitTests} of ymls) {
    const absent = models.find(({name}) => !project.models.some((model) => model.name === name));
    if (absent) throw new Failure(`dbt/${path}: describes the model "${absent.name}", of which there is no file.`);
    for (const {config, ...entry} of seeds) {
      const {name} = entry;
      const {column_types: columnTypes, ...written} = config;
      const seed = join('seeds', `${name}.csv`);
      if (!files.has(seed))
        throw new Failure(`dbt/${path}: describes the seed "${name}", but there is no dbt/${seed}.`);
      const layers = [ofFolder(settings.seeds, seed), {written, path}];
      const {schema = 'main', tags = []} = settled(layers, ['schema', 'tags']);
      const {tests, ...described} = describe(entry, {ref: name}, path, docs);
      project.seeds.push({name, path: seed, schema, tags, ...described, columnTypes});
      project.tests.push(...tests);
    }
    for (const {name: source, schema = source, tables} of sources) {
      for (const entry of tables) {
        const {name} = entry;
        const {tests, ...described} = describe(entry, {source: [source, name]}, path, docs);
        project.sources.set(`${source}.${name}`, {source, name, path, relation: `${schema}.${name}`, ...described});
        project.tests.push(...tests);
      }
    }
    project.unitTests.push(...unitTests.map((described) => unitTest(described, path, docs)));
  }
  const typeless = below('seeds', '.csv').find(({path}) => !project.seeds.some((seed) => seed.path === path));
  if (typeless)
    throw new Failure(`dbt/${typeless.path}: no yml gives the types of its columns (config: column_types).`);
  return project;
}

/** The files of the project, by their path in it, in alphabetical order. */
async function readFiles(folder: string): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const root of folders) {
    const entries = await readdir(join(folder, root), {withFileTypes: true, recursive: true}).catch(() => []);
    const paths = entries
      .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
      .map(({parentPath, name}) => relative(folder, join(parentPath, name)));
    for (const path of paths.sort()) {
      if (!/\.(sql|yml|csv|md)$/.test(path)) {
        throw new Failure(
          `dbt/${path}: Rollcall's runner supports .sql, .yml, .csv and .md files of a dbt project, not this one.`,
        );
      }
      const text = withoutOtherEngines(await readFile(join(folder, path), 'utf8'));
      if (path.endsWith('.sql')) refuseInTemplate(text, path);
      files.set(path, text);
    }
  }
  return files;
}
