import {combineLicenses, listSources, type PackageLicense, type Source} from '../answers/source-files.ts';
import {nameFieldType} from '../words/field-types.ts';
import {listBuildMarks, type Marks} from '../words/marks.ts';
import {type Build, qualifyName, type Table} from './tables.ts';

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
