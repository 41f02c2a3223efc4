import Table from 'cli-table3';
import {stringify} from 'csv-stringify/sync';
import {markdownTable} from 'markdown-table';
import type {Result, Value} from '../duckdb/database.ts';

export const formats = ['table', 'json', 'csv', 'md'] as const;
export type Format = (typeof formats)[number];

/** How a result is laid out for people. Programs (json, csv) get every column and value as it is. */
export interface View {
  title?: string;
  /** Columns whose values become headings. */
  sections?: readonly string[];
  /** Columns that are not shown: their values are in the title or in the notes. */
  hidden?: readonly string[];
  /** Columns that a narrow screen can do without, the first to go first. */
  dispensable?: readonly string[];
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

type Shown = Pick<Result, 'columns' | 'rows'>;

export function render({columns, rows}: Shown, format: Format, view: View = {}): string {
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
  return typeof value === 'boolean' ? `${value}` : value;
}

function markdown({columns, rows}: Shown, {title, names, footnotes}: View): string {
  const align = columns.map((column) => (isNumeric(column, rows) ? 'r' : 'l'));
  const table = markdownTable(
    [
      columns,
      ...rows.map((row) =>
        columns.map((column) =>
          shown(column, row[column], names)
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
    ...(footnotes?.(rows) ?? []).flatMap((note) => ['', note]),
    '',
  ].join('\n');
}

function terminal({columns, rows}: Shown, view: View): string {
  const {title, sections = [], hidden = [], names, footnotes, sectionNotes, heading = (text) => text} = view;
  const wanted = columns.filter((column) => !sections.includes(column) && !hidden.includes(column));
  const {layout, left} = fit(wanted, rows, view);
  const lines: string[] = title ? [heading(title), ''] : [];
  const bySection = Map.groupBy(rows, (row) => sections.map((column) => shown(column, row[column], names)).join(' · '));
  if (rows.length === 0) lines.push('(no rows)', '');
  for (const [section, ofSection] of bySection) {
    if (section !== '') lines.push(heading(section));
    lines.push(grid(layout, ofSection, names), ...(sectionNotes?.(ofSection) ?? []), '');
  }
  lines.push(...(footnotes?.(rows) ?? []));
  if (left.length > 0) {
    const missing = left.map((column) => headingOf(column).replaceAll('\n', ' ')).join('; ');
    lines.push(`Left out on this narrow screen: ${missing}. Every column is in --format csv.`);
  }
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

interface Column {
  name: string;
  width: number;
  isNumeric: boolean;
}

function grid(
  layout: readonly Column[],
  rows: readonly Record<string, Value>[],
  names?: ReadonlyMap<string, string>,
): string {
  const table = new Table({
    chars: blank,
    style: {head: [], border: [], 'padding-left': 0, 'padding-right': 0, compact: true},
    colAligns: layout.map(({isNumeric}) => (isNumeric ? 'right' : 'left')),
    colWidths: layout.map(({width}) => width),
    rowAligns: ['bottom'],
  });
  table.push(
    layout.map(({name}) => headingOf(name)),
    ...rows.map((row) => layout.map(({name}) => marked(name, row, names))),
  );
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

/** Text columns are cut down to this before a column is left out. */
const narrowest = 16;
const gap = 2;

/**
 * The columns with widths that hold every value. Where the screen is too narrow for them, the longest text columns give way,
 * and then whole columns, in the order in which the view can do without them.
 */
function fit(
  columns: readonly string[],
  rows: readonly Record<string, Value>[],
  {names, width: limit = Number.POSITIVE_INFINITY, dispensable = []}: View,
): {layout: Column[]; left: string[]} {
  const layout = columns.map((name) => ({
    name,
    isNumeric: isNumeric(name, rows),
    width: Math.max(
      ...headingOf(name)
        .split('\n')
        .map((line) => line.length),
      ...rows.map((row) => marked(name, row, names).length),
    ),
  }));
  const isTooWide = () => layout.reduce((sum, {width}) => sum + width + gap, -gap) > limit;
  while (isTooWide()) {
    const [widest] = layout.filter(({isNumeric}) => !isNumeric).sort((a, b) => b.width - a.width);
    if (widest === undefined || widest.width <= narrowest) break;
    widest.width--;
  }
  const last = isTooWide() ? dispensable.find((name) => columns.includes(name)) : undefined;
  if (last === undefined) return {layout, left: []};
  const {layout: rest, left} = fit(
    columns.filter((name) => name !== last),
    rows,
    {
      dispensable,
      width: limit,
      ...(names && {names}),
    },
  );
  return {layout: rest, left: [last, ...left]};
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
  district_code: 'District\ncode',
  city: 'City',
  school_types: 'Types',
  student_count: 'Students',
  all_students_count: 'All\nstudents',
  student_share: 'Share',
  teacher_count: 'Teachers',
  all_teachers_count: 'All\nteachers',
  teacher_share: 'Share',
  students_of_color_count: 'Students\nof color',
  students_of_color_share: 'Students of\ncolor, share',
  teachers_of_color_count: 'Teachers\nof color',
  teachers_of_color_share: 'Teachers of\ncolor, share',
  teachers_of_color_share_high: 'at most',
  teachers_not_provided_count: 'Not\nprovided',
  gap_pp: 'Gap,\npp',
  parity_ratio: 'Parity\nratio',
  overlap: 'Overlap',
  groups_without_a_teacher: 'Groups without\na teacher',
  teachers_to_parity: 'Teachers\nto parity',
  students_per_teacher: 'Students\nper teacher',
  demographic_group: 'Group',
  category_type: 'Type',
  growth_ratio: 'Growth\nfactor',
  since_school_year: 'Since',
  teachers_of_color_per_year: 'More\na year',
  years_to_parity: 'Years to\nparity',
  school_count: 'Schools',
  closing_count: 'Gap\ncloses',
  widening_count: 'Gap\nwidens',
  gap_change_pp: 'Change,\npp',
  size_group: 'Size',
  fewest_students_count: 'Students\nfrom',
  most_students_count: 'Students\nto',
  median_gap_pp: 'Median\ngap, pp',
  median_overlap: 'Median\noverlap',
  rank_correlation: 'Rank\ncorrelation',
  average_years: 'Years of experience,\naverage',
  masters_share: "Master's\nor higher",
  grade_name: 'Grade',
  source: 'Source',
  data_set: 'Data set',
  landed_at: 'Landed',
  rows: 'Rows',
  published_at: 'Published',
  checked_at: 'Checked',
  school_years: 'School years',
  name: 'Name',
  number: 'Question',
  question: 'What it answers',
  school_year: 'School year',
  from: 'From',
  landing: 'Landing',
  reshaping: 'Reshaping',
  run: 'Run',
  started_at: 'Started',
  command: 'Command',
  outcome: 'Outcome',
  seconds: 'Seconds',
  build: 'Build',
  error: 'Error',
  built_at: 'Built',
  size: 'Size',
  state: 'State',
  model: 'Model',
  result: 'Result',
  columns: 'Columns',
  passed: 'Passed',
  warned: 'Warned',
  failed: 'Failed',
};

/** What a column is called where people read it. */
export function headingOf(column: string): string {
  return headings[column] ?? column;
}

/** A value as people read it. The column's name says what it is: see "Names" in CONTRIBUTING.md. */
export function shown(column: string, value: Value | undefined, names?: ReadonlyMap<string, string>): string {
  if (value === null || value === undefined) return '–';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'number') {
    if (/_share(_high|_ci_low|_ci_high)?$/.test(column)) return `${(100 * value).toFixed(1)} %`;
    if (column.endsWith('_pp')) return signed(value.toFixed(1));
    if (/_ratio$|overlap$/.test(column)) return value.toFixed(2);
    if (column.endsWith('_correlation')) return signed(value.toFixed(2));
    if (column.endsWith('_per_year')) return signed(value.toFixed(1));
    if (/^students_per_teacher$|^average_/.test(column)) return value.toFixed(1);
    if (column.endsWith('_count')) return value.toLocaleString('en-US');
    return `${value}`;
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
