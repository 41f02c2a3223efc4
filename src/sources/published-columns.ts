import type {Source} from './source.ts';
import {sources} from './sources.ts';

/** The publisher's columns behind a column of a raw table. */
export interface PublishedColumns {
  source: Source;
  /** The publisher's names of those columns. */
  labels: string[];
  /** Whether the values are the names of those columns, not their contents. */
  isTheirNames: boolean;
}

/** Finds the publisher's columns behind a column of a raw table; returns undefined for a column that Rollcall adds. */
export function findPublishedColumns(table: string, column: string): PublishedColumns | undefined {
  const source = sources.find((source) => [source.table, source.pivot?.rowTable].includes(table));
  if (source === undefined) return undefined;
  const {pivot, columns} = source;
  const figure = column.replace(/^printed_|_status$/, '');
  if (table === source.table && (figure === pivot?.countColumn || column === pivot?.labelColumn)) {
    const labels = columns.filter(({id}) => pivot?.measures.includes(id)).map(({label}) => label);
    return {source, labels, isTheirNames: column === pivot?.labelColumn};
  }
  const declared =
    columns.find(({id}) => id === column) ?? columns.find(({id, kind}) => kind === 'count' && id === figure);
  return declared && {source, labels: [declared.label], isTheirNames: false};
}
