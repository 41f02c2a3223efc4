import {basename} from 'node:path';
import {parse as parseCsv} from 'csv-parse/sync';
import {Failure} from '../../failure.ts';
import {type Docs, resolveDescription} from './descriptions.ts';
import type {Column, DataTest, Exposure, Fixture, UnitTest} from './project.ts';
import type {ProjectFile} from './project-files.ts';
import type {DescribedColumn, DescribedExposure, DescribedTest, DescribedUnitTest} from './properties.ts';
import {parseRelation, type Relation} from './relation.ts';
import {readFileSettings, resolveSettings} from './settings.ts';

/** Reads the yml entry of a relation: its description, its columns, and the tests on both. */
export function readDescription(
  entry: {description?: string | undefined; columns: DescribedColumn[]; data_tests: DescribedTest[]},
  relation: Relation,
  path: string,
  docs: Docs,
): {description?: string; columns: Column[]; tests: DataTest[]} {
  const declared = (tests: DescribedTest[], column?: string) =>
    tests.flatMap((test) => readGenericTests(test, relation, column, path, docs));
  const columns = entry.columns.map(({name, description, data_type, data_tests, meta, tags, config}) => ({
    name,
    tags: [...tags, ...config.tags],
    meta: {...meta, ...config.meta},
    ...resolveDescription(description, docs, path),
    ...(data_type !== undefined && {dataType: data_type}),
    tests: declared(data_tests, name),
  }));
  return {
    ...resolveDescription(entry.description, docs, path),
    columns,
    tests: [...declared(entry.data_tests), ...columns.flatMap(({tests}) => tests)],
  };
}

function readGenericTests(
  described: DescribedTest,
  relation: Relation,
  column: string | undefined,
  path: string,
  docs: Docs,
): DataTest[] {
  const label = 'ref' in relation ? relation.ref : `source_${relation.source.join('_')}`;
  return Object.entries(described).map(([kind, {name, description, arguments: given, config}]) => ({
    name: name ?? [kind, label, column].filter((part) => part !== undefined).join('_'),
    severity: config.severity,
    tags: config.tags,
    meta: config.meta,
    ...resolveDescription(description, docs, path),
    ...(config.where !== undefined && {where: config.where}),
    path,
    target: {
      kind: 'generic',
      test: kind,
      relation,
      arguments: {...given, ...(column !== undefined && {column_name: column})},
    },
  }));
}

/** Reads a data test that is an SQL file of its own. */
export function readSingularTest({path, text: sql}: ProjectFile): DataTest {
  const written = readFileSettings(sql, path);
  const {severity = 'error', tags = [], meta = {}} = resolveSettings([{written, path}], ['severity', 'tags', 'meta']);
  return {name: basename(path, '.sql'), severity, tags, meta, path, target: {kind: 'singular', sql}};
}

/** @throws Failure if it depends on something that is not a ref or source */
export function readExposure(described: DescribedExposure, path: string, docs: Docs): Exposure {
  const {name, label, type, maturity, url, owner, description, config} = described;
  return {
    name,
    label,
    type,
    maturity,
    url,
    owner,
    ...resolveDescription(description, docs, path),
    dependsOn: described.depends_on.map((text) => requireRelation(text, `dbt/${path}: the exposure ${name}:`)),
    path,
    tags: [...described.tags, ...config.tags],
    meta: {...described.meta, ...config.meta},
  };
}

/** @throws Failure if an input is not a ref or source, or rows don't have the stated format */
export function readUnitTest(described: DescribedUnitTest, path: string, docs: Docs): UnitTest {
  const {name, model, given, expect, overrides, config} = described;
  const where = `dbt/${path}: the unit test ${name}`;
  return {
    name,
    model,
    ...resolveDescription(described.description, docs, path),
    path,
    tags: config.tags,
    vars: overrides.vars,
    given: given.map(({input, ...rows}) => ({
      input: requireRelation(input, `${where}: the input`),
      ...readFixture(rows, `${where}: ${input}`),
    })),
    expect: readFixture(expect, `${where}: expect`),
  };
}

function requireRelation(text: string, what: string): Relation {
  const relation = parseRelation(text);
  if (relation) return relation;
  throw new Failure(`${what} "${text}" is not ref('model') or source('source', 'table').`);
}

function readFixture({rows, format}: DescribedUnitTest['expect'], where: string): Fixture {
  if (format === 'dict') {
    if (typeof rows !== 'string') return {rows};
  } else if (typeof rows === 'string') {
    return format === 'sql' ? {sql: rows} : {rows: parseCsvRows(rows, where)};
  }
  throw new Failure(`${where}: its rows are not of the format ${format}.`);
}

/** Parses rows in CSV. An empty cell is null, as in dbt. */
function parseCsvRows(text: string, where: string): Record<string, string | null>[] {
  try {
    const rows: Record<string, string>[] = parseCsv(text, {columns: true, skip_empty_lines: true});
    return rows.map((row) => Object.fromEntries(Object.entries(row).map(([name, cell]) => [name, cell || null])));
  } catch (error) {
    throw new Failure(`${where}: ${(error as Error).message}.`);
  }
}
