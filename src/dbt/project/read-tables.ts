import {basename} from 'node:path';
import type * as v from 'valibot';
import {Failure} from '../../failure.ts';
import {readDescription} from './declarations.ts';
import type {Docs} from './descriptions.ts';
import type {DataTest, Freshness, Group, Model, Seed, SourceTable} from './project.ts';
import type {ProjectFile} from './project-files.ts';
import type {projectFile, properties} from './properties.ts';
import {readFileSettings, readFolderSettings, resolveSettings} from './settings.ts';

/** The parsed dbt_project.yml, yml files and docs blocks of a project. */
export interface Definitions {
  settings: v.InferOutput<typeof projectFile>;
  ymls: ({path: string} & v.InferOutput<typeof properties>)[];
  docs: Docs;
}

export function readModel(
  {path, text: sql}: ProjectFile,
  {settings: project, ymls, docs}: Definitions,
): {model: Model; tests: DataTest[]} {
  const name = basename(path, '.sql');
  const {entry, path: describedIn} = findDescription(name, 'models', ymls);
  const layers = [
    {written: readFolderSettings(project.models, project.name, path), path: 'dbt_project.yml'},
    ...listTopLevelSettings(entry, describedIn ?? path),
    {written: entry?.config ?? {}, path: describedIn ?? path},
    {written: readFileSettings(sql, path), path},
  ];
  const {contract: isContracted = false, ...settings} = resolveSettings(layers, [
    'schema',
    'materialized',
    'tags',
    'meta',
    'docs',
    'group',
    'access',
    'contract',
  ]);
  const model: Model = {
    ...defaults,
    materialized: 'view',
    access: 'protected',
    ...settings,
    isContracted,
    name,
    path,
    sql,
  };
  if (entry === undefined || describedIn === undefined) return {model, tests: []};
  const {tests, ...described} = readDescription(entry, {ref: name}, describedIn, docs);
  const untyped = described.columns.find(({dataType}) => dataType === undefined);
  if (isContracted && (untyped || described.columns.length === 0)) {
    throw new Failure(
      `dbt/${describedIn}: ${name} has a contract, and ${untyped ? `its column ${untyped.name} has no data_type` : 'no columns'}. Give each of its columns a data_type.`,
    );
  }
  return {model: {...model, describedIn, ...described}, tests};
}

export function readSeed(
  {path}: ProjectFile,
  {settings: project, ymls, docs}: Definitions,
): {seed: Seed; tests: DataTest[]} {
  const name = basename(path, '.csv');
  const {entry, path: describedIn} = findDescription(name, 'seeds', ymls);
  if (entry === undefined || describedIn === undefined) {
    throw new Failure(`dbt/${path}: no yml gives the types of its columns (config: column_types).`);
  }
  const {column_types: columnTypes, ...written} = entry.config;
  const layers = [
    {written: readFolderSettings(project.seeds, project.name, path), path: 'dbt_project.yml'},
    ...listTopLevelSettings(entry, describedIn),
    {written, path: describedIn},
  ];
  const settings = resolveSettings(layers, ['schema', 'tags', 'meta', 'docs', 'group']);
  const {tests, ...described} = readDescription(entry, {ref: name}, describedIn, docs);
  return {seed: {...defaults, ...settings, name, path, ...described, columnTypes}, tests};
}

export function readSources({ymls, docs}: Definitions): {table: SourceTable; tests: DataTest[]}[] {
  return ymls.flatMap(({path, sources}) =>
    sources.flatMap((declared) =>
      declared.tables.map((entry) => {
        const {name: source, schema = source} = declared;
        const {name} = entry;
        const relation = `${schema}.${name}`;
        const freshness = readFreshness([declared, declared.config, entry, entry.config], relation, path);
        const meta = Object.assign({}, declared.meta, declared.config.meta, entry.meta, entry.config.meta);
        const tags = [declared.tags, declared.config.tags, entry.tags, entry.config.tags].flat();
        const {tests, ...described} = readDescription(entry, {source: [source, name]}, path, docs);
        const table = {source, name, path, relation, tags, meta, ...(freshness && {freshness}), ...described};
        return {table, tests};
      }),
    ),
  );
}

