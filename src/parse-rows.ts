import * as v from 'valibot';
import {describeIssue} from './schemas.ts';

/** The columns of a query's rows, each with its type. Columns that the schema doesn't name are dropped. */
export type RowSchema = v.ObjectSchema<v.ObjectEntries, undefined>;

const longestShown = 60;

/**
 * Parses the rows of a query.
 *
 * @throws UnexpectedRow if a row does not match the schema
 */
export function parseRows<Schema extends RowSchema>(
  schema: Schema,
  rows: readonly unknown[],
  sql: string,
): v.InferOutput<Schema>[] {
  return rows.map((row, index) => {
    const parsed = v.safeParse(schema, row);
    if (parsed.success) return parsed.output;
    const {path, message} = describeIssue(parsed.issues);
    const column = String(path[0] ?? '');
    const value =
      typeof row === 'object' && row !== null ? Object.entries(row).find(([name]) => name === column) : undefined;
    throw new UnexpectedRow(
      `row ${index + 1}, column "${column}": ${message} (${showValue(value?.[1])}), of the query ${sql}`,
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
