import {Failure} from '../../failure.ts';
import type {DataTest, Exposure, Model, Project, Seed, UnitTest} from '../project/project.ts';
import {getRelationName} from '../project/relation.ts';
import {Compiler, mapSqlNames} from './compile.ts';

/** A compiled project: its tables, each after those it reads, and the tests on them. */
export interface Graph {
  project: Project;
  compiler: Compiler;
  tables: Table[];
  tests: Test[];
  unitTests: GraphUnitTest[];
  exposures: GraphExposure[];
}

/** The properties that every item of a graph is selected by. */
interface Identity {
  name: string;
  path: string;
  tags: readonly string[];
}

/** A model, a seed, or a table of a source, which is named `source.table`. */
export interface Table extends Identity {
  /** The quoted name in SQL, with the schema. */
  sqlName: string;
  /** Undefined for a table of a source. */
  made?: {from: 'seed'; seed: Seed} | {from: 'model'; model: Model; sql: string};
  reads: Table[];
  readBy: Table[];
}

/** A data test with its query, whose rows are the failures. */
export interface Test extends Identity {
  test: DataTest;
  sql: string;
  reads: Table[];
}

/** An exposure with the tables it depends on. */
export interface GraphExposure extends Identity {
  exposure: Exposure;
  reads: Table[];
}

/** A unit test with its model. */
export interface GraphUnitTest extends Identity {
  test: UnitTest;
  model: Model;
  /** The table of the model. */
  reads: [Table];
}

/**
 * Compiles a project and sorts its tables.
 *
 * @throws Failure if a template can't be rendered, reads what the project doesn't have, or is part of a cycle
 */
export function buildGraph(project: Project): Graph {
  const compiler = Compiler.of(project);
  const sqlNames = mapSqlNames(project);
  const tables = new Map<string, Table>();
  const add = (table: Pick<Table, 'name' | 'path' | 'tags' | 'made'>) =>
    tables.set(table.name, {...table, sqlName: sqlNames.get(table.name) ?? '', reads: [], readBy: []});
  for (const [name, {path, tags}] of project.sources) add({name, path, tags});
  for (const seed of project.seeds) add({...pickIdentity(seed), made: {from: 'seed', seed}});
  const compiled = project.models.map((model) => ({model, ...compiler.compileQuery(model)}));
  for (const {model, sql} of compiled) add({...pickIdentity(model), made: {from: 'model', model, sql}});
  const findTable = (name: string, path: string) => {
    const table = tables.get(name);
    if (table) return table;
    throw new Failure(`dbt/${path}: the model "${name}" is not in the project.`);
  };
  for (const {model, dependsOn} of compiled) {
    const table = findTable(model.name, model.path);
    table.reads = dependsOn.map((name) => findTable(name, model.path));
    assertReadable(table, model.group);
    for (const read of table.reads) read.readBy.push(table);
  }
  return {
    project,
    compiler,
    tables: sortTables([...tables.values()]),
    tests: project.tests.map((test) => {
      const {sql, dependsOn} = compiler.compileTest(test);
      const read = {...pickIdentity(test), test, sql, reads: dependsOn.map((name) => findTable(name, test.path))};
      const {target} = test;
      assertReadable(
        read,
        target.kind === 'generic' ? getGroup(tables.get(getRelationName(target.relation))) : undefined,
      );
      return read;
    }),
    exposures: project.exposures.map((exposure) => {
      const reads = exposure.dependsOn.map((relation) => findTable(getRelationName(relation), exposure.path));
      assertReadable({...exposure, reads}, undefined);
      return {...pickIdentity(exposure), exposure, reads};
    }),
    unitTests: project.unitTests.map((test) => {
      const table = findTable(test.model, test.path);
      if (table.made?.from === 'model') return {...pickIdentity(test), test, model: table.made.model, reads: [table]};
      throw new Failure(`dbt/${test.path}: the unit test ${test.name} is of ${test.model}, which is not a model.`);
    }),
  };
}

function getGroup(table: Table | undefined): string | undefined {
  return table?.made?.from === 'model' ? table.made.model.group : undefined;
}

/** @throws Failure if something reads a private model of another group */
function assertReadable({name, path, reads}: {name: string; path: string; reads: Table[]}, group: string | undefined) {
  for (const {made} of reads) {
    if (made?.from !== 'model' || made.model.access !== 'private' || made.model.group === group) continue;
    const {model} = made;
    throw new Failure(
      `dbt/${path}: ${name} reads ${model.name}, which is private to the group "${model.group}". Read another model, or take "access: private" out of ${model.describedIn ?? model.path}.`,
    );
  }
}

function pickIdentity({name, path, tags}: Identity): Identity {
  return {name, path, tags};
}

function sortTables(tables: readonly Table[]): Table[] {
  const ordered = new Set<Table>();
  const visit = (table: Table, path: Table[]) => {
    if (ordered.has(table)) return;
    if (path.includes(table)) {
      const cycle = [...path.slice(path.indexOf(table)), table].map(({name}) => name).join(' → ');
      throw new Failure(`dbt/${table.path}: the models depend on each other in a cycle: ${cycle}.`);
    }
    for (const read of table.reads) visit(read, [...path, table]);
    ordered.add(table);
  };
  for (const table of tables) visit(table, []);
  return [...ordered];
}

/** Finds everything upstream (`reads`) or downstream (`readBy`) of an item, up to a number of steps away. */
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
