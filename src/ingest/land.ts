import {createHash} from 'node:crypto';
import {createReadStream, createWriteStream, existsSync} from 'node:fs';
import {mkdir, readdir, rm} from 'node:fs/promises';
import {join} from 'node:path';
import {pipeline} from 'node:stream/promises';
import {createGunzip, createGzip} from 'node:zlib';
import * as v from 'valibot';
import {Failure} from '../failure.ts';
import {
  hashFile,
  isGzipped,
  makeTemporaryName,
  readPlain,
  renamePatiently,
  syncFolder,
  writeAtomically,
} from '../files.ts';
import {type License, licenseSchema} from '../license.ts';
import {readJson} from '../schemas.ts';
import type {SchoolYear} from '../school-year.ts';
import type {Source} from '../sources/source.ts';

/** The layout of rows in a text file. */
export type Layout = v.InferOutput<typeof layoutSchema>;
const layoutSchema = v.variant('kind', [
  v.object({kind: v.literal('delimited'), delimiter: v.string(), header: v.array(v.string())}),
  /** SQL Server's text export: dashes under the header mark the columns. Offsets are in characters. */
  v.object({
    kind: v.literal('fixed'),
    header: v.array(v.string()),
    columns: v.array(v.object({start: v.number(), length: v.number()})),
  }),
]);

/** What is known of a file before its rows are read. */
export type Inspection = v.InferOutput<typeof inspectionSchema>;
export const inspectionSchema = v.object({
  sha256: v.string(),
  bytes: v.number(),
  /** The number of records, including the header: of nonempty lines, where a line break within a quoted cell ends none. */
  filledLines: v.number(),
  /** The line number of the header; empty lines may precede it. */
  headerLine: v.number(),
  /**
   * Where a row's line is not its number: the empty lines between rows, which the reader skips, and the records that span several
   * lines, with the line breaks in their cells. Both are given by number, where an empty line and a record count one each.
   */
  emptyLines: v.optional(v.array(v.number()), []),
  brokenRecords: v.optional(v.array(v.object({number: v.number(), breaks: v.number()})), []),
  endsWithLineBreak: v.boolean(),
  isUtf8: v.optional(v.boolean(), true),
  layout: layoutSchema,
});

/** Bytes after decompression: a gzipped file of a few megabytes can hold terabytes. */
export const largestFile = 16e9;

const description = v.object({
  ...inspectionSchema.entries,
  sourceId: v.string(),
  /** The original file name. */
  fileName: v.string(),
  /** The URL of a download, or the name of a file from a folder. */
  origin: v.string(),
  schoolYears: v.array(v.string()),
  /** When the publisher last changed it, if known. UTC. */
  publishedAt: v.nullable(v.pipe(v.string(), v.isoTimestamp())),
  /** As the publisher states it, if known. */
  license: v.exactOptional(licenseSchema),
  /** UTC. */
  landedAt: v.string(),
});

/** A file in the landing zone: the original bytes, compressed and named by their hash, with a description. */
export interface Landed extends v.InferOutput<typeof description> {
  /** The path of the compressed bytes. */
  path: string;
  /** What a reader must know about its figures, from whoever supplied it for this run. It is not stored with the bytes. */
  note?: string;
  /** Whether the publisher's name for it says that its figures are preliminary. Like the note, it is of this run. */
  isPreliminary?: boolean;
}

/** A file that can be landed. */
export interface InspectedFile {
  path: string;
  name: string;
  inspection: Inspection;
  /** The URL of a download, and when the publisher last changed it; undefined for a file from a folder. */
  origin?: string;
  publishedAt?: string;
  license?: License;
  note?: string;
  isPreliminary?: boolean;
}

/** Returns the short name of a landed file in messages. */
export function shortenHash(landed: Pick<Landed, 'sha256'>): string {
  return landed.sha256.slice(0, 12);
}

/** Finds the landed file with this hash; returns undefined if its bytes or description are missing. */
export async function findLanded(folder: string, source: Source, sha256: string): Promise<Landed | undefined> {
  const home = join(folder, source.id);
  const partitions = await readdir(home).catch(() => []);
  for (const partition of partitions) {
    const known = readJson(description, join(home, partition, `${sha256}.json`));
    if (known === undefined) continue;
    const path = join(home, partition, `${sha256}${getExtension(known)}`);
    if (existsSync(path)) return {...known, path};
  }
  return undefined;
}

