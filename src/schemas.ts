import {readFileSync} from 'node:fs';
import * as v from 'valibot';
import {isSchoolYear} from './school-year.ts';

/* Schemas that several files share, how values are parsed with them, and how to say what is wrong with a value. */

export const schoolYear = v.pipe(v.string(), v.check(isSchoolYear, 'is not a school year such as 2020-21'));

export const aboveZero = v.pipe(
  v.number(),
  v.check((count) => Number.isSafeInteger(count) && count > 0, 'is not a whole number above 0'),
);

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

type Issue = v.BaseIssue<unknown>;

/** Says what the first issue of a schema is, and the way to the value that it is about. */
export function describeIssue([issue]: readonly [Issue, ...Issue[]]): {path: (string | number)[]; message: string} {
  const path = listSteps(issue);
  if (isUnknownKey(issue)) return {path: path.slice(0, -1), message: `Unrecognized key: "${path.at(-1)}"`};
  if (issue.received === 'undefined') return {path, message: 'is missing'};
  // A value can be all that a publisher replied.
  const value = issue.received.length > longestShown ? `${issue.received.slice(0, longestShown)}…` : issue.received;
  const isOfAnotherType = issue.message.startsWith('Invalid type: ');
  return {
    path,
    message: isOfAnotherType ? nameExpected(issue, value) : issue.message.replace(issue.received, () => value),
  };
}

const longestShown = 60;

const kinds = new Map([
  ['string', 'a string'],
  ['number', 'a number'],
  ['boolean', 'true or false'],
  ['Array', 'a list'],
  ['Object', 'an object'],
]);

/** Says in words what a value must be: `must be a string, not 3`, `must be "day" or "hour", not "week"`. */
function nameExpected({expected}: Issue, value: string): string {
  const options = (expected ?? 'something else').replaceAll(/[()]/g, '').split(' | ');
  const named = options.map((option) => kinds.get(option) ?? option);
  return `must be ${named.join(' or ')}, not ${kinds.get(value) ?? value}`;
}

/** Returns whether an issue is a key that the schema doesn't have. */
export function isUnknownKey({path, expected}: Issue): boolean {
  return path?.at(-1)?.origin === 'key' && expected === 'never';
}

/** Lists the keys and indexes on the way to the value that an issue is about. */
export function listSteps({path}: Issue): (string | number)[] {
  return (path ?? []).map(({key}) => (typeof key === 'number' ? key : String(key)));
}
