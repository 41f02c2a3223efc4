import {createHash} from 'node:crypto';
import {closeSync, openSync, readSync, statSync} from 'node:fs';
import {parse} from 'csv-parse/sync';

/**
 * A CSV file with display names in its header: its text, its bytes, or its path. Quotation marks, a byte
 * order mark and either line end are fine. It is exported byte for byte.
 */
export type Csv = string | Uint8Array | {file: string};

export interface Dataset {
  /** The id, such as `nvpc-yr7b`. */
  id: string;
  name: string;
  csv: Csv;
  /** Epoch seconds. */
  rowsUpdatedAt?: number;
  attribution?: string;
  license?: string;
  /** The description gives no time of the last change. */
  isUndated?: boolean;
  /** The catalogue doesn't list it. */
  isUnlisted?: boolean;
  /** What the catalogue says of it beside the usual. */
  listing?: Record<string, unknown>;
  /** Its host in the catalogue. */
  domain?: string;
  /** API names that can't be derived from the display names, by display name. */
  apiNames?: Record<string, string>;
}

/** A data set as published at one time. Every republish makes a new one. */
export interface Release {
  dataset: Dataset;
  rowsUpdatedAt: number;
  contents: Contents;
  columns: Column[];
  /** Equal for releases with the same rows and columns. */
  version: string;
}

export interface Column {
  /** The display name. */
  name: string;
  /** The API name. */
  fieldName: string;
  dataTypeName: 'text' | 'number';
}

export function makeRelease(dataset: Dataset): Release {
  const contents = new Contents(dataset.csv);
  const rowsUpdatedAt = dataset.rowsUpdatedAt ?? Date.UTC(2024, 0, 31) / 1000;
  const columns = guessColumns(contents, dataset.apiNames ?? {});
  const version = contents.sha256 + JSON.stringify(columns);
  return {dataset, rowsUpdatedAt, contents, columns, version};
}

const pieceSize = 64 * 1024;

/** The bytes and rows of a CSV file, read piece by piece. Memory holds only the positions of the row ends. */
export class Contents {
  readonly sha256: string;
  /** Where the header starts, where it ends, where each row ends. */
  readonly #borders = [0];
  readonly #size: number;
  readonly #read: (start: number, end: number) => Buffer;

  constructor(csv: Csv) {
    if (typeof csv === 'object' && 'file' in csv) {
      this.#size = statSync(csv.file).size;
      this.#read = (start, end) => readPart(csv.file, start, end);
    } else {
      const bytes = typeof csv === 'string' ? Buffer.from(csv) : Buffer.from(csv);
      this.#size = bytes.length;
      this.#read = (start, end) => bytes.subarray(start, end);
    }
    const hash = createHash('sha256');
    const ends = findRowEnds();
    let position = 0;
    for (const piece of this.bytes()) {
      hash.update(piece);
      for (const end of ends(piece)) this.#borders.push(position + end);
      position += piece.length;
    }
    if (this.#borders.at(-1) !== this.#size) this.#borders.push(this.#size);
    this.sha256 = hash.digest('hex');
  }

  /** The number of rows, without the header. */
  get count(): number {
    return Math.max(0, this.#borders.length - 2);
  }

  get header(): string[] {
    return parse(this.#read(0, this.borderAfter(0)), {bom: true, relax_quotes: true})[0] ?? [];
  }

  /** The position after the header and this many rows. */
  borderAfter(rows: number): number {
    return this.#borders[rows + 1] ?? this.#size;
  }

  *bytes(start = 0, end = this.#size): Generator<Buffer> {
    for (let from = start; from < end; from += pieceSize) yield this.#read(from, Math.min(from + pieceSize, end));
  }

  /** The cells of the rows from one index to another, without the latter. */
  *rows(from = 0, to = this.count): Generator<string[]> {
    const step = 1000;
    for (let start = from; start < to; start += step) {
      const part = this.#read(this.borderAfter(start), this.borderAfter(Math.min(start + step, to)));
      yield* parse(part, {relax_column_count: true, relax_quotes: true});
    }
  }
}

/** Returns a function that takes bytes piece by piece and finds the end of each row: a line feed outside quotation marks. */
export function findRowEnds(): (piece: Buffer) => number[] {
  let quoted = false;
  return (piece) => {
    const ends: number[] = [];
    for (let index = 0; index < piece.length; index += 1) {
      if (piece[index] === 0x22) quoted = !quoted;
      else if (piece[index] === 0x0a && !quoted) ends.push(index + 1);
    }
    return ends;
  };
}

function readPart(file: string, start: number, end: number): Buffer {
  const part = Buffer.alloc(end - start);
  const descriptor = openSync(file, 'r');
  try {
    return part.subarray(0, readSync(descriptor, part, 0, part.length, start));
  } finally {
    closeSync(descriptor);
  }
}

/** Guesses column types from the first rows. Socrata gets them from the publisher, whose codes are always text. */
function guessColumns(contents: Contents, apiNames: Record<string, string>): Column[] {
  const sample = [...contents.rows(0, Math.min(contents.count, 1000))];
  const taken = new Map<string, number>();
  return contents.header.map((name, index) => {
    const cells = sample.map((row) => row[index] ?? '').filter((cell) => cell !== '');
    const numeric = cells.length > 0 && !/code$/i.test(name) && cells.every((cell) => /^-?\d+(\.\d+)?$/.test(cell));
    const wanted = apiNames[name] ?? deriveApiName(name);
    const namesakes = taken.get(wanted) ?? 0;
    taken.set(wanted, namesakes + 1);
    return {
      name,
      fieldName: namesakes === 0 ? wanted : `${wanted}_${namesakes}`,
      dataTypeName: numeric ? 'number' : 'text',
    };
  });
}

/** Derives an API name as Socrata does: `Native Hawaiian/ Other Pacific Islander` becomes `native_hawaiian_other_pacific`. */
export function deriveApiName(displayName: string): string {
  return displayName
    .toLowerCase()
    .replace(/\(.*?\)/g, '')
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_/, '')
    .slice(0, 30)
    .replace(/_$/, '');
}
