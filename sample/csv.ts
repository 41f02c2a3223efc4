import {stringify} from 'csv-stringify/sync';

/** A file of comma-separated values; fields are quoted only where they must be, as the publisher does. */
export function csv(rows: readonly string[][], {bom, lineEnd}: {bom: boolean; lineEnd: 'unix' | 'windows'}): string {
  return stringify([...rows], {bom, record_delimiter: lineEnd});
}
