import type {Row} from '../../src/duckdb/database.ts';
import {findUnit, formatFigure} from '../../src/words/columns.ts';
import {formatSchoolYear, unknownMark} from '../../src/words/format.ts';
import {shortenDistrict} from '../../src/words/names.ts';
import type {PageContext} from '../page-context.ts';
import {findGroup} from './groups.ts';

export function isNumeric(column: string): boolean {
  return findUnit(column) !== undefined;
}

/** Reads a figure of an answer; null if it is missing. */
export function readFigure(row: Row, column: string): number | null {
  const value = row[column];
  return typeof value === 'number' ? value : null;
}

/** Formats a value of an answer for a page. */
export function formatCell(context: PageContext, column: string, row: Row): string {
  const value = row[column];
  if (value === null || value === undefined) return unknownMark;
  if (typeof value === 'number') return formatFigure(column, value);
  if (column === 'demographic_group') return findGroup(context, row).short_name;
  if (column === 'since_school_year') return formatSchoolYear(String(value));
  if (column === 'district_name' || column === 'name') return shortenDistrict(String(value));
  return String(value);
}
