import {Failure} from '../failure.ts';
import {type Column, listNameKeys, normalizeName, type Source} from '../sources/source.ts';
import {type Landed, shortenHash} from './land.ts';

/** A file's header compared with the columns that a source declares. */
export interface HeaderMatch {
  /** The positions of each column found, from 0: several if the file gives it under several of its names, of which each row fills one. */
  positions: Map<string, number[]>;
  missing: Column[];
  /** Columns of the file that the source doesn't know, with their positions. */
  unknown: {label: string; position: number}[];
  /** Columns of the file with the name of another one. */
  twice: string[];
}

/** Compares a header with a source's columns, by name. */
export function matchHeader(source: Source, header: readonly string[]): HeaderMatch {
  const columnOf = new Map(
    source.columns.flatMap((column) => listNameKeys(column).map((key) => [key, column.id] as const)),
  );
  const positions = new Map<string, number[]>();
  const unknown: HeaderMatch['unknown'] = [];
  const twice: string[] = [];
  for (const [position, label] of header.entries()) {
    const id = columnOf.get(normalizeName(label));
    const others = (id !== undefined && positions.get(id)) || [];
    if (id === undefined) unknown.push({label, position});
    else if (others.some((other) => isSameLabel(header[other] ?? '', label))) twice.push(label);
    else positions.set(id, [...others, position]);
  }
  return {
    positions,
    missing: source.columns.filter(({id, optional}) => !(optional || positions.has(id))),
    unknown,
    twice,
  };
}

function isSameLabel(a: string, b: string): boolean {
  return a.trim().toLowerCase() === b.trim().toLowerCase();
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

/**
 * Compares a landed file's header with its source's declaration.
 *
 * @throws Failure if a column is missing or occurs twice
 */
export function checkContract(source: Source, landed: Landed): HeaderMatch {
  const match = matchHeader(source, landed.layout.header);
  const {missing, unknown, twice} = match;
  const place = `${[source.id, ...landed.schoolYears].join(' ')} (${landed.fileName})`;
  const kept = `Landed file ${shortenHash(landed)} is kept; the published build is unchanged.`;
  if (missing.length > 0) {
    const names = missing.map((column) => `"${column.label}" (looked for: ${listNames(column)})`).join(', ');
    const candidates = unknown.map(({label}) => `"${label}"`).join(', ');
    throw new Failure(
      `${place}, line ${landed.headerLine}: ${missing.length === 1 ? 'column' : 'columns'} ${names} ${missing.length === 1 ? 'is' : 'are'} missing${
        candidates ? `; the file has ${candidates}, which Rollcall does not know` : ''
      }. ${source.feeds.join(', ')} can't be made without ${missing.length === 1 ? 'it' : 'them'}. ${kept} If the publisher renamed it, add the name to src/sources/${source.id}.ts.`,
    );
  }
  if (twice.length > 0) {
    throw new Failure(
      `${place}, line ${landed.headerLine}: column ${twice.map((label) => `"${label}"`).join(', ')} occurs twice, and nothing says which is right. ${kept} Take one of the two out, or download the file again.`,
    );
  }
  return match;
}

function listNames(column: Column): string {
  const names = [column.label, column.id, ...(column.aliases ?? [])];
  return names
    .filter((name, index) => names.findIndex((other) => normalizeName(other) === normalizeName(name)) === index)
    .join(', ');
}
