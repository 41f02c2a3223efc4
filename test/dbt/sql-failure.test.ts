import assert from 'node:assert/strict';
import {test} from 'node:test';
import {buildGraph} from '../../src/dbt/graph/graph.ts';
import {readProject} from '../../src/dbt/project/read-project.ts';
import {runTests} from '../../src/dbt/run/data-tests.ts';
import {buildModels} from '../../src/dbt/run/models.ts';
import {open} from '../../src/duckdb/database.ts';
import {Failure} from '../../src/failure.ts';
import {writeTinyProject} from '../support/dbt-project.ts';

/** Builds and tests a project that must fail, and returns the message. */
async function failure(files: Record<string, string>): Promise<string> {
  const db = await open();
  const graph = buildGraph(await readProject(await writeTinyProject(files)));
  try {
    await buildModels(db, graph);
    await runTests(db, graph);
  } catch (error) {
    assert.ok(error instanceof Failure, String(error));
    return error.message;
  } finally {
    db.close();
  }
  assert.fail('nothing failed');
}

const yml = 'models: [{name: m, columns: [{name: n}]}]';

test('an SQL error names the line in the file and the line in the compiled SQL, even if a loop shifts them', async () => {
  const message = await failure({
    'models/m.sql': [
      'select',
      '    n,',
      '{% for k in [1, 2, 3, 4, 5] %}',
      '    n + {{ k }} as n_{{ k }},',
      '{% endfor %}',
      '    nn as wrong',
      'from range(3) as numbers(n)',
    ].join('\n'),
    'models/m.yml': yml,
  });
  assert.match(
    message,
    /^dbt\/models\/m\.sql: line 6 \(14 of the compiled SQL\): Binder Error: .*"nn".*\. Fix it and try it with "npx rollcall build --select m"\.\n/,
  );
  assert.match(message, /^> {2}14 {6}nn as wrong$/m);
  assert.match(message, /^ {4}2 {6}n,$/m);
});

test('if the line comes from a macro, the line that calls the macro is named', async () => {
  const files = {
    'macros/sum.sql': '{% macro total(a) %}\n(\n    {{ a }}\n    + missing\n)\n{% endmacro %}',
    'models/m.sql': 'select\n    1 as one,\n    {{ total(1) }} as n\nfrom range(3)',
    'models/m.yml': yml,
  };
  assert.match(await failure(files), /^dbt\/models\/m\.sql: line 3 \(\d of the compiled SQL\): .*"missing"/);
  const twice = {
    ...files,
    'models/m.sql': 'select\n    {{ total(1) }} as one,\n    {{ total(2) }} as n\nfrom range(3)',
  };
  assert.match(await failure(twice), /^dbt\/models\/m\.sql: lines 2–3 \(\d of the compiled SQL\): .*"missing"/);
});

test('an error without a line number still shows the compiled SQL', async () => {
  const message = await failure({'models/m.sql': "select error('broken') as n", 'models/m.yml': yml});
  assert.match(
    message,
    /^dbt\/models\/m\.sql: Invalid Input Error: broken\. Fix it .*\n\nThe compiled SQL:\n {4}1 {2}select error\('broken'\) as n$/,
  );
});

test('an SQL error in a data test names the test and its inputs', async () => {
  const message = await failure({
    'models/m.sql': 'select 1 as n',
    'models/m.yml': yml,
    'data-tests/odd.sql': "-- Nothing is odd.\nselect *\nfrom {{ ref('m') }}\nwhere odd",
  });
  assert.match(
    message,
    /^dbt\/data-tests\/odd\.sql: the test odd: line 4 \(4 of the compiled SQL\): .*"odd".* Fix the test, or what it reads: m\.\n/,
  );
  assert.match(message, /^> {3}4 {2}where odd$/m);
});

test("if several models fail, the first in the project's order is reported", async () => {
  const models = ['a', 'b', 'c', 'd', 'e', 'f'];
  const files = Object.fromEntries(
    models.map((name) => [`models/${name}.sql`, `select ${name}_missing as n from range(2)`]),
  );
  const described = `models:\n${models.map((name) => `  - {name: ${name}, columns: [{name: n}]}\n`).join('')}`;
  for (let run = 0; run < 5; run++)
    assert.match(await failure({...files, 'models/all.yml': described}), /^dbt\/models\/a\.sql: /);
});
