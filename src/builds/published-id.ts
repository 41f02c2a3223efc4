import {lstatSync} from 'node:fs';
import {readlink} from 'node:fs/promises';
import {basename, join} from 'node:path';
import * as v from 'valibot';
import {Failure, getErrorCode} from '../failure.ts';
import type {Home} from '../home.ts';
import {readJson} from '../schemas.ts';

/**
 * Reads the id of the published build; undefined if nothing is published.
 *
 * @throws Failure if `published` is neither a link nor a copy of a build
 */
export async function readPublishedId(home: Home): Promise<string | undefined> {
  const target = await readlink(home.published).catch((error: unknown) => {
    if (getErrorCode(error) === 'ENOENT') return undefined;
    if (getErrorCode(error) === 'EINVAL') return readCopiedId(home);
    throw error;
  });
  return target === undefined ? undefined : basename(target);
}

/** Returns whether the published build is a folder instead of a link, as in a backup that followed links. */
export function isPublishedCopy({published}: Home): boolean {
  return lstatSync(published, {throwIfNoEntry: false})?.isDirectory() ?? false;
}

const namedSchema = v.object({build: v.string()});

/** Reads the id that the manifest in a folder names; undefined if there is no such manifest. */
export function readNamedId(folder: string): string | undefined {
  return readJson(namedSchema, join(folder, 'manifest.json'))?.build;
}

/** Reads the id of a published build that is a folder instead of a link. */
export function readCopiedId({published}: Home): string {
  const found = readNamedId(published);
  if (found !== undefined) return found;
  throw new Failure(
    `${published}: this should be a link to a build, and is neither that nor the copy of one. Move it away and run again.`,
  );
}
