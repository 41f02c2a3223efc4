import type {z} from 'zod';
import {uncompiled} from './json.ts';

/** The columns of a query's rows, each with its type. Columns that the schema doesn't name are dropped. */
export type RowSchema = z.ZodObject;

const longestShown = 60;
/** From so many on, compiling a schema pays. */
const manyRows = 200;

/**
 * Parses the rows of a query.
 *
 * @throws UnexpectedRow if a row does not match the schema
 */
export function parseRows<Schema extends RowSchema>(
  schema: Schema,
  rows: readonly unknown[],
  sql: string,
): z.output<Schema>[] {
  const options = rows.length < manyRows ? uncompiled : {};
  return rows.map((row, index) => {
    const parsed = schema.safeParse(row, options);
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

/** A row that does not match the schema of its query: a bug, or a warehouse that another version built. */
export class UnexpectedRow extends Error {
  override name = 'UnexpectedRow';
}

function showValue(value: unknown): string {
  if (value === undefined) return 'the query has no such column';
  const text = typeof value === 'bigint' ? `${value}` : JSON.stringify(value);
  return text.length > longestShown ? `${text.slice(0, longestShown)}…` : text;
}
