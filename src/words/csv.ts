import papaparse from 'papaparse';
import {guardCell} from './outgoing.ts';

/** Formats rows as CSV that is safe to open in a spreadsheet. Null is nothing, and a list or struct is JSON. */
export function formatCsv(columns: readonly string[], rows: readonly Readonly<Record<string, unknown>>[]): string {
  const lines = rows.map((row) => columns.map((column) => formatCell(row[column])));
  return `${papaparse.unparse([[...columns], ...lines], {newline: '\n'})}\n`;
}

function formatCell(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number') return String(value);
  return guardCell(typeof value === 'object' ? JSON.stringify(value) : String(value));
}
