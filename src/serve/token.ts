import {createHash, randomBytes, timingSafeEqual} from 'node:crypto';
import {mkdir, open, readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {exit, Failure, getErrorCode, getErrorMessage} from '../failure.ts';
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
  if (file === undefined) await createTokenFile(home, path);
  const text = await readFile(path, 'utf8').catch((error: Error) => {
    throw new Failure(`${path}: the token can't be read (${error.message}).`, exit.usage);
  });
  return assertLongEnough(text, path);
}

async function createTokenFile({folder}: Home, path: string): Promise<void> {
  try {
    await mkdir(folder, {recursive: true});
    const file = await open(path, 'wx', 0o600);
    await file.writeFile(`${randomBytes(32).toString('base64url')}\n`);
    await file.close();
  } catch (error) {
    const [code, message] = [getErrorCode(error), getErrorMessage(error)];
    if (code !== 'EEXIST') throw new Failure(`${path}: can't be written (${message}). Give one with --token-file.`);
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

/** Counts wrong tokens by address, to refuse an address with too many of them for the rest of the minute. */
export class Guesses {
  readonly #wrong = new Map<string, number>();
  #minute = 0;
  readonly #now: () => number;
  readonly #most: number;

  constructor(most = 10, now: () => number = Date.now) {
    this.#most = most;
    this.#now = now;
  }

  isTooMany(address: string): boolean {
    return (this.#ofThisMinute().get(address) ?? 0) >= this.#most;
  }

  countWrong(address: string): void {
    const wrong = this.#ofThisMinute();
    wrong.set(address, (wrong.get(address) ?? 0) + 1);
  }

  #ofThisMinute(): Map<string, number> {
    const minute = Math.floor(this.#now() / 60_000);
    if (minute !== this.#minute) this.#wrong.clear();
    this.#minute = minute;
    return this.#wrong;
  }
}
