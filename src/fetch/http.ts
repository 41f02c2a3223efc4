import {setTimeout as sleep} from 'node:timers/promises';
import pRetry, {AbortError} from 'p-retry';
import type {Response} from 'undici';
import packageJson from '#package.json' with {type: 'json'};
import {exit, Failure, getErrorCode} from '../failure.ts';

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

export const defaultPatience: Patience = {
  connect: 5_000,
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
   * @param signal ends the request and its retries early
   * @throws Unreachable where it fails for good; what fails on this side (a full disk) comes through as it is
   */
  get<T>(
    path: string,
    read: (response: Response) => Promise<T>,
    options?: {headers?: Record<string, string>; signal?: AbortSignal | undefined},
  ): Promise<T>;
  close(): Promise<void>;
}

/** What could not be had of a host. */
export class Unreachable extends Failure {
  /** `absent`: the host isn't there at all. `wait`: it wants to be left alone for longer than we wait. */
  readonly kind: 'absent' | 'wait' | 'other';

  constructor(message: string, kind: Unreachable['kind'] = 'other') {
    super(message, exit.unreachable);
    this.kind = kind;
  }
}

/** A reply that was not what was asked for. Some are worth asking again. */
export class BadReply extends Error {
  readonly isWorthAnotherTry: boolean;
  /** Milliseconds. */
  readonly retryAfter: number;

  constructor(message: string, isWorthAnotherTry = true, retryAfter = 0) {
    super(message);
    this.isWorthAnotherTry = isWorthAnotherTry;
    this.retryAfter = retryAfter;
  }
}

/**
 * A client of a host. The library that speaks HTTP is loaded here and not before: most commands have no use for it.
 *
 * @param host where to ask, such as https://data.wa.gov
 */
export async function createClient(host: string, appToken: string | undefined, patience: Patience): Promise<Client> {
  const {Agent, fetch} = await import('undici');
  const dispatcher = new Agent({
    connect: {timeout: patience.connect},
    headersTimeout: patience.silence,
    bodyTimeout: patience.silence,
  });
  const always = {
    'user-agent': `Rollcall/${packageJson.version} (open school data; one reader, a few requests a day)`,
    ...(appToken && {'x-app-token': appToken}),
  };

  return {
    get: async (path, read, {headers = {}, signal} = {}) => {
      const once = async () => {
        const limit = AbortSignal.timeout(patience.total);
        const response = await fetch(host + path, {
          dispatcher,
          headers: {...always, ...headers},
          // The token is for this host alone.
          redirect: 'manual',
          signal: signal ? AbortSignal.any([limit, signal]) : limit,
        });
        if (!response.ok && response.status !== 304) throw await readRefusal(response);
        return read(response);
      };
      try {
        return await pRetry(
          () =>
            once().catch((error: Error) => {
              // Wrapped, because the retries take a TypeError for a bug, and that is what a broken connection comes as.
              throw isWorthAnotherTry(error) ? new Error(error.message, {cause: error}) : new AbortError(error);
            }),
          {
            retries: patience.retries,
            minTimeout: patience.backoff,
            maxTimeout: 60_000,
            factor: 2,
            randomize: true,
            ...(signal && {signal}),
            onFailedAttempt: async ({error, attemptNumber, retriesLeft}) => {
              if (isAbsent(error) && attemptNumber > quickTries) throw error;
              const {cause} = error;
              const wait = cause instanceof BadReply ? cause.retryAfter : 0;
              if (wait > patience.longestWait) throw error;
              if (wait > 0 && retriesLeft > 0) await sleep(wait, undefined, signal && {signal});
            },
          },
        );
      } catch (error) {
        if (signal?.reason instanceof Failure) throw signal.reason;
        throw toUnreachable(`${host}${path.split('?')[0]}`, error, patience);
      }
    },
    close: () => dispatcher.destroy(),
  };
}

