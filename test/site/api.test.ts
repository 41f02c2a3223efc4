import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {before, test} from 'node:test';
import {Validator} from '@seriousme/openapi-schema-validator';
import {Ajv2020} from 'ajv/dist/2020.js';
import * as v from 'valibot';
import {open} from '../../src/duckdb/database.ts';
import {rollcall} from '../support/command.ts';
import {listFiles, makeSite, resolveFile, type Site} from '../support/site.ts';

const root = '/api/v1/';
let site: Site;
let files: string[];
before(async () => {
  site = await makeSite('sample');
  files = listFiles(site.folder)
    .filter((path) => path.startsWith(root))
    .map((path) => path.slice(root.length));
});

function read<Schema extends v.GenericSchema>(path: string, schema: Schema): v.InferOutput<Schema> {
  return v.parse(schema, JSON.parse(readFileSync(resolveFile(site.folder, root + path), 'utf8')));
}

const objectSchema = v.looseObject({properties: v.record(v.string(), v.unknown())});
const operation = v.object({
  get: v.object({
    responses: v.object({
      200: v.object({content: v.record(v.string(), v.object({schema: v.optional(v.object({$ref: v.string()}))}))}),
    }),
  }),
});
const openApi = v.looseObject({
  paths: v.record(v.string(), operation),
  components: v.object({schemas: v.record(v.string(), objectSchema)}),
});

