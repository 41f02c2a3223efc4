import type * as v from 'valibot';

/** Exit codes of the commands. Users' scripts and schedulers rely on them. */
export const exit = {done: 0, failed: 1, usage: 2, unreachable: 3, locked: 4} as const;

/**
 * An error that the reader can act on. Its message names the thing, the place and the way out, and is shown without a stack
 * trace. Any other error is a bug and shows its stack.
 */
export class Failure extends Error {
  override name = 'Failure';
  readonly exitCode: number;

  constructor(message: string, exitCode: number = exit.failed) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** Returns the message of an error; anything else that was thrown, as text. */
export function getErrorMessage(error: unknown): string {
  return error instanceof Error ? error.message : `${error}`;
}

/** Returns the code that the system or a library gave an error; undefined if there is none. */
export function getErrorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** Returns SQLite's error code, without what extends it; undefined if the error is not SQLite's. */
export function readSqliteCode(error: unknown): number | undefined {
  const code = readExtendedCode(error);
  return code === undefined ? undefined : code & 0xff;
}

/** Returns SQLite's extended error code (https://sqlite.org/rescode.html). */
export function readExtendedCode(error: unknown): number | undefined {
  return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' ? error.errcode : undefined;
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
