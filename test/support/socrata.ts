/*
 * A stand-in for data.wa.gov, as seen by a reader of whole data sets: a real HTTP server with metadata, the
 * whole-file export, pages, counts, entity tags, tokens and throttling, and with bad days on request.
 *
 * It imitates the notes on the sources, dev.socrata.com (paging, app tokens, response codes and headers),
 * Socrata's published row service (soda-fountain: which cells a CSV quotes, what a null is) and replies that people
 * have recorded (the envelopes of errors, which differ between services; a 400 for an unknown argument; a 403 for an
 * unknown token; every value a string in JSON). Invented: ids of columns, when a data set was created, the
 * throttle's numbers, the text of a 429, and that a column's type follows from its cells.
 */

import {once} from 'node:events';
import {createServer, type IncomingMessage, type ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';
import {Readable} from 'node:stream';
import {pipeline} from 'node:stream/promises';
import {constants, createGzip} from 'node:zlib';
import {
  type Asked,
  isKnown,
  page,
  type Reply,
  readRequest,
  replyCatalogue,
  replyCount,
  replyFailure,
  replyGroups,
  replyHtml,
  replyMetadata,
  replyMissing,
  replyWholeFile,
} from './socrata-api.ts';
import {
  type BadDay,
  driftColumns,
  findSpoiledReply,
  matchesRule,
  type Rule,
  spoilBody,
  streamRepublish,
  waitUntilClosed,
} from './socrata-bad-days.ts';
import {type Contents, type Dataset, makeRelease, type Release} from './socrata-release.ts';

export interface SocrataOptions {
  /** The valid app tokens; others get a 403. Without a list, every token is valid. */
  tokens?: string[];
  /** How many requests without a token are answered in so many seconds, before a 429. */
  throttle?: {requests: number; perSeconds: number; retryAfter?: boolean};
}

export interface Socrata {
  /** Without a trailing slash. */
  url: string;
  /** All requests, first to last. */
  requests: Asked[];
  /** Publishes or republishes a data set. New rows without a time are an hour newer than the old. */
  set(id: string, changes: Partial<Omit<Dataset, 'id'>>): void;
  remove(id: string): void;
  /** Adds a rule. If several rules match a request, the oldest applies. */
  bad(rule: Rule): void;
  /** Removes all rules. */
  goodDays(): void;
  /** Refuses connections and cuts open ones, until `resume`. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  close(): Promise<void>;
}

export async function startSocrata(datasets: Dataset[], options: SocrataOptions = {}): Promise<Socrata> {
  const releases = new Map(datasets.map((dataset) => [dataset.id, makeRelease(dataset)]));
  const requests: Asked[] = [];
  const guard = makeDoorkeeper(options);
  let rules: {rule: Rule; left: number}[] = [];

  function set(id: string, changes: Partial<Omit<Dataset, 'id'>>): Contents {
    const old = releases.get(id);
    const csv = changes.csv ?? old?.dataset.csv;
    if (csv === undefined) throw new Error(`data set ${id} is new, and needs its csv`);
    const time = old && {rowsUpdatedAt: old.rowsUpdatedAt + (changes.csv === undefined ? 0 : 3600)};
    const published = makeRelease({name: id, ...old?.dataset, ...time, ...changes, id, csv});
    releases.set(id, published);
    return published.contents;
  }

  function badDayFor(asked: Asked): BadDay | undefined {
    const found = rules.find(({rule, left}) => left > 0 && matchesRule(rule, asked));
    if (found) found.left -= 1;
    return found?.rule;
  }

  function answer(asked: Asked, day: BadDay | undefined): Reply {
    const published = asked.id === undefined ? undefined : releases.get(asked.id);
    const instead = (day && findSpoiledReply(day, asked)) ?? guard(asked);
    if (instead) return instead;
    if (asked.kind === 'catalogue') return replyCatalogue(asked, releases.values(), '127.0.0.1');
    if (asked.kind === undefined) return replyHtml(404, 'Page not found');
    if (published === undefined) return replyMissing(asked);
    const seen = day?.day === 'drift' ? driftColumns(published, day) : published;
    const reply = day?.day === 'republish' ? lastOfItsKind(asked, seen, day) : asPublished(asked, seen, day);
    if (!isKnown(asked, reply)) return reply;
    const {etag = '', 'last-modified': modified = ''} = reply.headers;
    return {status: 304, headers: {etag, 'last-modified': modified}, body: []};
  }

  function asPublished(asked: Asked, seen: Release, day?: BadDay): Reply {
    if (asked.kind === 'metadata') return replyMetadata(asked, seen);
    if (asked.kind === 'export') return replyWholeFile(asked, seen);
    if (asked.kind === 'count') return replyCount(asked, seen, day?.day === 'lying-count' ? day.by : 0);
    return asked.kind === 'groups' ? replyGroups(asked, seen) : page(asked, seen);
  }

  function lastOfItsKind(asked: Asked, seen: Release, day: Extract<BadDay, {day: 'republish'}>): Reply {
    const {id} = seen.dataset;
    const {csv, rowsUpdatedAt} = day;
    const publish = () => set(id, {csv, ...(rowsUpdatedAt !== undefined && {rowsUpdatedAt})});
    if (asked.kind === 'export') return replyWholeFile(asked, seen, streamRepublish(seen.contents, day, publish));
    const reply = asPublished(asked, seen);
    publish();
    return reply;
  }

  const server = createServer(async (request, response) => {
    const asked = readRequest(request);
    requests.push(asked);
    const day = badDayFor(asked);
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    const reset = () => request.socket.resetAndDestroy();
    try {
      if (day?.day === 'reset' && day.after === undefined) reset();
      else if (day?.day === 'silence' && day.after === undefined) await waitUntilClosed(gone.signal);
      else {
        const reply = answer(asked, day);
        const body = day ? spoilBody(reply.body, day, {signal: gone.signal, reset}) : reply.body;
        await send({...reply, body}, asked, request, response);
      }
    } catch (error) {
      if (!gone.signal.aborted) throw error;
    }
  });

  const listen = async (port: number) => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  };
  const pause = async () => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  };
  await listen(0);
  const {port} = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    set,
    remove: (id) => releases.delete(id),
    bad: (rule) => rules.push({rule, left: rule.times === 'always' ? Number.POSITIVE_INFINITY : (rule.times ?? 1)}),
    goodDays: () => {
      rules = [];
    },
    pause,
    resume: () => listen(port),
    close: pause,
  };
}

/** Returns a function that refuses requests other than GET, unknown tokens, and too many requests without one. */
function makeDoorkeeper({tokens, throttle}: SocrataOptions): (asked: Asked) => Reply | undefined {
  let recent: number[] = [];
  return ({method, headers, query, at}) => {
    if (method !== 'GET' && method !== 'HEAD') return replyFailure(405, 'method_not_allowed', `No ${method} here`);
    const token = headers['x-app-token'] ?? query['$$app_token'];
    if (token !== undefined) {
      const valid = tokens?.includes(String(token)) ?? true;
      return valid ? undefined : replyFailure(403, 'permission_denied', 'Invalid app_token specified');
    }
    if (!throttle) return undefined;
    const stretch = throttle.perSeconds * 1000;
    recent = recent.filter((time) => time > at - stretch);
    const [oldest = at] = recent;
    if (recent.length < throttle.requests) {
      recent.push(at);
      return undefined;
    }
    const reply = replyFailure(429, 'too_many_requests', 'Too many requests. Please use an app token.');
    if (throttle.retryAfter ?? true) reply.headers['retry-after'] = String(Math.ceil((oldest + stretch - at) / 1000));
    return reply;
  };
}

/** Sends a body in chunks as they come, compressed if the client accepts that. Records how much has been sent. */
async function send(reply: Reply, asked: Asked, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const {status, body} = reply;
  const headers: Record<string, string> = {
    'x-socrata-requestid': `stand-in-${asked.at.toString(36)}`,
    'access-control-allow-origin': '*',
    vary: 'Accept-Encoding',
    ...reply.headers,
  };
  const compressed =
    status === 200 && !('content-length' in headers) && /\bgzip\b/.test(String(request.headers['accept-encoding']));
  if (compressed) {
    headers['content-encoding'] = 'gzip';
    if (headers['etag']) headers['etag'] = headers['etag'].replace(/"$/, '--gzip"');
  }
  asked.status = status;
  response.writeHead(status, headers);
  if (request.method === 'HEAD' || status === 304) {
    response.end();
    return;
  }
  response.flushHeaders();
  async function* noted() {
    for await (const piece of body) {
      asked.bytes += piece.length;
      yield piece;
    }
  }
  const chunks = Readable.from(noted(), {objectMode: false});
  // Compressed data is flushed piece by piece too; otherwise a slow drip would not be slow.
  if (compressed) await pipeline(chunks, createGzip({flush: constants.Z_SYNC_FLUSH}), response);
  else await pipeline(chunks, response);
}
