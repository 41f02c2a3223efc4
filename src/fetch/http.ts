import {lookup} from 'node:dns';
import {lookup as lookUp} from 'node:dns/promises';
import {BlockList, isIP, type LookupFunction} from 'node:net';
import {setTimeout as sleep} from 'node:timers/promises';
import pRetry, {AbortError} from 'p-retry';
import type {Response} from 'undici';
import packageJson from '#package.json' with {type: 'json'};
import {exit, Failure, getErrorCode} from '../failure.ts';
import {createDispatcher} from '../proxies.ts';

/** Timeouts and retries of a request. Durations are in milliseconds. */
export interface Patience {
  /** Limit for establishing the connection. */
  connect: number;
  /** Limit between two bytes once connected. */
  silence: number;
  /** Limit for the whole request, including its body. */
  total: number;
  /** Attempts after the first. */
  retries: number;
  /** Delay before the first retry. It doubles with each further one, up to a minute, with jitter. */
  backoff: number;
  /** The longest `Retry-After` to wait for. */
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

/** An HTTP client for one host. */
export interface Client {
  /**
   * Requests a path and passes the response to `read`, which consumes its body. Network errors are retried, also those that occur
   * while the body is read.
   *
   * @param signal cancels the request and its retries
   * @throws Unreachable (exit 3) if no attempt succeeds; a local error, such as a full disk, is thrown unchanged
   */
  get<T>(
    path: string,
    read: (response: Response) => Promise<T>,
    options?: {headers?: Record<string, string>; signal?: AbortSignal | undefined},
  ): Promise<T>;
  close(): Promise<void>;
}

/** A request to a host that failed after all retries. */
export class Unreachable extends Failure {
  /** `absent`: the host can't be reached at all. `wait`: it asks to wait longer than `longestWait`. */
  readonly kind: 'absent' | 'wait' | 'other';
  /** The host's last reply, if it gave one. */
  readonly reply: BadReply | undefined;

  constructor(message: string, kind: Unreachable['kind'] = 'other', reply?: BadReply) {
    super(message, exit.unreachable);
    this.kind = kind;
    this.reply = reply;
  }
}

/** A response that does not hold what was requested. */
export class BadReply extends Error {
  readonly isWorthAnotherTry: boolean;
  /** Milliseconds. */
  readonly retryAfter: number;
  /** The HTTP status of a refusal. */
  readonly status: number | undefined;

