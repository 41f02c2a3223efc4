import {isIP} from 'node:net';
import type {Context, MiddlewareHandler} from 'hono';
import {deleteCookie, getSignedCookie, setSignedCookie} from 'hono/cookie';
import {matchesToken, type Token} from './token.ts';

/** Protects actions, and reading if the server is private: a program sends the token as bearer, a browser enters it once. */
export interface Guard {
  /** Lets requests with the token through that come from a program or from our own pages; others get 401 or 403. */
  requireToken: MiddlewareHandler;
  /** Lets readers through: all of them, or those with the token. */
  requireReader: MiddlewareHandler;
  /** Whether the token was entered in this browser. */
  isSignedIn(c: Context): Promise<boolean>;
  /** Signs the browser in if the entered token is right. */
  enter(c: Context, offered: string): Promise<boolean>;
  leave(c: Context): void;
}

const cookie = 'rollcall_session';
/** The report can't use the session, since its paths don't get the cookie. */
const path = '/operations';
/** Seconds. */
const longestSession = 12 * 3600;

/** @param isPrivate whether readers need the token too */
export function createGuard(token: Token, isPrivate = false): Guard {
  const isSignedIn = async (c: Context) => {
    const until = await getSignedCookie(c, token.value, cookie);
    return typeof until === 'string' && Number(until) > Date.now();
  };
  const readBearer = (c: Context) => c.req.header('authorization')?.match(/^Bearer (.+)$/i)?.[1];

  return {
    isSignedIn,
    async enter(c, offered) {
      if (!matchesToken(token, offered)) return false;
      const until = String(Date.now() + longestSession * 1000);
      await setSignedCookie(c, cookie, until, token.value, {
        httpOnly: true,
        sameSite: 'Strict',
        path,
        maxAge: longestSession,
        secure: isSecure(c),
      });
      return true;
    },
    leave: (c) => void deleteCookie(c, cookie, {path}),
    async requireToken(c, next) {
      const bearer = readBearer(c);
      if (bearer !== undefined) return matchesToken(token, bearer) ? next() : refuse(c, 401, 'This token is wrong.');
      if (!isSameOrigin(c)) return refuse(c, 403, 'This request comes from another site.');
      return (await isSignedIn(c)) ? next() : refuse(c, 401, needed);
    },
    async requireReader(c, next) {
      const bearer = readBearer(c);
      const isAllowed = bearer === undefined ? !isPrivate || (await isSignedIn(c)) : matchesToken(token, bearer);
      return isAllowed ? next() : refuse(c, 401, bearer === undefined ? needed : 'This token is wrong.');
    },
  };
}

const needed = 'This needs the token: as "Authorization: Bearer …", or entered on /operations.';

/**
 * Refuses requests under a name that is not the server's, because a foreign page can point its own name at this address and then
 * read like one of ours. Addresses can't be pointed elsewhere, so they are all accepted.
 */
export function requireHostName(names: readonly string[]): MiddlewareHandler {
  const known = new Set(['localhost', ...names.map((name) => name.toLowerCase())]);
  return async (c, next) => {
    const host = `http://${c.req.header('host') ?? ''}`;
    const name = URL.canParse(host) ? new URL(host).hostname : '';
    if (known.has(name) || isIP(name.replace(/^\[|\]$/g, '')) > 0) return next();
    return c.text(`This server doesn't answer under this name. If it is right, start it with --host-name.\n`, 421);
  };
}

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

function refuse(c: Context, status: 401 | 403, error: string) {
  if (status === 401) c.header('WWW-Authenticate', 'Bearer realm="rollcall"');
  return c.json({error}, status);
}
