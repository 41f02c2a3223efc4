import {z} from 'zod';

/** The value of a JSON text; undefined where it is not JSON, or not of this shape. */
export function parseJson<Schema extends z.ZodType>(schema: Schema, text: string): z.output<Schema> | undefined {
  try {
    return schema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** A text that holds JSON of this shape, as a column of a database has it. */
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
