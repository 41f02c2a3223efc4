import assert from 'node:assert/strict';
import {join} from 'node:path';
import {after, test} from 'node:test';
import {buildGraph} from '../../src/dbt/graph/graph.ts';
import {readProject} from '../../src/dbt/project/read-project.ts';
import {runUnitTests} from '../../src/dbt/run/unit-tests.ts';
import {open} from '../../src/duckdb/database.ts';
import {projectFolder} from '../../src/project-folder.ts';
import {openSampleBuild} from '../support/pipeline.ts';

/* Runs the unit tests of the models. They need a build only for the types of columns. */

const build = await openSampleBuild();
const db = await open(build.warehouse, {readOnly: true});
after(() => {
  db.close();
  build.close();
});

const graph = buildGraph(await readProject(join(projectFolder, 'dbt')));

for (const {name, model, description, status, found} of await runUnitTests(db, graph)) {
  test(`${model}: ${name}`, () => {
    assert.ok(status === 'pass', `- expected, + made\n${description ?? ''}\n${found.join('\n')}`);
  });
}

test('every unit test says what it tests, and how the expected rows were worked out', () => {
  assert.ok(graph.unitTests.length > 40);
  for (const {name, test} of graph.unitTests) assert.ok((test.description?.length ?? 0) > 50, name);
});
