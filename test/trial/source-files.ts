/** The trial's input files, read with nothing of Rollcall's: a CSV parser and string slicing. */
import {createHash} from 'node:crypto';
import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {parse} from 'csv-parse/sync';

export type Row = Record<string, string>;

export interface SourceFile {
  path: string;
  sha256: string;
  /** The file's lines without the byte order mark and the line ends. lines[0] is line 1, the header. */
  lines: string[];
  /** One record for each data row. Row i is on line i + 2, since no field of these files spans lines (readCsv checks that). */
  rows: Row[];
}

export interface TrialFiles {
  enrollment: Map<string, SourceFile>;
  teachers: SourceFile;
  listPath: string;
  listText: string;
  list: Row[];
}

/** Returns the text of a field; null for a blank or the letters NULL. */
export function readText(row: Row, column: string): string | null {
  const value = row[column];
  if (value === undefined) throw new Error(`no column ${column} in ${Object.keys(row).join(', ')}`);
  const trimmed = value.trim();
  return trimmed === '' || trimmed === 'NULL' ? null : trimmed;
}

export function requireText(row: Row, column: string): string {
  const value = readText(row, column);
  if (value === null) throw new Error(`${column} is missing in ${JSON.stringify(row)}`);
  return value;
}

/** Returns a whole number; null if it is missing. */
export function readCount(row: Row, column: string): number | null {
  const value = readText(row, column);
  if (value === null) return null;
  if (!/^\d+$/.test(value)) throw new Error(`${column} is not a count: ${value}`);
  return Number(value);
}

export function requireCount(row: Row, column: string): number {
  const value = readCount(row, column);
  if (value === null) throw new Error(`${column} is missing in ${JSON.stringify(row)}`);
  return value;
}

/** Reads a single line of a file under its header, so that a wrong line number is noticed. */
export function readRecord(file: SourceFile, lineNumber: number): Row {
  const [record] = parse(`${file.lines[0]}\n${file.lines[lineNumber - 1]}`, {columns: true}) as Row[];
  if (record === undefined) throw new Error(`nothing on line ${lineNumber} of ${file.path}`);
  return record;
}

function readCsv(path: string): SourceFile {
  const bytes = readFileSync(path);
  const content = bytes.toString('utf8').replace(/^\uFEFF/, '');
  const lines = content.split(/\r?\n/);
  if (lines.at(-1) === '') lines.pop();
  const rows = parse(content, {columns: true}) as Row[];
  if (rows.length !== lines.length - 1) throw new Error(`${path}: ${rows.length} rows on ${lines.length - 1} lines`);
  return {path, sha256: createHash('sha256').update(bytes).digest('hex'), lines, rows};
}

/** Reads a SQL Server export: a header, a rule of dashes that gives the columns' widths, rows, and a closing remark. */
function parseFixedWidth(content: string): Row[] {
  const lines = content.replace(/^\uFEFF/, '').split('\r\n');
  const [header = '', rule = ''] = lines;
  const columns: {name: string; from: number; to: number}[] = [];
  let from = 0;
  for (const dashes of rule.split(' ')) {
    const to = from + dashes.length;
    columns.push({name: header.slice(from, to).trim(), from, to});
    from = to + 1;
  }
  const body = lines.slice(2, lines.indexOf('', 2));
  return body.map((line) => Object.fromEntries(columns.map(({name, from, to}) => [name, line.slice(from, to).trim()])));
}

export function readTrialFiles(folder: string): TrialFiles {
  const enrollment = new Map<string, SourceFile>();
  let teachers: SourceFile | undefined;
  for (const name of readdirSync(join(folder, 'ospi'))) {
    const file = readCsv(join(folder, 'ospi', name));
    if (file.lines[0]?.includes('TeacherTotalCount')) teachers = file;
    else enrollment.set(requireText(file.rows[0] ?? {}, 'SchoolYear'), file);
  }
  if (teachers === undefined) throw new Error(`no teacher file in ${folder}/ospi`);
  const listPath = join(folder, 'RoadMapProjectSchoolList.txt');
  const listText = readFileSync(listPath, 'utf8');
  return {enrollment, teachers, listPath, listText, list: parseFixedWidth(listText)};
}
