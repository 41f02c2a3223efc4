import measureText from 'fast-string-truncated-width';
import {markdownTable} from 'markdown-table';
import type {Result, Row, Value} from '../duckdb/database.ts';
import {formatFigure, formatNarrowHeading} from '../words/columns.ts';
import {formatCsv} from '../words/csv.ts';
import {unknownMark} from '../words/format.ts';
import {cleanText} from '../words/outgoing.ts';
import type {Format} from './options.ts';
import {bold, formatJson, wrapText} from './terminal.ts';

/**
 * The layout of a result for people. Programs (json, csv) get every column and value unchanged, but for an apostrophe that keeps a
 * spreadsheet from running a text of a CSV.
 */
export interface View {
  title?: string;
  /** Columns whose values become headings. */
  sections?: readonly string[];
  /** Columns that are not shown, because the title or the notes have their values. */
  hidden?: readonly string[];
  /** Columns that a narrow screen leaves out, the most dispensable first. */
  dispensable?: readonly string[];
  /** Columns that tell the rows apart. They are never left out. */
  kept?: readonly string[];
  /** Shortens a text of a column for a narrow screen. */
  shorten?: (column: string, text: string) => string;
  /** Maps `column value` to a name for people. */
  names?: ReadonlyMap<string, string>;
  /** Whether values are shown as they are. */
  isExact?: true;
  /** Returns the heading of a column. */
  headingOf?: (column: string) => string;
  /** Returns the marks that follow the school's name. */
  marksOf?: (row: Row) => readonly string[];
  /** Returns sentences to print under the table. */
  footnotes?: (rows: readonly Row[]) => string[];
  /** Where the figures come from; Markdown says so under the table, since it is pasted elsewhere. */
  sources?: readonly string[];
  /** Returns sentences to print under a section. */
  sectionNotes?: (rows: readonly Row[]) => string[];
  /** Characters in a line; undefined where there is no screen. */
  width?: number | undefined;
}

/** Formats the result of a query for people: names of columns and values as they are, nothing rounded, cut or left out. */
export function renderExact({columns, rows}: Shape, format: 'table' | 'md', width?: number): string {
  const view: View = {isExact: true, headingOf: (column) => column};
  if (format === 'md') return renderMarkdown({columns, rows}, view);
  const grid = renderTerminal({columns, rows}, view);
  const isTooWide = width !== undefined && grid.split('\n').some((line) => line.length > width);
  return isTooWide ? renderRecords({columns, rows}, width) : grid;
}

function formatExact(value: Value | undefined): string {
  if (value === null || value === undefined) return 'NULL';
  return typeof value === 'object' ? JSON.stringify(value) : cleanText(`${value}`);
}

/** Formats each row as a block with a line for each column: what doesn't fit side by side stands one below the other. */
function renderRecords({columns, rows}: Shape, width: number): string {
  const indent = Math.max(...columns.map((column) => column.length)) + gap;
  const blocks = rows.map((row, index) => {
    const lines = columns.flatMap((column) =>
      wrapText(formatExact(row[column]), Math.max(narrowest, width - indent)).map((line, nth) =>
        `${(nth === 0 ? column : '').padEnd(indent)}${line}`.trimEnd(),
      ),
    );
    return `${bold(`Row ${index + 1}`)}\n${lines.join('\n')}\n`;
  });
  return blocks.join('\n');
}

type Shape = Pick<Result, 'columns' | 'rows'>;

export function render({columns, rows}: Shape, format: Format, view: View = {}): string {
  switch (format) {
    case 'json':
      return formatJson(rows);
    case 'csv':
      return formatCsv(columns, rows);
    case 'md':
      return renderMarkdown({columns, rows}, view);
    case 'table':
      return renderTerminal({columns, rows}, view);
  }
}

function renderMarkdown({columns, rows}: Shape, view: View): string {
  const {title, footnotes, sources = []} = view;
  const align = columns.map((column) => (isNumeric(column, rows) ? 'r' : 'l'));
  const table = markdownTable(
    [
      columns,
      ...rows.map((row) =>
        columns.map((column) =>
          formatCell(column, row, view)
            .replaceAll(/\s*\n\s*/g, ' ')
            .replaceAll('|', '\\|'),
        ),
      ),
    ],
    {align},
  );
  return [
    ...(title ? [`**${title}**`, ''] : []),
    table,
    ...[...(footnotes?.(rows) ?? []), ...sources.map((origin) => `Source: ${origin}`)].flatMap((note) => ['', note]),
    '',
  ].join('\n');
}

function renderTerminal({columns, rows}: Shape, view: View): string {
  const {title, sections = [], hidden = [], names, footnotes, sectionNotes, width} = view;
  const {headingOf = formatNarrowHeading} = view;
  const wanted = columns.filter((column) => !sections.includes(column) && !hidden.includes(column));
  const {layout, left} = fitColumns(wanted, rows, view);
  const wrap = (notes: readonly string[] = []) => notes.flatMap((note) => wrapText(note, width));
  const lines: string[] = title ? [...wrap([title]).map(bold), ''] : [];
  const bySection = Map.groupBy(rows, (row) =>
    sections.map((column) => formatValue(column, row[column], names)).join(' · '),
  );
  if (rows.length === 0) lines.push('(no rows)', '');
  for (const [section, ofSection] of bySection) {
    if (section !== '') lines.push(bold(section));
    lines.push(renderGrid(layout, ofSection, view), ...wrap(sectionNotes?.(ofSection)), '');
  }
  lines.push(...wrap(footnotes?.(rows)));
  if (left.length > 0) {
    const missing = left.map((column) => headingOf(column).replaceAll('\n', ' ')).join('; ');
    lines.push(...wrap([`Left out on this narrow screen: ${missing}. Every column is in --format csv.`]));
  }
  return `${lines.join('\n').trimEnd()}\n`;
}

