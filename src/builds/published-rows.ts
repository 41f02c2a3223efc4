import {parse} from 'csv-parse/sync';
import {decodeLines} from '../encoding.ts';
import {readPlain} from '../files.ts';
import type {Layout} from '../ingest/land.ts';
import {findLanded} from '../ingest/land.ts';
import {matchHeader} from '../ingest/recognize.ts';
import {sources} from '../sources/sources.ts';

/** The lines of a record: a cell may contain line breaks, but no table has this many in a row. */
const mostLines = 100;

/** Rows of a landed file as the publisher wrote them. */
export interface PublishedRows {
  /** The publisher's names of the columns. */
  header: readonly string[];
  /** The positions of the columns that Rollcall reads, by its own names. */
  positions: ReadonlyMap<string, readonly number[]>;
  /** The cells, by the number of the line in which the row begins. */
  rows: ReadonlyMap<number, readonly string[]>;
}

/**
 * Reads rows of a landed file by their lines.
 *
 * @returns undefined if the file is no longer in the landing zone
 */
export async function readPublishedRows(
  landing: string,
  sourceId: string,
  sha256: string,
  lines: ReadonlySet<number>,
): Promise<PublishedRows | undefined> {
  const source = sources.find(({id}) => id === sourceId);
  if (source === undefined) return undefined;
  const landed = await findLanded(landing, source, sha256);
  if (landed === undefined) return undefined;
  const rows = new Map<number, readonly string[]>();
  let begun: {line: number; text: string} | undefined;
  let number = 0;
  for await (const some of readLines(landed.path)) {
    for (const line of some) {
      number += 1;
      if (begun === undefined && !lines.has(number)) continue;
      begun = begun === undefined ? {line: number, text: line} : {...begun, text: `${begun.text}\n${line}`};
      const isOpen = landed.layout.kind === 'delimited' && begun.text.split('"').length % 2 === 0;
      if (isOpen && number - begun.line < mostLines) continue;
      rows.set(begun.line, splitCells(landed.layout, begun.text));
      begun = undefined;
    }
  }
  return {header: landed.layout.header, positions: matchHeader(source, landed.layout.header).positions, rows};
}

function splitCells(layout: Layout, text: string): string[] {
  if (layout.kind === 'fixed')
    return layout.columns.map(({start, length}) => text.substring(start, start + length).trim());
  // A parser for each of thousands of rows takes long, and most rows need none.
  if (/^[^"\r\n]+$/.test(text)) return text.split(layout.delimiter);
  const [cells = []] = parse(text, {delimiter: layout.delimiter, relax_column_count: true, relax_quotes: true});
  return cells;
}

/** Reads the lines of a file, many at a time, in UTF-8, without their ends. */
async function* readLines(path: string): AsyncGenerator<string[]> {
  let rest = Buffer.alloc(0);
  for await (const chunk of await readPlain(path)) {
    const bytes = Buffer.concat([rest, chunk]);
    const end = bytes.lastIndexOf(10) + 1;
    const text = decodeLines(bytes.subarray(0, end)).toString();
    yield text.split(/\r?\n/).slice(0, -1);
    rest = bytes.subarray(end);
  }
  if (rest.length > 0) yield [decodeLines(rest).toString()];
}
