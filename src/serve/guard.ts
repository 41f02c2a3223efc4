import {setTimeout as sleep} from 'node:timers/promises';
import {getConnInfo} from '@hono/node-server/conninfo';
import type {Context, MiddlewareHandler} from 'hono';
import {deleteCookie, getSignedCookie, setSignedCookie} from 'hono/cookie';
import {Guesses, matchesToken, type Token} from './token.ts';

/** Protects actions: a program sends the token as bearer, a browser enters it once. Reading is open to all. */
export interface Guard {
  /** Lets requests with the token through; others get 401, 403 or 429. */
  requireToken: MiddlewareHandler;
  /** Whether the token was entered in this browser. */
  isSignedIn(c: Context): Promise<boolean>;
  /** Checks an entered token, and signs the browser in if it is right. */
  enter(c: Context, offered: string): Promise<'in' | 'wrong' | 'too many'>;
  leave(c: Context): void;
}

const cookie = 'rollcall_session';
/** Seconds. */
const longestSession = 12 * 3600;
/** Delay after a wrong token. Milliseconds. */
const wrongTokenDelay = 500;

export function createGuard(token: Token, {delay = wrongTokenDelay, guesses = new Guesses()} = {}): Guard {
  const enter = async (c: Context, offered: string) => {
    const address = getConnInfo(c).remote.address ?? '';
    if (guesses.isTooMany(address)) return 'too many';
    if (matchesToken(token, offered)) return 'in';
    guesses.countWrong(address);
    await sleep(delay);
    return 'wrong';
  };

  const isSignedIn = async (c: Context) => {
    const until = await getSignedCookie(c, token.value, cookie);
    return typeof until === 'string' && Number(until) > Date.now();
  };

  return {
    isSignedIn,
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
    async requireToken(c, next) {
      const [, bearer] = c.req.header('authorization')?.match(/^Bearer (.+)$/i) ?? [];
      if (bearer !== undefined) {
        const result = await enter(c, bearer);
        if (result === 'in') return next();
        return result === 'wrong' ? refuse(c, 401, 'This token is wrong.') : refuse(c, 429, tooMany);
      }
      if (!isSameOrigin(c)) return refuse(c, 403, 'This request comes from another site.');
      if (await isSignedIn(c)) return next();
      return refuse(c, 401, 'This needs the token: as "Authorization: Bearer …", or entered on /operations.');
    },
  };
}

export const tooMany = 'Too many wrong tokens. Try again in a minute.';

/** Returns whether a POST comes from one of our pages. Browsers send the origin with every POST. */
export function isSameOrigin(c: Context): boolean {
  const origin = c.req.header('origin');
  if (origin === undefined || !URL.canParse(origin)) return false;
  return new URL(origin).host === c.req.header('host');
}

/** Returns whether the browser uses TLS, perhaps to a proxy in front of the server. */
function isSecure(c: Context): boolean {
  return c.req.header('origin')?.startsWith('https:') ?? false;
}

function refuse(c: Context, status: 401 | 403 | 429, error: string) {
  if (status === 401) c.header('WWW-Authenticate', 'Bearer realm="rollcall"');
  return c.json({error}, status);
}
