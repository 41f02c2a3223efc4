/** What a command exits with. People's scripts and schedulers rely on these. */
export const exit = {done: 0, failed: 1, usage: 2, unreachable: 3, locked: 4} as const;

/**
 * Something that went wrong and that the reader can do something about. The message is a sentence that names the thing,
 * the place and the way out; it is shown as it is, without a stack trace. Any other error is a bug and shows its stack.
 */
export class Failure extends Error {
  override name = 'Failure';
  readonly exitCode: number;

  constructor(message: string, exitCode: number = exit.failed) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** What an error says; anything else that was thrown, as text. */
export function getErrorMessage(error: unknown): string {
  return error instanceof Error ? error.message : `${error}`;
}

/** The code that the system or a library gives an error; undefined where it has none. */
export function getErrorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
