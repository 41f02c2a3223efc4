import {Failure} from '../../failure.ts';
import {explainTemplateErrors} from '../jinja/failures.ts';
import {render, renderNative} from '../jinja/render.ts';
import {parse} from '../jinja/syntax.ts';
import {type Callable, Fields, JinjaError, toPlain} from '../jinja/values.ts';
import type {Docs, Meta, Model} from './project.ts';
import {createRefusal} from './refusals.ts';

/** The settings of a model, a seed or a test. */
export interface Settings {
  schema: string;
  materialized: 'view' | 'table';
  severity: 'warn' | 'error';
  tags: string[];
  meta: Meta;
  docs: Docs;
  group: string;
  access: Model['access'];
  contract: boolean;
}

/** dbt's `target`: the name of the runner's engine. */
export const target = new Fields('target', {type: 'duckdb', name: 'duckdb', schema: 'main'});

/** Settings as written in one place: in dbt_project.yml, under `config:` in a yml, or in config() in the file. */
export type WrittenSettings = Record<string, unknown>;

const readers: {[Name in keyof Settings]: (value: unknown) => Settings[Name] | undefined} = {
  schema: (value) => (typeof value === 'string' ? value : undefined),
  materialized: (value) => (value === 'view' || value === 'table' ? value : undefined),
  severity: (value) => ['warn', 'error'].find((name) => name === String(value).toLowerCase()) as Settings['severity'],
  tags: (value) => [value].flat().map(String),
  meta: (value) => (isMapping(value) ? value : undefined),
  docs: (value) =>
    isMapping(value) && Object.keys(value).every((key) => /^(show|node_color)$/.test(key)) ? value : undefined,
  group: (value) => (typeof value === 'string' ? value : undefined),
  access: (value) => (['private', 'protected', 'public'] as const).find((name) => name === value),
  contract: (value) =>
    isMapping(value) && Object.keys(value).join() === 'enforced' ? readEnforced(value['enforced']) : undefined,
};

/** Reads whether a contract is enforced. Since engines name types differently, a project may make it depend on the target. */
function readEnforced(value: unknown): boolean | undefined {
  const rendered = typeof value === 'string' ? renderNative(parse(value), new Map([['target', target]])) : value;
  return typeof rendered === 'boolean' ? rendered : undefined;
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const findExpectedReleases: Record<keyof Settings, {what: string; instead: string}> = {
  schema: {what: 'schema', instead: 'Write a name'},
  materialized: {what: 'materialization', instead: 'Models are views and tables: a build is always whole'},
  severity: {what: 'severity', instead: 'A test has the severity warn or error'},
  tags: {what: 'tag', instead: 'Write names'},
  meta: {what: 'meta', instead: 'Write names with values'},
  docs: {what: 'docs', instead: 'Write show and node_color'},
  group: {what: 'group', instead: 'Write the name of a group'},
  access: {what: 'access', instead: 'Write private, protected or public'},
  contract: {what: 'contract', instead: 'Write contract: {enforced: true}'},
};

/**
 * Merges the layers of settings: a later layer overrides an earlier one, but tags and meta accumulate.
 *
 * @param allowed the settings that this kind of file may have
 * @throws Failure that names a setting that is not allowed, or whose value is not supported
 */
export function resolveSettings(
  layers: readonly {written: WrittenSettings; path: string}[],
  allowed: readonly (keyof Settings)[],
): Partial<Settings> {
  const settings: Partial<Settings> = {};
  const [tags, meta]: [string[], Meta] = [[], {}];
  for (const {written, path} of layers) {
    for (const [key, value] of Object.entries(written)) {
      const name = allowed.find((candidate) => candidate === key);
      if (name === undefined) throw createRefusal(path, `the setting "${key}"`, key);
      const read = explainTemplateErrors(path, () => readers[name](value));
      if (read === undefined) {
        const {what, instead} = findExpectedReleases[name];
        const text = isMapping(value) ? JSON.stringify(value) : value;
        throw new Failure(`dbt/${path}: the ${what} "${text}" is not supported by Rollcall's runner. ${instead}.`);
      }
      Object.assign(settings, {[name]: read});
      if (name === 'tags') tags.push(...(readers.tags(value) ?? []));
      if (name === 'meta') Object.assign(meta, readers.meta(value));
    }
  }
  return {...settings, ...(settings.tags && {tags}), ...(settings.meta && {meta})};
}

/** Reads the `+settings` for the folder of a file in dbt_project.yml, below `models:` or `seeds:` and the project's name. */
export function readFolderSettings(tree: WrittenSettings, project: string, path: string): WrittenSettings {
  const written: WrittenSettings = {};
  let node: unknown = tree;
  for (const step of [undefined, project, ...path.split('/').slice(1, -1)]) {
    if (step !== undefined) node = (node as WrittenSettings)[step];
    if (typeof node !== 'object' || node === null) break;
    for (const [key, value] of Object.entries(node)) if (key.startsWith('+')) written[key.slice(1)] = value;
  }
  return written;
}

/** Reads the settings in config(…) at the top of an SQL file. */
export function readFileSettings(sql: string, path: string): WrittenSettings {
  const call = /\{\{-?\s*config\s*\(.*?\)\s*-?\}\}/s.exec(sql)?.[0];
  if (call === undefined) return {};
  let written: WrittenSettings = {};
  const config: Callable = (positional, named) => {
    if (positional.length > 0) throw new JinjaError("write config(materialized='table', tags=['…'])");
    written = Object.fromEntries([...named].map(([name, value]) => [name, toPlain(value)]));
    return '';
  };
  explainTemplateErrors(`${path}: ${call}`, () => render(parse(call), new Map([['config', config]])));
  return written;
}
