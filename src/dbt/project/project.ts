import type {ProjectFile} from './project-files.ts';
import type {Relation} from './relation.ts';

/**
 * A dbt project, as far as Rollcall's runner supports it: models, seeds, sources, macros, data tests and unit tests. An
 * unsupported key is refused by name, never ignored.
 */
export interface Project {
  folder: string;
  name: string;
  vars: Record<string, unknown>;
  models: Model[];
  seeds: Seed[];
  /** Keyed by `source.table`. */
  sources: Map<string, SourceTable>;
  /** The files of macros and of generic tests. */
  macros: ProjectFile[];
  tests: DataTest[];
  unitTests: UnitTest[];
  exposures: Exposure[];
  groups: Group[];
}

/** Passed through unchanged to catalogs and people. */
export type Meta = Record<string, unknown>;

/** What tables, tests and exposures have in common. */
interface Declared {
  name: string;
  /** Its own file, or the yml that declares it, relative to the project's folder. */
  path: string;
  tags: string[];
  meta: Meta;
  /** Of a test: what a failure means. */
  description?: string;
}

interface Owner {
  name?: string | undefined;
  email?: string | string[] | undefined;
}

/** A group of models with an owner. Only models of the group may read its private ones. */
export interface Group {
  name: string;
  owner: Owner;
  description?: string;
  path: string;
  meta: Meta;
}

/** A use of tables outside the project, such as a page or an answer. */
export interface Exposure extends Declared {
  label?: string | undefined;
  type: string;
  maturity?: string | undefined;
  url?: string | undefined;
  owner: Owner;
  dependsOn: Relation[];
}

/** Whether and in which color dbt's own pages show a table. */
export interface Docs {
  show?: boolean | undefined;
  node_color?: string | undefined;
}

export interface Model extends Declared {
  sql: string;
  schema: string;
  materialized: 'view' | 'table';
  docs: Docs;
  group?: string;
  access: 'private' | 'protected' | 'public';
  /** Whether its query must return exactly the columns and types of its yml; checked before it is built. */
  isContracted: boolean;
  /** The yml that describes it. */
  describedIn?: string;
  /** The columns its yml describes, in order; undefined if no yml describes the model. */
  columns?: Column[];
}

export interface Seed extends Declared {
  schema: string;
  docs: Docs;
  group?: string;
  /** The columns its yml describes, which need not be all. */
  columns: Column[];
  /** All columns with their types, in order. */
  columnTypes: Record<string, string>;
}

/** A raw table, loaded before the models are built. */
export interface SourceTable extends Declared {
  source: string;
  /** `schema.table` */
  relation: string;
  /** How old it may be. */
  freshness?: Freshness;
  columns: Column[];
}

export interface Freshness {
  warnAfter?: Period;
  errorAfter?: Period;
  /** Returns the time of the last load. */
  query: string;
}

export interface Period {
  count: number;
  period: 'minute' | 'hour' | 'day';
}

/** A column as its yml describes it. All descriptions are markdown, with docs blocks already inserted. */
export interface Column {
  name: string;
  description?: string;
  dataType?: string;
  tags: string[];
  meta: Meta;
  /** The tests declared on it. They are among the project's tests, too. */
  tests: DataTest[];
}

/** A data test: a generic one on a model, seed or source, or a singular one in a file of its own. */
export interface DataTest extends Declared {
  severity: 'warn' | 'error';
  where?: string;
  target:
    | {kind: 'generic'; test: string; relation: Relation; arguments: Record<string, unknown>}
    | {kind: 'singular'; sql: string};
}

/** A unit test: the input rows of a model, and the rows it must return. */
export interface UnitTest {
  name: string;
  model: string;
  description?: string;
  path: string;
  tags: string[];
  /** Override the project's vars. */
  vars: Record<string, unknown>;
  given: ({input: Relation} & Fixture)[];
  expect: Fixture;
}

/** Rows of a unit test: values by column, or a query. */
export type Fixture = {rows: Record<string, string | number | boolean | null>[]} | {sql: string};
