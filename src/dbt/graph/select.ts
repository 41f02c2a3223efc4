import {basename, extname, matchesGlob} from 'node:path';
import {exit, Failure} from '../../failure.ts';
import {near} from '../../suggest-names.ts';
import type {Model} from '../project/project.ts';
import {findRelatives, type Graph, type GraphExposure, type GraphUnitTest, type Table, type Test} from './graph.ts';

/** The parts of a graph to build and test, in the graph's order. */
export interface Selection {
  tables: Table[];
  tests: Test[];
  unitTests: GraphUnitTest[];
}

type Item = Table | Test | GraphUnitTest | GraphExposure;

/**
 * Selects with dbt's syntax: `schools`, `+schools` with everything upstream, `schools+` with everything downstream, `2+schools`
 * up to two steps upstream; `tag:`, `path:`, `file:`, `source:`, `group:`, `access:`, `exposure:` or a folder. Several selectors
 * select the union, criteria joined by commas the intersection. Every test on a selected table is selected too.
 *
 * @param wanted selectors; none selects everything
 * @throws Failure (exit 2) if a selector matches nothing, or nothing is left
 */
export function select(graph: Graph, wanted: readonly string[], unwanted: readonly string[] = []): Selection {
  const everything: Item[] = [...graph.tables, ...graph.tests, ...graph.unitTests];
  const chosen = wanted.length === 0 ? new Set(everything) : uniteItems('--select', wanted, graph);
  for (const item of uniteItems('--exclude', unwanted, graph)) chosen.delete(item);
  const selection = {
    tables: graph.tables.filter((table) => chosen.has(table)),
    tests: graph.tests.filter((test) => chosen.has(test)),
    unitTests: graph.unitTests.filter((unit) => chosen.has(unit)),
  };
  if (Object.values(selection).every(({length}) => length === 0)) {
    throw new Failure('--select and --exclude leave nothing to do.', exit.usage);
  }
  return selection;
}

function uniteItems(option: string, selectors: readonly string[], graph: Graph): Set<Item> {
  const union = new Set<Item>();
  for (const selector of selectors.flatMap((text) => text.split(/\s+/)).filter((text) => text !== '')) {
    const sets = selector.split(',').map((criterion) => findItems(criterion, option, graph));
    const both = sets.reduce((all, set) => all.intersection(set));
    if (both.size === 0) throw new Failure(`${option} ${selector}: nothing is in all of these.`, exit.usage);
    for (const item of both) union.add(item);
  }
  return union;
}

/** Finds the items that a criterion matches, their relatives, and the tests on all of them. */
function findItems(criterion: string, option: string, graph: Graph): Set<Item> {
  if (criterion.startsWith('@')) {
    throw new Failure(
      `${option} ${criterion}: "@" is not supported by Rollcall's runner. Write +${criterion.slice(1)}+.`,
      exit.usage,
    );
  }
  const [, before, method, value = '', after] = /^(?:(\d*)\+)?(?:([\w.]+):)?(.*?)(?:\+(\d*))?$/.exec(criterion) ?? [];
  const items = new Set<Item>(findNamed(method ?? guessMethod(value), value, graph, `${option} ${criterion}`));
  for (const item of [...items]) {
    if (before !== undefined) for (const table of findRelatives(item, 'reads', parseSteps(before))) items.add(table);
    if (after !== undefined) for (const table of findRelatives(item, 'readBy', parseSteps(after))) items.add(table);
  }
  for (const test of [...graph.tests, ...graph.unitTests])
    if (test.reads.some((table) => items.has(table))) items.add(test);
  return items;
}

function parseSteps(text: string): number {
  return text === '' ? Number.POSITIVE_INFINITY : Number(text);
}

function guessMethod(value: string): string {
  if (value.includes('/')) return 'path';
  return /\.(sql|csv|yml)$/.test(value) ? 'file' : 'fqn';
}

/** The names that each selector method matches. */
const methods: Record<string, (item: Item) => string | string[]> = {
  // The item's name and its folders: schools, marts, marts.schools.
  fqn: (item) =>
    isSource(item) || isExposure(item)
      ? []
      : [item.name, ...listPrefixes([...item.path.split('/').slice(1, -1), item.name], '.')],
  path: (item) => listPaths(item).flatMap((path) => listPrefixes(path.split('/'), '/')),
  file: (item) => (isExposure(item) ? [] : [basename(item.path), basename(item.path, extname(item.path))]),
  tag: ({tags}) => [...tags],
  group: (item) => getModel(item)?.group ?? [],
  access: (item) => getModel(item)?.access ?? [],
  exposure: (item) => (isExposure(item) ? item.name : []),
  source: (item) => (isSource(item) ? listPrefixes(item.name.split('.'), '.') : []),
};

function isSource(item: Item): boolean {
  return 'readBy' in item && item.made === undefined;
}

/** Lists the file of an item and, for a model, the yml that describes it. */
function listPaths(item: Item): string[] {
  if (isExposure(item)) return [];
  const {describedIn} = getModel(item) ?? {};
  return [item.path, ...(describedIn === undefined ? [] : [describedIn])];
}

function getModel(item: Item): Model | undefined {
  return 'made' in item && item.made?.from === 'model' ? item.made.model : undefined;
}

function isExposure(item: Item): item is GraphExposure {
  return 'exposure' in item;
}

/** `[a, b]` gives `a` and `a.b`. */
function listPrefixes(parts: readonly string[], separator: string): string[] {
  return parts.map((_, index) => parts.slice(0, index + 1).join(separator));
}

function findNamed(method: string, value: string, graph: Graph, what: string): Item[] {
  const namesOf = methods[method];
  if (namesOf === undefined) {
    const known = Object.keys(methods).map((name) => `${name}:`);
    throw new Failure(
      `${what}: "${method}:" is not supported by Rollcall's runner. It knows ${known.join(', ')}.`,
      exit.usage,
    );
  }
  const pattern =
    method === 'path'
      ? value.replace(/^(?:\.\/)?(?:dbt\/)?/, '').replace(/\/$/, '')
      : value.replace(`${graph.project.name}.`, '');
  const items: Item[] = [...graph.tables, ...graph.tests, ...graph.unitTests, ...graph.exposures];
  const found = items.filter((item) =>
    [namesOf(item)].flat().some((name) => name === pattern || matchesGlob(name, pattern)),
  );
  if (found.length > 0) return found;
  const meant = near(
    pattern,
    items.flatMap((item) => [namesOf(item)].flat()),
  ).slice(0, 3);
  const suggestion = meant.length > 0 ? ` Did you mean ${meant.join(' or ')}?` : '';
  throw new Failure(`${what}: nothing in the project has this name.${suggestion}`, exit.usage);
}
