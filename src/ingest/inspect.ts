import {createHash} from 'node:crypto';
import {parse} from 'csv-parse/sync';
import {z} from 'zod';
import {readPlain} from '../files.ts';

/** The layout of rows in a text file. */
export type Layout = z.infer<typeof layoutSchema>;
const layoutSchema = z.discriminatedUnion('kind', [
  z.object({kind: z.literal('delimited'), delimiter: z.string(), header: z.array(z.string())}),
  /** SQL Server's text export: dashes under the header mark the columns. Offsets are in characters. */
  z.object({
    kind: z.literal('fixed'),
    header: z.array(z.string()),
    columns: z.array(z.object({start: z.number(), length: z.number()})),
  }),
]);

/** What is known of a file before its rows are read. */
export type Inspection = z.infer<typeof inspectionSchema>;
export const inspectionSchema = z.object({
  sha256: z.string(),
  bytes: z.number(),
  /** The number of nonempty lines, including the header. */
  filledLines: z.number(),
  /** The line number of the header; empty lines may precede it. */
  headerLine: z.number(),
  /** Whether there are empty lines between rows. The reader skips them, so line numbers of later rows must be adjusted. */
  hasInteriorBlankLines: z.boolean(),
  endsWithLineBreak: z.boolean(),
  layout: layoutSchema,
});

const newline = 10;
const carriageReturn = 13;
const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf]);
const longestHeader = 64 * 1024;

/**
 * Inspects a file in one pass, without holding it in memory. A gzipped file is inspected as if it weren't.
 *
 * @returns the inspection; or, for a file that can't be a table (empty, a web page, a workbook, UTF-16), the `problem`, which
 *   follows the file's name in a message
 */
export async function inspect(path: string): Promise<Inspection | {problem: string}> {
  const hash = createHash('sha256');
  const head: Buffer[] = [];
  let headLength = 0;
  let bytes = 0;
  let filledLines = 0;
  let headerLine = 0;
  let pendingBlankLines = 0;
  let hasInteriorBlankLines = false;
  let isFirst = true;
  let lastByte = -1;
  let lineIsFilled = false;

  const endLine = () => {
    if (lineIsFilled) {
      if (filledLines === 0) headerLine = pendingBlankLines + 1;
      else if (pendingBlankLines > 0) hasInteriorBlankLines = true;
      pendingBlankLines = 0;
      filledLines++;
    } else {
      pendingBlankLines++;
    }
    lineIsFilled = false;
  };

  for await (const chunk of await readPlain(path)) {
    hash.update(chunk);
    bytes += chunk.length;
    if (headLength < longestHeader) {
      head.push(chunk.subarray(0, longestHeader - headLength));
      headLength += Math.min(chunk.length, longestHeader - headLength);
    }
    let start = isFirst && chunk.subarray(0, 3).equals(byteOrderMark) ? 3 : 0;
    isFirst = false;
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, start)) {
      lineIsFilled ||= end - start > 1 || (end - start === 1 && chunk[start] !== carriageReturn);
      endLine();
      start = end + 1;
    }
    const rest = chunk.length - start;
    lineIsFilled ||= rest > 1 || (rest === 1 && chunk[start] !== carriageReturn);
    lastByte = chunk.at(-1) ?? lastByte;
  }
  if (lineIsFilled) endLine();

  const start = Buffer.concat(head);
  const text = start
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .trimStart();
  const problem = explainNotText(start, text);
  if (problem !== undefined) return {problem};
  const layout = detectLayout(text);
  if ('problem' in layout) return layout;
  return {
    sha256: hash.digest('hex'),
    bytes,
    filledLines,
    headerLine,
    hasInteriorBlankLines,
    endsWithLineBreak: lastByte === newline,
    layout,
  };
}

/** Explains why a file that starts with these bytes can't be a table in UTF-8; returns undefined if it can. */
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
  if (start.includes(0)) return 'is a binary file, not text. Download it again.';
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

function detectLayout(text: string): Layout | {problem: string} {
  const [first = '', second = ''] = text.split(/\r\n|\n|\r/, 2);
  if (/^-+( +-+)+ *$/.test(second)) {
    const columns = [...second.matchAll(/-+/g)].map((rule) => ({start: rule.index, length: rule[0].length}));
    return {
      kind: 'fixed',
      header: columns.map(({start, length}) => first.slice(start, start + length).trim()),
      columns,
    };
  }
  const bare = first.replaceAll(/"[^"]*"/g, '');
  const delimiter = [',', '\t', ';', '|'].sort((a, b) => bare.split(b).length - bare.split(a).length)[0] ?? ',';
  try {
    const [header = []] = z.array(z.array(z.string())).parse(parse(first, {delimiter, relax_column_count: true}));
    return {kind: 'delimited', delimiter, header: header.map((name) => name.trim())};
  } catch {
    return {
      problem: 'has a first line that is not a header: a quotation mark is opened and not closed. Download it again.',
    };
  }
}
