import type {Row} from '../../src/duckdb/database.ts';
import {formatFigure, unitOf} from '../../src/words/columns.ts';
import {formatSchoolYear, unknown} from '../../src/words/format.ts';
import type {Here} from '../here.ts';
import {groupIn, shortDistrict} from './groups.ts';

export function isNumeric(column: string): boolean {
  return unitOf(column) !== undefined;
}

/** A value of an answer as the pages have it. */
export function shown(here: Here, column: string, row: Row): string {
  const value = row[column];
  if (value === null || value === undefined) return unknown;
  if (typeof value === 'number') return formatFigure(column, value);
  if (column === 'demographic_group') return groupIn(here, row).short_name;
  if (column === 'since_school_year') return formatSchoolYear(String(value));
  if (column === 'district_name' || column === 'name') return shortDistrict(String(value));
  return String(value);
}
