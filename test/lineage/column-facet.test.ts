import assert from 'node:assert/strict';
import {join} from 'node:path';
import {test} from 'node:test';
import * as v from 'valibot';
import {buildGraph} from '../../src/dbt/graph/graph.ts';
import {readProject} from '../../src/dbt/project/read-project.ts';
import {createColumnLineageFacet} from '../../src/lineage/column-facet.ts';
import {readLineage} from '../../src/lineage/project-lineage.ts';
import {projectFolder} from '../../src/project-folder.ts';

const namespace = 'file:///warehouse.duckdb';
const project = await readProject(join(projectFolder, 'dbt'));
const lineage = await readLineage(buildGraph(project));

/** ColumnLineageDatasetFacet 1-2-0 of the OpenLineage specification, copied by hand, and stricter where the original is open. */
const inputField = v.strictObject({
  namespace: v.string(),
  name: v.string(),
  field: v.string(),
  transformations: v.array(
    v.strictObject({
      type: v.picklist(['DIRECT', 'INDIRECT']),
      subtype: v.optional(v.string()),
      description: v.optional(v.string()),
      masking: v.optional(v.boolean()),
    }),
  ),
});
const url = v.pipe(v.string(), v.url());
const facet = {_producer: url, _schemaURL: url};
const columnLineage = v.strictObject({
  ...facet,
  fields: v.record(v.string(), v.strictObject({inputFields: v.array(inputField)})),
  dataset: v.array(inputField),
});
test('the facet of every model follows the specification', () => {
  const models = [...lineage.tables.values()].filter(({kind}) => kind === 'model');
  assert.ok(models.length > 40);
  for (const {table, columns} of models) {
    const facet = v.parse(
      columnLineage,
      JSON.parse(JSON.stringify(createColumnLineageFacet(lineage, table, namespace))),
    );
    assert.deepEqual(
      Object.keys(facet.fields),
      columns.map(({name}) => name),
    );
    for (const {name} of [...facet.dataset, ...Object.values(facet.fields).flatMap(({inputFields}) => inputFields)]) {
      assert.ok(lineage.tables.has(name), `${table}: ${name}`);
    }
  }
});

test('a facet is direct for values and indirect for conditions; conditions on rows stand once for the data set', () => {
  const input = (name: string, field: string, transformation: object) => ({
    namespace,
    name,
    field,
    transformations: [transformation],
  });
  const {fields, dataset, _schemaURL} = createColumnLineageFacet(lineage, 'staging.stg_ospi__teachers', namespace);
  assert.equal(
    _schemaURL,
    'https://openlineage.io/spec/facets/1-2-0/ColumnLineageDatasetFacet.json#/$defs/ColumnLineageDatasetFacet',
  );
  assert.deepEqual(fields['teacher_count'], {
    inputFields: [input('raw.ospi_teachers', 'teacher_count', {type: 'DIRECT'})],
  });
  const ofSchoolId = [...(fields['school_id']?.inputFields ?? [])].sort((a, b) => (a.field < b.field ? -1 : 1));
  assert.deepEqual(ofSchoolId, [
    input('raw.ospi_teachers', 'district_code', {type: 'DIRECT'}),
    input('raw.ospi_teachers', 'organization_level', {type: 'INDIRECT'}),
    input('raw.ospi_teachers', 'school_code', {type: 'DIRECT'}),
  ]);
  const indirect = (name: string, field: string, subtype: string) => input(name, field, {type: 'INDIRECT', subtype});
  const key = ({name, field}: {name: string; field: string}) => `${name}.${field}`;
  assert.deepEqual(
    dataset.toSorted((a, b) => (key(a) < key(b) ? -1 : 1)),
    [
      indirect('raw.ospi_teachers', 'demographic_category_type', 'JOIN'),
      indirect('raw.ospi_teachers', 'demographic_label', 'JOIN'),
      indirect('raw.ospi_teachers', 'district_code', 'JOIN'),
      indirect('seeds.demographic_labels', 'category_type_key', 'JOIN'),
      indirect('seeds.demographic_labels', 'label_key', 'JOIN'),
      indirect('seeds.demographic_labels', 'source_id', 'FILTER'),
      indirect('staging.stg_ospi__regional_total', 'district_code', 'JOIN'),
    ],
  );
});
