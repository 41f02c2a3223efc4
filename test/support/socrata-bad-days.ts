import {setTimeout as sleep} from 'node:timers/promises';
import {stringify} from 'csv-stringify/sync';
import {type Asked, type Body, failure, htmlPage, type Kind, missing, type Reply} from './socrata-api.ts';
import {type Contents, type Csv, type Release, release, rowEnds} from './socrata-release.ts';

/** How much of a body gets through: so many bytes (before compression), or its header and so many rows. */
type Amount = {bytes: number} | {rows: number};

export type BadDay =
  /** The connection is reset: at once, or within the body. */
  | {day: 'reset'; after?: Amount}
  /** Nothing more comes, and the connection stays open: from the start, or within the body. */
  | {day: 'silence'; after?: Amount}
  /** The body comes a few bytes at a time. */
  | {day: 'drip'; bytes: number; everyMs: number}
  /** The body ends early, and as if that were its end. */
  | {day: 'truncate'; after: Amount}
  /** An error reply, in JSON or as a page for people. Retry-After is seconds, or a text as it is (an HTTP date). */
  | {day: 'status'; status: number; retryAfter?: number | string; html?: boolean}
  /** A maintenance page with status 200. */
  | {day: 'html'}
  /** Status 200 and no body. */
  | {day: 'empty'}
  /** 404, as for a data set that is not there. */
  | {day: 'missing'}
  /** The count is off by this many. Applies to counts. */
  | {day: 'lying-count'; by: number}
  /** Columns have other names (by display name), are gone, or are new (with the text in all their cells). */
  | {day: 'drift'; rename?: Record<string, string>; drop?: string[]; add?: Record<string, string>}
  /**
   * The data set is published anew: within an export, after half of its rows or `afterRows`; what follows are the old
   * rows still, or the new ones. Right behind any other reply.
   */
  | {day: 'republish'; csv: Csv; rowsUpdatedAt?: number; afterRows?: number; rest?: 'old' | 'new'};

/** When a day is bad: for requests of this kind, for this data set, that match. All requests, where nothing is said. */
interface When {
  kind?: Kind;
  id?: string;
  match?: (asked: Asked) => boolean;
  /** After so many requests days are good again. 1 unless told otherwise. */
  times?: number | 'always';
}

export type Rule = BadDay & When;

export function applies(rule: Rule, asked: Asked): boolean {
  const kind = rule.day === 'lying-count' ? 'count' : rule.kind;
  return (
    (kind === undefined || kind === asked.kind) &&
    (rule.id === undefined || rule.id === asked.id) &&
    (rule.match === undefined || rule.match(asked))
  );
}

/** What is replied without looking at the data set. */
export function replyInstead(day: BadDay, asked: Asked): Reply | undefined {
  switch (day.day) {
    case 'status': {
      const message = day.status === 429 ? 'Too many requests' : 'Internal error';
      const code = message.toLowerCase().replaceAll(' ', '_');
      const reply = day.html ? htmlPage(day.status, message) : failure(day.status, code, message);
      if (day.retryAfter !== undefined) reply.headers['retry-after'] = String(day.retryAfter);
      return reply;
    }
    case 'html':
      return htmlPage(200, 'Down for scheduled maintenance');
    case 'empty':
      return {status: 200, headers: {'content-type': 'text/csv; charset=utf-8', 'content-length': '0'}, body: []};
    case 'missing':
      return missing(asked);
    default:
      return undefined;
  }
}

/** The body as it reaches the client. `signal` tells when the connection is gone. */
export function spoiled(body: Body, day: BadDay, {signal, reset}: {signal: AbortSignal; reset: () => void}): Body {
  switch (day.day) {
    case 'truncate':
      return cut(body, day.after);
    case 'reset':
      return followed(cut(body, day.after ?? {bytes: 0}), async () => {
        await sleep(50, undefined, {signal}); // so that what was sent before has been read
        reset();
      });
    case 'silence':
      return followed(cut(body, day.after ?? {bytes: 0}), () => silence(signal));
    case 'drip':
      return dripping(body, day, signal);
    default:
      return body;
  }
}

/** Lasts until the connection is gone, and ends in an AbortError. */
export function silence(signal: AbortSignal): Promise<void> {
  return sleep(2 ** 31 - 1, undefined, {signal});
}

async function* cut(body: Body, after: Amount): AsyncGenerator<Buffer> {
  const ends = rowEnds();
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

async function* followed(body: Body, by: () => Promise<void>): AsyncGenerator<Buffer> {
  yield* body;
  await by();
}

async function* dripping(
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

/** The release under other columns; its time is the same. */
export function drifted(
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
  return release({...dataset, csv});
}

/** The bytes of an export in the middle of which the next contents are published. */
export function* republished(
  old: Contents,
  {afterRows = Math.floor(old.count / 2), rest = 'old'}: Extract<BadDay, {day: 'republish'}>,
  publish: () => Contents,
): Generator<Buffer> {
  yield* old.bytes(0, old.borderAfter(afterRows));
  const following = publish();
  const contents = rest === 'old' ? old : following;
  yield* contents.bytes(contents.borderAfter(afterRows));
}
