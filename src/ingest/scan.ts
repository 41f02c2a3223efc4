import {type Database, isMachineError, literal} from '../duckdb/database.ts';
import {selectFile} from '../duckdb/files.ts';
import {Failure, getErrorMessage} from '../failure.ts';
import {nameCell} from './columns.ts';
import type {Inspection, Layout} from './land.ts';

/** An inspected file that can be read as rows of text. */
export interface Scannable extends Omit<Inspection, 'sha256' | 'bytes'> {
  path: string;
  fileName: string;
  /** Landed files are gzipped; a file from a folder may be, whatever its name. */
  isGzipped?: boolean;
}

function writeCompression({isGzipped = true}: Pick<Scannable, 'isGzipped'>): string {
  return `compression = '${isGzipped ? 'gzip' : 'none'}'`;
}

/** No file has these four bytes in a row, so a line is one cell. */
const noDelimiter = '\x01\x02\x03\x04';
const longestLine = 10_000_000;
/** Bytes to read at once. DuckDB's default is four times as much for each open file. */
const buffer = 4 * longestLine;

/**
 * Writes the relation of a file's lines: `line`, in order, null if empty. Lines that violate the encoding go to `reject_errors`.
 */
function selectLines(file: Scannable): string {
  const options = `columns = {'line': 'varchar'}, header = false, auto_detect = false,
    delim = '${noDelimiter}', quote = '', escape = '', max_line_size = ${longestLine}, buffer_size = ${buffer},
    store_rejects = true, rejects_limit = 0`;
  return selectFile('read_csv', file.path, writeCompression(file), options);
}

/**
 * Writes the relation of a file's rows as text: `cell_0` to `cell_n`, null for an empty cell or NULL, and `ordinal`, which counts
 * the accepted lines. Rejected lines go to `reject_errors`.
 */
export function selectCells(file: Scannable, furniture: string | undefined): string {
  const {path, layout, headerLine} = file;
  if (layout.kind === 'fixed') {
    const columns = layout.columns.map(({start, length}, position) => {
      const text = `trim(substring(line, ${start + 1}, ${length}))`;
      return `nullif(nullif(${text}, ''), 'NULL') as ${nameCell(position)}`;
    });
    return `(select ordinal, ${columns.join(', ')}
      from (select line, row_number() over () as ordinal from ${selectLines(file)})
      where ordinal > ${headerLine + 1} and ${isRow(layout, furniture)})`;
  }
  const columns = layout.header.map((_, position) => `${nameCell(position).replaceAll('"', "'")}: 'varchar'`);
  const options = `columns = {${columns.join(', ')}},
    header = false, skip = ${headerLine}, auto_detect = false, delim = ${literal(layout.delimiter)}, quote = '"', escape = '"',
    nullstr = ['', 'NULL'], strict_mode = true, store_rejects = true, rejects_limit = 0, max_line_size = ${longestLine}, buffer_size = ${buffer}`;
  return `(select row_number() over () as ordinal, * from ${selectFile('read_csv', path, writeCompression(file), options)})`;
}

/** Writes the condition that a line of a fixed-width file is a row: it reaches the last column and is not furniture. */
function isRow(layout: Layout & {kind: 'fixed'}, furniture: string | undefined): string {
  const lastStart = layout.columns.at(-1)?.start ?? 0;
  return `(length(rtrim(line, chr(13))) >= ${lastStart} and trim(line) <> '' and not ${isFurniture('line', furniture)})`;
}

function isFurniture(text: string, furniture: string | undefined): string {
  return furniture === undefined ? 'false' : `regexp_matches(trim(${text}), ${literal(furniture)})`;
}

/**
 * Creates the table `skipped_line` (line_number, reason, content, is_unread) of the lines that `selectCells` didn't return as
 * rows. Call it once, after that relation has been read. `reason` is null for lines without data: furniture, blank and empty
 * lines. `is_unread` marks lines that the `ordinal` of later rows doesn't count.
 */
