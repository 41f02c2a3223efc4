import {readdir, readFile} from 'node:fs/promises';
import {join} from 'node:path';
import * as v from 'valibot';
import {hashFile} from '../files.ts';
import {parseJson, readJson} from '../schemas.ts';
import {type Inspection, inspectionSchema, type Landed} from './land.ts';

export type ReshapedPartition = v.InferOutput<typeof reshapedPartition>;
const reshapedPartition = v.object({
  /** Null for rows whose school year is unreadable. */
  schoolYear: v.nullable(v.string()),
  rowsIn: v.number(),
  rowsLoaded: v.number(),
  rowsRejected: v.number(),
  /** Table to Parquet file, relative to the lake. */
  files: v.record(v.string(), v.string()),
  /** Table to the SHA-256 of that file. */
  hashes: v.record(v.string(), v.string()),
});

/** A reshaped file: its Parquet files in the lake, and the row counts that prove that no row was lost. */
export type Reshaped = v.InferOutput<typeof reshapedSchema>;
const reshapedSchema = v.object({
  /** Identifies the landed bytes and the code that read them. */
  id: v.string(),
  sourceId: v.string(),
  sha256: v.string(),
  /** What that code found in those bytes before it read the rows. */
  inspection: inspectionSchema,
  partitions: v.array(reshapedPartition),
  /** Undeclared columns of the file; their cells are stored in `raw.extra_value`. */
  newColumns: v.array(v.string()),
  /** Counts, by column, of unreadable cells that only describe their row (dates, decimals). They become null. */
  unreadable: v.record(v.string(), v.number()),
  /** Counts, by kind, of rows rejected because another row of the file has the same key. */
  duplicates: v.record(v.string(), v.number()),
  /** The row count in the file's footer; null if there is none. */
  statedRows: v.nullable(v.number()),
});

/** Returns the id of a reshaped file, from the landed bytes and the code that reads them. */
export function makeReshapedId({sha256}: Pick<Landed, 'sha256'>, contractId: string): string {
  return `${sha256.slice(0, 16)}-${contractId}`;
}

/** Returns whether a file of the lake has a name that only Rollcall gives. */
export function isReshapedName(name: string): boolean {
  return /^[0-9a-f]{16}-[0-9a-f]{12}\.(parquet|json)$/.test(name);
}

export function locateManifest(lake: string, id: string): string {
  return join(lake, '_reshaped', `${id}.json`);
}

/** Finds what the same code found in the same bytes when it reshaped them; undefined if it never did. */
export function findInspection(
  lake: string,
  landed: Pick<Landed, 'sha256'>,
  contractId: string,
): Inspection | undefined {
  const found = readJson(reshapedSchema, locateManifest(lake, makeReshapedId(landed, contractId)));
  return found?.sha256 === landed.sha256 ? found.inspection : undefined;
}

/**
 * Finds the reshaped files of a landed file.
 *
 * @returns `stale` if they exist only under another contract, `damaged` if they don't match their hashes
 */
export async function findReshaped(
  lake: string,
  landed: Pick<Landed, 'sha256'>,
  contractId: string,
): Promise<Reshaped | 'absent' | 'stale' | 'damaged'> {
  const id = makeReshapedId(landed, contractId);
  const text = await readFile(locateManifest(lake, id), 'utf8').catch(() => undefined);
  if (text === undefined) {
    const others = await readdir(join(lake, '_reshaped')).catch(() => []);
    return others.some((name) => name.startsWith(landed.sha256.slice(0, 16))) ? 'stale' : 'absent';
  }
  const reshaped = parseJson(reshapedSchema, text);
  if (reshaped === undefined) return 'damaged';
  for (const {files, hashes} of reshaped.partitions) {
    for (const [table, file] of Object.entries(files)) {
      const found = await hashFile(join(lake, file)).catch(() => undefined);
      if (found !== hashes[table]) return 'damaged';
    }
  }
  return reshaped;
}
