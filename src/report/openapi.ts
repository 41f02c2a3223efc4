import type {Result} from '../duckdb/database.ts';
import {formatFullHeading} from '../words/columns.ts';
import {nameFieldType} from '../words/field-types.ts';

/** A JSON schema. */
type Schema = Record<string, unknown>;
/** The schemas of an object's properties. */
export type Properties = Record<string, Schema>;

/** What the rows in the files of the API have. */
interface Rows {
  school: Properties;
  schoolYear: Properties;
  schoolGroup: Properties;
  regionYear: Properties;
  regionGroup: Properties;
  districtYear: Properties;
  /** By the name of the answer. */
  answers: Readonly<Record<string, Properties>>;
}

/** Describes the rows of a result. Ids and school years are always known; every other value may be null. */
export function describeRow(
  {columns, types}: Pick<Result, 'columns' | 'types'>,
  describe: (column: string) => string | undefined,
): Properties {
  return Object.fromEntries(
    columns.map((name, index) => {
      const [, type = '', list] = /^(.*?)(\[\])?$/.exec(types[index] ?? '') ?? [];
      const kind = nameFieldType({name, type});
      const isKnown = name === 'school_year' || name.endsWith('_id');
      const schema = list ? createList({type: kind}) : {type: isKnown ? kind : [kind, 'null']};
      return [name, {...schema, description: describe(name) || formatFullHeading(name)}];
    }),
  );
}

/** Describes every file of the API, as OpenAPI 3.1. */
export function describeApi(rows: Rows) {
  const answers = Object.entries(rows.answers).map(([name, row]) => ({name, schema: nameSchema(name), row}));
  return {
    openapi: '3.1.0',
    info: {
      title: 'Rollcall: do the teachers reflect the students they teach?',
      version: '1.0.0',
      description:
        'The figures of a Rollcall report as files. A null is a figure that is not known, never 0. Properties and files may be added; those that are here keep their names and meanings. meta.json names the sources, their licenses and the school years.',
    },
    servers: [{url: '.', description: 'The folder of this file.'}],
    paths: {
      '/meta.json': describeFile('Meta', 'What the files are about: the build, its sources, school years and tables'),
      '/schools.json': describeFile('Schools', 'The schools, each as in its latest school year'),
      '/schools/{school_id}.json': describeFile('School', 'A school, every school year', ['school_id']),
      '/region.json': describeFile('Region', 'The region, every school year'),
      '/districts.json': describeFile(
        'Districts',
        'The districts, every school year, with their schools of the region',
      ),
      ...Object.fromEntries(
        answers.map(({name, schema}) => [
          `/answers/${name}/{school_year}.json`,
          describeFile(schema, `The rows of rollcall answer or explore ${name}, for a school year`, ['school_year']),
        ]),
      ),
      '/tables/{table}.parquet': {
        get: {
          summary: 'A table of the warehouse, every school year; meta.json lists them',
          parameters: listParameters(['table']),
          responses: {200: {description: 'Parquet', content: {'application/vnd.apache.parquet': {}}}},
        },
      },
    },
    components: {
      schemas: {
        Meta: createFile(metaProperties),
        Schools: createFile({schools: createList(createObject(rows.school))}),
        School: createFile({
          school: createObject(rows.school),
          years: createList(createObject({...rows.schoolYear, groups: createList(createObject(rows.schoolGroup))})),
        }),
        Region: createFile({
          region: regionSchema,
          years: createList(createObject({...rows.regionYear, groups: createList(createObject(rows.regionGroup))})),
        }),
        Districts: createFile({districts: createList(createObject(rows.districtYear))}),
        ...Object.fromEntries(
          answers.map(({schema, row}) => [
            schema,
            createFile({...answerProperties, rows: createList(createObject(row))}),
          ]),
        ),
      },
    },
  };
}

/** Names the schema of an answer: `StudentGroupsAnswer`. */
function nameSchema(answer: string): string {
  const words = answer.split('-').map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  return `${words.join('')}Answer`;
}

const parameters: Properties = {
  school_id: {description: 'As in schools.json.', schema: {type: 'string'}},
  school_year: {
    description: 'As in meta.json, which says which years the answer has.',
    schema: {type: 'string', pattern: '^\\d{4}-\\d{2}$'},
  },
  table: {description: 'As in meta.json.', schema: {type: 'string'}},
};

function listParameters(names: readonly string[]) {
  return names.map((name) => ({name, in: 'path', required: true, ...parameters[name]}));
}

function describeFile(schema: string, summary: string, names: readonly string[] = []) {
  const content = {'application/json': {schema: {$ref: `#/components/schemas/${schema}`}}};
  return {get: {summary, parameters: listParameters(names), responses: {200: {description: summary, content}}}};
}

const text = {type: 'string'};
const textOrNull = {type: ['string', 'null']};
const count = {type: 'integer'};
const license = {
  type: ['object', 'null'],
  properties: {name: text, title: text, path: text},
  description: 'As the publisher states it; null if it is not known.',
};
const schoolYears = createList(text);

const regionSchema = createObject({region_id: text, region_name: text, place: textOrNull, state: text});

const metaProperties: Properties = {
  openapi: {...text, description: 'The path of this description.'},
  built_at: {...text, description: 'UTC.'},
  versions: createObject({rollcall: text, duckdb: text}),
  licenses: {
    type: ['array', 'null'],
    items: license,
    description: 'The licenses of the data; null if that of one of the sources is not known.',
  },
  sources: createList(
    createObject({
      title: text,
      publisher: text,
      path: text,
      description: text,
      sha256: text,
      published_at: textOrNull,
      school_years: schoolYears,
      license,
    }),
  ),
  region: regionSchema,
  school_years: createList(
    createObject({
      school_year: text,
      subjects: {...createList(text), description: 'What the year has figures of.'},
      list_school_year: {...textOrNull, description: 'The year of the school list; null if the region is declared.'},
    }),
  ),
  groups: createList(
    createObject({
      demographic_group_id: text,
      demographic_group: text,
      category_type: text,
      is_of_color: {type: ['boolean', 'null']},
    }),
  ),
  answers: createList(createObject({name: text, number: textOrNull, question: text, school_years: schoolYears})),
  tables: createList(createObject({name: text, path: text, rows: count, bytes: count, description: text})),
};

const answerProperties: Properties = {
  name: text,
  question: text,
  school_year: text,
  region_id: text,
  sources: {...createList(text), description: 'Where the figures come from.'},
  notes: {...createList(text), description: 'What the reader should know about the rows.'},
};

/** Describes a file. Each says what build it is of. */
function createFile(properties: Properties): Schema {
  return createObject({
    build: {...text, description: 'The id of the build.'},
    is_sample: {type: 'boolean', description: 'True: the schools and figures are invented.'},
    label: {...textOrNull, description: 'What the run was labeled with.'},
    ...properties,
  });
}

function createList(items: Schema): Schema {
  return {type: 'array', items};
}

/** Properties may be added, so nothing forbids others. */
function createObject(properties: Properties): Schema {
  return {type: 'object', required: Object.keys(properties), properties};
}
