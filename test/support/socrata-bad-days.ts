import {setTimeout as sleep} from 'node:timers/promises';
import {stringify} from 'csv-stringify/sync';
import {type Asked, type Body, type Kind, type Reply, replyFailure, replyHtml, replyMissing} from './socrata-api.ts';
import {type Contents, type Csv, findRowEnds, makeRelease, type Release} from './socrata-release.ts';

/** How much of a body is sent: so many bytes (before compression), or its header and so many rows. */
type Amount = {bytes: number} | {rows: number};

export type BadDay =
  /** The connection is reset: at once, or within the body. */
  | {day: 'reset'; after?: Amount}
  /** The reply stops while the connection stays open: from the start, or within the body. */
  | {day: 'silence'; after?: Amount}
  /** The body arrives a few bytes at a time. */
  | {day: 'drip'; bytes: number; everyMs: number}
  /** The body ends early, as if it were complete. */
  | {day: 'truncate'; after: Amount}
  /** An error reply, in JSON or as a page for people. Retry-After is in seconds, or a literal text (an HTTP date). */
  | {day: 'status'; status: number; retryAfter?: number | string; html?: boolean}
  /** A maintenance page with status 200. */
  | {day: 'html'}
  /** Status 200 without a body. */
  | {day: 'empty'}
  /** 404, as for a missing data set. */
  | {day: 'missing'}
  /** The row count is off by this much. Applies to counts. */
  | {day: 'lying-count'; by: number}
  /** Columns have other names (by display name), are missing, or are new (with this text in all cells). */
  | {day: 'drift'; rename?: Record<string, string>; drop?: string[]; add?: Record<string, string>}
  /**
   * The data set is republished: within an export, after half of its rows or `afterRows`, followed by the old
   * rows or the new ones. For other replies, right after the reply.
   */
  | {day: 'republish'; csv: Csv; rowsUpdatedAt?: number; afterRows?: number; rest?: 'old' | 'new'};

/** The requests that a bad day applies to: of this kind, for this data set, that match. By default all of them. */
interface When {
  kind?: Kind;
  id?: string;
  match?: (asked: Asked) => boolean;
  /** The number of requests it applies to. 1 by default. */
  times?: number | 'always';
}

export type Rule = BadDay & When;

export function matchesRule(rule: Rule, asked: Asked): boolean {
  const kind = rule.day === 'lying-count' ? 'count' : rule.kind;
  return (
    (kind === undefined || kind === asked.kind) &&
    (rule.id === undefined || rule.id === asked.id) &&
    (rule.match === undefined || rule.match(asked))
  );
}

/** Returns a reply that does not depend on the data set; undefined if the day has none. */
export function findSpoiledReply(day: BadDay, asked: Asked): Reply | undefined {
  switch (day.day) {
    case 'status': {
      const message = day.status === 429 ? 'Too many requests' : 'Internal error';
      const code = message.toLowerCase().replaceAll(' ', '_');
      const reply = day.html ? replyHtml(day.status, message) : replyFailure(day.status, code, message);
      if (day.retryAfter !== undefined) reply.headers['retry-after'] = String(day.retryAfter);
      return reply;
    }
    case 'html':
      return replyHtml(200, 'Down for scheduled maintenance');
    case 'empty':
      return {status: 200, headers: {'content-type': 'text/csv; charset=utf-8', 'content-length': '0'}, body: []};
    case 'missing':
      return replyMissing(asked);
    default:
      return undefined;
  }
}

/** Spoils a body on its way to the client. `signal` aborts when the connection is closed. */
export function spoilBody(body: Body, day: BadDay, {signal, reset}: {signal: AbortSignal; reset: () => void}): Body {
  switch (day.day) {
    case 'truncate':
      return cutBody(body, day.after);
    case 'reset':
      return runAfterBody(cutBody(body, day.after ?? {bytes: 0}), async () => {
        await sleep(50, undefined, {signal}); // so that the client has read what was sent before
        reset();
      });
    case 'silence':
      return runAfterBody(cutBody(body, day.after ?? {bytes: 0}), () => waitUntilClosed(signal));
    case 'drip':
      return dripBody(body, day, signal);
    default:
      return body;
  }
}

/** Waits until the connection is closed, then throws an AbortError. */
export function waitUntilClosed(signal: AbortSignal): Promise<void> {
  return sleep(2 ** 31 - 1, undefined, {signal});
}

async function* cutBody(body: Body, after: Amount): AsyncGenerator<Buffer> {
  const ends = findRowEnds();
  let left = 'bytes' in after ? after.bytes : after.rows + 1;
  for await (const piece of body) {
    const borders = 'rows' in after ? ends(piece) : undefined;
    const end = borders ? borders[left - 1] : left;
    if (end !== undefined && end <= piece.length) {
      yield piece.subarray(0, end);
      return;
    }
    yield piece;
    left -= (borders ?? piece).length;
  }
}

async function* runAfterBody(body: Body, by: () => Promise<void>): AsyncGenerator<Buffer> {
  yield* body;
  await by();
}

async function* dripBody(
  body: Body,
  {bytes, everyMs}: {bytes: number; everyMs: number},
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  for await (const piece of body) {
    for (let start = 0; start < piece.length; start += bytes) {
      yield piece.subarray(start, start + bytes);
      await sleep(everyMs, undefined, {signal});
    }
  }
}

/** Returns the release with other columns and the same time. */
export function driftColumns(
  {dataset, contents}: Release,
  {rename = {}, drop = [], add = {}}: Extract<BadDay, {day: 'drift'}>,
): Release {
  const {header} = contents;
  const stranger = [...Object.keys(rename), ...drop].find((name) => !header.includes(name));
  if (stranger !== undefined) throw new Error(`${dataset.id} has no column "${stranger}" to drift`);
  const kept = header.flatMap((name, place) => (drop.includes(name) ? [] : [place]));
  const lines = [
    [...kept.map((place) => rename[header[place] ?? ''] ?? header[place]), ...Object.keys(add)],
    ...contents.rows().map((row) => [...kept.map((place) => row[place]), ...Object.values(add)]),
  ];
  const [first = Buffer.of()] = contents.bytes(0, contents.borderAfter(0));
  const csv = stringify(lines, {
    bom: first.subarray(0, 3).equals(Buffer.from('\uFEFF')),
    record_delimiter: first.toString().endsWith('\r\n') ? 'windows' : 'unix',
  });
  return makeRelease({...dataset, csv});
}

/** Yields the bytes of an export in the middle of which new contents are published. */
export function* streamRepublish(
  old: Contents,
  {afterRows = Math.floor(old.count / 2), rest = 'old'}: Extract<BadDay, {day: 'republish'}>,
  publish: () => Contents,
): Generator<Buffer> {
  yield* old.bytes(0, old.borderAfter(afterRows));
  const following = publish();
  const contents = rest === 'old' ? old : following;
  yield* contents.bytes(contents.borderAfter(afterRows));
}
