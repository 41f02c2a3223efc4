import {createReadStream, createWriteStream} from 'node:fs';
import {rm, stat, statfs} from 'node:fs/promises';
import {dirname} from 'node:path';
import {pipeline} from 'node:stream/promises';
import type {Response} from 'undici';
import * as v from 'valibot';
import type {License} from '../license.ts';
import {describeIssue, mapping} from '../schemas.ts';
import {BadReply, type Client, limitBody, readText} from './http.ts';

/** The publisher's description of a data set. */
export interface Metadata {
  name: string;
  /** Epoch seconds; null if the publisher gives no time, so that the count, the entity tag and the hash decide. */
  rowsUpdatedAt: number | null;
  /** The license, as the publisher states it. */
  license?: License;
}

/** The most bytes of metadata or of a count, after decompression. */
const longestDescription = 8e6;
/** Bytes: many times those of a row of any known file. */
const longestRow = 16e3;
const mostRows = 1e9;
/** Bytes of the disk that a download leaves to others. */
const reserve = 64e6;

/** When the rows of a data set were last changed, in epoch seconds. Milliseconds would be a time after this century. */
export const rowsUpdatedAt = v.nullable(
  v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(Date.UTC(2100, 0) / 1000)),
);

// The license is only shown, so one of an unexpected form is ignored.
const text = v.fallback(v.optional(limitText(500)), undefined);
const link = v.fallback(v.optional(v.pipe(limitText(500), v.trim(), v.url(), v.regex(/^https?:\/\//i))), undefined);
const tombstone = 'it is described without columns';
const metadata = v.pipe(
  v.object({
    name: limitText(1000),
    // Hosts have left it out for days. Text says no more than nothing.
    rowsUpdatedAt: v.pipe(
      v.optional(v.unknown(), null),
      v.transform((time) => (typeof time === 'number' ? time : null)),
      rowsUpdatedAt,
    ),
    // A removed data set can leave a description without columns.
    columns: v.optional(v.array(v.unknown())),
    licenseId: text,
    license: v.fallback(v.optional(v.object({name: text, termsLink: link})), undefined),
  }),
  v.check(({columns}) => columns?.length !== 0, tombstone),
  v.transform(({name, rowsUpdatedAt, licenseId, license}): Metadata => {
    const stated = {
      ...(licenseId !== undefined && {id: licenseId}),
      ...(license?.name !== undefined && {name: license.name}),
      ...(license?.termsLink !== undefined && {url: license.termsLink}),
    };
    return {name, rowsUpdatedAt, ...(Object.keys(stated).length > 0 && {license: stated})};
  }),
);
const cell = v.union([v.string(), v.number()]);
const wholeNumber = v.pipe(cell, v.transform(String), v.regex(/^\d+$/), v.transform(Number), v.maxValue(mostRows));
const count = v.strictTuple([mapping(wholeNumber)]);
const countsByValue = v.pipe(v.array(v.objectWithRest({rows: wholeNumber}, cell)), v.maxLength(1000));

/** Fetches the metadata of a data set: one small request that shows whether anything has changed. */
export function readMetadata(client: Client, id: string, signal?: AbortSignal): Promise<Metadata> {
  return client.get(`/api/views/${id}.json`, (response) => readJson(response, metadata), {signal});
}

/** Fetches the publisher's row count of a data set. */
export function countRows(client: Client, id: string, signal?: AbortSignal): Promise<number> {
  const path = `/resource/${id}.json?$select=count(*)`;
  return client.get(
    path,
    async (response) => {
      const [row] = await readJson(response, count);
      const [rows] = Object.values(row);
      if (rows === undefined) throw new BadReply('it gave no count');
      return rows;
    },
    {signal},
  );
}

/** Counts the rows of each value of a column, by its API name. */
export function countEach(
  client: Client,
  id: string,
  column: string,
  signal?: AbortSignal,
): Promise<Map<string, number>> {
  const query = new URLSearchParams({$select: `${column},count(*) as rows`, $group: column, $limit: '1000'});
  return client.get(
    `/resource/${id}.json?${query}`,
    async (response) => {
      const groups = await readJson(response, countsByValue);
      return new Map(groups.map(({rows, ...of}) => [String(of[column] ?? ''), rows]));
    },
    {signal},
  );
}

/**
 * Downloads the whole-file export to `path`, byte for byte.
 *
 * @param rows the publisher's row count, which limits how much is accepted
 * @param etag the tag of the known export; if it is still current, nothing is written
 * @returns the export's entity tag, or `unchanged`
 */
export function downloadExport(
  client: Client,
  id: string,
  path: string,
  rows: number,
  {etag, signal}: {etag?: string | undefined; signal?: AbortSignal | undefined} = {},
): Promise<{etag: string | null} | 'unchanged'> {
  return client.get(
    `/api/views/${id}/rows.csv?accessType=DOWNLOAD`,
    async (response) => {
      if (response.status === 304) return 'unchanged';
      await save(response, path, rows);
      return {etag: response.headers.get('etag')};
    },
    {signal, headers: etag === undefined ? {} : {'if-none-match': listTags(etag)}},
  );
}

/** Lists an entity tag as it came, and without the encoding that hosts append to it, as in `"a--gzip--gzip"`. */
function listTags(etag: string): string {
  return [...new Set([etag, etag.replace(/(?:-+gzip)+(?="$)/, '')])].join(', ');
}

/** Downloads a data set to `path` page by page, ordered by the publisher's row id. Its header has the API's column names. */
export async function downloadPages(
  client: Client,
  id: string,
  path: string,
  rows: number,
  {pageSize = 50_000, signal}: {pageSize?: number; signal?: AbortSignal | undefined} = {},
): Promise<void> {
  const page = `${path}.page`;
  let header: Buffer | undefined;
  try {
    for (let offset = 0; offset === 0 || offset < rows; offset += pageSize) {
      const query = new URLSearchParams({$limit: String(pageSize), $offset: String(offset), $order: ':id'});
      await client.get(`/resource/${id}.csv?${query}`, (response) => save(response, page, pageSize), {signal});
      const first = await readHeader(page);
      header ??= first;
      if (!first.equals(header)) throw new BadReply('its columns changed from one page to the next');
      const start = offset === 0 ? 0 : first.length;
      // The publisher counts more rows than it has. The caller finds the difference.
      if (offset > 0 && (await stat(page)).size <= start) return;
      await pipeline(createReadStream(page, {start}), createWriteStream(path, {flags: offset === 0 ? 'w' : 'a'}));
    }
  } finally {
    await rm(page, {force: true});
  }
}

const longestHeader = 64 * 1024;

/** Reads the first line of a file, including its line feed. */
async function readHeader(path: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  const read: AsyncIterable<Buffer> = createReadStream(path, {end: longestHeader - 1});
  for await (const chunk of read) chunks.push(chunk);
  const start = Buffer.concat(chunks);
  return start.subarray(0, start.indexOf(10) + 1);
}

/**
 * Streams the body to disk, so that memory use does not depend on its size.
 *
 * @throws an error with the code ENOSPC before the disk is full
 */
async function save(response: Response, path: string, rows: number): Promise<void> {
  const type = response.headers.get('content-type') ?? '';
  if (type.includes('html')) throw new BadReply('it answered with a web page instead of the data');
  if (response.body === null) throw new BadReply('it answered with nothing');
  const {bavail, bsize} = await statfs(dirname(path));
  const [most, room] = [(rows + 100) * longestRow, bavail * bsize - reserve];
  const full = Object.assign(new Error(`no space left on device for a download, '${path}'`), {code: 'ENOSPC'});
  await pipeline(limitBody(response, Math.min(most, room), room < most ? full : undefined), createWriteStream(path));
}

/** Builds the schema of a text that is no longer than this. */
export function limitText(longest: number) {
  return v.pipe(v.string(), v.maxLength(longest));
}

/** Reads a bounded JSON reply of a known form. */
export async function readJson<T>(response: Response, schema: v.GenericSchema<unknown, T>): Promise<T> {
  const text = await readText(response, longestDescription);
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    const what = /^\s*</.test(text) ? 'a web page' : text.trim() === '' ? 'nothing' : 'something else';
    throw new BadReply(`it answered with ${what} instead of what was asked for`);
  }
  const result = v.safeParse(schema, answer);
  if (result.success) return result.output;
  const {path, message} = describeIssue(result.issues);
  if (message === tombstone) throw new BadReply(tombstone, false, 0, 410);
  throw new BadReply(
    `it answered with something else instead of what was asked for (${[path.join('.'), message].filter((part) => part).join(': ')})`,
  );
}
