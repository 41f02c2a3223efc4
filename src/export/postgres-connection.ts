import {existsSync, readFileSync} from 'node:fs';
import {Socket} from 'node:net';
import {homedir} from 'node:os';
import {join} from 'node:path';
import type {ConnectionOptions} from 'node:tls';
import {Client, DatabaseError} from 'pg';
import {exit, Failure, getErrorCode, getErrorMessage} from '../failure.ts';

/** An open connection, and the socket under it, which tells how long the server has been silent. */
export interface Connection {
  client: Client;
  socket: Socket;
  /** Returns undefined while the connection holds. */
  broken(): Error | undefined;
}

/** Milliseconds. */
const longestConnect = 15_000;

/**
 * Returns the address of a database for display: the user, host and database, without password and settings.
 *
 * @throws Failure (exit 2) if the address is invalid; it does not repeat the text, which may hold a password
 */
export function redactAddress(url: string): string {
  const {protocol, username, host, pathname, searchParams} = parseAddress(url);
  const user = searchParams.get('user') ?? username;
  return `${protocol}//${user === '' ? '' : `${user}@`}${searchParams.get('host') ?? host}${pathname}`;
}

/**
 * Connects according to libpq's `sslmode`, `sslrootcert`, `sslcert` and `sslkey`, with the password of the address, of PGPASSWORD
 * or of ~/.pgpass.
 *
 * @throws Failure (exit 3) if the server can't be reached, (exit 2) if it refuses the login
 */
export async function connect(url: string, env: NodeJS.ProcessEnv = process.env): Promise<Connection> {
  const address = parseAddress(url);
  const {mode, tls} = readSecurity(address.searchParams, env);
  for (const name of ['sslmode', 'sslrootcert', 'sslcert', 'sslkey', 'ssl', 'uselibpqcompat'])
    address.searchParams.delete(name);
  try {
    return await open(address, tls).catch((error: unknown) => {
      const isPlain = error instanceof Error && error.message === 'The server does not support SSL connections';
      if (isPlain && mode === 'prefer') return open(address, false);
      throw error;
    });
  } catch (error) {
    throw explainConnectFailure(error, url);
  }
}

async function open(address: URL, ssl: ConnectionOptions | false): Promise<Connection> {
  const socket = new Socket();
  const seconds = Number(address.searchParams.get('connect_timeout') ?? 0);
  const client = new Client({
    connectionString: address.href,
    ssl,
    stream: () => socket,
    connectionTimeoutMillis: seconds > 0 ? seconds * 1000 : longestConnect,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    application_name: address.searchParams.get('application_name') ?? 'rollcall',
  });
  let broken: Error | undefined;
  // Without a listener, a connection that breaks between two queries would end the process.
  client.on('error', (error) => {
    broken ??= error;
  });
  await client.connect();
  return {client, socket, broken: () => broken};
}

function parseAddress(url: string): URL {
  if (!URL.canParse(url)) {
    throw new Failure(
      '--to: the address of the database can\'t be read. Write it like postgres://user@host:5432/database, with %40 for an "@" in a name or password, %2F for a "/", %3A for a ":".',
      exit.usage,
    );
  }
  return new URL(url);
}

const modes = ['disable', 'prefer', 'require', 'verify-ca', 'verify-full'] as const;
type Mode = (typeof modes)[number];

