import type {ProjectFile} from './project-files.ts';
import type {Relation} from './relation.ts';

/**
 * A dbt project as far as Rollcall's runner understands it: models, seeds, sources, macros, data tests and unit tests. A key
 * that it does not understand is refused by name, never passed over.
 */
export interface Project {
  folder: string;
  name: string;
  vars: Record<string, unknown>;
  models: Model[];
  seeds: Seed[];
  /** By `source_name.table`. */
  sources: Map<string, SourceTable>;
  /** The files of macros and of generic tests. */
  macros: ProjectFile[];
  tests: DataTest[];
  unitTests: UnitTest[];
  exposures: Exposure[];
  groups: Group[];
}

/** What dbt hands through to catalogs and to people as it is. */
export type Meta = Record<string, unknown>;

interface Owner {
  name?: string | undefined;
  email?: string | string[] | undefined;
}

/** Whose models some are. Those of them that are private, no other may read. */
export interface Group {
  name: string;
  owner: Owner;
  description?: string;
  path: string;
  meta: Meta;
}

/** A use of tables outside the project: a page, an answer. */
export interface Exposure {
  name: string;
  label?: string | undefined;
  type: string;
  maturity?: string | undefined;
  url?: string | undefined;
  owner: Owner;
  description?: string;
  dependsOn: Relation[];
  path: string;
  tags: string[];
  meta: Meta;
}

/** Whether a table is shown in dbt's pages, and in which color. */
export interface Docs {
  show?: boolean | undefined;
  node_color?: string | undefined;
}

export interface Model {
  name: string;
  /** Relative to the project's folder. */
  path: string;
  sql: string;
  schema: string;
  materialized: 'view' | 'table';
  tags: string[];
  meta: Meta;
  docs: Docs;
  group?: string;
  access: 'private' | 'protected' | 'public';
  /** Whether its query has to have just the columns and types of its yml, before it is built. */
  isContracted: boolean;
  /** The yml that describes it. */
  describedIn?: string;
  description?: string;
  /** The columns its yml describes, in order; undefined where no yml names the model. */
  columns?: Column[];
}

export interface Seed {
  name: string;
  path: string;
  schema: string;
  tags: string[];
  meta: Meta;
  docs: Docs;
  group?: string;
  description?: string;
  /** The columns its yml describes. */
  columns: Column[];
  /** Every column with its type, in order. */
  columnTypes: Record<string, string>;
}

/** A table that models start from; loaded before they are built. */
export interface SourceTable {
  source: string;
  name: string;
  /** The yml that declares it. */
  path: string;
  /** `schema.table` */
  relation: string;
  tags: string[];
  meta: Meta;
  /** How old it may be. */
  freshness?: Freshness;
  description?: string;
  columns: Column[];
}

export interface Freshness {
  warnAfter?: Period;
  errorAfter?: Period;
  /** The query of the time at which it was loaded last. */
  query: string;
}

export interface Period {
  count: number;
  period: 'minute' | 'hour' | 'day';
}

/** A column as its yml describes it. Descriptions, here and everywhere, are markdown with their docs blocks put in. */
export interface Column {
  name: string;
  description?: string;
  dataType?: string;
  tags: string[];
  meta: Meta;
  /** Those of the project's tests that are declared on it. */
  tests: DataTest[];
}

/** A data test as declared: a generic one on a model, seed or source, or a singular one in a file of its own. */
export interface DataTest {
  name: string;
  severity: 'warn' | 'error';
  tags: string[];
  meta: Meta;
  /** What it means where it fails. */
  description?: string;
  where?: string;
  /** The yml or SQL file, relative to the project's folder. */
  path: string;
  target:
    | {kind: 'generic'; test: string; relation: Relation; arguments: Record<string, unknown>}
    | {kind: 'singular'; sql: string};
}

/** A unit test as declared: rows that a model is given, and the rows that it makes of them. */
export interface UnitTest {
  name: string;
  model: string;
  description?: string;
  path: string;
  tags: string[];
  /** In place of the project's. */
  vars: Record<string, unknown>;
  given: ({input: Relation} & Fixture)[];
  expect: Fixture;
}

/** Rows of a unit test: by column, or as a query. */
export type Fixture = {rows: Record<string, string | number | boolean | null>[]} | {sql: string};
