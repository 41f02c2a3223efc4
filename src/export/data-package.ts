import {createHash} from 'node:crypto';
import {Failure} from '../failure.ts';
import {getSource} from '../sources/sources.ts';
import {type Build, type Column, qualifyName, sampleNote, type Table} from './tables.ts';

/** A file, or a part of one, that holds a table. */
interface Resource {
  name: string;
  path: string;
  /** `file`: the Frictionless tool can't read the table out of it; it compares the hash and looks no further. */
  type: 'table' | 'file';
  format: string;
  mediatype?: string;
  encoding?: string;
  bytes?: number;
  /** `sha256:…` */
  hash?: string;
  /** Which part of the file it is. */
  dialect?: Record<string, unknown>;
}

/** A table, or the columns that are there of it, and where it is. */
export interface PlacedTable {
  table: Pick<Table, 'schema' | 'name' | 'description' | 'columns' | 'primaryKey' | 'foreignKeys'>;
  resource: Resource;
  /** What people call it, where that is not the table's name. */
  title?: string;
  /** Another resource that describes the same table; this one then needs no words. */
  sameAs?: string;
}

/** A file that the build is made of, as the descriptor names it. */
interface Source {
  title: string;
  path: string;
  publisher: string;
  sha256: string;
  landedAt: string;
  publishedAt: string | null;
  schoolYears: readonly string[];
  /** As the publisher states it; null where it isn't known. */
  license: PackageLicense | null;
}

/** A licence as the standard has it. */
interface PackageLicense {
  name?: string;
  title?: string;
  path?: string;
}

/** A Frictionless data package: https://specs.frictionlessdata.io/data-package/, version 1, which every tool for them reads. */
export interface DataPackage {
  profile: 'data-package';
  name: string;
  title: string;
  description: string;
  created: string;
  licenses?: PackageLicense[];
  sources: Source[];
  resources: Record<string, unknown>[];
  /** Ours: which build it is. */
  rollcall: {build: string; isSample: boolean; schoolYears: readonly string[]};
}

export function createDataPackage(build: Build, placed: readonly PlacedTable[]): DataPackage {
  const sources = listSources(build);
  const licenses = combineLicenses(sources);
  return {
    profile: 'data-package',
    name: build.isSample ? 'rollcall-sample' : 'rollcall',
    title: `Rollcall: do the teachers reflect the students they teach?${build.isSample ? ' SAMPLE' : ''}`,
    description: [
      ...(build.isSample ? [sampleNote] : []),
      `Students and teachers of public schools, ${build.schoolYears.join(', ')}: tables that Rollcall made of the files under "sources".`,
      ...(licenses === undefined
        ? ['The licence of some of these files is not known; ask their publishers before you pass the data on.']
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
    rollcall: {build: build.id, isSample: build.isSample, schoolYears: build.schoolYears},
  };
}

export function formatDescriptor(descriptor: DataPackage): string {
  return `${JSON.stringify(descriptor, null, 2)}\n`;
}

export function hashBytes(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** The files that a build is made of. */
export function listSources({inputs}: Pick<Build, 'inputs'>): Source[] {
  return inputs.map((input) => {
    const {title, publisher} = getSource(input.source);
    return {
      title: `${title} ${input.schoolYears.join(', ')}`,
      path: input.origin,
      publisher,
      sha256: input.sha256,
      landedAt: input.landedAt,
      publishedAt: input.publishedAt,
      schoolYears: input.schoolYears,
      license: readLicense(input),
    };
  });
}

function readLicense({license, isSample}: Build['inputs'][number]): PackageLicense | null {
  // The sample is a part of this repository.
  if (isSample) return {name: 'MIT', title: 'MIT License', path: 'https://opensource.org/license/mit'};
  // By the standard, a licence has a name or a path.
  if (license?.id === undefined && license?.url === undefined) return null;
  const {id, name, url} = license;
  return {
    ...(id !== undefined && {name: id}),
    ...(name !== undefined && {title: name}),
    ...(url !== undefined && {path: url}),
  };
}

/** The licences of the whole: those of its sources, where every one is known. */
function combineLicenses(sources: readonly Source[]): PackageLicense[] | undefined {
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

/** @throws Failure for a type that a data package has no name for */
function nameFieldType({name, type}: Pick<Column, 'name' | 'type'>): string {
  const known = fieldTypes[type.replace(/\(.*/, '')];
  if (known !== undefined) return known;
  throw new Failure(
    `The column ${name} has the type ${type}, which can't be taken away. Cast it in its model, or leave the table out with --tables.`,
  );
}

/** The Table Schema of a table. Foreign keys to what isn't there are left out. */
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
