import type {SchoolYear} from '../school-year.ts';

/**
 * The declaration of a source: where its data sets are, what its files look like, and which checks they must pass. How a file is
 * read, conformed and checked is the same for every source, and is in `src/ingest/`.
 */
export interface Source {
  /** Kebab case; names the folder of its landed files. */
  id: string;
  title: string;
  publisher: string;
  /** The state whose schools it covers. The answers for a region use the sources of its state. */
  state: string;
  /** Its subject: `enrollment`, `teachers`, `school_list`, or another name. Each question lists the subjects it needs. */
  subject: string;
  /** The raw table that receives its rows. */
  table: string;
  /** The publisher's data set for each school year, if the source is published online. */
  datasets?: Record<SchoolYear, string>;
  /** How the host's catalogue lists its data sets. `datasets` is what was known when this was written. */
  catalogue?: Catalogue;
  /** When the publisher is expected to publish a school year, in the order of the year. */
  releases?: Release[];
  /**
   * In every source, the columns that identify the organization of a row are named `organization_level`, `district_code`,
   * `district_name`, `school_code` and `school_name`.
   */
  columns: Column[];
  /** Columns that only this source has. A file with more than half of them counts as one of its files. */
  recognizedBy: string[];
  /** Columns that identify a row. Two rows of a file with the same key are duplicates. */
  key: string[];
  /** A long source: it has a row for each group of an organization. */
  groups?: Groups;
  /** A wide source: its `measure` columns become rows of (label, count) before they are loaded. */
  pivot?: Pivot;
  /** Its rows are valid beyond their school year, so a selection of years keeps all of them. */
  holdsBeyondItsYear?: true;
  /** A regular expression for lines that are not rows: rules, row counts, completion times. */
  furniture?: string;
  /** The models that read this source, named in error messages. */
  feeds: string[];
  checks: Check[];
}

/** How to recognize a source's data sets in the catalogue of the publisher's host. Names are regular expressions. */
interface Catalogue {
  /** The words to look for. */
  words: string;
  /** The name of one year's data set. It captures the school year, and something more if its figures are preliminary. */
  year: string;
  /** The name of the data set with all years in one, and its id as known. */
  allYears: {name: string; id: string};
  /** The publisher's name. */
  attribution: string;
}

/** Figures published once for a school year. Dates are `MM-DD` in the year in which it ends. */
export interface Release {
  name: string;
  /** Figures published before this date belong to another release. */
  from: string;
  /** Figures published after this date are late. */
  by: string;
}

export interface Column {
  /** The column's name in the raw table, snake case. */
  id: string;
  /** The publisher's name for it. */
  label: string;
  /** Other names for it. Names are compared without case, spaces and punctuation. */
  aliases?: string[];
  kind: Kind;
  /** For codes: the number of digits, with leading zeros. */
  width?: number;
  /** Some of the publisher's files lack it; it is null there. */
  optional?: true;
  /** A row without it is unusable. */
  needed?: true;
}

/**
 * How to read the text of a column. An invalid text makes the row a reject, except for `date` and `number`, which only describe
 * a row: there it becomes null and is counted.
 * - `school_year`: 2020-21, 2020-2021; `ending_year`: the year in which the school year ends
 * - `level`: school, district (also LEA), esd, state
 * - `code`: digits that lost their leading zeros get them back
 * - `count`: a whole number, with or without thousands separators, or a mark of suppression
 * - `flag`: 0 or 1 · `label`: text compared like a name · `place`: a name that may be in capitals
 * - `suppression`: the publisher's note that some counts in the row are withheld
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
  /** The column for the number that the publisher prints, also where it is no count. */
  printedColumn: string;
  /** The raw table for the columns that describe a row, so that they aren't repeated for each group. */
  rowTable: string;
  /** The measure that is the total. */
  whole: string;
  /** If a row is about a grade: the column with the grade, and its value for all grades together. */
  grade?: {column: string; total: string};
  /** Sets of measures that each add up to the whole. */
  breakdowns: Breakdown[];
}

export interface Breakdown {
  name: string;
  parts: string[];
  /** A program and its complement. Where the two don't add up, the publisher withholds a count: a check only ever warns. */
  isPair?: true;
  /** A suppression note with this text (lower case) concerns only this breakdown. */
  note?: string;
  /** The share of rows whose parts may differ from the whole: up to it a warning, beyond it an error. */
  tolerance: number;
}

/** The columns of a long source's row. */
export interface Groups {
  /** The type of the group, such as race or gender. The groups of a type add up to the whole. */
  type: string;
  /** The type and the label of the row for everybody. */
  total: string;
  label: string;
  count: string;
  whole: string;
}

/**
 * A check on the loaded rows. `tolerance` is the share of the compared rows that may fail before it is an error. Sums of grades
 * and schools are those of a wide source; sums of categories and the one total are those of a long one.
 */
export type Check =
  | {kind: 'total_given'}
  | {kind: 'grades_add_up'; tolerance: number}
  | {kind: 'schools_add_up'; tolerance: number}
  | {kind: 'categories_add_up'; tolerance: number}
  | {kind: 'one_total'; tolerance: number}
  | {kind: 'region_named'; flag: string}
  | {kind: 'schools_found'; in: string[]}
  | PlausibilityCheck;

/**
 * A check for figures that add up and still can't be taken as they are. It only warns. The first four are about each
 * organization's figures for all grades together:
 * - `groups_vary`: no group is withheld, 0 or any other constant at `least` or more organizations of a level
 * - `totals_steady`: no total changes by more than the share `change`, unless both years have fewer than `least`
 * - `shares_steady`: no group's share changes by `points`, where both years have `least` people
 * - `levels_steady`: no group's share of all organizations of a level that have it in both years changes by `points` and by the
 *   share `change` of itself, or of the rest if that is smaller, where there are `least` people
 * - `total_given_beside`: a school with `least` people in the other source has a total
 * - `quotient_matches`: a published share or average is its dividend by its divisor; `rounding` is the most that rounding takes
 * - `types_match_total`: a column's sum over the groups of a type is that of everybody; `rounding` is that of one cell
 * - `coordinates_differ`: no two schools of the list share `latitude` and `longitude`
 */
export type PlausibilityCheck =
  | {kind: 'groups_vary'; least: number}
  | {kind: 'totals_steady'; change: number; least: number}
  | {kind: 'shares_steady'; points: number; least: number}
  | {kind: 'levels_steady'; change: number; points: number; least: number}
  | {kind: 'total_given_beside'; source: string; least: number}
  | {kind: 'quotient_matches'; quotient: string; dividend: string; divisor: string; rounding: number}
  | {kind: 'types_match_total'; part: string; rounding: number}
  | {kind: 'coordinates_differ'};

/** Normalizes a name for comparison: drops case, spaces and punctuation. `ESDOrganizationID` equals `ESD Organization Id`. */
export function normalizeName(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
}

/** Lists the normalized names of a column. */
export function listNameKeys(column: Column): string[] {
  return [column.label, column.id, ...(column.aliases ?? [])].map(normalizeName);
}

/**
 * The line in which SQL Server's tools say how many rows they printed, `(194 rows affected)`. Older ones write `row(s)`, and those of
 * a Spanish system `(194 filas afectadas)`. A regular expression that captures the number.
 */
export const rowCountLine = String.raw`\((\d+) (?:row(?:s|\(s\))? affected|fila(?:s|\(s\))? afectada(?:s|\(s\))?)\)`;
