import {readFileSync} from 'node:fs';
import * as v from 'valibot';

/** Parses a JSON text; returns undefined if it is not JSON or does not match the schema. */
export function parseJson<Schema extends v.GenericSchema>(
  schema: Schema,
  text: string,
): v.InferOutput<Schema> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const parsed = v.safeParse(schema, value);
    return parsed.success ? parsed.output : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Reads a small JSON file; returns undefined if it can't be read, is not JSON or does not match the schema. Reads synchronously:
 * handing a small file to another thread takes longer than reading it.
 */
export function readJson<Schema extends v.GenericSchema>(
  schema: Schema,
  path: string,
): v.InferOutput<Schema> | undefined {
  try {
    return parseJson(schema, readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

/** Builds the schema of a text that holds JSON, such as a database column. */
export function jsonText<Schema extends v.GenericSchema>(schema: Schema) {
  return v.pipe(v.string(), v.parseJson(), schema);
}

/** Builds the schema of an object with any keys. Refuses a list, which valibot's own `record` takes for an object. */
export function mapping<Schema extends v.GenericSchema>(schema: Schema) {
  return v.pipe(refuseList<Record<string, v.InferInput<Schema>>>(), v.record(v.string(), schema));
}

/** Builds the schema of an object with these keys and no others. Refuses a list, which valibot's own takes for an object. */
export function strictMapping<Entries extends v.ObjectEntries>(entries: Entries) {
  return v.pipe(refuseList<v.InferInput<v.StrictObjectSchema<Entries, undefined>>>(), v.strictObject(entries));
}

function refuseList<Input>() {
  return v.custom<Input>((value) => !Array.isArray(value), 'is a list, not keys with values');
}
