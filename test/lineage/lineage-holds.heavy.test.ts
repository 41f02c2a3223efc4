import assert from 'node:assert/strict';
import {join} from 'node:path';
import {test} from 'node:test';
import fc from 'fast-check';
import {Compiler} from '../../src/dbt/graph/compile.ts';
import {buildGraph} from '../../src/dbt/graph/graph.ts';
import type {Project} from '../../src/dbt/project/project.ts';
import {readProject} from '../../src/dbt/project/read-project.ts';
import {type Database, literal, open} from '../../src/duckdb/database.ts';
import {type Lineage, readLineage} from '../../src/lineage/project-lineage.ts';
import {projectFolder} from '../../src/project-folder.ts';
import {writeTinyProject} from '../support/dbt-project.ts';
import {findUnnamedDependencies} from '../support/disturb.ts';
import {madeUpTables, makeUpQuery} from '../support/made-up-query.ts';
import {openSampleBuild} from '../support/pipeline.ts';

const project = await readProject(join(projectFolder, 'dbt'));
const lineage = await readLineage(buildGraph(project));

/** Opens a database in memory with the tables of the sample's warehouse in `stored`. */
async function sample(): Promise<Database> {
  const built = await openSampleBuild();
  built.close();
  const db = await open();
  await db.run(`attach ${literal(built.warehouse)} as built (read_only); attach ':memory:' as stored; use built`);
  for (const {table} of lineage.tables.values()) {
    await db.run(`create schema if not exists stored.${table.split('.')[0]};
      create table stored.${table} as select * from ${table}`);
  }
  await db.run('use memory; detach built; set threads = 1');
  return db;
}

test('no column of a model depends on a column that its lineage does not name', async () => {
  const db = await sample();
  const compiler = Compiler.of(project);
  let tried = 0;
  for (const model of project.models) {
    const query = {table: `${model.schema}.${model.name}`, sql: compiler.compileQuery(model).sql};
    const {found, tries} = await findUnnamedDependencies(db, lineage, query);
    assert.deepEqual(found, [], query.table);
    tried += tries;
  }
  assert.ok(tried > 100, `${tried} disturbances`);

  // An incomplete lineage must be detected.
  const model = project.models.find(({name}) => name === 'school_demographics');
  assert.ok(model);
  const table = `${model.schema}.${model.name}`;
  const known = lineage.of(table);
  const columns = new Map(known.columns).set('all_students_count', {from: [], decidedBy: []});
  const lacking: Lineage = {...lineage, of: () => ({...known, columns})};
  const {found} = await findUnnamedDependencies(db, lacking, {table, sql: compiler.compileQuery(model).sql});
  assert.deepEqual(found, [
    'core.fct_enrollment_all_grades.student_count → marts.school_demographics.all_students_count',
  ]);
  db.close();
});

/** Makes a project with one model of these columns, on the tables of generated queries. */
async function projectOf(sql: string, columns: readonly string[]): Promise<Project> {
  const described = (name: string, of: readonly string[]) =>
    `{name: ${name}, columns: [${of.map((column) => `{name: ${column}}`).join(', ')}]}`;
  const tables = Object.entries(madeUpTables).map(([table, of]) => described(table.replace('raw.', ''), of));
  const folder = await writeTinyProject({
    'models/raw.yml': `sources: [{name: raw, tables: [${tables.join(', ')}]}]`,
    'models/m.sql': sql,
    'models/m.yml': `models: [${described('m', columns)}]`,
  });
  return readProject(folder);
}

test('no column of a randomly generated query depends on a column that its lineage does not name', async () => {
  const db = await open();
  await db.run(`attach ':memory:' as stored; create schema stored.raw; set threads = 1; select setseed(0.5)`);
  for (const [table, columns] of Object.entries(madeUpTables)) {
    const values = columns.map((name) => `cast(floor(random() * 4) as integer) as ${name}`);
    await db.run(`create table stored.${table} as select ${values.join(', ')} from range(12)`);
  }
  const choices = fc.array(fc.nat({max: 999}), {minLength: 120, maxLength: 120});
  const runs = process.env['ROLLCALL_FUZZ_RUNS'];
  let tried = 0;
  await fc.assert(
    fc.asyncProperty(choices, async (numbers) => {
      let at = 0;
      const {sql, columns} = makeUpQuery((below) => (numbers[at++ % numbers.length] ?? 0) % below);
      const {found, tries} = await findUnnamedDependencies(
        db,
        await readLineage(buildGraph(await projectOf(sql, columns))),
        {
          table: 'main.m',
          sql,
        },
      );
      assert.deepEqual(found, [], sql);
      tried += tries;
    }),
    // ROLLCALL_FUZZ_RUNS=1000 tries more queries, different ones each time.
    runs === undefined ? {numRuns: 60, seed: 20_210_301} : {numRuns: Number(runs)},
  );
  assert.ok(tried > 100, `${tried} disturbances`);
  db.close();
});
