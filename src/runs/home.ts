import {readFile, readlink} from 'node:fs/promises';
import {basename, join, resolve} from 'node:path';
import {fileURLToPath} from 'node:url';
import {exit, Failure} from '../failure.ts';
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
  return {id: basename(folder), warehouse: join(folder, 'warehouse.duckdb'), manifest: JSON.parse(text) as Manifest};
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
