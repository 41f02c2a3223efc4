import {dirname, sep} from 'node:path';
import {Failure} from '../../failure.ts';
import {explainTemplateErrors} from '../jinja/failures.ts';
import {render, renderNative} from '../jinja/render.ts';
import {parse} from '../jinja/syntax.ts';
import {type Callable, Fields, JinjaError, toPlain} from '../jinja/values.ts';
import type {Docs, Meta, Model} from './project.ts';
import {createRefusal} from './refusals.ts';

/** What a project says of a model, a seed or a test besides its SQL. */
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

/** What the runner's engine is called where dbt names it. */
export const target = new Fields('target', {type: 'duckdb', name: 'duckdb', schema: 'main'});

/** Settings as they are written in one place: dbt_project.yml, a yml under `config:`, or config() in the file. */
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
    isMapping(value) && Object.keys(value).join() === 'enforced' ? enforced(value['enforced']) : undefined,
};

/** Whether a contract is enforced; where engines call types otherwise, a project may ask for the target. */
function enforced(value: unknown): boolean | undefined {
  const rendered = typeof value === 'string' ? renderNative(parse(value), new Map([['target', target]])) : value;
  return typeof rendered === 'boolean' ? rendered : undefined;
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const expectations: Record<keyof Settings, {what: string; instead: string}> = {
  schema: {what: 'schema', instead: 'Write a name'},
  materialized: {what: 'materialization', instead: 'Models are views and tables: what a build makes is made whole'},
  severity: {what: 'severity', instead: 'A test has the severity warn or error'},
  tags: {what: 'tag', instead: 'Write names'},
  meta: {what: 'meta', instead: 'Write names with values'},
  docs: {what: 'docs', instead: 'Write show and node_color'},
  group: {what: 'group', instead: 'Write the name of a group'},
  access: {what: 'access', instead: 'Write private, protected or public'},
  contract: {what: 'contract', instead: 'Write contract: {enforced: true}'},
};

/**
 * The settings that hold: the nearer to the file they are written, the sooner. Tags and meta add up.
 *
 * @param allowed the settings that this kind of file may have
 * @throws Failure that names a setting that is none of them
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
        const {what, instead} = expectations[name];
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

/** What dbt_project.yml says for the folder of a file: `models:` or `seeds:`, the project's name, folders, and `+settings`. */
export function readFolderSettings(tree: WrittenSettings, project: string, path: string): WrittenSettings {
  const written: WrittenSettings = {};
  let node: unknown = tree;
  for (const step of [undefined, project, ...dirname(path).split(sep).slice(1)]) {
    if (step !== undefined) node = (node as WrittenSettings)[step];
    if (typeof node !== 'object' || node === null) break;
    for (const [key, value] of Object.entries(node)) if (key.startsWith('+')) written[key.slice(1)] = value;
  }
  return written;
}

/** What the config(…) at the top of an SQL file says. */
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
