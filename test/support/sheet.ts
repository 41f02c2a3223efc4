/** A small table of text that tests spoil cell by cell. The row of index 0 is line 2. */
export interface Sheet {
  header: string[];
  rows: string[][];
}

/** Reads a delimited file of the sample, whose cells contain no quotation marks. */
export function readSheet(text: string): Sheet {
  if (text.includes('"')) throw new Error('this file has quoted cells; take another one');
  const [header = [], ...rows] = text
    .replace(/^\uFEFF/, '')
    .trimEnd()
    .split(/\r?\n/)
    .map((line) => line.split(','));
  return {header, rows};
}

/** Reads a fixed-width school list without the lines below its rows. */
export function readList(text: string): Sheet {
  const [header = '', rule = '', ...rest] = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const places = [...rule.matchAll(/-+/g)].map((match) => ({start: match.index, length: match[0].length}));
  const cells = (line: string) => places.map(({start, length}) => line.slice(start, start + length).trim());
  return {header: cells(header), rows: rest.slice(0, rest.indexOf('')).map(cells)};
}

/** How a sheet is written: byte order mark, line ends, delimiter and quotation marks. */
export interface Dress {
  mark?: '' | '\uFEFF';
  lineEnd?: '\r\n' | '\n' | '\r';
  delimiter?: string;
  quote?: 'where needed' | 'always';
}

export function writeSheet({header, rows}: Sheet, dress: Dress = {}): string {
  const {mark = '\uFEFF', lineEnd = '\r\n', delimiter = ',', quote = 'where needed'} = dress;
  const cell = (text: string) =>
    quote === 'always' || text.includes(delimiter) || /["\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  return mark + [header, ...rows].map((line) => line.map(cell).join(delimiter) + lineEnd).join('');
}

/** Returns the index of the column with this name. */
export function findColumn({header}: Sheet, label: string): number {
  const position = header.indexOf(label);
  if (position === -1) throw new Error(`no column "${label}" in ${header.join(', ')}`);
  return position;
}

/** Returns the row in a line of the file. */
export function readRow({rows}: Sheet, line: number): string[] {
  const row = rows[line - 2];
  if (row === undefined) throw new Error(`no line ${line}`);
  return row;
}

/** Writes a text into a cell, by the cell's line and column. */
export function setCell(sheet: Sheet, line: number, label: string, text: string): void {
  readRow(sheet, line)[findColumn(sheet, label)] = text;
}

export function readCell(sheet: Sheet, line: number, label: string): string {
  return readRow(sheet, line)[findColumn(sheet, label)] ?? '';
}

export function setColumn(sheet: Sheet, label: string, text: (cell: string) => string): void {
  const position = findColumn(sheet, label);
  for (const row of sheet.rows) row[position] = text(row[position] ?? '');
}

export function dropColumn(sheet: Sheet, label: string): void {
  const position = findColumn(sheet, label);
  for (const line of [sheet.header, ...sheet.rows]) line.splice(position, 1);
}

export function renameColumn(sheet: Sheet, from: string, to: string): void {
  sheet.header[findColumn(sheet, from)] = to;
}

export function addColumn(sheet: Sheet, label: string, text: (row: string[], index: number) => string): void {
  sheet.header.push(label);
  for (const [index, row] of sheet.rows.entries()) row.push(text(row, index));
}
