import {readdir, readFile, rm} from 'node:fs/promises';
import {join} from 'node:path';
import * as v from 'valibot';
import {rowsUpdatedAt} from '../fetch/socrata.ts';
import {writeAtomically} from '../files.ts';
import {findLanded, type Landed, withRemarks} from '../ingest/land.ts';
import {parseJson} from '../schemas.ts';
import {isNamedPreliminary} from '../sources/preliminary.ts';
import type {Source} from '../sources/source.ts';

/** What is stored about a landed data set, so that the next run can tell whether it changed. */
const memory = v.object({
  id: v.string(),
  name: v.string(),
  rowsUpdatedAt,
  sha256: v.string(),
  etag: v.nullable(v.string()),
  rows: v.number(),
  /** When the publisher was last asked. UTC. */
  checkedAt: v.string(),
});

type Memory = v.InferOutput<typeof memory>;
export type RememberedFile = Memory & {landed: Landed};

interface Named {
  source: Source;
  id: string;
}

/** Reads what is stored about a data set, with its landed file; undefined if either is gone or unreadable. */
export async function readKnown(landing: string, dataset: Named): Promise<RememberedFile | undefined> {
  const known = await readMemory(locateMemory(landing, dataset));
  if (known === undefined) return undefined;
  const landed = await findLanded(landing, dataset.source, known.sha256);
  return landed && {...known, landed: withRemarks(landed, {isPreliminary: isNamedPreliminary(known.name)})};
}

/** Returns whether a data set has landed before, even if its file is gone now. */
export async function isRemembered(landing: string, dataset: Named): Promise<boolean> {
  return (await readMemory(locateMemory(landing, dataset))) !== undefined;
}

/** Stores what is known of a data set now that the publisher was asked. */
export async function remember(landing: string, dataset: Named, known: Omit<Memory, 'checkedAt'>): Promise<void> {
  const now = v.parse(memory, {...known, checkedAt: new Date().toISOString()});
  await writeAtomically(locateMemory(landing, dataset), `${JSON.stringify(now, null, 2)}\n`);
}

/** Forgets a landed file that turned out to be unusable, so that the next run downloads it again. */
export async function forget(landing: string, {sourceId, sha256}: Pick<Landed, 'sourceId' | 'sha256'>): Promise<void> {
  const folder = join(landing, sourceId);
  for (const name of await readdir(folder).catch(() => [])) {
    if (!name.endsWith('.json')) continue;
    if ((await readMemory(join(folder, name)))?.sha256 === sha256) await rm(join(folder, name), {force: true});
  }
}

async function readMemory(path: string): Promise<Memory | undefined> {
  return parseJson(memory, await readFile(path, 'utf8').catch(() => ''));
}

function locateMemory(landing: string, {source, id}: Named): string {
  return join(landing, source.id, `${id}.json`);
}