interface Column {
  name: string;
  width: number;
  isNumeric: boolean;
  /** What each row shows. */
  texts: ReadonlyMap<Row, string>;
}

/** Sets headings and rows side by side. A heading of fewer lines than others stands at their bottom, a text at their top. */
function renderGrid(layout: readonly Column[], rows: readonly Row[], {headingOf = formatNarrowHeading}: View): string {
  const headings = layout.map(({name}) => headingOf(name).split('\n'));
  const height = Math.max(...headings.map(({length}) => length));
  const raised = headings.map((lines) => [...Array<string>(height - lines.length).fill(''), ...lines]);
  const texts = rows.map((row) => layout.map((column) => (column.texts.get(row) ?? '').split('\n')));
  return [raised, ...texts].flatMap((cells) => renderLines(cells, layout)).join('\n');
}

function renderLines(cells: readonly string[][], layout: readonly Column[]): string[] {
  const height = Math.max(...cells.map(({length}) => length));
  return Array.from({length: height}, (_, line) =>
    layout
      .map((column, index) => fitText(cells[index]?.[line] ?? '', column))
      .join(' '.repeat(gap))
      .trimEnd(),
  );
}

function fitText(text: string, {width, isNumeric}: Column): string {
  const {index, truncated} = measureText(text, {limit: width, ellipsis: '…'});
  const shown = truncated ? `${text.slice(0, index)}…` : text;
  const padding = ' '.repeat(Math.max(0, width - measureText(shown).width));
  return isNumeric ? padding + shown : shown + padding;
}

/** Characters to which text columns are cut if nothing else helps. */
const narrowest = 16;
const gap = 2;

/**
 * Chooses columns, and widths that hold every value. If the screen is too narrow, names are shortened; then columns of one text for all
 * rows are left out, then others, the most dispensable first. Only if that is not enough, the widest texts are cut.
 */
function fitColumns(columns: readonly string[], rows: readonly Row[], view: View): {layout: Column[]; left: string[]} {
  const {width: limit = Number.POSITIVE_INFINITY, dispensable = [], kept = []} = view;
  const measure = (names: readonly string[], isShort: boolean) =>
    names.map((name) => measureColumn(name, rows, view, isShort));
  const isTooWide = (layout: readonly Column[]) => layout.reduce((sum, {width}) => sum + width + gap, -gap) > limit;
  const whole = measure(columns, false);
  if (!isTooWide(whole)) return {layout: whole, left: []};
  let layout = measure(columns, true);
  const left: string[] = [];
  const same = rows.length > 1 ? layout.filter((column) => isSameText(column, rows)).map(({name}) => name) : [];
  for (const name of [...same, ...dispensable]) {
    if (!isTooWide(layout)) break;
    if (kept.includes(name) || !layout.some((column) => column.name === name)) continue;
    layout = layout.filter((column) => column.name !== name);
    left.push(name);
  }
  while (isTooWide(layout)) {
    const [widest] = layout.filter(({isNumeric}) => !isNumeric).sort((a, b) => b.width - a.width);
    if (widest === undefined || widest.width <= narrowest) break;
    widest.width--;
  }
  return {layout, left};
}

function measureColumn(name: string, rows: readonly Row[], view: View, isShort: boolean): Column {
  const {headingOf = formatNarrowHeading} = view;
  const heading = Math.max(
    ...headingOf(name)
      .split('\n')
      .map((line) => line.length),
  );
  const whole = new Map(rows.map((row) => [row, formatCell(name, row, view)]));
  const shortened = isShort ? new Map(rows.map((row) => [row, formatCell(name, row, view, true)])) : whole;
  // Names that differ must not look the same.
  const isClear = new Set(shortened.values()).size === new Set(whole.values()).size;
  const texts = isClear ? shortened : whole;
  const width = [...texts.values()].reduce((longest, text) => Math.max(longest, measureLine(text)), heading);
  return {name, width, isNumeric: isNumeric(name, rows), texts};
}

/** Returns the characters that a text takes in a terminal, where Chinese ones count twice, as if it stood in one line. */
function measureLine(text: string): number {
  return measureText(text.replaceAll('\n', ' ')).width;
}

function isSameText({name, isNumeric}: Column, rows: readonly Row[]): boolean {
  return !isNumeric && new Set(rows.map((row) => row[name])).size === 1;
}

function formatCell(column: string, row: Row, view: View, isShort = false): string {
  const {isExact, names, marksOf, shorten = (_, text) => text} = view;
  if (isExact) return formatExact(row[column]);
  const text = formatValue(column, row[column], names);
  const shown = isShort ? shorten(column, text) : text;
  return column === 'school_name' ? [shown, ...(marksOf?.(row) ?? [])].join(' ') : shown;
}

/** Formats a value for people. */
export function formatValue(column: string, value: Value | undefined, names?: ReadonlyMap<string, string>): string {
  if (value === null || value === undefined) return unknownMark;
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'number') return formatFigure(column, value);
  if (typeof value === 'object') return JSON.stringify(value);
  return names?.get(`${column} ${value}`) ?? cleanText(value);
}

function isNumeric(column: string, rows: readonly Row[]): boolean {
  const value = rows.find((row) => row[column] !== null && row[column] !== undefined)?.[column];
  return typeof value === 'number';
}
