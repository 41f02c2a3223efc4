import {readFile, readlink} from 'node:fs/promises';
import {basename, join, resolve} from 'node:path';
import {fileURLToPath} from 'node:url';
import {exit, Failure} from '../failure.ts';
import {type Database, open} from '../warehouse/duckdb.ts';
import type {Manifest} from './manifest.ts';

/** The folder of the checkout. */
export const projectFolder = fileURLToPath(new URL('../..', import.meta.url));

/** Where everything that a run makes is kept. */
export interface Home {
  folder: string;
  landing: string;
  lake: string;
  builds: string;
  /** A link to the published build; switching it is what publishes. */
  published: string;
  /** The last build that failed its checks, kept to look into. */
  failed: string;
  /** A copy of the published build, for work on the models. */
  development: string;
  lock: string;
}

export function homeAt(folder: string): Home {
  const at = resolve(folder);
  return {
    folder: at,
    landing: join(at, 'landing'),
    lake: join(at, 'lake'),
    builds: join(at, 'builds'),
    published: join(at, 'published'),
    failed: join(at, 'failed'),
    development: join(at, 'dev'),
    lock: join(at, 'run.lock'),
  };
}

/** The published build: its id, its warehouse and its manifest. */
export interface Published {
  id: string;
  warehouse: string;
  manifest: Manifest;
}

export async function findPublished(home: Home): Promise<Published | undefined> {
  const target = await readlink(home.published).catch(() => undefined);
  if (target === undefined) return undefined;
  const folder = resolve(home.folder, target);
  const text = await readFile(join(folder, 'manifest.json'), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  return {id: basename(folder), warehouse: join(folder, 'warehouse.duckdb'), manifest: parseManifest(text, folder)};
}

/** @throws Failure where the text is no manifest */
export function parseManifest(text: string, folder: string): Manifest {
  try {
    return JSON.parse(text) as Manifest;
  } catch {
    throw new Failure(
      `${join(folder, 'manifest.json')} is damaged. Remove the folder ${folder}, and run again to make the build anew.`,
    );
  }
}

/** @throws Failure where nothing has been published in this home yet */
export async function requirePublished(home: Home): Promise<Published> {
  const published = await findPublished(home);
  if (published) return published;
  throw new Failure(
    `${home.folder}: nothing is published here yet. Make a build first: "npx rollcall run --from DIR", or "npm run demo" for the sample (which is kept in its own home: --home data/demo).`,
    exit.failed,
  );
}

/**
 * Opens the published warehouse for reading, shut in: nothing else can be read or written from it.
 *
 * @param schemas schemas in which tables are found without naming them
 */
export async function openPublished({warehouse}: Published, schemas?: string[]): Promise<Database> {
  try {
    return await open(warehouse, {readOnly: true, sealed: true, ...(schemas && {schemas})});
  } catch (error) {
    throw new Failure(
      `${warehouse} can't be opened (${(error as Error).message.split('\n')[0]}). Remove its folder, and run again to make the build anew.`,
    );
  }
}
