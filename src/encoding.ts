import {isUtf8} from 'node:buffer';
import {createWriteStream} from 'node:fs';
import {rm} from 'node:fs/promises';
import {pipeline} from 'node:stream/promises';
import {readPlain} from './files.ts';

const newline = 10;
/** Bytes that are held until their line ends. DuckDB can't read a longer line either. */
const longestLine = 10_000_000;
const windows1252 = new TextDecoder('windows-1252');

/**
 * Calls a function with a file in UTF-8: the file itself or, if it isn't in UTF-8, a temporary copy. A line that isn't UTF-8 is
 * taken for Windows-1252, which spreadsheets write. It has the letters of Latin-1.
 *
 * @param temporary the path of the copy
 */
export async function withUtf8<File extends {path: string; isUtf8: boolean; isGzipped?: boolean}, T>(
  file: File,
  temporary: string,
  use: (file: File) => Promise<T>,
): Promise<T> {
  if (file.isUtf8) return await use(file);
  try {
    await pipeline(await readPlain(file.path), decodeChunks, createWriteStream(temporary));
    return await use({...file, path: temporary, isGzipped: false});
  } finally {
    await rm(temporary, {force: true});
  }
}

async function* decodeChunks(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let rest = Buffer.alloc(0);
  for await (const chunk of chunks) {
    const bytes = Buffer.concat([rest, chunk]);
    const end = bytes.length > longestLine ? bytes.length : bytes.lastIndexOf(newline) + 1;
    yield decodeLines(bytes.subarray(0, end));
    rest = bytes.subarray(end);
  }
  yield decodeLines(rest);
}

/** Returns these lines in UTF-8. */
export function decodeLines(bytes: Buffer): Buffer {
  if (isUtf8(bytes)) return bytes;
  const lines: Buffer[] = [];
  for (let start = 0; start < bytes.length; ) {
    const found = bytes.indexOf(newline, start);
    const end = found === -1 ? bytes.length : found + 1;
    const line = bytes.subarray(start, end);
    lines.push(isUtf8(line) ? line : Buffer.from(windows1252.decode(line)));
    start = end;
  }
  return Buffer.concat(lines);
}

/** Returns a function that takes the chunks of a file one after the other, and returns whether all so far are in UTF-8. */
export function makeUtf8Test(): (chunk: Buffer, isLast?: boolean) => boolean {
  let rest = Buffer.alloc(0);
  let isValid = true;
  return (chunk, isLast = false) => {
    if (!isValid) return false;
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const end = isLast ? bytes.length : findLastCharacter(bytes);
    isValid = isUtf8(bytes.subarray(0, end));
    rest = Buffer.from(bytes.subarray(end));
    return isValid;
  };
}

/** Finds where a last character of several bytes begins that may be incomplete; returns the end if there is none. */
function findLastCharacter(bytes: Buffer): number {
  for (let at = bytes.length - 1; at >= Math.max(0, bytes.length - 3); at--) {
    const byte = bytes[at] ?? 0;
    if (byte >= 0xc0) return at;
    if (byte < 0x80) break;
  }
  return bytes.length;
}
