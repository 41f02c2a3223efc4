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
}

export interface Model {
  name: string;
  /** Relative to the project's folder. */
  path: string;
  sql: string;
  schema: string;
  materialized: 'view' | 'table';
  tags: string[];
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
  description?: string;
  columns: Column[];
}

/** A column as its yml describes it. Descriptions, here and everywhere, are markdown with their docs blocks put in. */
export interface Column {
  name: string;
  description?: string;
  dataType?: string;
  /** Those of the project's tests that are declared on it. */
  tests: DataTest[];
}

/** A data test as declared: a generic one on a model, seed or source, or a singular one in a file of its own. */
export interface DataTest {
  name: string;
  severity: 'warn' | 'error';
  tags: string[];
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
