import assert from 'node:assert/strict';
import {join} from 'node:path';
import {test} from 'node:test';
import {readProject} from '../../src/dbt/project/read-project.ts';
import {Failure} from '../../src/failure.ts';
import {projectFolder} from '../../src/project-folder.ts';
import {writeTinyProject} from '../support/dbt-project.ts';

test('docs blocks are inserted into descriptions of models, seeds, sources, columns and tests', async () => {
  const project = await readProject(
    await writeTinyProject({
      'models/columns.md':
        'Not part of any.\n\n{% docs n %}\nA *whole*\nnumber.\n{% enddocs %}\n\n{% docs grain %}a thing{% enddocs %}\n',
      'models/m.sql': 'select 1 as n, 2 as o',
      'models/m.yml': `models:
  - name: m
    description: >
      One row = {{ doc('grain') }},
      or two.
    columns:
      - name: n
        description: "{{ doc('n') }}"
        data_type: integer
        data_tests: [{not_null: {description: "Not {{ doc('grain') }}."}}]
      - name: o
`,
      'models/raw.yml': `sources:
  - name: raw
    tables:
      - name: numbers
        description: "{{ doc('tiny', 'grain') }}"
        columns: [{name: n, description: "{{ doc('n') }}"}]
`,
      'seeds/s.csv': 'n\n1\n',
      'seeds/s.yml': `seeds:\n  - name: s\n    description: A seed.\n    config: {column_types: {n: integer}}\n`,
    }),
  );
  const [model] = project.models;
  assert.equal(model?.description, 'One row = a thing, or two.');
  const [n, o] = model?.columns ?? [];
  assert.deepEqual(
    {name: n?.name, description: n?.description, dataType: n?.dataType},
    {
      name: 'n',
      description: 'A *whole*\nnumber.',
      dataType: 'integer',
    },
  );
  assert.deepEqual(n?.tests, project.tests);
  assert.equal(project.tests[0]?.description, 'Not a thing.');
  assert.deepEqual(o, {name: 'o', tags: [], meta: {}, tests: []});
  const table = project.sources.get('raw.numbers');
  assert.equal(table?.description, 'a thing');
  assert.equal(table?.columns[0]?.description, 'A *whole*\nnumber.');
  assert.equal(project.seeds[0]?.description, 'A seed.');
});

test('an error names a docs block that is missing or defined twice', async () => {
  const reading = async (files: Record<string, string>) => readProject(await writeTinyProject(files));
  await assert.rejects(
    reading({'models/m.sql': 'select 1', 'models/m.yml': `models: [{name: m, description: "{{ doc('x') }}"}]`}),
    (error) => error instanceof Failure && /^dbt\/models\/m\.yml: there is no docs block "x"/.test(error.message),
  );
  await assert.rejects(
    reading({'models/a.md': '{% docs x %}1{% enddocs %}', 'models/b.md': '{% docs x %}2{% enddocs %}'}),
    (error) => error instanceof Failure && /^dbt\/models\/b\.md: there is another docs block "x"/.test(error.message),
  );
});

test('every model, seed and source of the project has a description, and no description has a template left in it', async () => {
  const {models, seeds, sources} = await readProject(join(projectFolder, 'dbt'));
  for (const {name, description, columns} of [...models, ...seeds, ...sources.values()]) {
    assert.ok(description, name);
    for (const text of [description, ...(columns ?? []).map((column) => column.description ?? '')])
      assert.doesNotMatch(text, /\{\{|\{%/, name);
  }
});
