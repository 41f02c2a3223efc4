import {createHash, randomBytes, timingSafeEqual} from 'node:crypto';
import {mkdir, readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {exit, Failure, getErrorCode, getErrorMessage} from '../failure.ts';
import {makeTemporaryName, renamePatiently} from '../files.ts';
import type {Home} from '../home.ts';

/** The token that actions need, and where it comes from. */
export interface Token {
  value: string;
  origin: string;
}

const shortest = 16;

/**
 * Reads the token from ROLLCALL_TOKEN, from a file, or from the home directory, where it is created if needed.
 *
 * @throws Failure if the file can't be read or the token is too short
 */
export async function readToken(
  home: Home,
  file: string | undefined,
  env: NodeJS.ProcessEnv = process.env,
): Promise<Token> {
  const given = env['ROLLCALL_TOKEN'];
  if (file === undefined && given) return assertLongEnough(given, 'ROLLCALL_TOKEN');
  const path = file ?? join(home.folder, 'operations.token');
  const read = () => readFile(path, 'utf8');
  const text = await read().catch((error: Error) => {
    if (file === undefined && getErrorCode(error) === 'ENOENT') return '';
    throw new Failure(`${path}: the token can't be read (${error.message}).`, exit.usage);
  });
  if (text.trim() !== '' || file !== undefined) return assertLongEnough(text, path);
  await writeTokenFile(home, path);
  return assertLongEnough(await read(), path);
}

/** Writes a new token under another name first, because a kill in between must not leave an empty file. */
async function writeTokenFile({folder}: Home, path: string): Promise<void> {
  try {
    await mkdir(folder, {recursive: true});
    const temporary = makeTemporaryName(path);
    await writeFile(temporary, `${randomBytes(32).toString('base64url')}\n`, {mode: 0o600, flush: true});
    await renamePatiently(temporary, path);
  } catch (error) {
    throw new Failure(`${path}: can't be written (${getErrorMessage(error)}). Give one with --token-file.`);
  }
}

function assertLongEnough(text: string, origin: string): Token {
  const value = text.trim();
  if (value.length >= shortest) return {value, origin};
  throw new Failure(`${origin}: a token needs at least ${shortest} characters.`, exit.usage);
}

/** Compares tokens in constant time. */
export function matchesToken({value}: Token, offered: string): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(value), hash(offered));
}
