import {Failure} from '../failure.ts';
import {type Database, literal} from '../warehouse/duckdb.ts';
import {cellName} from './columns.ts';
import type {Inspection, Layout} from './inspect.ts';

/** A file to be read as rows of text: its bytes on disk (gzip or plain) and how they are laid out. */
export interface Scannable
  extends Pick<Inspection, 'layout' | 'filledLines' | 'hasInteriorBlankLines' | 'endsWithLineBreak'> {
  path: string;
  fileName: string;
}

/** The relation of a file's lines as they are: `line`, in the file's order, empty ones null. */
function lines(path: string): string {
  return `read_csv(${literal(path)}, columns = {'line': 'varchar'}, header = false, auto_detect = false, delim = '\x01',
    quote = '', escape = '', max_line_size = 10000000)`;
}

function isFurniture(line: string, furniture: string | undefined): string {
  return furniture === undefined ? 'false' : `regexp_matches(trim(${line}), ${literal(furniture)})`;
}

/** Whether a line of a fixed-width file is a row: it reaches to the last column, and is not furniture. */
function isRow(layout: Layout & {kind: 'fixed'}, line: string, furniture: string | undefined): string {
  const lastStart = layout.columns.at(-1)?.start ?? 0;
  return `(length(rtrim(${line}, chr(13))) >= ${lastStart} and not ${isFurniture(line, furniture)})`;
}

/**
 * The relation of a file's rows as text, `cell_0` to `cell_n`, in the file's order. Empty cells and the four letters NULL
 * are null. Lines that are not rows of that many cells are left out; in a delimited file they are in `reject_errors`.
 */
export function cells(path: string, layout: Layout, furniture?: string): string {
  if (layout.kind === 'fixed') {
    const columns = layout.columns.map(({start, length}, position) => {
      const text = `trim(substring(line, ${start + 1}, ${length}))`;
      return `nullif(nullif(${text}, ''), 'NULL') as ${cellName(position)}`;
    });
    return `(select ordinal, ${columns.join(', ')}
      from (select line, row_number() over () as ordinal from ${lines(path)})
      where ordinal > 2 and ${isRow(layout, 'line', furniture)})`;
  }
  const columns = layout.header.map((_, position) => `${cellName(position).replaceAll('"', "'")}: 'varchar'`);
  return `(select row_number() over () as ordinal, * from read_csv(${literal(path)}, columns = {${columns.join(', ')}},
    header = false, skip = 1, auto_detect = false, delim = ${literal(layout.delimiter)}, quote = '"', escape = '"',
    nullstr = ['', 'NULL'], strict_mode = true, store_rejects = true, rejects_limit = 0, max_line_size = 10000000))`;
}

/**
 * Prepares the tables that say which lines of the file are not rows: `skipped_line` (line_number, reason, content; reason is
 * null for what is not data at all: furniture and empty lines). To be called after `cells` has been read, once.
 */
export async function findSkippedLines(db: Database, file: Scannable, furniture: string | undefined): Promise<void> {
  const furnished = isFurniture('content', furniture);
  if (file.layout.kind === 'fixed') {
    await db.run(`create or replace temp table skipped_line as
      select line_number, case when not (${furnished}) then 'the line ends before its last column' end as reason, content
      from (select row_number() over () as line_number, line as content from ${lines(file.path)})
      where line_number > 1 and trim(content) <> '' and not (line_number > 2 and ${isRow(file.layout, 'content', furniture)})`);
  } else {
    await db.run(`create or replace temp table skipped_line as
      select line_number, case when not (${furnished}) then reason end as reason, content
      from (
        select
          line as line_number,
          case any_value(error_type)
            when 'MISSING COLUMNS' then 'fewer cells than the header has columns'
            when 'TOO MANY COLUMNS' then 'more cells than the header has columns'
            when 'UNQUOTED VALUE' then 'a quotation mark out of place'
            when 'INVALID ENCODING' then 'not UTF-8'
            else lower(any_value(cast(error_type as varchar)))
          end as reason,
          trim(any_value(csv_line), chr(10) || chr(13)) as content
        from reject_errors
        group by line
      )`);
    await db.run('delete from reject_errors');
  }
  if (file.hasInteriorBlankLines) {
    await db.run(`insert into skipped_line
      select line_number, null, line from (select row_number() over () as line_number, line from ${lines(file.path)})
      where line is null`);
  }
}

/** What a DuckDB error about a text file means for the reader of the message. */
export function readingFailure(file: Pick<Scannable, 'fileName'>, error: unknown): Failure {
  const text = error instanceof Error ? error.message : String(error);
  if (/invalid state/i.test(text)) {
    return new Failure(
      `${file.fileName}: its lines end in different ways (some with CR LF, some with LF alone), so it can't be told where rows end. Download it again, or save it with one kind of line ending.`,
    );
  }
  const place = /on Line: (\d+)/i.exec(text)?.[1];
  const first = text.split('\n').find((line) => !/^Original Line/.test(line)) ?? text;
  return new Failure(
    `${file.fileName}${place ? `, line ${place}` : ''}: can't be read as a table (${first.trim()}). Download it again.`,
  );
}
