import {createHash} from 'node:crypto';
import {parse} from 'csv-parse/sync';
import * as v from 'valibot';
import {decodeLines, makeUtf8Test} from '../encoding.ts';
import {readPlain} from '../files.ts';
import {formatBytes, formatCount} from '../words/format.ts';
import {type Inspection, type Layout, largestFile} from './land.ts';

const newline = 10;
const carriageReturn = 13;
const space = 32;
const quote = 34;
const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf]);
const longestHeader = 64 * 1024;
const mostColumns = 1_000;
const longestColumnName = 1_000;
/** DuckDB copies a line once for each of its cells that has no column. Bytes of such copies. */
const mostSurplus = 64e6;
/** Empty lines between rows, and records that span lines. */
const mostOddLines = 1_000_000;

/**
 * Inspects a file without holding it in memory. A gzipped file is inspected as if it weren't.
 *
 * @param largest the most bytes that a file may have
 * @returns the inspection; or, for a file that can't be a table (empty, a web page, a workbook, UTF-16), the `problem`, which
 *   follows the file's name in a message
 */
export async function inspect(path: string, largest = largestFile): Promise<Inspection | {problem: string}> {
  const start = await readStart(await readPlain(path));
  const layout = inspectStart(start);
  if ('problem' in layout) return layout;
  const delimiter = layout.kind === 'delimited' ? layout.delimiter.charCodeAt(0) : undefined;
  const columns = layout.header.length;
  const hash = createHash('sha256');
  const testUtf8 = makeUtf8Test();
  let bytes = 0;
  /** Empty lines and records so far, and the line in which the last one began. */
  let number = 0;
  let line = 1;
  let filledLines = 0;
  let headerLine = 0;
  let pendingEmptyLines = 0;
  const emptyLines: number[] = [];
  const brokenRecords: Inspection['brokenRecords'] = [];
  let lastByte = -1;
  let length = 0;
  let cells = 1;
  let surplus = 0;
  let firstSurplus: {line: number; cells: number} | undefined;
  /** Whether a quoted cell is open, and whether a quotation mark would open one: at a cell's start, and after its last mark. */
  let isOpen = false;
  let canOpen = true;
  /** Line breaks and delimiters in the record's quoted cells. */
  let breaks = 0;
  let quotedDelimiters = 0;
  let firstMerged: number | undefined;
  /** Which bytes are neither line breaks nor delimiters, marks or blanks: nearly all are, so they are passed in one go. */
  const isPlain = new Uint8Array(256).fill(1);
  for (const byte of [newline, quote, space, delimiter ?? newline]) isPlain[byte] = 0;
  /** Whether the next line that isn't empty is Excel's `sep=;`, which counts as an empty one. */
  let isSeparator = separatorLine.test(decodeStart(start));

  const endRecord = () => {
    number++;
    const isFilled = length > 1 || (length === 1 && lastByte !== carriageReturn);
    if (isFilled && !isSeparator) {
      if (filledLines === 0) headerLine = pendingEmptyLines + 1;
      else for (let ago = pendingEmptyLines; ago > 0; ago--) emptyLines.push(number - ago);
      pendingEmptyLines = 0;
      filledLines++;
      if (breaks > 0) {
        brokenRecords.push({number, breaks});
        // With the line break, a cell holds as many delimiters as a row.
        if (cells + quotedDelimiters > 2 * (columns - 1)) firstMerged ??= line;
      }
    } else {
      pendingEmptyLines++;
      if (isFilled) isSeparator = false;
    }
    if (cells > columns) {
      surplus += (cells - columns) * length;
      firstSurplus ??= {line, cells};
    }
    line += 1 + breaks;
    [length, cells, breaks, quotedDelimiters, canOpen] = [0, 1, 0, 0, true];
  };

  for await (const chunk of await readPlain(path)) {
    hash.update(chunk);
    testUtf8(chunk);
    if (chunk.includes(0)) return {problem: binary};
    const start = bytes === 0 && chunk.subarray(0, 3).equals(byteOrderMark) ? 3 : 0;
    bytes += chunk.length;
    if (bytes > largest)
      return {problem: `has more than ${formatBytes(largest)}, unpacked. It is no table of schools.`};
    for (let at = start; at < chunk.length; at++) {
      const first = at;
      while (at < chunk.length && isPlain[chunk[at] ?? 0] === 1) at++;
      if (at > first) {
        length += at - first;
        canOpen = false;
        lastByte = chunk[at - 1] ?? 0;
        if (at === chunk.length) break;
      }
      const byte = chunk[at] ?? newline;
      if (byte === newline && !isOpen) endRecord();
      else {
        length++;
        if (byte === quote) {
          if (delimiter !== undefined) [isOpen, canOpen] = [!isOpen && canOpen, isOpen];
        } else if (isOpen) {
          if (byte === newline) breaks++;
          else if (byte === delimiter) quotedDelimiters++;
        } else if (byte === delimiter) {
          cells++;
          canOpen = true;
        } else if (byte !== space) canOpen = false;
      }
      lastByte = byte;
    }
    if (firstMerged !== undefined) return {problem: explainMerged(firstMerged)};
    if (emptyLines.length + brokenRecords.length + pendingEmptyLines > mostOddLines)
      return {
        problem: `has more than ${formatCount(mostOddLines)} empty lines and rows with line breaks. Download it again.`,
      };
    if (surplus > mostSurplus && firstSurplus) {
      return {
        problem: `has rows with far more cells than the header has columns: line ${firstSurplus.line} has ${firstSurplus.cells}, the header ${columns}. Download it again.`,
      };
    }
  }
  if (length > 0) endRecord();
  if (firstMerged !== undefined) return {problem: explainMerged(firstMerged)};
  return {
    sha256: hash.digest('hex'),
    bytes,
    filledLines,
    headerLine,
    emptyLines,
    brokenRecords,
    endsWithLineBreak: lastByte === newline,
    isUtf8: testUtf8(Buffer.alloc(0), true),
    layout,
  };
}

