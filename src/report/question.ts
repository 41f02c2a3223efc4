import type {Row} from '../duckdb/database.ts';
import type {SchoolYear} from '../school-year.ts';

/** A question with its answer. If it can't be answered, there are no rows, and a note says why. */
export interface Question {
  name: string;
  question: string;
  schoolYear: SchoolYear | null;
  sql: string;
  columns: string[];
  /** DuckDB's name for the type of each column; empty if there are no rows to be had. */
  types: string[];
  rows: Row[];
  notes: string[];
  /** The subjects of the sources of its figures. */
  subjects: string[];
  /** Whether its figures span several school years. */
  spansYears: boolean;
}
