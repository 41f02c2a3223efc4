import {describeOrigin} from '../answers/origins.ts';
import {Failure} from '../failure.ts';
import {getSource} from '../sources/sources.ts';
import {capitalize} from '../words/format.ts';
import {listBuildMarks, type Marks} from '../words/marks.ts';
import {type Build, type Column, qualifyName, type Table} from './tables.ts';

/** A file, or part of one, that holds a table. */
interface Resource {
  name: string;
  path: string;
  /** `file`: the Frictionless tool can't read the table; it only compares the hash. */
  type: 'table' | 'file';
  format: string;
  mediatype?: string;
  encoding?: string;
  bytes?: number;
  /** `sha256:…` */
  hash?: string;
  /** Which part of the file holds the table. */
  dialect?: Record<string, unknown>;
}

/** An exported table and its location. */
export interface PlacedTable {
  table: Pick<Table, 'schema' | 'name' | 'description' | 'columns' | 'primaryKey' | 'foreignKeys'>;
  resource: Resource;
  /** The name for people, if it is not the table's name. */
  title?: string;
  /** Another resource that describes the same table. */
  sameAs?: string;
}

/** A source file of the build, as the descriptor names it. */
interface Source {
  title: string;
  path: string;
  publisher: string;
  /** How it came: fetched, or supplied. */
  description: string;
  sha256: string;
  landedAt: string;
  publishedAt: string | null;
  schoolYears: readonly string[];
  /** As the publisher states it; null if it isn't known. */
  license: PackageLicense | null;
}

/** A license, as the standard defines it. */
interface PackageLicense {
  name?: string;
  title?: string;
  path?: string;
}

/** A Frictionless data package: https://specs.frictionlessdata.io/data-package/, version 1, which every such tool reads. */
export interface DataPackage {
  profile: 'data-package';
  name: string;
  title: string;
  description: string;
  created: string;
  licenses?: PackageLicense[];
  sources: Source[];
  resources: Record<string, unknown>[];
  /** Rollcall's own addition: the build. */
  rollcall: Marks & {build: string; schoolYears: readonly string[]};
}

/** Places tables in a database, where each has its schema and name. */
export function placeInDatabase(tables: readonly Table[], where: Partial<Resource> & {format: string}): PlacedTable[] {
  return tables.map((table) => ({
    table,
    resource: {
      name: qualifyName(table),
      path: qualifyName(table),
      type: 'file',
      ...where,
      dialect: {sql: {namespace: table.schema, table: table.name}},
    },
  }));
}

export function createDataPackage(build: Build, placed: readonly PlacedTable[]): DataPackage {
  const sources = listSources(build);
  const licenses = combineLicenses(sources);
  return {
    profile: 'data-package',
    name: build.isSample ? 'rollcall-sample' : 'rollcall',
    title: `Rollcall: do the teachers reflect the students they teach?${build.isSample ? ' SAMPLE' : ''}`,
    description: [
      ...listBuildMarks(build),
      `Students and teachers of public schools, ${build.schoolYears.join(', ')}: tables that Rollcall built from the files under "sources".`,
      ...(licenses === undefined
        ? ['The license of some of these files is not known; ask their publishers before you share the data.']
        : []),
    ].join(' '),
    created: build.builtAt,
    ...(licenses !== undefined && {licenses}),
    sources,
    resources: placed.map(({table, resource, title, sameAs}) => ({
      ...resource,
      title: title ?? qualifyName(table),
      ...(sameAs === undefined
        ? {...(table.description && {description: table.description}), schema: createSchema(table, placed)}
        : {description: `The same rows as ${sameAs}.`}),
    })),
    rollcall: {build: build.id, isSample: build.isSample, label: build.label, schoolYears: build.schoolYears},
  };
}

export function formatDescriptor(descriptor: DataPackage): string {
  return `${JSON.stringify(descriptor, null, 2)}\n`;
}

/** Lists the source files of a build. */
export function listSources({inputs}: Pick<Build, 'inputs'>): Source[] {
  return inputs.map((input) => {
    const {title, publisher} = getSource(input.source);
    return {
      title: `${title} ${input.schoolYears.join(', ')}`,
      path: input.origin,
      publisher: input.isSample ? 'Rollcall' : publisher,
      description: [`${capitalize(describeOrigin(input))}.`, ...(input.note === undefined ? [] : [input.note])].join(
        ' ',
      ),
      sha256: input.sha256,
      landedAt: input.landedAt,
      publishedAt: input.publishedAt,
      schoolYears: input.schoolYears,
      license: readLicense(input),
    };
  });
}

function readLicense({license, isSample}: Build['inputs'][number]): PackageLicense | null {
  // The sample is part of this repository.
  if (isSample) return {name: 'MIT', title: 'MIT License', path: 'https://opensource.org/license/mit'};
  // By the standard, a license has a name or a path.
  if (license?.id === undefined && license?.url === undefined) return null;
  const {id, name, url} = license;
  return {
    ...(id !== undefined && {name: id}),
    ...(name !== undefined && {title: name}),
    ...(url !== undefined && {path: url}),
  };
}

/** Returns the distinct licenses of the sources; undefined if one of them is not known. */
export function combineLicenses(sources: readonly Source[]): PackageLicense[] | undefined {
  if (sources.length === 0 || sources.some(({license}) => license === null)) return undefined;
  const distinct = new Map(sources.flatMap(({license}) => (license ? [[JSON.stringify(license), license]] : [])));
  return [...distinct.values()];
}

const fieldTypes: Record<string, string> = {
  VARCHAR: 'string',
  BOOLEAN: 'boolean',
  TINYINT: 'integer',
  SMALLINT: 'integer',
  INTEGER: 'integer',
  BIGINT: 'integer',
  HUGEINT: 'integer',
  FLOAT: 'number',
  DOUBLE: 'number',
  DECIMAL: 'number',
  DATE: 'date',
  TIMESTAMP: 'datetime',
  JSON: 'object',
};

/** @throws Failure (exit 1) if a data package has no name for the type */
export function nameFieldType({name, type}: Pick<Column, 'name' | 'type'>): string {
  const known = fieldTypes[type.replace(/\(.*/, '')];
  if (known !== undefined) return known;
  throw new Failure(
    `The column ${name} has the type ${type}, which can't be exported. Cast it in its model, or leave the table out with --tables.`,
  );
}

/** Creates the Table Schema of a table. It leaves out foreign keys to tables that are not exported. */
function createSchema(table: PlacedTable['table'], placed: readonly PlacedTable[]) {
  const foreignKeys = table.foreignKeys.flatMap(({column, references}) => {
    const parent = placed.find(
      (other) =>
        other.sameAs === undefined && qualifyName(other.table) === qualifyName({...references, name: references.table}),
    );
    if (parent === undefined) return [];
    // By the standard, "" is the table itself.
    const resource = parent.table === table ? '' : parent.resource.name;
    return [{fields: [column], reference: {resource, fields: [references.column]}}];
  });
  return {
    fields: table.columns.map((column) => ({
      name: column.name,
      type: nameFieldType(column),
      ...(column.description !== undefined && {description: column.description}),
      ...(column.isRequired && {constraints: {required: true}}),
    })),
    ...(table.primaryKey.length > 0 && {primaryKey: table.primaryKey}),
    ...(foreignKeys.length > 0 && {foreignKeys}),
  };
}
