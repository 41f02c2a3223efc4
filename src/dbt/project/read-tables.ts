import {basename} from 'node:path';
import type {z} from 'zod';
import {Failure} from '../../failure.ts';
import {describe} from './declarations.ts';
import type {Docs} from './descriptions.ts';
import type {DataTest, Model, Seed, SourceTable} from './project.ts';
import type {ProjectFile} from './project-files.ts';
import type {projectFile, properties} from './properties.ts';
import {settled, type Written, writtenForFolder, writtenInFile} from './settings.ts';

/** What a project says of its models, seeds and sources in dbt_project.yml and in the yml of its folders. */
export interface Said {
  settings: z.output<typeof projectFile>;
  ymls: ({path: string} & z.output<typeof properties>)[];
  docs: Docs;
}

export function readModel(
  {path, text: sql}: ProjectFile,
  {settings, ymls, docs}: Said,
): {model: Model; tests: DataTest[]} {
  const name = basename(path, '.sql');
  const {entry, path: describedIn} = only(
    name,
    ymls.map((yml) => ({path: yml.path, entries: yml.models})),
  );
  const layers = [
    ofFolder(settings.models, settings.name, path),
    {written: entry?.config ?? {}, path: describedIn ?? path},
    {written: writtenInFile(sql, path), path},
  ];
  const {schema = 'main', materialized = 'view', tags = []} = settled(layers, ['schema', 'materialized', 'tags']);
  const model = {name, path, sql, schema, materialized, tags};
  if (entry === undefined || describedIn === undefined) return {model, tests: []};
  const {tests, ...described} = describe(entry, {ref: name}, describedIn, docs);
  return {model: {...model, describedIn, ...described}, tests};
}

export function readSeed({path}: ProjectFile, {settings, ymls, docs}: Said): {seed: Seed; tests: DataTest[]} {
  const name = basename(path, '.csv');
  const {entry, path: describedIn} = only(
    name,
    ymls.map((yml) => ({path: yml.path, entries: yml.seeds})),
  );
  if (entry === undefined || describedIn === undefined) {
    throw new Failure(`dbt/${path}: no yml gives the types of its columns (config: column_types).`);
  }
  const {column_types: columnTypes, ...written} = entry.config;
  const layers = [ofFolder(settings.seeds, settings.name, path), {written, path: describedIn}];
  const {schema = 'main', tags = []} = settled(layers, ['schema', 'tags']);
  const {tests, ...described} = describe(entry, {ref: name}, describedIn, docs);
  return {seed: {name, path, schema, tags, ...described, columnTypes}, tests};
}

export function readSources({ymls, docs}: Said): {table: SourceTable; tests: DataTest[]}[] {
  return ymls.flatMap(({path, sources}) =>
    sources.flatMap(({name: source, schema = source, tables}) =>
      tables.map((entry) => {
        const {name} = entry;
        const {tests, ...described} = describe(entry, {source: [source, name]}, path, docs);
        return {table: {source, name, path, relation: `${schema}.${name}`, ...described}, tests};
      }),
    ),
  );
}

/** @throws Failure where two models or seeds have one name, or a yml describes one of which there is no file */
export function assertNames(tables: readonly {name: string; path: string}[], {ymls}: Said): void {
  const paths = new Map<string, string>();
  for (const {name, path} of tables) {
    const other = paths.get(name);
    if (other) throw new Failure(`dbt/${path}: dbt/${other} has the same name. Give one of them another.`);
    paths.set(name, path);
  }
  for (const {path, models, seeds} of ymls) {
    const absent = [...models, ...seeds].find(({name}) => !paths.has(name));
    if (absent) throw new Failure(`dbt/${path}: describes "${absent.name}", of which there is no file.`);
  }
}

/** What the ymls say of the model or seed of this name; it may be described once. */
function only<T extends {name: string}>(
  name: string,
  ymls: readonly {path: string; entries: readonly T[]}[],
): {entry?: T; path?: string} {
  const [first, second] = ymls.flatMap(({path, entries}) =>
    entries.filter((entry) => entry.name === name).map((entry) => ({entry, path})),
  );
  if (second) throw new Failure(`dbt/${second.path}: describes ${name}, as dbt/${first?.path} does already.`);
  return first ?? {};
}

function ofFolder(tree: Written, project: string, path: string) {
  return {written: writtenForFolder(tree, project, path), path: 'dbt_project.yml'};
}
