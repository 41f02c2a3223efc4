import type {DatabaseSync, SQLInputValue} from 'node:sqlite';
import type * as v from 'valibot';
import {parseRows, type RowSchema} from '../parse-rows.ts';

/** Runs a query on the ledger, with values for its question marks, and parses its rows. */
export function readRows<Schema extends RowSchema>(
  db: DatabaseSync,
  schema: Schema,
  sql: string,
  ...values: SQLInputValue[]
): v.InferOutput<Schema>[] {
  return parseRows(schema, db.prepare(sql).all(...values), sql);
}
