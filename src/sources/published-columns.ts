import type {Source} from './source.ts';
import {sources} from './sources.ts';

/** What a column of a raw table is in the publisher's files. */
export interface PublishedColumns {
  source: Source;
  /** The publisher's columns that its values come from. */
  labels: string[];
  /** The values are the names of those columns, not what stands in them. */
  isTheirNames: boolean;
}

/** The publisher's columns behind a column of a raw table; undefined for what Rollcall itself puts there. */
export function findPublishedColumns(table: string, column: string): PublishedColumns | undefined {
  const source = sources.find((source) => [source.table, source.pivot?.rowTable].includes(table));
  if (source === undefined) return undefined;
  const {pivot, columns} = source;
  const figure = column.replace(/_status$/, '');
  if (table === source.table && (figure === pivot?.countColumn || column === pivot?.labelColumn)) {
    const labels = columns.filter(({id}) => pivot?.measures.includes(id)).map(({label}) => label);
    return {source, labels, isTheirNames: column === pivot?.labelColumn};
  }
  const declared =
    columns.find(({id}) => id === column) ?? columns.find(({id, kind}) => kind === 'count' && id === figure);
  return declared && {source, labels: [declared.label], isTheirNames: false};
}
