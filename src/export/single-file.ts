import {lstat, readdir, readFile, rm, writeFile} from 'node:fs/promises';
import {basename, dirname, resolve} from 'node:path';
import * as v from 'valibot';
import {exit, Failure, getErrorCode} from '../failure.ts';
import {hashFile, isTemporaryName, makeTemporaryName, removeTemporary, renamePatiently, syncFolder} from '../files.ts';
import {replaceFile} from '../replace.ts';
import {parseJson} from '../schemas.ts';
import {fingerprint} from './folder.ts';

/**
 * Writes a file, with a data package descriptor beside it. The complete file replaces an earlier export.
 *
 * @param describe writes the descriptor
 * @throws Failure (exit 2) if the file there is not the unchanged file of an earlier export
 */
export async function writeSingleFile(
  path: string,
  write: (aside: string) => Promise<void>,
  describe: (file: {path: string; bytes: number; hash: string}) => string,
): Promise<void> {
  const descriptor = `${path}.datapackage.json`;
  await assertOurs(path, descriptor);
  const aside = makeTemporaryName(descriptor);
  await replaceFile(path, async (file) => {
    await write(file);
    // On disk before the file: after a kill between the two renames, it still tells that the file is ours.
    const text = describe({path: basename(path), ...(await fingerprint(file))});
    await writeFile(aside, text, {flush: true}).catch(async (error: unknown) => {
      await rm(aside, {force: true});
      throw error;
    });
  });
  await renamePatiently(aside, descriptor);
  await syncFolder(dirname(resolve(path)));
  await removeTemporary(dirname(path), {of: basename(descriptor)});
}

const ourDescriptor = v.object({rollcall: v.object({}), resources: v.array(v.object({hash: v.string()}))});

async function assertOurs(path: string, descriptor: string): Promise<void> {
  const names = await readdir(dirname(path));
  const found = names.filter(
    (name) => name.startsWith(basename(descriptor)) && (name === basename(descriptor) || isTemporaryName(name)),
  );
  const texts = await Promise.all(found.map((name) => readFile(resolve(dirname(path), name), 'utf8')));
  const hashes = texts.flatMap((text) => parseJson(ourDescriptor, text)?.resources.map(({hash}) => hash) ?? []);
  const hash = await hashFile(path).catch((error: unknown) => {
    if (getErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  });
  const isForeign = hashes.length === 0 && (hash !== undefined || (await lstat(descriptor).catch(() => undefined)));
  if (!isForeign && (hash === undefined || hashes.includes(`sha256:${hash}`))) return;
  const why = isForeign ? 'no export wrote the file that is there' : 'the file has been changed since it was exported';
  throw new Failure(`--to ${path}: ${why}, so it is not replaced. Move it away, or give another name.`, exit.usage);
}