/** Settings that apply unless others are written. */
const defaults = {schema: 'main', tags: [], meta: {}, docs: {}};

/** Lists the settings that dbt accepts beside `config:`, too. */
function listTopLevelSettings(entry: {meta?: unknown; docs?: unknown; access?: unknown} | undefined, path: string) {
  const {meta, docs, access} = entry ?? {};
  return Object.entries({meta, docs, access}).flatMap(([name, value]) =>
    value === undefined ? [] : [{written: {[name]: value}, path}],
  );
}

type Aged = v.InferOutput<typeof properties>['sources'][number]['config'];

/**
 * Reads how old a table may be. A table's own freshness overrides that of its source.
 *
 * @returns undefined if no limit is set, or no column or query gives the time of loading
 */
function readFreshness(
  layers: readonly Pick<Aged, 'freshness' | 'loaded_at_field' | 'loaded_at_query'>[],
  relation: string,
  path: string,
): Freshness | undefined {
  const thresholds = layers.findLast(({freshness}) => freshness !== undefined)?.freshness;
  const loadedAt = layers.findLast(({loaded_at_field: field, loaded_at_query: query}) => field ?? query);
  if (!thresholds || loadedAt === undefined) return undefined;
  const {loaded_at_field: field, loaded_at_query: query} = loadedAt;
  const {warn_after: warnAfter, error_after: errorAfter, filter} = thresholds;
  if (field !== undefined && query !== undefined) {
    throw new Failure(`dbt/${path}: ${relation} has a loaded_at_field and a loaded_at_query. Write one of them.`);
  }
  if (query !== undefined && filter !== undefined) {
    throw new Failure(`dbt/${path}: ${relation}: the filter is not used. Write it into the loaded_at_query.`);
  }
  return {
    ...(warnAfter && {warnAfter}),
    ...(errorAfter && {errorAfter}),
    query: query ?? `select max(${field}) from ${relation}${filter === undefined ? '' : ` where ${filter}`}`,
  };
}

/** @throws Failure if two models or seeds have the same name, or a yml describes one that has no file */
export function assertNames(tables: readonly {name: string; path: string}[], {ymls}: Definitions): void {
  const paths = new Map<string, string>();
  for (const {name, path} of tables) {
    const other = paths.get(name);
    if (other) throw new Failure(`dbt/${path}: dbt/${other} has the same name. Rename one of them.`);
    paths.set(name, path);
  }
  for (const {path, models, seeds} of ymls) {
    const absent = [...models, ...seeds].find(({name}) => !paths.has(name));
    if (absent) throw new Failure(`dbt/${path}: describes "${absent.name}", which has no file.`);
  }
}

/** @throws Failure if a group is declared twice or not at all, or a private model has no group */
export function assertGroups(
  tables: readonly {name: string; path: string; group?: string; access?: string}[],
  groups: readonly Group[],
): void {
  const names = groups.map(({name}) => name);
  const twice = groups.find(({name}, index) => names.indexOf(name) < index);
  if (twice) throw new Failure(`dbt/${twice.path}: there is another group "${twice.name}". Declare it once.`);
  for (const {name, path, group, access} of tables) {
    if (group !== undefined && !names.includes(group)) {
      throw new Failure(`dbt/${path}: ${name} is in the group "${group}", which no yml declares under groups:.`);
    }
    if (access === 'private' && group === undefined) {
      throw new Failure(`dbt/${path}: ${name} is private and has no group, so nothing could read it. Give it a group.`);
    }
  }
}

/**
 * Finds the yml entry of a model or seed.
 *
 * @throws Failure if there are two
 */
function findDescription<Kind extends 'models' | 'seeds'>(
  name: string,
  kind: Kind,
  ymls: Definitions['ymls'],
): {entry?: Definitions['ymls'][number][Kind][number]; path?: string} {
  const [first, second] = ymls.flatMap(({path, [kind]: entries}) =>
    entries.filter((entry) => entry.name === name).map((entry) => ({entry, path})),
  );
  if (second) throw new Failure(`dbt/${second.path}: describes ${name}, as dbt/${first?.path} does already.`);
  return first ?? {};
}
