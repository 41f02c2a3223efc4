import type {LookupFunction} from 'node:net';
import type {Dispatcher} from 'undici';
import {exit, Failure} from './failure.ts';
import {redact} from './secrets.ts';

/** The proxies that requests go through, and the hosts that are asked directly. */
interface Proxies {
  http: string | undefined;
  https: string | undefined;
  direct: string;
}

// A proxy can't reach the loopback addresses of this machine.
const ownAddresses = ['localhost', '127.0.0.1', '[::1]'];

/**
 * Reads the proxies from HTTP_PROXY, HTTPS_PROXY and NO_PROXY. As in other programs, the names in lower case take precedence, and
 * HTTP_PROXY serves both schemes if it is the only one.
 *
 * @throws Failure (exit 2) if one is not an address
 */
export function readProxies(env: NodeJS.ProcessEnv = process.env): Proxies {
  const http = readAddress('http_proxy', env);
  const direct = (env['no_proxy'] || env['NO_PROXY'] || '').split(/[,\s]+/).filter((name) => name !== '');
  return {
    http,
    https: readAddress('https_proxy', env) ?? http,
    direct: direct.includes('*') ? '*' : [...direct, ...ownAddresses].join(','),
  };
}

function readAddress(name: string, env: NodeJS.ProcessEnv): string | undefined {
  const written = env[name] || env[name.toUpperCase()];
  if (!written) return undefined;
  const address = written.includes('://') ? written : `http://${written}`;
  if (URL.canParse(address) && /^https?:/i.test(address)) return address;
  throw new Failure(
    `${name.toUpperCase()}: "${redact(address, env)}" is not an address. Write it like http://proxy.example:8080.`,
    exit.usage,
  );
}

/**
 * Creates the dispatcher of a client's requests, which go through the proxies of the environment.
 *
 * @param limits for connecting, and for the silence between two bytes, in milliseconds; `lookup` finds the addresses of a host
 */
export async function createDispatcher({
  connect,
  silence,
  lookup,
}: {
  connect: number;
  silence: number;
  lookup?: LookupFunction;
}): Promise<Dispatcher> {
  const {EnvHttpProxyAgent} = await import('undici');
  const {http, https, direct} = readProxies();
  return new EnvHttpProxyAgent({
    httpProxy: http ?? '',
    httpsProxy: https ?? '',
    noProxy: direct,
    // As curl does: many proxies open a tunnel for https alone.
    proxyTunnel: false,
    connect: {timeout: connect, ...(lookup && {lookup})},
    proxyTls: {timeout: connect},
    requestTls: {timeout: connect},
    headersTimeout: silence,
    bodyTimeout: silence,
  });
}
