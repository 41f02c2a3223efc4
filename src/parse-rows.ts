import type {z} from 'zod';

/** What a row of a query holds: each column with its type. Columns that it doesn't name are left out. */
export type RowSchema = z.ZodObject;

const longestShown = 60;

/**
 * Parses the rows of a query.
 *
 * @throws UnexpectedRow where a row is not what the schema says
 */
export function parseRows<Schema extends RowSchema>(
  schema: Schema,
  rows: readonly unknown[],
  sql: string,
): z.output<Schema>[] {
  return rows.map((row, index) => {
    const parsed = schema.safeParse(row);
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    const column = String(issue?.path[0] ?? '');
    const value =
      typeof row === 'object' && row !== null ? Object.entries(row).find(([name]) => name === column) : undefined;
    throw new UnexpectedRow(
      `row ${index + 1}, column "${column}": ${issue?.message} (${showValue(value?.[1])}), of the query ${sql}`,
    );
  });
}

/** A row that is not what the code that asked for it expects: a bug, or a warehouse that was made by another version. */
export class UnexpectedRow extends Error {
  override name = 'UnexpectedRow';
}

function showValue(value: unknown): string {
  if (value === undefined) return 'the query has no such column';
  const text = typeof value === 'bigint' ? `${value}` : JSON.stringify(value);
  return text.length > longestShown ? `${text.slice(0, longestShown)}…` : text;
}
