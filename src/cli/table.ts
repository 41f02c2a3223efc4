import Table from 'cli-table3';
import {stringify} from 'csv-stringify/sync';
import {markdownTable} from 'markdown-table';
import type {Result, Value} from '../warehouse/duckdb.ts';

export const formats = ['table', 'json', 'csv', 'md'] as const;
export type Format = (typeof formats)[number];

/** How a result is laid out for people. Programs (json, csv) get every column and value as it is. */
export interface View {
  title?: string;
  /** Columns whose values become headings. */
  sections?: readonly string[];
  /** Columns that are not shown: their values are in the title or in the notes. */
  hidden?: readonly string[];
  /** Names for people: `column value` to name. */
  names?: ReadonlyMap<string, string>;
  /** Sentences under the table, from all of its rows. */
  footnotes?: (rows: readonly Record<string, Value>[]) => string[];
  /** Sentences under a section, from its rows. */
  sectionNotes?: (rows: readonly Record<string, Value>[]) => string[];
  /** Characters that a line may have; undefined where nobody looks at a screen. */
  width?: number | undefined;
  /** Terminal styling of headings. */
  heading?: (text: string) => string;
}

export function render({columns, rows}: Result, format: Format, view: View = {}): string {
  switch (format) {
    case 'json':
      return `${JSON.stringify(rows, null, 2)}\n`;
    case 'csv':
      return stringify(
        rows.map((row) => columns.map((column) => plain(row[column]))),
        {header: true, columns},
      );
    case 'md':
      return markdown({columns, rows}, view);
    case 'table':
      return terminal({columns, rows}, view);
  }
}

function plain(value: Value | undefined): string | number | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'object') return JSON.stringify(value);
  return typeof value === 'boolean' ? String(value) : value;
}

function markdown({columns, rows}: Result, {title, names, footnotes}: View): string {
  const align = columns.map((column) => (isNumeric(column, rows) ? 'r' : 'l'));
  const table = markdownTable(
    [columns, ...rows.map((row) => columns.map((column) => shown(column, row[column], names)))],
    {align},
  );
  return [
    ...(title ? [`**${title}**`, ''] : []),
    table,
    ...(footnotes?.(rows) ?? []).flatMap((note) => ['', note]),
    '',
  ].join('\n');
}

function terminal({columns, rows}: Result, view: View): string {
  const {title, sections = [], hidden = [], names, footnotes, sectionNotes, heading = (text) => text} = view;
  const shownColumns = columns.filter((column) => !sections.includes(column) && !hidden.includes(column));
  const lines: string[] = title ? [heading(title), ''] : [];
  const bySection = Map.groupBy(rows, (row) => sections.map((column) => shown(column, row[column], names)).join(' · '));
  const widths = measure(shownColumns, rows, names, view.width);
  if (rows.length === 0) lines.push('(no rows)', '');
  for (const [section, ofSection] of bySection) {
    if (section !== '') lines.push(heading(section));
    lines.push(grid(shownColumns, ofSection, widths, names), ...(sectionNotes?.(ofSection) ?? []), '');
  }
  lines.push(...(footnotes?.(rows) ?? []));
  return `${lines.join('\n').trimEnd()}\n`;
}

const blank = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
};

function grid(
  columns: readonly string[],
  rows: readonly Record<string, Value>[],
  widths: number[],
  names?: ReadonlyMap<string, string>,
): string {
  const table = new Table({
    chars: blank,
    style: {head: [], border: [], 'padding-left': 0, 'padding-right': 0, compact: true},
    colAligns: columns.map((column) => (isNumeric(column, rows) ? 'right' : 'left')),
    colWidths: widths,
  });
  table.push(columns.map(headingOf), ...rows.map((row) => columns.map((column) => marked(column, row, names))));
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

/** Column widths that hold every value; where the screen is too narrow for them, the longest text columns give way. */
function measure(
  columns: readonly string[],
  rows: readonly Record<string, Value>[],
  names: ReadonlyMap<string, string> | undefined,
  limit: number | undefined,
): number[] {
  const widths = columns.map((column) =>
    Math.max(headingOf(column).length, ...rows.map((row) => marked(column, row, names).length)),
  );
  const gaps = 2 * (columns.length - 1);
  const least = 12;
  while (limit !== undefined && widths.reduce((sum, width) => sum + width, gaps) > limit) {
    const widest = widths.indexOf(Math.max(...widths.filter((_, index) => !isNumeric(columns[index] ?? '', rows))));
    if (widest === -1 || (widths[widest] ?? 0) <= least) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
  return widths;
}

/** A school whose figures rest on few people has a star behind its name. */
function marked(column: string, row: Record<string, Value>, names?: ReadonlyMap<string, string>): string {
  const text = shown(column, row[column], names);
  return column === 'school_name' && row['is_small'] === true ? `${text} *` : text;
}

const headings: Record<string, string> = {
  rank: '#',
  school_code: 'Code',
  school_name: 'School',
  district_name: 'District',
  district_code: 'District code',
  city: 'City',
  school_types: 'Types',
  student_count: 'Students',
  all_students_count: 'All students',
  student_share: 'Share',
  teacher_count: 'Teachers',
  all_teachers_count: 'All teachers',
  teacher_share: 'Share',
  students_of_color_count: 'of color',
  students_of_color_share: 'Students of color',
  teachers_of_color_count: 'of color',
  teachers_of_color_share: 'Teachers of color',
  teachers_of_color_share_high: 'at most',
  teachers_not_provided_count: 'Not provided',
  gap_pp: 'Gap, pp',
  parity_ratio: 'Ratio',
  overlap: 'Overlap',
  groups_without_a_teacher: 'Groups without',
  teachers_to_parity: 'To parity',
  students_per_teacher: 'Per teacher',
  demographic_group: 'Group',
  category_type: 'Type',
  school_years: 'School years',
  name: 'Name',
  number: 'Question',
  question: 'What it answers',
};

function headingOf(column: string): string {
  return headings[column] ?? column;
}

/** A value as people read it. The column's name says what it is: see "Names" in CONTRIBUTING.md. */
function shown(column: string, value: Value | undefined, names?: ReadonlyMap<string, string>): string {
  if (value === null || value === undefined) return '–';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'number') {
    if (/_share(_high|_ci_low|_ci_high)?$/.test(column)) return `${(100 * value).toFixed(1)} %`;
    if (column.endsWith('_pp')) return signed(value.toFixed(1));
    if (/_ratio$|^overlap$/.test(column)) return value.toFixed(2);
    if (column === 'students_per_teacher') return value.toFixed(1);
    if (column.endsWith('_count')) return value.toLocaleString('en-US');
    return String(value);
  }
  if (typeof value === 'object') return JSON.stringify(value);
  return names?.get(`${column} ${value}`) ?? value;
}

function signed(text: string): string {
  if (Number(text) === 0) return text.replace('-', '');
  return text.startsWith('-') ? text.replace('-', '−') : `+${text}`;
}

function isNumeric(column: string, rows: readonly Record<string, Value>[]): boolean {
  const value = rows.find((row) => row[column] !== null && row[column] !== undefined)?.[column];
  return typeof value === 'number';
}
