import {readFileSync} from 'node:fs';
import {z} from 'zod';

/** For what is parsed a few times: zod then doesn't compile the schema, which takes as long as parsing some hundred objects. */
export const uncompiled = {jitless: true};

/** Parses a JSON text; returns undefined if it is not JSON or does not match the schema. */
export function parseJson<Schema extends z.ZodType>(schema: Schema, text: string): z.output<Schema> | undefined {
  try {
    return schema.safeParse(JSON.parse(text), uncompiled).data;
  } catch {
    return undefined;
  }
}

/**
 * Reads a small JSON file; returns undefined if it can't be read, is not JSON or does not match the schema. Reads synchronously:
 * handing a small file to another thread takes longer than reading it.
 */
export function readJson<Schema extends z.ZodType>(schema: Schema, path: string): z.output<Schema> | undefined {
  try {
    return parseJson(schema, readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

/** Builds the schema of a text that holds JSON, such as a database column. */
export function jsonText<Schema extends z.ZodType>(schema: Schema) {
  return z
    .string()
    .transform((text, context): unknown => {
      try {
        return JSON.parse(text);
      } catch {
        context.issues.push({code: 'custom', message: 'Invalid input: expected JSON', input: text});
        return z.NEVER;
      }
    })
    .pipe(schema);
}