/** Lists the landed files of a source that came from a folder, the latest first. */
export async function listFromFolders(
  folder: string,
  source: Source,
): Promise<Pick<Landed, 'fileName' | 'landedAt'>[]> {
  const home = join(folder, source.id);
  const found: Pick<Landed, 'fileName' | 'landedAt'>[] = [];
  for (const name of await readdir(home, {recursive: true}).catch(() => [])) {
    if (!name.endsWith('.json')) continue;
    const known = readJson(description, join(home, name));
    if (known && known.publishedAt === null) found.push({fileName: known.fileName, landedAt: known.landedAt});
  }
  return found.sort((a, b) => (a.landedAt < b.landedAt ? 1 : -1));
}

/** Returns whether the landed bytes still match their hash. */
export async function isIntact({path, sha256}: Landed): Promise<boolean> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(path), createGunzip(), hash);
    return hash.digest('hex') === sha256;
  } catch {
    return false;
  }
}

/** Removes a landed file, so that it can be landed again. */
export async function discard({path}: Landed): Promise<void> {
  await rm(path.replace(/\.(csv|txt)\.gz$/, '.json'), {force: true});
  await rm(path, {force: true});
}

/**
 * Lands one file. The description is written last, so an interrupted landing leaves no landed file.
 *
 * @param folder the landing zone
 * @param schoolYears the school years of the file's rows
 * @throws Failure if the file has changed since it was inspected
 */
export async function land(
  folder: string,
  source: Source,
  file: InspectedFile,
  schoolYears: SchoolYear[],
): Promise<Landed> {
  const partition = [...new Set([schoolYears[0] ?? 'unknown', schoolYears.at(-1) ?? 'unknown'])].join('_');
  const home = join(folder, source.id, partition);
  const path = join(home, `${file.inspection.sha256}${getExtension(file.inspection)}`);
  await mkdir(home, {recursive: true});
  const temporary = makeTemporaryName(path);
  const hash = createHash('sha256');
  async function* hashed(chunks: AsyncIterable<Buffer>) {
    for await (const chunk of chunks) {
      hash.update(chunk);
      yield chunk;
    }
  }
  await pipeline(await readPlain(file.path), hashed, createGzip(), createWriteStream(temporary, {flush: true}));
  if (hash.digest('hex') !== file.inspection.sha256) {
    await rm(temporary, {force: true});
    throw new Failure(`${file.name} changed while it was being read. Run again. The published build is unchanged.`);
  }
  await renamePatiently(temporary, path);
  await syncFolder(home);
  const landed: Landed = {
    ...file.inspection,
    sourceId: source.id,
    path,
    fileName: file.name,
    origin: file.origin ?? file.name,
    publishedAt: file.publishedAt ?? null,
    ...(file.license !== undefined && {license: file.license}),
    schoolYears,
    landedAt: new Date().toISOString(),
  };
  await writeAtomically(
    join(home, `${file.inspection.sha256}.json`),
    `${JSON.stringify({...landed, path: undefined}, null, 2)}\n`,
  );
  return withRemarks(landed, file);
}

/** Returns the landed file with what this run knows of it beyond its bytes, in place of what an earlier run knew. */
export function withRemarks(
  {note: _, isPreliminary: __, ...landed}: Landed,
  {note, isPreliminary}: Pick<InspectedFile, 'note' | 'isPreliminary'>,
): Landed {
  return {...landed, ...(note !== undefined && {note}), ...(isPreliminary && {isPreliminary})};
}

function getExtension({layout}: Pick<Inspection, 'layout'>): string {
  return layout.kind === 'fixed' ? '.txt.gz' : '.csv.gz';
}

/** Returns the SHA-256 of a file's bytes, unpacked if it is gzipped; undefined if they are more than a file may have once unpacked. */
export async function hashPlain(path: string, largest = largestFile): Promise<string | undefined> {
  if (!isGzipped(path)) return hashFile(path);
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of await readPlain(path)) {
    bytes += chunk.length;
    if (bytes > largest) return undefined;
    hash.update(chunk);
  }
  return hash.digest('hex');
}