async function readRefusal(response: Response): Promise<BadReply> {
  const body = await response.text().catch(() => '');
  const said = /"message"\s*:\s*"([^"]{1,200})"/.exec(body)?.[1];
  const isPassing = response.status === 429 || response.status === 408 || response.status >= 500;
  const hint = response.status === 429 ? '; an app token in SOCRATA_APP_TOKEN lifts the shared limit' : '';
  const target = response.headers.get('location');
  return new BadReply(
    `it answered ${response.status}${said ? ` (${said})` : ''}${target ? ` and points to ${target}` : ''}${hint}`,
    isPassing,
    readRetryAfter(response),
  );
}

/** `Retry-After` in milliseconds: it comes in seconds or as a date. */
function readRetryAfter(response: Response): number {
  const value = response.headers.get('retry-after');
  if (value === null) return 0;
  const seconds = Number(value);
  const wait = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(value) - Date.now();
  return Number.isFinite(wait) ? Math.max(0, wait) : 0;
}

/** A host that isn't there (no network, no such name, nobody listening) is tried a second time only: people are waiting. */
const quickTries = 1;

/** What can go wrong between two hosts, and what to call it. */
const network: Record<string, string> = {
  ENOTFOUND: 'there is no network, or no such host',
  EAI_AGAIN: 'there is no network, or no such host',
  ENETUNREACH: 'there is no network',
  EHOSTUNREACH: 'the host can not be reached',
  ECONNREFUSED: 'nobody answers there (connection refused)',
  ETIMEDOUT: 'the connection was not made in time',
  UND_ERR_CONNECT_TIMEOUT: 'the connection was not made in time',
  ECONNRESET: 'the connection broke',
  ECONNABORTED: 'the connection broke',
  EPIPE: 'the connection broke',
  UND_ERR_SOCKET: 'the connection broke',
  UND_ERR_HEADERS_TIMEOUT: 'it did not answer in time',
  UND_ERR_BODY_TIMEOUT: 'it fell silent in the middle of the answer',
  Z_BUF_ERROR: 'the answer was cut off',
  Z_DATA_ERROR: 'the answer was garbled',
};
const absent = [
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'ECONNREFUSED',
  'ETIMEDOUT',
  'UND_ERR_CONNECT_TIMEOUT',
];

function isWorthAnotherTry(error: unknown): boolean {
  if (error instanceof BadReply) return error.isWorthAnotherTry;
  return isTimeout(error) || (findErrorCode(error) ?? '') in network;
}

function isAbsent(error: unknown): boolean {
  return absent.includes(findErrorCode(error) ?? '');
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && (error.name === 'TimeoutError' || isTimeout(error.cause));
}

/** The code of an error or of what caused it. */
function findErrorCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  return getErrorCode(error) ?? findErrorCode(error instanceof AggregateError ? error.errors[0] : error.cause);
}

/** What failed for good, as a sentence; an error that is none between two hosts is thrown as it is. */
function toUnreachable(place: string, error: unknown, {longestWait}: Patience): Unreachable {
  const cause = error instanceof Error && error.cause instanceof BadReply ? error.cause : error;
  if (cause instanceof BadReply) {
    const isLong = cause.retryAfter > longestWait;
    const wait = isLong ? `, and asks to wait ${Math.round(cause.retryAfter / 1000)} seconds` : '';
    return new Unreachable(`${place}: ${cause.message}${wait}.`, isLong ? 'wait' : 'other');
  }
  const code = findErrorCode(error) ?? '';
  if (isTimeout(error)) return new Unreachable(`${place}: the answer took too long.`);
  if (code in network) return new Unreachable(`${place}: ${network[code]}.`, isAbsent(error) ? 'absent' : 'other');
  // fetch itself refuses some addresses, without a code.
  if (error instanceof TypeError && code === '') {
    return new Unreachable(
      `${place}: ${error.cause instanceof Error ? error.cause.message : error.message}.`,
      'absent',
    );
  }
  throw error;
}