/** Translates libpq's settings (https://www.postgresql.org/docs/current/libpq-ssl.html) to options of node:tls. */
function readSecurity(params: URLSearchParams, env: NodeJS.ProcessEnv): {mode: Mode; tls: ConnectionOptions | false} {
  const setting = (name: string) => params.get(name) || env[`PG${name.toUpperCase()}`] || undefined;
  const asked = setting('sslmode') ?? 'prefer';
  const mode = asked === 'allow' ? 'prefer' : modes.find((known) => known === asked);
  if (mode === undefined) {
    throw new Failure(`--to: sslmode=${asked} is not one of ${modes.join(', ')}.`, exit.usage);
  }
  if (mode === 'disable') return {mode, tls: false};
  const [root, cert, key] = ['sslrootcert', 'sslcert', 'sslkey'].map((name) => {
    const path = setting(name);
    return path === undefined || (name === 'sslrootcert' && path === 'system') ? path : readSettingFile(name, path);
  });
  const usualRoot = join(homedir(), '.postgresql', 'root.crt');
  const ca = root ?? (mode.startsWith('verify') && existsSync(usualRoot) ? readFileSync(usualRoot, 'utf8') : undefined);
  if (mode === 'verify-ca' && (ca === undefined || ca === 'system')) {
    throw new Failure(
      '--to: sslmode=verify-ca needs the certificate of the authority, as sslrootcert=FILE. With a public authority, use sslmode=verify-full.',
      exit.usage,
    );
  }
  const tls: ConnectionOptions = {
    ...(ca !== undefined && ca !== 'system' && {ca}),
    ...(cert !== undefined && {cert}),
    ...(key !== undefined && {key}),
  };
  // With a root certificate, `require` means `verify-ca`: everything is checked but the host's name.
  if (mode === 'verify-ca' || (mode === 'require' && ca !== undefined))
    return {mode, tls: {...tls, checkServerIdentity: () => undefined}};
  return {mode, tls: mode === 'verify-full' ? tls : {...tls, rejectUnauthorized: false}};
}

function readSettingFile(name: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new Failure(`--to: ${name}=${path} can't be read (${getErrorMessage(error)}).`, exit.usage);
  }
}

function explainConnectFailure(error: unknown, url: string): Failure {
  if (error instanceof Failure) return error;
  const [code, message] = [getErrorCode(error), getErrorMessage(error)];
  const where = redactAddress(url);
  if (error instanceof DatabaseError && /^(28|3D)/.test(code ?? '')) {
    return new Failure(`${where}: ${message}. Check the user, the password and the name of the database.`, exit.usage);
  }
  if (/CERT|SELF_SIGNED|ISSUER|SIGNATURE|TLS|SSL/.test(`${code} ${message}`)) {
    return new Failure(
      `${where}: the connection to the server can't be trusted (${message}). Give the certificate of its authority with ?sslrootcert=FILE, or ask for less with ?sslmode=prefer.`,
      exit.unreachable,
    );
  }
  return new Failure(`${where} can't be reached: ${message || code}. Nothing was changed there.`, exit.unreachable);
}

/**
 * Turns an error after the connection was made into a Failure. The transaction has been rolled back, or its commit was sent.
 *
 * @param doing the step that failed, such as `loading marts.schools`
 * @returns the error itself if it has nothing to do with the database
 */
export function explainLoadFailure(error: unknown, {broken}: Connection, url: string, doing: string): unknown {
  const where = redactAddress(url);
  const unchanged = 'The tables there are as they were.';
  if (error instanceof DatabaseError) {
    const {code = '', message, detail, hint} = error;
    const more = [detail, hint].filter((part) => part !== undefined).map((part) => ` ${part.replaceAll('\n', '; ')}`);
    // Connection exceptions, too few resources, and the server being shut down.
    const isGone = /^(08(?!P01)|53|57P)/.test(code);
    return new Failure(
      `${where}: ${doing}: ${message}.${more.join('')} ${unchanged}`,
      isGone ? exit.unreachable : exit.failed,
    );
  }
  const line = broken() ?? findConnectionError(error);
  if (line === undefined) return error;
  const why = line.message || getErrorCode(line);
  // Once the commit is sent, this side can't know whether it arrived.
  const state =
    doing === 'committing'
      ? 'Whether the new tables are in place can only be seen there; both are whole, and a repeated export changes nothing that is right.'
      : unchanged;
  return new Failure(
    `${where}: the connection broke while ${doing} (${why}). ${state} Run it again.`,
    exit.unreachable,
  );
}

function findConnectionError(error: unknown): Error | undefined {
  if (!(error instanceof Error) || error instanceof Failure) return undefined;
  const [code, message] = [getErrorCode(error), getErrorMessage(error)];
  const isLine = /^(E[A-Z]+|ERR_STREAM_PREMATURE_CLOSE)$/.test(code ?? '') || /^Connection terminated/.test(message);
  return isLine ? error : undefined;
}
