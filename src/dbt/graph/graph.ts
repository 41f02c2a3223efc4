import {Failure} from '../../failure.ts';
import type {DataTest, Exposure, Model, Project, Seed, UnitTest} from '../project/project.ts';
import {getRelationName} from '../project/relation.ts';
import {Compiler, mapSqlNames} from './compile.ts';

/** A project compiled: its tables in an order in which each comes after those it reads, and the tests on them. */
export interface Graph {
  project: Project;
  /** Renders what is in the project. */
  compiler: Compiler;
  tables: Table[];
  tests: Test[];
  unitTests: GraphUnitTest[];
  exposures: GraphExposure[];
}

/** A model, a seed or a table of a source; the last is called `source.table`. */
export interface Table {
  name: string;
  /** As SQL names it: schema and table. */
  sqlName: string;
  path: string;
  tags: readonly string[];
  /** Undefined for a table of a source. */
  made?: {from: 'seed'; seed: Seed} | {from: 'model'; model: Model; sql: string};
  reads: Table[];
  readBy: Table[];
}

/** A data test with its query: its rows are what is wrong. */
export interface Test {
  name: string;
  path: string;
  tags: readonly string[];
  test: DataTest;
  sql: string;
  reads: Table[];
}

/** A use of tables outside the project, as the yml declares it. */
export interface GraphExposure {
  name: string;
  path: string;
  tags: readonly string[];
  exposure: Exposure;
  reads: Table[];
}

/** A unit test, and the model that it is of. */
export interface GraphUnitTest {
  name: string;
  path: string;
  tags: readonly string[];
  test: UnitTest;
  model: Model;
  /** The table of the model. */
  reads: [Table];
}

/** @throws Failure where a template can't be rendered, reads what is not there, or reads itself by way of others */
export function buildGraph(project: Project): Graph {
  const compiler = Compiler.of(project);
  const sqlNames = mapSqlNames(project);
  const tables = new Map<string, Table>();
  const add = (table: Pick<Table, 'name' | 'path' | 'tags' | 'made'>) =>
    tables.set(table.name, {...table, sqlName: sqlNames.get(table.name) ?? '', reads: [], readBy: []});
  for (const [name, {path, tags}] of project.sources) add({name, path, tags});
  for (const seed of project.seeds) add({...pickIdentity(seed), made: {from: 'seed', seed}});
  const compiled = project.models.map((model) => ({model, ...compiler.compileModel(model)}));
  for (const {model, sql} of compiled) add({...pickIdentity(model), made: {from: 'model', model, sql}});
  const tableOf = (name: string, path: string) => {
    const table = tables.get(name);
    if (table) return table;
    throw new Failure(`dbt/${path}: the model "${name}" is not in the project.`);
  };
  for (const {model, dependsOn} of compiled) {
    const table = tableOf(model.name, model.path);
    table.reads = dependsOn.map((name) => tableOf(name, model.path));
    assertReadable(table, model.group);
    for (const read of table.reads) read.readBy.push(table);
  }
  return {
    project,
    compiler,
    tables: sortTables([...tables.values()]),
    tests: project.tests.map((test) => {
      const {sql, dependsOn} = compiler.compileTest(test);
      const read = {...pickIdentity(test), test, sql, reads: dependsOn.map((name) => tableOf(name, test.path))};
      const {target} = test;
      assertReadable(
        read,
        target.kind === 'generic' ? getGroup(tables.get(getRelationName(target.relation))) : undefined,
      );
      return read;
    }),
    exposures: project.exposures.map((exposure) => {
      const reads = exposure.dependsOn.map((relation) => tableOf(getRelationName(relation), exposure.path));
      const use = {...pickIdentity(exposure), exposure, reads};
      assertReadable(use, undefined);
      return use;
    }),
    unitTests: project.unitTests.map((test) => {
      const table = tableOf(test.model, test.path);
      if (table.made?.from === 'model') return {...pickIdentity(test), test, model: table.made.model, reads: [table]};
      throw new Failure(`dbt/${test.path}: the unit test ${test.name} is of ${test.model}, which is not a model.`);
    }),
  };
}

function getGroup(table: Table | undefined): string | undefined {
  return table?.made?.from === 'model' ? table.made.model.group : undefined;
}

/** @throws Failure where something reads a private model of another group than its own */
function assertReadable({name, path, reads}: {name: string; path: string; reads: Table[]}, group: string | undefined) {
  for (const {made} of reads) {
    if (made?.from !== 'model' || made.model.access !== 'private' || made.model.group === group) continue;
    const {model} = made;
    throw new Failure(
      `dbt/${path}: ${name} reads ${model.name}, which is private to the group "${model.group}". Read another model, or take "access: private" out of ${model.describedIn ?? model.path}.`,
    );
  }
}

/** What everything in a graph is found by. */
function pickIdentity({name, path, tags}: {name: string; path: string; tags: string[]}) {
  return {name, path, tags};
}

function sortTables(tables: readonly Table[]): Table[] {
  const ordered = new Set<Table>();
  const visit = (table: Table, path: Table[]) => {
    if (ordered.has(table)) return;
    if (path.includes(table)) {
      const circle = [...path.slice(path.indexOf(table)), table].map(({name}) => name).join(' → ');
      throw new Failure(`dbt/${table.path}: the models go round in a circle: ${circle}.`);
    }
    for (const read of table.reads) visit(read, [...path, table]);
    ordered.add(table);
  };
  for (const table of tables) visit(table, []);
  return [...ordered];
}

/** All that something is made of or reads, or all that is made of it, up to a number of steps away. */
export function findRelatives(
  of: {reads: Table[]; readBy?: Table[]},
  direction: 'reads' | 'readBy',
  steps = Number.POSITIVE_INFINITY,
): Set<Table> {
  const found = new Set<Table>();
  let edge = of[direction] ?? [];
  for (let step = 0; step < steps && edge.length > 0; step++) {
    for (const each of edge) found.add(each);
    edge = edge.flatMap((each) => each[direction]).filter((each) => !found.has(each));
  }
  return found;
}
