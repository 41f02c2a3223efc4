import {stringify} from 'csv-stringify/sync';

/** Formats a CSV file. Fields are quoted only if necessary, as in the publisher's files. */
export function formatCsv(
  rows: readonly string[][],
  {bom, lineEnd}: {bom: boolean; lineEnd: 'unix' | 'windows'},
): string {
  return stringify([...rows], {bom, record_delimiter: lineEnd});
}