export async function findSkippedLines(db: Database, file: Scannable, furniture: string | undefined): Promise<void> {
  await db.run(`create temp table skipped_line as
    select line_number, content, true as is_unread,
      case when trim(content) <> '' and not ${isFurniture('content', furniture)} then reason end as reason
    from (
      select
        line as line_number,
        case any_value(error_type)
          when 'MISSING COLUMNS' then 'fewer cells than the header has columns'
          when 'TOO MANY COLUMNS' then ${literal(surplusCells)}
          when 'UNQUOTED VALUE' then 'a quotation mark out of place'
          when 'INVALID ENCODING' then 'not UTF-8'
          else lower(any_value(cast(error_type as varchar)))
        end as reason,
        trim(any_value(csv_line), chr(10) || chr(13)) as content
      from reject_errors
      group by line
    )`);
  await db.run('delete from reject_errors');
  if (file.layout.kind === 'fixed') {
    await db.run(`insert into skipped_line by name
      select ordinal as line_number, line as content, false as is_unread,
        case when ordinal > ${file.headerLine + 1} and trim(line) <> '' and not ${isFurniture('line', furniture)}
          then 'the line ends before its last column' end as reason
      from (select row_number() over () as ordinal, line from ${selectLines(file)})
      where line is not null and ordinal > ${file.headerLine}
        and not (ordinal > ${file.headerLine + 1} and ${isRow(file.layout, furniture)})`);
    await db.run('delete from reject_errors');
  } else if (file.emptyLines.length > 0) {
    await db.run(`insert into skipped_line by name
      select unnest([${file.emptyLines.join(', ')}]) as line_number, null as content, true as is_unread, null as reason`);
  }
}

/** Why a line is rejected that has too many cells. */
export const surplusCells = 'more cells than the header has columns';

/**
 * Writes the number of a row of `selectCells`: its ordinal, plus the lines before the first row and unread lines. It is that of
 * its line unless records before it span several; `skipped_line` is numbered in the same way.
 */
export function selectRecordNumber({layout, headerLine}: Scannable): string {
  const before = layout.kind === 'fixed' ? 0 : headerLine;
  return `ordinal + ${before} + coalesce((
    select max(nth) from (
      select row_number() over (order by line_number) as nth,
        line_number - ${before} - row_number() over (order by line_number) as rows_before
      from skipped_line where is_unread
    )
    where rows_before < ordinal), 0)`;
}

/** Turns the numbers of records in a table's `line_number` into those of the lines in which they begin. */
export async function countBrokenLines(db: Database, table: string, {brokenRecords}: Scannable): Promise<void> {
  if (brokenRecords.length === 0) return;
  const list = (pick: (record: (typeof brokenRecords)[number]) => number) =>
    `unnest([${brokenRecords.map(pick).join(', ')}]::bigint[])`;
  await db.run(`update ${table} set line_number = line_number + earlier.breaks
    from (
      select number, sum(breaks) over (order by number) as breaks, lead(number, 1, 9223372036854775807) over (order by number) as next_number
      from (select ${list(({number}) => number)} as number, ${list(({breaks}) => breaks)} as breaks)
    ) as earlier
    where line_number > earlier.number and line_number <= earlier.next_number`);
}

/** Converts DuckDB's error about a file to a Failure that explains it. Returns other errors unchanged. */
export function explainReadError({fileName}: Pick<Scannable, 'fileName'>, error: unknown): unknown {
  const text = getErrorMessage(error);
  if (error instanceof Failure || isMachineError(error)) return error;
  const place = /on Line: (\d+)/i.exec(text)?.[1];
  const meaning = meanings.find(([pattern]) => pattern.test(text))?.[1] ?? 'it has no rows that could be told apart';
  return new Failure(
    `${fileName}${place ? `, line ${place}` : ''}: can't be read as a table: ${meaning}. Download it again. The published build is unchanged.`,
  );
}

const meanings: [RegExp, string][] = [
  [
    /invalid state/i,
    'its lines end in different ways (some in CR LF, some in LF alone), so it is unclear where a row ends',
  ],
  [/unicode|utf-?8|access index/i, 'it is not in UTF-8'],
  [/maximum line size/i, `a line is longer than ${longestLine.toLocaleString('en-US')} bytes`],
  [/gzip|decompress|inflate|miniz/i, 'the landed copy of it is damaged'],
];
