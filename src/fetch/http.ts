import {setTimeout as sleep} from 'node:timers/promises';
import pRetry, {AbortError} from 'p-retry';
import {Agent, fetch, type Response} from 'undici';
import packageJson from '../../package.json' with {type: 'json'};
import {exit, Failure} from '../failure.ts';

/** How patient a request is. Milliseconds. */
export interface Patience {
  /** Until the connection stands. */
  connect: number;
  /** Without a byte, once it stands. */
  silence: number;
  /** For the whole of a request, its body included. */
  total: number;
  /** Tries after the first. */
  retries: number;
  /** Before the first retry; each further one waits twice as long, up to a minute, with jitter. */
  backoff: number;
  /** The longest `Retry-After` that is waited for. */
  longestWait: number;
}

export const usualPatience: Patience = {
  connect: 10_000,
  silence: 60_000,
  total: 15 * 60_000,
  retries: 4,
  backoff: 500,
  longestWait: 5 * 60_000,
};

/** A host that is asked with patience. */
export interface Client {
  /**
   * Asks for a path and hands the reply to `read`, which takes its body. What fails on the way, body included, is tried again.
   *
   * @throws Failure with exit code 3 where it fails for good
   */
  get<T>(path: string, read: (response: Response) => Promise<T>, headers?: Record<string, string>): Promise<T>;
  close(): Promise<void>;
}

/** A reply that was not what was asked for. Some are worth asking again. */
export class BadReply extends Error {
  readonly isWorthAnotherTry: boolean;
  readonly retryAfter: number | undefined;

  constructor(message: string, isWorthAnotherTry = true, retryAfter?: number) {
    super(message);
    this.isWorthAnotherTry = isWorthAnotherTry;
    this.retryAfter = retryAfter;
  }
}

/** @param host where to ask, such as https://data.wa.gov */
export function clientOf(host: string, appToken: string | undefined, patience: Patience): Client {
  const dispatcher = new Agent({
    connect: {timeout: patience.connect},
    headersTimeout: patience.silence,
    bodyTimeout: patience.silence,
  });
  const always = {
    'user-agent': `Rollcall/${packageJson.version} (open school data; one reader, a few requests a day)`,
    ...(appToken && {'x-app-token': appToken}),
  };

  async function once<T>(
    path: string,
    read: (response: Response) => Promise<T>,
    headers: Record<string, string>,
  ): Promise<T> {
    const response = await fetch(host + path, {
      dispatcher,
      headers: {...always, ...headers},
      signal: AbortSignal.timeout(patience.total),
    });
    if (!response.ok && response.status !== 304) throw await refused(response);
    return read(response);
  }

  return {
    get: async (path, read, headers = {}) => {
      try {
        return await pRetry(
          () =>
            once(path, read, headers).catch((error: Error) => {
              // Wrapped, because the retries take a TypeError for a bug, and that is what a broken connection comes as.
              throw worthAnotherTry(error) ? new Error(error.message, {cause: error}) : new AbortError(error);
            }),
          {
            retries: patience.retries,
            minTimeout: patience.backoff,
            maxTimeout: 60_000,
            factor: 2,
            randomize: true,
            onFailedAttempt: async ({error, attemptNumber}) => {
              if (isAbsent(error) && attemptNumber > quickTries) throw error;
              const wait = error.cause instanceof BadReply ? (error.cause.retryAfter ?? 0) : 0;
              if (wait > patience.longestWait) {
                throw new BadReply(`it asks to wait ${Math.round(wait / 1000)} seconds`);
              }
              if (wait > 0) await sleep(wait);
            },
          },
        );
      } catch (error) {
        if (error instanceof Failure) throw error;
        throw new Failure(`${host}${path.split('?')[0]}: ${reason(error)}.`, exit.unreachable);
      }
    },
    close: () => dispatcher.destroy(),
  };
}

async function refused(response: Response): Promise<BadReply> {
  const body = await response.text().catch(() => '');
  const said = /"message"\s*:\s*"([^"]{1,200})"/.exec(body)?.[1];
  const isWorthAnotherTry = response.status === 429 || response.status === 408 || response.status >= 500;
  return new BadReply(
    `it answered ${response.status}${said ? ` (${said})` : ''}${response.status === 429 ? '; an app token in SOCRATA_APP_TOKEN lifts the shared limit' : ''}`,
    isWorthAnotherTry,
    retryAfter(response),
  );
}

/** `Retry-After` in milliseconds: it comes in seconds or as a date. */
function retryAfter(response: Response): number | undefined {
  const value = response.headers.get('retry-after');
  if (value === null) return undefined;
  const seconds = Number(value);
  const wait = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(value) - Date.now();
  return Number.isFinite(wait) ? Math.max(0, wait) : undefined;
}

function worthAnotherTry(error: Error): boolean {
  if (error instanceof BadReply) return error.isWorthAnotherTry;
  return isTimeout(error) || codeOf(error) !== undefined;
}

/** A host that isn't there (no network, no such name, nobody listening) is tried a second time only: people are waiting. */
const quickTries = 1;

function isAbsent(error: unknown): boolean {
  return ['ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED', 'ENETUNREACH', 'EHOSTUNREACH'].includes(codeOf(error) ?? '');
}

function codeOf(error: unknown): string | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (typeof code === 'string' && code !== 'ABORT_ERR') return code;
    const [first] = cause instanceof AggregateError ? cause.errors : [];
    if (first instanceof Error) return codeOf(first);
  }
  return undefined;
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && (error.name === 'TimeoutError' || isTimeout(error.cause));
}

const meanings: Record<string, string> = {
  ENOTFOUND: 'there is no network, or no such host',
  EAI_AGAIN: 'there is no network, or no such host',
  ENETUNREACH: 'there is no network',
  EHOSTUNREACH: 'the host can not be reached',
  ECONNREFUSED: 'nobody answers there (connection refused)',
  ECONNRESET: 'the connection broke',
  UND_ERR_SOCKET: 'the connection broke',
  UND_ERR_CONNECT_TIMEOUT: 'the connection was not made in time',
  UND_ERR_HEADERS_TIMEOUT: 'it did not answer in time',
  UND_ERR_BODY_TIMEOUT: 'it fell silent in the middle of the answer',
};

function reason(error: unknown): string {
  if (isTimeout(error)) return 'the answer took too long';
  if (error instanceof Error && error.cause instanceof Error && codeOf(error) === undefined) return reason(error.cause);
  if (error instanceof BadReply) return error.message;
  return (
    meanings[codeOf(error) ?? ''] ??
    (error instanceof Error ? (error.cause instanceof Error ? error.cause.message : error.message) : String(error))
  );
}
