import {setTimeout as sleep} from 'node:timers/promises';
import {getConnInfo} from '@hono/node-server/conninfo';
import type {Context, MiddlewareHandler} from 'hono';
import {deleteCookie, getSignedCookie, setSignedCookie} from 'hono/cookie';
import {Guesses, isToken, type Token} from './token.ts';

/** Who may do something: a program with the token as bearer, or a browser in which it was entered. Reading is open to all. */
export interface Guard {
  /** Lets through who may; others get 401, 403 or 429. */
  doing: MiddlewareHandler;
  /** Whether this browser may. */
  isIn(c: Context): Promise<boolean>;
  /** Takes a token that was entered. @returns whether it is the right one, or that there were too many wrong ones */
  enter(c: Context, offered: string): Promise<'in' | 'wrong' | 'too many'>;
  leave(c: Context): void;
}

const cookie = 'rollcall_session';
/** Seconds. */
const longestSession = 12 * 3600;
/** How long a wrong token is thought about. Milliseconds. */
const thinking = 500;

export function guardOf(token: Token, {delay = thinking, guesses = new Guesses()} = {}): Guard {
  const enter = async (c: Context, offered: string) => {
    const address = getConnInfo(c).remote.address ?? '';
    if (guesses.isTooMany(address)) return 'too many';
    if (isToken(token, offered)) return 'in';
    guesses.wrong(address);
    await sleep(delay);
    return 'wrong';
  };

  const isIn = async (c: Context) => {
    const until = await getSignedCookie(c, token.value, cookie);
    return typeof until === 'string' && Number(until) > Date.now();
  };

  return {
    isIn,
    async enter(c, offered) {
      const result = await enter(c, offered);
      if (result !== 'in') return result;
      const until = String(Date.now() + longestSession * 1000);
      const options = {
        httpOnly: true,
        sameSite: 'Strict',
        path: '/',
        maxAge: longestSession,
        secure: isSecure(c),
      } as const;
      await setSignedCookie(c, cookie, until, token.value, options);
      return result;
    },
    leave: (c) => void deleteCookie(c, cookie, {path: '/'}),
    async doing(c, next) {
      const [, bearer] = c.req.header('authorization')?.match(/^Bearer (.+)$/i) ?? [];
      if (bearer !== undefined) {
        const result = await enter(c, bearer);
        if (result === 'in') return next();
        return result === 'wrong' ? refuse(c, 401, 'This is not the token.') : refuse(c, 429, tooMany);
      }
      if (!isSameOrigin(c)) return refuse(c, 403, 'This request comes from another site.');
      if (await isIn(c)) return next();
      return refuse(c, 401, 'This asks for the token: as "Authorization: Bearer …", or entered on /operations.');
    },
  };
}

export const tooMany = 'Too many wrong tokens. Try again in a minute.';

/** A browser names the origin of every POST. What names another, or none, is not of a page of ours. */
export function isSameOrigin(c: Context): boolean {
  const origin = c.req.header('origin');
  if (origin === undefined || !URL.canParse(origin)) return false;
  return new URL(origin).host === c.req.header('host');
}

/** Behind a proxy that speaks TLS for us, what the browser sees is what counts. */
function isSecure(c: Context): boolean {
  return c.req.header('origin')?.startsWith('https:') ?? false;
}

function refuse(c: Context, status: 401 | 403 | 429, error: string) {
  if (status === 401) c.header('WWW-Authenticate', 'Bearer realm="rollcall"');
  return c.json({error}, status);
}