  constructor(message: string, isWorthAnotherTry = true, retryAfter = 0, status?: number) {
    super(message);
    this.isWorthAnotherTry = isWorthAnotherTry;
    this.retryAfter = retryAfter;
    this.status = status;
  }
}

/**
 * Creates an HTTP client for a host. Loads the HTTP library on first use, since most commands don't need it.
 *
 * @param host its base URL, such as https://data.wa.gov, without credentials; the `authorization` header carries them
 */
export async function createClient(
  {
    url: host,
    appToken,
    authorization,
  }: {url: string; appToken?: string | undefined; authorization?: string | undefined},
  patience: Patience,
): Promise<Client> {
  const {fetch} = await import('undici');
  const dispatcher = await createDispatcher(patience);
  // Where a redirect leads. A name there must not stand for an address of this machine or its network.
  const elsewhere = await createDispatcher({...patience, lookup: lookUpPublic});
  const home = new URL(host).origin;
  const named = {
    'user-agent': `Rollcall/${packageJson.version} (open school data; one reader, a few requests a day)`,
  };
  const secret = {
    ...(appToken && {'x-app-token': appToken}),
    ...(authorization && {authorization}),
  };

  return {
    get: async (path, read, {headers = {}, signal} = {}) => {
      const once = async () => {
        const limit = AbortSignal.timeout(patience.total);
        let url = new URL(host + path);
        for (let hops = 0; ; hops++) {
          const isHome = url.origin === home;
          const response = await fetch(url, {
            dispatcher: isHome ? dispatcher : elsewhere,
            // The app token and the credentials must not reach another host.
            headers: {...named, ...(isHome && secret), ...headers},
            redirect: 'manual',
            signal: signal ? AbortSignal.any([limit, signal]) : limit,
          });
          const target =
            isRedirect(response) && hops < mostRedirects ? readTarget(response, url.href, home) : undefined;
          if (target === undefined) {
            if (response.status === 202 || !(response.ok || response.status === 304)) throw await readRefusal(response);
            return read(response);
          }
          await response.body?.cancel();
          if (target.origin !== home) await assertPublic(target, response.status);
          url = target;
        }
      };
      try {
        return await pRetry(
          () =>
            once().catch((error: Error) => {
              // Wrapped because p-retry takes a TypeError for a bug, and fetch reports a broken connection as one.
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
    close: async () => {
      await Promise.all([dispatcher.destroy(), elsewhere.destroy()]);
    },
  };
}

/** Passes a body on, and throws `excess` once it has more than so many bytes after decompression. */
export async function* limitBody(
  response: Response,
  limit: number,
  excess: Error = new BadReply(`it answered with more than ${limit} bytes, far more than was asked for`, false),
): AsyncGenerator<Uint8Array> {
  const body: AsyncIterable<Uint8Array> | undefined = response.body ?? undefined;
  let bytes = 0;
  for await (const chunk of body ?? []) {
    bytes += chunk.length;
    if (bytes > limit) throw excess;
    yield chunk;
  }
}

/** Reads a small body as text. */
export async function readText(response: Response, limit: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of limitBody(response, limit)) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

const mostRedirects = 5;

function isRedirect({status, headers}: Response): boolean {
  return [301, 302, 303, 307, 308].includes(status) && headers.has('location');
}

/**
 * Reads where a redirect leads.
 *
 * @throws BadReply if that is no web address, or less safe than this one
 */
function readTarget({status, headers}: Response, from: string, home: string): URL {
  const location = headers.get('location') ?? '';
  const refuse = (why: string) => refuseTarget(status, location, why);
  if (!URL.canParse(location, from)) throw refuse('which is no address');
  const target = new URL(location, from);
  if (target.origin === home) return target;
  if (!/^https?:$/.test(target.protocol)) throw refuse('which is no web address');
  if (from.startsWith('https:') && target.protocol !== 'https:') throw refuse('without encryption');
  return target;
}

/**
 * Checks that a redirect leads out of this machine and its network. Through a proxy the dispatcher's lookup doesn't see the name. Where
 * only the proxy can look it up, the proxy decides.
 *
 * @throws BadReply if one of its addresses is of this machine or its network
 */
async function assertPublic({hostname, href}: URL, status: number): Promise<void> {
  const name = hostname.replace(/^\[|\]$/g, '');
  const addresses = /^(.+\.)?localhost\.?$/.test(name)
    ? ['127.0.0.1']
    : (await lookUp(name, {all: true}).catch(() => [])).map(({address}) => address);
  if (addresses.some(isPrivate)) throw refuseTarget(status, href, 'an address of this machine or its network');
}

function refuseTarget(status: number, location: string, why: string): BadReply {
  return new BadReply(
    `it answered ${status} and points to ${location}, ${why}, which is not followed`,
    false,
    0,
    status,
  );
}

const privateRanges = new BlockList();
for (const [net, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
] as const) {
  privateRanges.addSubnet(net, prefix, 'ipv4');
}
for (const [net, prefix] of [
  ['::', 127],
  ['fc00::', 7],
  ['fe80::', 10],
] as const) {
  privateRanges.addSubnet(net, prefix, 'ipv6');
}

/** Returns whether an IP address is one of this machine or its network. */
function isPrivate(address: string): boolean {
  const family = isIP(address);
  return family !== 0 && privateRanges.check(address, family === 6 ? 'ipv6' : 'ipv4');
}

const lookUpPublic: LookupFunction = (name, options, callback) => {
  lookup(name, {...options, all: true}, (error, addresses) => {
    const open = error ? [] : addresses.filter(({address}) => !isPrivate(address));
    const [first] = open;
    if (first === undefined)
      callback(error ?? Object.assign(new Error('a private address'), {code: 'EHOSTUNREACH'}), '');
    else if (options.all) callback(null, open);
    else callback(null, first.address, first.family);
  });
};

const longestRefusal = 64 * 1024;

async function readRefusal(response: Response): Promise<BadReply> {
  const body = await readText(response, longestRefusal).catch(() => '');
  const message = /"message"\s*:\s*"([^"]{1,200})"/.exec(body)?.[1];
  // 202 means "ask again".
  const isTemporary =
    response.status === 202 || response.status === 429 || response.status === 408 || response.status >= 500;
  const hint = response.status === 429 ? '; an app token in SOCRATA_APP_TOKEN lifts the shared limit' : '';
  const target = response.headers.get('location');
  return new BadReply(
    `it answered ${response.status}${message ? ` (${message})` : ''}${target ? ` and points to ${target}` : ''}${hint}`,
    isTemporary,
    readRetryAfter(response),
    response.status,
  );
}

/** Returns the `Retry-After` header, which is in seconds or a date, in milliseconds. */
function readRetryAfter(response: Response): number {
  const value = response.headers.get('retry-after');
  if (value === null) return 0;
  const seconds = Number(value);
  const wait = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(value) - Date.now();
  return Number.isFinite(wait) ? Math.max(0, wait) : 0;
}

/** Retries if a host can't be reached at all (no network, no such name, nobody listening). Few, because users are waiting. */
const quickTries = 1;

const unknownAuthority =
  'its certificate is from an authority that Node does not know; if it is that of your network, give it with NODE_EXTRA_CA_CERTS=FILE';

/** Codes of certificates that are not accepted. */
const certificates: Record<string, string> = {
  SELF_SIGNED_CERT_IN_CHAIN: unknownAuthority,
  DEPTH_ZERO_SELF_SIGNED_CERT: unknownAuthority,
  UNABLE_TO_GET_ISSUER_CERT: unknownAuthority,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: unknownAuthority,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: unknownAuthority,
  CERT_HAS_EXPIRED: 'its certificate has expired, or the clock of this machine is wrong',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet, or the clock of this machine is wrong',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host',
};

/** Codes of network errors if a host can't be reached at all, and their messages. */
const absent: Record<string, string> = {
  ENOTFOUND: 'there is no network, or no such host',
  EAI_AGAIN: 'there is no network, or no such host',
  ENETUNREACH: 'there is no network',
  EHOSTUNREACH: 'the host can not be reached',
  ECONNREFUSED: 'nobody answers there (connection refused)',
  ETIMEDOUT: 'the connection was not made in time',
  UND_ERR_CONNECT_TIMEOUT: 'the connection was not made in time',
  ...certificates,
};
/** All codes of network errors and their messages. */
const network: Record<string, string> = {
  ...absent,
  ECONNRESET: 'the connection broke',
  ECONNABORTED: 'the connection broke',
  EPIPE: 'the connection broke',
  UND_ERR_SOCKET: 'the connection broke',
  UND_ERR_HEADERS_TIMEOUT: 'it did not answer in time',
  UND_ERR_BODY_TIMEOUT: 'it fell silent in the middle of the answer',
  Z_BUF_ERROR: 'the answer was cut off',
  Z_DATA_ERROR: 'the answer was garbled',
};

function isWorthAnotherTry(error: unknown): boolean {
  if (error instanceof BadReply) return error.isWorthAnotherTry;
  return isTimeout(error) || (findErrorCode(error) ?? '') in network;
}

function isAbsent(error: unknown): boolean {
  return (findErrorCode(error) ?? '') in absent;
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && (error.name === 'TimeoutError' || isTimeout(error.cause));
}

/** Returns the code of an error or of its cause. */
function findErrorCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  return getErrorCode(error) ?? findErrorCode(error instanceof AggregateError ? error.errors[0] : error.cause);
}

/** Returns the status with which a proxy refused; undefined if it didn't. The HTTP library says it only in a message. */
function findProxyRefusal(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const [, status] = /^Proxy (?:response|Authentication Required) \((\d+)\)/.exec(error.message) ?? [];
  return status ?? findProxyRefusal(error.cause);
}

/** Converts the final network error to a Failure. Throws any other error unchanged. */
function toUnreachable(place: string, error: unknown, {longestWait}: Patience): Unreachable {
  const cause = error instanceof Error && error.cause instanceof BadReply ? error.cause : error;
  if (cause instanceof BadReply) {
    const isLong = cause.retryAfter > longestWait;
    const wait = isLong ? `, and asks to wait ${Math.round(cause.retryAfter / 1000)} seconds` : '';
    return new Unreachable(`${place}: ${cause.message}${wait}.`, isLong ? 'wait' : 'other', cause);
  }
  const code = findErrorCode(error) ?? '';
  if (isTimeout(error)) return new Unreachable(`${place}: the answer took too long.`);
  if (code in network) return new Unreachable(`${place}: ${network[code]}.`, isAbsent(error) ? 'absent' : 'other');
  const refusal = findProxyRefusal(error);
  if (refusal !== undefined) {
    const hint =
      refusal === '407' ? '; write its user and password into its address: http://user:password@proxy:8080' : '';
    return new Unreachable(`${place}: the proxy of HTTPS_PROXY or HTTP_PROXY answered ${refusal}${hint}.`, 'absent');
  }
  // fetch itself refuses some addresses, without a code, and answers that are no HTTP, with the parser's code.
  if (error instanceof TypeError && (code === '' || error.cause instanceof Error)) {
    const why = error.cause instanceof Error ? error.cause.message : error.message;
    return new Unreachable(`${place}: ${why}.`, code === '' ? 'absent' : 'other');
  }
  throw error;
}
