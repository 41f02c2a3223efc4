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
