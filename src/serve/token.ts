import {createHash, randomBytes, timingSafeEqual} from 'node:crypto';
import {mkdir, open, readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {exit, Failure, getErrorCode, getErrorMessage} from '../failure.ts';
import type {Home} from '../home.ts';

/** The token that doing something asks for, and where it comes from. */
export interface Token {
  value: string;
  origin: string;
}

const shortest = 16;

/**
 * The token of ROLLCALL_TOKEN, of a file, or the home's own, which is made where there is none.
 *
 * @throws Failure where the file can't be read, or the token is too short to be one
 */
export async function tokenFor(
  home: Home,
  file: string | undefined,
  env: NodeJS.ProcessEnv = process.env,
): Promise<Token> {
  const given = env['ROLLCALL_TOKEN'];
  if (file === undefined && given) return checked(given, 'ROLLCALL_TOKEN');
  const path = file ?? join(home.folder, 'operations.token');
  if (file === undefined) await makeOnce(home, path);
  const text = await readFile(path, 'utf8').catch((error: Error) => {
    throw new Failure(`${path}: the token can't be read (${error.message}).`, exit.usage);
  });
  return checked(text, path);
}

async function makeOnce({folder}: Home, path: string): Promise<void> {
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

function checked(text: string, origin: string): Token {
  const value = text.trim();
  if (value.length >= shortest) return {value, origin};
  throw new Failure(`${origin}: a token has at least ${shortest} characters.`, exit.usage);
}

/** Takes as long for a wrong token as for the right one. */
export function isToken({value}: Token, offered: string): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(value), hash(offered));
}

/** Keeps whoever guesses waiting: after so many wrong tokens from an address, it isn't listened to for the rest of the minute. */
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

  wrong(address: string): void {
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
