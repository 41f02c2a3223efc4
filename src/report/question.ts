import type {Row} from '../duckdb/database.ts';
import type {SchoolYear} from '../school-year.ts';

/** One of the mission's questions with its answer. Where it can't be answered there is no row, and a note says why. */
export interface Question {
  name: string;
  question: string;
  schoolYear: SchoolYear | null;
  sql: string;
  columns: string[];
  rows: Row[];
  notes: string[];
}
