import {diffArrays} from 'diff';

/** The cells of a row as text, in the order of the columns. */
export type Cells = (string | null)[];

/**
 * The lines that show how two sets of rows differ: `-` expected and not there, `+` there and not expected. Empty where they are
 * the same rows, in whatever order, each as many times.
 */
export function rowDiff(columns: readonly string[], expected: readonly Cells[], actual: readonly Cells[]): string[] {
  const widths = columns.map((column, index) =>
    Math.max(column.length, ...[...expected, ...actual].map((row) => shown(row[index]).length)),
  );
  const line = (cells: readonly (string | null)[]) =>
    cells
      .map((cell, index) => shown(cell).padEnd(widths[index] ?? 0))
      .join('  ')
      .trimEnd();
  const lines = (rows: readonly Cells[]) => rows.map(line).sort();
  const changes = diffArrays(lines(expected), lines(actual));
  if (!changes.some(({added, removed}) => added || removed)) return [];
  return [
    `  ${line(columns)}`,
    ...changes.flatMap(({value, added, removed}) =>
      value.map((text) => `${added ? '+' : removed ? '-' : ' '} ${text}`),
    ),
  ];
}

function shown(cell: string | null | undefined): string {
  if (cell === null || cell === undefined) return 'null';
  return cell === '' || cell === 'null' ? `'${cell}'` : cell.replaceAll('\n', '\\n');
}
