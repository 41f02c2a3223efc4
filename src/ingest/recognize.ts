import {type Column, listNameKeys, normalizeName, type Source} from '../sources/source.ts';

/** A file's header compared with the columns that a source declares. */
export interface HeaderMatch {
  /** The position of each column found, from 0. */
  positions: Map<string, number>;
  missing: Column[];
  /** Columns of the file that the source doesn't know, with their positions. */
  unknown: {label: string; position: number}[];
  /** Columns of the file that repeat a column of the source. */
  twice: string[];
}

/** Compares a header with a source's columns, by name. */
export function matchHeader(source: Source, header: readonly string[]): HeaderMatch {
  const columnOf = new Map(
    source.columns.flatMap((column) => listNameKeys(column).map((key) => [key, column.id] as const)),
  );
  const positions = new Map<string, number>();
  const unknown: HeaderMatch['unknown'] = [];
  const twice: string[] = [];
  for (const [position, label] of header.entries()) {
    const id = columnOf.get(normalizeName(label));
    if (id === undefined) unknown.push({label, position});
    else if (positions.has(id)) twice.push(label);
    else positions.set(id, position);
  }
  return {
    positions,
    missing: source.columns.filter(({id, optional}) => !(optional || positions.has(id))),
    unknown,
    twice,
  };
}

/**
 * Recognizes the source of a file by its header, which must have more than half of the columns that only this source has. File
 * names don't count, since people rename files.
 */
export function recognize(sources: readonly Source[], header: readonly string[]): Source | undefined {
  return sources.find((source) => {
    const {positions} = matchHeader(source, header);
    return source.recognizedBy.filter((id) => positions.has(id)).length > source.recognizedBy.length / 2;
  });
}

/** Finds the source that shares the most columns with an unknown file, for the error message. */
export function findClosest(
  sources: readonly Source[],
  header: readonly string[],
): {source: Source; lacks: string[]} | undefined {
  return sources
    .map((source) => {
      const {positions} = matchHeader(source, header);
      const lacks = source.columns.filter(({id}) => source.recognizedBy.includes(id) && !positions.has(id));
      return {source, found: positions.size, lacks: lacks.map(({label}) => label)};
    })
    .filter(({found}) => found > 1)
    .sort((a, b) => b.found - a.found)[0];
}
