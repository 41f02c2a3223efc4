import {readdir, readFile, rm} from 'node:fs/promises';
import {join} from 'node:path';
import {z} from 'zod';
import {writeAtomically} from '../files.ts';
import {findLanded, type Landed} from '../ingest/land.ts';
import {parseJson} from '../json.ts';
import type {Source} from '../sources/source.ts';

/** What is remembered of a data set that has landed, so that the next run can tell whether it has changed. */
const memory = z.object({
  id: z.string(),
  name: z.string(),
  /** When the publisher last changed its rows, epoch seconds. */
  rowsUpdatedAt: z.number(),
  sha256: z.string(),
  etag: z.string().nullable(),
  rows: z.number(),
  /** UTC: when the publisher was last asked, changed or not. */
  checkedAt: z.string(),
});

type Known = z.infer<typeof memory>;
export type KnownLanded = Known & {landed: Landed};

interface Named {
  source: Source;
  id: string;
}

/** What is known of a data set, with its landed file; undefined where either is gone or can't be read. */
export async function readKnown(landing: string, dataset: Named): Promise<KnownLanded | undefined> {
  const text = await readFile(memoryOf(landing, dataset), 'utf8').catch(() => '');
  const known = parseJson(memory, text);
  if (known === undefined) return undefined;
  const landed = await findLanded(landing, dataset.source, known.sha256);
  return landed && {...known, landed};
}

/** Whether a data set has landed before, also where its landed file is gone since. */
export async function isRemembered(landing: string, dataset: Named): Promise<boolean> {
  const text = await readFile(memoryOf(landing, dataset), 'utf8').catch(() => '');
  return parseJson(memory, text) !== undefined;
}

export async function remember(landing: string, dataset: Named, known: Known): Promise<void> {
  await writeAtomically(memoryOf(landing, dataset), `${JSON.stringify(memory.parse(known), null, 2)}\n`);
}

/** Forgets a landed file that turned out not to be usable, so that the next run asks for it anew. */
export async function forget(landing: string, {sourceId, sha256}: Pick<Landed, 'sourceId' | 'sha256'>): Promise<void> {
  const folder = join(landing, sourceId);
  for (const name of await readdir(folder).catch(() => [])) {
    if (!name.endsWith('.json')) continue;
    const known = parseJson(memory, await readFile(join(folder, name), 'utf8').catch(() => ''));
    if (known?.sha256 === sha256) await rm(join(folder, name), {force: true});
  }
}

function memoryOf(landing: string, {source, id}: Named): string {
  return join(landing, source.id, `${id}.json`);
}
