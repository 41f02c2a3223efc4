import {
  Color,
  Format,
  FormatAlign,
  FormatBorder,
  FormatUnderline,
  Note,
  Url,
  type Workbook,
  type Worksheet,
} from 'wasm-xlsxwriter';
import type {Row, Value} from '../duckdb/database.ts';
import {findUnit, type Unit} from '../words/columns.ts';
import {listBuildMarks, type Marks} from '../words/marks.ts';

/** A sheet with a table. Its title and notes stand above the header. */
export interface Sheet {
  /** On the tab: 31 characters at most. */
  name: string;
  title: string;
  notes: readonly string[];
  columns: readonly SheetColumn[];
  rows: readonly Row[];
  /** Columns whose values divide the rows into sections, with a line between them. */
  sections: readonly string[];
  /** Whether a row rests on few people, or ranks a small school. */
  isSmall(row: Row): boolean;
}

export interface SheetColumn {
  name: string;
  heading: string;
  /** DuckDB's name for the type. */
  type: string;
  description?: string;
}

/** The row of the headings, counted from 1. */
export const headerRow = 5;

/** Excel's number formats. */
const numberFormats: Record<Unit, string> = {
  share: '0.0%',
  points: '+0.0;\u22120.0;0.0',
  ratio: '0.00',
  correlation: '+0.00;\u22120.00;0.00',
  decimal: '0.0',
  change: '+#,##0;\u2212#,##0;0',
  count: '#,##0',
};

/** Chooses the format by the column's name, else by its type. */
function chooseNumberFormat({name, type}: SheetColumn): string | undefined {
  const unit = findUnit(name);
  if (unit !== undefined) return numberFormats[unit];
  if (/^(BIGINT|HUGEINT|INTEGER|SMALLINT|TINYINT)$/.test(type)) return numberFormats.count;
  return /^(DOUBLE|FLOAT|DECIMAL)/.test(type) ? numberFormats.decimal : undefined;
}

const ink = {title: 0x1f2933, quiet: 0x66727f, line: 0xaab4be, head: 0xe4e9ee, warning: 0xa61b1b, warm: 0xfff3c4};
const fontName = 'Calibri';
const narrowest = 9;
const widest = 48;

/** Adds a sheet with its table: typed cells, headings with notes, filters and a frozen header. */
export function addSheet(workbook: Workbook, sheet: Sheet, build: Marks): void {
  const {columns, rows, sections} = sheet;
  const worksheet = addWorksheet(workbook, sheet.name, sheet.title, build);
  const hasSmall = rows.some((row) => sheet.isSmall(row));
  const notes = [
    ...sheet.notes,
    ...(hasSmall ? ['Grey italics: rests on few people, or ranks a small school; read it with care.'] : []),
  ];
  const header = headerRow - 1;
  const widths = columns.map((column) => measureColumn(column, rows));
  worksheet.setRowHeight(header, 48);
  const headFormat = createTextFormat({bold: true, background: ink.head})
    .setTextWrap()
    .setBorderBottom(FormatBorder.Thin)
    .setBorderBottomColor(Color.rgb(ink.line));
  for (const [index, column] of columns.entries()) {
    worksheet.writeStringWithFormat(header, index, column.heading, align(headFormat.clone(), column));
    worksheet.setColumnWidth(index, widths[index] ?? narrowest);
    if (column.description === undefined) continue;
    const note = new Note(column.description).addAuthorPrefix(false).setWidth(280).setHeight(96);
    worksheet.insertNote(header, index, note);
  }

  const formats = new Map<string, Format[]>();
  const formatsOf = (isFirst: boolean, isSmall: boolean): Format[] => {
    const key = `${isFirst} ${isSmall}`;
    const known = formats.get(key) ?? columns.map((column) => createCellFormat(column, isFirst, isSmall));
    formats.set(key, known);
    return known;
  };
  const sectionOf = (row: Row | undefined) => sections.map((name) => row?.[name]).join('\n');
  for (const [index, row] of rows.entries()) {
    const isFirst = index > 0 && sectionOf(row) !== sectionOf(rows[index - 1]);
    for (const [position, format] of formatsOf(isFirst, sheet.isSmall(row)).entries())
      writeCell(worksheet, headerRow + index, position, row[columns[position]?.name ?? ''], format);
  }
  worksheet.autofilter(header, 0, header + rows.length, columns.length - 1);
  // The columns up to the name are frozen, unless they would fill the screen.
  const name = columns.findIndex((column) => column.name.endsWith('_name'));
  worksheet.setFreezePanes(headerRow, name < 4 ? name + 1 : 0);
  writeNotes(worksheet, notes.join(' '), widths);
  worksheet.setRepeatRows(header, header);
  // A wide table takes several pages side by side, each with the columns up to the name.
  worksheet.setPrintFitToPages(Math.ceil(widths.reduce((sum, width) => sum + width, 0) / pageWidth), 0);
  if (name >= 0) worksheet.setRepeatColumns(0, name);
}

/** In characters: what a landscape page holds in a size that can be read. */
const pageWidth = 190;
/** In characters: what a screen holds. */
const screenWidth = 130;