function explainMerged(line: number): string {
  return `merges rows from line ${line} on: a quotation mark is opened in that line and not closed in it. Fix that line or download the file again.`;
}

/** Reads as much of a file as its layout may take, and breaks off there. */
export async function readStart(file: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of file) {
    chunks.push(chunk);
    length += chunk.length;
    if (length >= longestHeader) break;
  }
  return Buffer.concat(chunks).subarray(0, longestHeader);
}

/** The first line in which Excel states the delimiter, and looks for it. */
const separatorLine = /^"?sep=(.)"?\r?\n/i;

function decodeStart(start: Buffer): string {
  return decodeLines(start)
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .trimStart();
}

/** Finds the layout of a file by its first bytes; or the `problem` of one that can't be a table. */
export function inspectStart(start: Buffer): Layout | {problem: string} {
  const text = decodeStart(start);
  const problem = explainNotText(start, text);
  if (problem !== undefined) return {problem};
  if (start.length === longestHeader && !text.includes('\n'))
    return {problem: `has a first line of more than ${formatBytes(longestHeader)}, which is no header.`};
  const layout = detectLayout(text);
  if ('problem' in layout) return layout;
  const {header} = layout;
  if (header.length > mostColumns)
    return {problem: `has ${header.length} columns, and a table may have ${mostColumns} at most.`};
  if (header.some((name) => name.length > longestColumnName))
    return {problem: `has a column name of more than ${longestColumnName} characters.`};
  return layout;
}

const binary = 'is a binary file, not text: it has zero bytes. Download it again.';

/** Explains why a file that starts with these bytes can't be a table; returns undefined if it can. */
function explainNotText(start: Buffer, text: string): string | undefined {
  if (start.length === 0) return 'is empty (0 bytes). Download it again.';
  if (
    (start[0] === 0xff && start[1] === 0xfe) ||
    (start[0] === 0xfe && start[1] === 0xff) ||
    measureZeroShare(start) > 0.2
  ) {
    return 'is in UTF-16. Save it as UTF-8 (in Excel: "CSV UTF-8 (Comma delimited)").';
  }
  if (start.subarray(0, 2).toString('latin1') === 'PK') {
    return 'is an Excel workbook or a ZIP archive. Save the sheet as "CSV UTF-8", or unpack the archive.';
  }
  if (start.includes(0)) return binary;
  if (text === '') return 'is empty: it has no line with anything in it. Download it again.';
  if (/^<(!doctype|html|\?xml|head|body|!--)/i.test(text)) {
    return 'is a web page (HTML), not a table: the publisher answered with a page instead of the file. Download it again.';
  }
  if (/^[[{]/.test(text)) {
    return `is JSON, not a table: ${text.slice(0, 120).replaceAll(/\s+/g, ' ')}. Download the CSV export instead.`;
  }
  if (/\r(?!\n)/.test(text) && !text.includes('\n')) {
    return 'is a text whose lines end in CR alone, as on very old Macintoshes. Save it with LF or CR LF at the end of its lines.';
  }
  return undefined;
}

function measureZeroShare(bytes: Buffer): number {
  const sample = bytes.subarray(0, 1024);
  return sample.filter((byte) => byte === 0).length / Math.max(1, sample.length);
}

function detectLayout(start: string): Layout | {problem: string} {
  const stated = separatorLine.exec(start)?.[1];
  const text = start.replace(separatorLine, '').trimStart();
  const [first = '', second = ''] = text.split(/\r\n|\n|\r/, 2);
  if (/^-+( +-+)+ *$/.test(second)) {
    const columns = [...second.matchAll(/-+/g)].map((rule) => ({start: rule.index, length: rule[0].length}));
    return {
      kind: 'fixed',
      header: columns.map(({start, length}) => first.slice(start, start + length).trim()),
      columns,
    };
  }
  // A name in the header may be quoted and hold delimiters and line breaks.
  const [bare = ''] = text.replaceAll(/"[^"]*"/g, '').split(/\r\n|\n|\r/, 1);
  const delimiter =
    stated ?? [',', '\t', ';', '|'].sort((a, b) => bare.split(b).length - bare.split(a).length)[0] ?? ',';
  try {
    const [header = []] = v.parse(v.array(v.array(v.string())), parse(text, {delimiter, to: 1}));
    return {kind: 'delimited', delimiter, header: header.map((name) => name.trim())};
  } catch {
    return {
      problem: 'has a first line that is not a header: a quotation mark is opened and not closed. Download it again.',
    };
  }
}
