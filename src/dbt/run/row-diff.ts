import {diffArrays} from 'diff';

/** The cells of a row as text, in the order of the columns. */
export type Cells = (string | null)[];

/** Longer lines are hard to compare with the one below. */
const longestLine = 120;

/**
 * Formats how two multisets of rows differ: `-` for a missing row, `+` for an unexpected one. If the rows are long, columns that
 * agree are omitted, except the first.
 *
 * @returns the lines; none if the rows are the same in any order
 */
export function diffRows(columns: readonly string[], expected: readonly Cells[], actual: readonly Cells[]): string[] {
  const texts = (rows: readonly Cells[]) => rows.map((row) => row.map(showCell));
  const [wanted, made] = [texts(expected), texts(actual)];
  const widths = columns.map((column, index) =>
    Math.max(column.length, ...[...wanted, ...made].map((row) => row[index]?.length ?? 0)),
  );
  const isLong = widths.reduce((sum, width) => sum + width + 2, 0) > longestLine;
  const isShown = columns.map((_, index) => !isLong || index === 0 || !agree(wanted, made, index));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, index) => cell.padEnd(widths[index] ?? 0))
      .filter((_, index) => isShown[index])
      .join('  ')
      .trimEnd();
  const whole = (rows: readonly string[][]) => rows.map((cells) => cells.join('\t')).sort();
  const changes = diffArrays(whole(wanted), whole(made));
  if (!changes.some(({added, removed}) => added || removed)) return [];
  const left = columns.filter((_, index) => !isShown[index]);
  return [
    `  ${line(columns)}`,
    ...changes.flatMap(({value, added, removed}) =>
      value.map((row) => `${added ? '+' : removed ? '-' : ' '} ${line(row.split('\t'))}`),
    ),
    ...(left.length > 0 ? [`  as expected: ${left.join(', ')}`] : []),
  ];
}

/** Returns whether a column has the same values in two sets of rows. */
function agree(one: readonly string[][], other: readonly string[][], column: number): boolean {
  const values = (rows: readonly string[][]) =>
    rows
      .map((row) => row[column])
      .sort()
      .join('\t');
  return values(one) === values(other);
}

function showCell(cell: string | null): string {
  if (cell === null) return 'null';
  return cell === '' || cell === 'null' ? `'${cell}'` : cell.replaceAll('\n', '\\n').replaceAll('\t', '\\t');
}