/** Writes the notes over the first columns that are as wide as a screen. In one long line, they would make the print tiny. */
function writeNotes(worksheet: Worksheet, notes: string, widths: readonly number[]): void {
  let [width, last] = [widths[0] ?? narrowest, 0];
  while (last + 1 < widths.length && width < screenWidth) width += widths[++last] ?? 0;
  const format = createTextFormat({color: ink.quiet}).setTextWrap().setAlign(FormatAlign.Top);
  if (last > 0) worksheet.mergeRange(2, 0, 2, last, notes, format);
  else worksheet.writeStringWithFormat(2, 0, notes, format);
  worksheet.setRowHeight(2, 16 * Math.max(1, Math.ceil(notes.length / width)));
}

/** Adds a sheet with a title and, for a sample, a warning under it. */
export function addWorksheet(workbook: Workbook, name: string, title: string, build: Marks): Worksheet {
  const worksheet = workbook.addWorksheet();
  worksheet.setName(name);
  worksheet.setScreenGridlines(false);
  worksheet.setLandscape();
  worksheet.setPaperSize(1);
  worksheet.setPrintFitToPages(1, 0);
  worksheet.setRowHeight(0, 26);
  worksheet.writeStringWithFormat(0, 0, title, createTextFormat({bold: true, size: 15, color: ink.title}));
  const notes = listBuildMarks(build).join(' ');
  if (notes !== '') {
    const mark = createTextFormat({bold: true, color: ink.warning, background: ink.warm});
    worksheet.writeStringWithFormat(1, 0, notes, mark);
    for (let column = 1; column < 6; column++) worksheet.writeBlank(1, column, mark);
    worksheet.setHeader(`&C${notes.replaceAll('&', '&&')}`);
  }
  worksheet.setFooter('&L&A&RPage &P of &N');
  return worksheet;
}

/** Widths of the two columns of the sheet About, in characters. */
export const lineWidths = [44, 112];

/** Writes a row of the sheet About, as high as its text needs. */
export function writeLine(worksheet: Worksheet, row: number, cells: readonly (string | Url)[], isHead = false): void {
  const lines = cells.map((cell, column) => (typeof cell === 'string' ? cell.length / (lineWidths[column] ?? 1) : 1));
  worksheet.setRowHeight(row, isHead ? 26 : 16 * Math.ceil(Math.max(...lines)));
  for (const [column, cell] of cells.entries()) {
    if (typeof cell !== 'string') {
      const link = createTextFormat({color: 0x1d5b99}).setUnderline(FormatUnderline.Single).setAlign(FormatAlign.Top);
      worksheet.writeUrlWithFormat(row, column, cell, link);
      continue;
    }
    const format = isHead
      ? createTextFormat({bold: true, size: 12})
      : createTextFormat({}).setAlign(FormatAlign.Top).setTextWrap();
    worksheet.writeStringWithFormat(row, column, cell, format);
  }
}

/** Creates a link to another sheet. */
export function linkToSheet(sheet: string): Url {
  return new Url(`internal:'${sheet.replaceAll("'", "''")}'!A1`).setText(sheet);
}

function writeCell(worksheet: Worksheet, row: number, column: number, value: Value | undefined, format: Format): void {
  const same =
    typeof value === 'number'
      ? worksheet.writeNumberWithFormat(row, column, value, format)
      : typeof value === 'boolean'
        ? worksheet.writeBooleanWithFormat(row, column, value, format)
        : typeof value === 'string'
          ? worksheet.writeStringWithFormat(row, column, value, format)
          : worksheet.writeBlank(row, column, format);
  // Each call returns the worksheet anew. A million such objects would be left to the garbage collector.
  same.free();
}

function createTextFormat({
  bold = false,
  size = 11,
  color = ink.title,
  background,
}: {
  bold?: boolean;
  size?: number;
  color?: number;
  background?: number;
}): Format {
  const format = new Format().setFontName(fontName).setFontSize(size).setFontColor(Color.rgb(color));
  if (background !== undefined) format.setBackgroundColor(Color.rgb(background));
  return bold ? format.setBold() : format;
}

function createCellFormat(column: SheetColumn, isFirst: boolean, isSmall: boolean): Format {
  const format = align(createTextFormat({color: isSmall ? ink.quiet : ink.title}), column);
  const number = chooseNumberFormat(column);
  if (number !== undefined) format.setNumFormat(number);
  if (isSmall) format.setItalic();
  if (isFirst) format.setBorderTop(FormatBorder.Thin).setBorderTopColor(Color.rgb(ink.line));
  return format;
}

function align(format: Format, {type}: SheetColumn): Format {
  // Without the indent, a text would touch the number to its left.
  if (type === 'VARCHAR') return format.setAlign(FormatAlign.Left).setIndent(1);
  return format.setAlign(type === 'BOOLEAN' ? FormatAlign.Center : FormatAlign.Right);
}

/** Returns a width in characters that fits every value and each word of the heading. */
function measureColumn(column: SheetColumn, rows: readonly Row[]): number {
  const words = column.heading.split(' ').map((word) => word.length + 1);
  const needed = Math.max(narrowest, ...words, Math.ceil(column.heading.length / 3));
  const measure = (width: number, row: Row) => Math.max(width, String(row[column.name] ?? '').length);
  return Math.min(widest, (column.type === 'VARCHAR' ? rows.reduce(measure, needed) : needed) + 3);
}