test('the description is OpenAPI 3.1, and every file of the API matches it and has nothing that it does not describe', async () => {
  const text = readFileSync(resolveFile(site.folder, `${root}openapi.json`), 'utf8');
  const validator = new Validator();
  const checked = await validator.validate(text);
  assert.deepEqual([checked.valid, checked.errors, validator.version], [true, undefined, '3.1']);

  const described = read('openapi.json', openApi);
  // A reader must accept more properties; this version has exactly those that it describes.
  const forbidOthers = (_: string, value: unknown) => {
    const parsed = v.safeParse(objectSchema, value);
    return parsed.success ? {...parsed.output, additionalProperties: false} : value;
  };
  const strict = v.parse(openApi, JSON.parse(text, forbidOthers));
  const ajv = new Ajv2020({strict: false, allErrors: true});
  ajv.addSchema(strict, 'api');
  const seen = new Set<string>();
  for (const file of files) {
    if (file === 'openapi.json') continue;
    const path = Object.keys(described.paths).find((each) =>
      new RegExp(`^${each.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(`/${file}`),
    );
    assert.ok(path, `${file} is not described`);
    seen.add(path);
    const [content] = Object.values(described.paths[path]?.get.responses[200].content ?? {});
    if (content?.schema === undefined) continue;
    const validate = ajv.getSchema(`api${content.schema.$ref}`);
    assert.ok(validate, path);
    assert.ok(validate(read(file, v.unknown())), `${file}: ${ajv.errorsText(validate.errors)}`);
  }
  assert.deepEqual([...seen].sort(), Object.keys(described.paths).sort(), 'each described path has a file');
});

test('the properties that version 1 promised are still there', () => {
  const promised = v.parse(
    v.record(v.string(), v.array(v.string())),
    JSON.parse(readFileSync(new URL('api-v1.json', import.meta.url), 'utf8')),
  );
  const {components} = read('openapi.json', openApi);
  const listed = new Map(Object.entries(components.schemas).map(([name, schema]) => [name, listProperties(schema)]));
  assert.ok(Object.keys(promised).length > 10);
  for (const [name, properties] of Object.entries(promised)) {
    const missing = properties.filter((property) => !listed.get(name)?.includes(property));
    assert.deepEqual(missing, [], `${name}: the API says v1, so its properties stay (docs/stability.md)`);
  }
});

/** Lists the properties of a schema and those within it: `years.groups.student_count`. */
function listProperties(schema: unknown, path = ''): string[] {
  const {properties, items} = v.parse(
    v.object({properties: v.optional(v.record(v.string(), v.unknown())), items: v.optional(v.unknown())}),
    schema ?? {},
  );
  if (items !== undefined) return listProperties(items, path);
  return Object.entries(properties ?? {}).flatMap(([name, inner]) => [
    path + name,
    ...listProperties(inner, `${path}${name}.`),
  ]);
}

const rows = v.array(v.record(v.string(), v.unknown()));

test("the answers are the rows of 'rollcall answer' and 'rollcall explore', for every school year that they have", async () => {
  const {answers} = read(
    'meta.json',
    v.object({answers: v.array(v.object({name: v.string(), school_years: v.array(v.string())}))}),
  );
  const listed = answers.flatMap(({name, school_years}) => school_years.map((year) => `answers/${name}/${year}.json`));
  assert.deepEqual(
    listed.sort(),
    files.filter((file) => file.startsWith('answers/')),
  );
  for (const [command, name, year] of [
    ['answer', 'student-groups', '2018-19'],
    ['answer', 'teacher-groups', '2020-21'],
    ['answer', 'representation', '2022-23'],
    ['answer', 'teachers-of-color', '2020-21'],
    ['explore', 'closing', '2021-22'],
  ] as const) {
    const {stdout} = await rollcall([command, name, '--year', year, '--json', '--home', site.home]);
    const expected = v.parse(rows, JSON.parse(stdout)).map(({origin: _, ...row}) => row);
    assert.ok(expected.length > 0);
    assert.deepEqual(read(`answers/${name}/${year}.json`, v.object({rows})).rows, expected, name);
  }
});

test('a school has every school year, with the counts that its source files have', async () => {
  const {schools} = read(
    'schools.json',
    v.object({schools: v.array(v.looseObject({school_id: v.string(), school_years: v.array(v.string())}))}),
  );
  assert.deepEqual(
    schools.map(({school_id}) => `schools/${school_id}.json`).sort(),
    files.filter((file) => file.startsWith('schools/')),
  );
  const db = await open(site.warehouse, {readOnly: true});
  const facts = await db.read(
    v.object({
      school_id: v.string(),
      school_year: v.string(),
      demographic_group_id: v.string(),
      n: v.nullable(v.number()),
    }),
    `select school_id, school_year, demographic_group_id, student_count as n from core.fct_enrollment_all_grades
      join core.dim_demographic_group using (demographic_group_id) where category_type = 'race_ethnicity'`,
  );
  db.close();
  const expected = new Map(
    facts.map((row) => [`${row.school_id} ${row.school_year} ${row.demographic_group_id}`, row.n]),
  );
  const schoolFile = v.object({
    years: v.array(
      v.object({
        school_year: v.string(),
        groups: v.array(
          v.object({
            demographic_group_id: v.string(),
            category_type: v.string(),
            student_count: v.nullable(v.number()),
          }),
        ),
      }),
    ),
  });
  let compared = 0;
  for (const {school_id, school_years} of schools) {
    const {years} = read(`schools/${school_id}.json`, schoolFile);
    assert.deepEqual(
      years.map(({school_year}) => school_year),
      school_years,
    );
    for (const {school_year, groups} of years) {
      for (const {demographic_group_id, category_type, student_count} of groups) {
        const key = `${school_id} ${school_year} ${demographic_group_id}`;
        if (category_type !== 'race_ethnicity' || !expected.has(key)) continue;
        assert.equal(student_count, expected.get(key), key);
        compared++;
      }
    }
  }
  assert.ok(compared > 500, `${compared}`);
});

test('every file says that the sample is one, and every row of a table does', async () => {
  const db = await open();
  for (const file of files) {
    if (file === 'openapi.json') continue;
    if (file.endsWith('.json')) assert.equal(read(file, v.object({is_sample: v.boolean()})).is_sample, true, file);
    else {
      const path = resolveFile(site.folder, root + file);
      const marks = await db.rows(`select distinct is_sample from '${path}'`);
      assert.deepEqual(marks, [{is_sample: true}], file);
    }
  }
  db.close();
});

test('the tables are those of the downloads, under names that a sample shares', () => {
  const {tables} = read('meta.json', v.object({tables: v.array(v.object({name: v.string(), path: v.string()}))}));
  assert.deepEqual(
    tables.map(({path}) => path).sort(),
    files.filter((file) => file.endsWith('.parquet')),
  );
  for (const {name, path} of tables) {
    assert.equal(path, `tables/${name}.parquet`);
    const download = readFileSync(resolveFile(site.folder, `/data/files/SAMPLE-${name}.parquet`));
    assert.ok(readFileSync(resolveFile(site.folder, root + path)).equals(download), name);
  }
});
