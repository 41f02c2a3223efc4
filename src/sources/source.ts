import type {SchoolYear} from '../school-year.ts';

/**
 * What Rollcall knows of one source: where its data sets are, what a file of it looks like, and what must hold in it.
 * Declarations only: how a file is read, conformed and checked is the same for every source and lives in `src/ingest/`.
 */
export interface Source {
  /** Kebab case; names the folder of its landed files. */
  id: string;
  title: string;
  publisher: string;
  /** The state whose schools it is about. A region's answers rest on the sources of its state. */
  state: string;
  /** What it is about: `enrollment`, `teachers`, `school_list`, or a name of its own. Questions say which subjects they need. */
  subject: string;
  /** The raw table that its rows end in. */
  table: string;
  /** The publisher's data set for each school year, where the source is published online. */
  datasets?: Record<SchoolYear, string>;
  /** When the publisher is expected to publish a school year, in the order of the year. */
  releases?: Release[];
  /**
   * Whoever's file it is, the columns that say which organization a row is of are called `organization_level`, `district_code`,
   * `district_name`, `school_code` and `school_name`.
   */
  columns: Column[];
  /** Columns that only this source has: a file with more than half of them is taken for one of its files. */
  recognizedBy: string[];
  /** Columns that name a row. Two rows of a file with the same key are duplicates. */
  key: string[];
  /** A wide source: its `measure` columns become rows of (label, count) before they are loaded. */
  pivot?: Pivot;
  /** Its rows hold beyond their own school year, so a choice of years doesn't leave them out. */
  holdsBeyondItsYear?: true;
  /** Lines of a file that are not rows: rules, row counts, completion times. A regular expression. */
  furniture?: string;
  /** The models that start from this source, for the error that says what is missing. */
  feeds: string[];
  checks: Check[];
}

/** Figures that are published once a school year. Dates are of the year in which it ends, `MM-DD`. */
export interface Release {
  name: string;
  /** Published before this date, the figures are not those of this release. */
  from: string;
  /** Later than this is late. */
  by: string;
}

export interface Column {
  /** The column's name in the raw table, snake case. */
  id: string;
  /** The publisher's name for it. */
  label: string;
  /** Further names it goes by. Names are compared without case, spaces and punctuation. */
  aliases?: string[];
  kind: Kind;
  /** For codes: the number of digits, zeros in front. */
  width?: number;
  /** Some files of the publisher lack it; it is null there. */
  optional?: true;
  /** A row without it can't be used. */
  needed?: true;
}

/**
 * How a column's text is read. A text that does not fit makes the row a reject, except for `date` and `number`, which only
 * describe a row: there it becomes null and is counted.
 * - `school_year`: 2020-21, 2020-2021; `ending_year`: the year in which the school year ends
 * - `level`: school, district (also LEA), esd, state
 * - `code`: digits that lost their leading zeros get them back
 * - `count`: a whole number, with or without thousands separators, or a mark of suppression
 * - `flag`: 0 or 1 · `label`: text that is compared like a name · `place`: a name that may be in capitals
 * - `suppression`: the publisher's note that counts of the row are withheld
 */
type Kind =
  | 'school_year'
  | 'ending_year'
  | 'level'
  | 'code'
  | 'count'
  | 'number'
  | 'flag'
  | 'date'
  | 'label'
  | 'place'
  | 'suppression'
  | 'text';

export interface Pivot {
  /** The count columns that become rows, by id. Their labels become the values of `labelColumn`. */
  measures: string[];
  labelColumn: string;
  countColumn: string;
  /** The raw table for what describes a row, kept once a row instead of once a group. */
  rowTable: string;
  /** The measure that the groups are parts of. */
  whole: string;
  /** Where a row is of a grade: the column that says which, and what it says of all grades together. */
  grade?: {column: string; total: string};
  /** Sets of measures that share out the whole between them. */
  breakdowns: Breakdown[];
}

export interface Breakdown {
  name: string;
  parts: string[];
  /** Where the suppression note contains this text (lower case), it speaks of this partition alone. */
  note?: string;
  /** The share of rows in which the parts may miss the whole before it is an error; below, it is a warning. */
  tolerance: number;
}

/**
 * A check on what came in. `tolerance` is the share of the rows compared that may fail before it is an error; the others name
 * columns of the source. The first three are of a wide source.
 */
export type Check =
  | {kind: 'total_row_given'}
  | {kind: 'grades_add_up'; tolerance: number}
  | {kind: 'schools_add_up'; tolerance: number}
  | {kind: 'total_given'; part: string; whole: string}
  | {kind: 'categories_add_up'; category: string; part: string; whole: string; tolerance: number}
  | {kind: 'one_total'; whole: string; tolerance: number}
  | {kind: 'region_named'; flag: string}
  | {kind: 'schools_found'; in: string[]};

/** A name as names are compared: without case, spaces and punctuation. `ESDOrganizationID` is `ESD Organization Id`. */
export function normalizeName(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
}

/** Every name a column goes by, ready for comparison. */
export function listNameKeys(column: Column): string[] {
  return [column.label, column.id, ...(column.aliases ?? [])].map(normalizeName);
}
