import {createReadStream, createWriteStream} from 'node:fs';
import {appendFile, rm, stat} from 'node:fs/promises';
import {Readable} from 'node:stream';
import {pipeline} from 'node:stream/promises';
import type {Response} from 'undici';
import {z} from 'zod';
import {BadReply, type Client} from './http.ts';

/** What the publisher says of a data set. */
export interface Metadata {
  name: string;
  /** When its rows were last changed, epoch seconds. */
  rowsUpdatedAt: number;
}

const metadata = z.object({name: z.string(), rowsUpdatedAt: z.number()});
const count = z.tuple([z.record(z.string(), z.coerce.number<string>().int())]);

/** The description of a data set: one small request, which tells whether anything has changed. */
export function describe(client: Client, id: string): Promise<Metadata> {
  return client.get(`/api/views/${id}.json`, (response) => json(response, metadata));
}

/** How many rows the publisher says the data set has. */
export async function countRows(client: Client, id: string): Promise<number> {
  const [row] = await client.get(`/resource/${id}.json?$select=count(*)`, (response) => json(response, count));
  const [rows] = Object.values(row);
  if (rows === undefined) throw new BadReply('it gave no count');
  return rows;
}

/**
 * Writes the whole-file export to `path`, as it comes.
 *
 * @param etag of what is known: where the export is still that, nothing is written
 * @returns the export's entity tag, or `unchanged`
 */
export function downloadExport(
  client: Client,
  id: string,
  path: string,
  etag?: string,
): Promise<{etag: string | null} | 'unchanged'> {
  return client.get(
    `/api/views/${id}/rows.csv?accessType=DOWNLOAD`,
    async (response) => {
      if (response.status === 304) return 'unchanged';
      await save(response, path);
      return {etag: response.headers.get('etag')};
    },
    etag === undefined ? {} : {'if-none-match': etag},
  );
}

/** Writes the data set to `path` page by page, ordered by the publisher's row id; its header has the API's column names. */
export async function downloadPages(
  client: Client,
  id: string,
  path: string,
  rows: number,
  pageSize = 50_000,
): Promise<void> {
  await rm(path, {force: true});
  const page = `${path}.page`;
  for (let offset = 0; offset === 0 || offset < rows; offset += pageSize) {
    const query = new URLSearchParams({$limit: String(pageSize), $offset: String(offset), $order: ':id'});
    await client.get(`/resource/${id}.csv?${query}`, (response) => save(response, page));
    if (offset === 0) await appendFile(path, '');
    await pipeline(
      createReadStream(page, {start: offset === 0 ? 0 : await headerLength(page)}),
      createWriteStream(path, {flags: 'a'}),
    );
  }
  await rm(page, {force: true});
}

/** The bytes of the first line, its end included. */
async function headerLength(path: string): Promise<number> {
  let length = 0;
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    const end = chunk.indexOf(10);
    if (end !== -1) return length + end + 1;
    length += chunk.length;
  }
  return (await stat(path)).size;
}

/** The body goes to disk as it arrives; memory does not grow with it. */
async function save(response: Response, path: string): Promise<void> {
  const type = response.headers.get('content-type') ?? '';
  if (type.includes('html')) throw new BadReply('it answered with a web page instead of the data');
  if (response.body === null) throw new BadReply('it answered with nothing');
  await pipeline(Readable.fromWeb(response.body), createWriteStream(path));
}

async function json<T>(response: Response, schema: z.ZodType<T>): Promise<T> {
  const text = await response.text();
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    const what = /^\s*</.test(text) ? 'a web page' : text.trim() === '' ? 'nothing' : 'something else';
    throw new BadReply(`it answered with ${what} instead of what was asked for`);
  }
}
