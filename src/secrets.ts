import {exit, Failure} from './failure.ts';

/** The environment variables that hold a secret. A webhook's address is one, because whoever knows it can post. */
const secretNames = [
  'SOCRATA_APP_TOKEN',
  'ROLLCALL_TOKEN',
  'ROLLCALL_WEBHOOK_URL',
  'ROLLCALL_WEBHOOK_TOKEN',
  'OPENLINEAGE_API_KEY',
  'PGPASSWORD',
];

/** Characters. A shorter value would occur in other texts by chance. */
const shortest = 6;
const hidden = '***';

/**
 * Removes secrets from a text that leaves the process: the values of the environment variables that hold one, and passwords, keys
 * and tokens in addresses.
 */
export function redact(text: string, env: NodeJS.ProcessEnv = process.env): string {
  const values = secretNames.flatMap((name) => {
    const value = env[name] ?? '';
    // JSON and messages of libraries write a line break as two characters.
    return [value, value.trim(), JSON.stringify(value).slice(1, -1)].filter(({length}) => length >= shortest);
  });
  return (
    values
      .reduce((rest, value) => rest.replaceAll(value, hidden), text)
      // Not in our own advice: "Write it like postgres://user@host".
      .replaceAll(/(\b[a-z][a-z0-9+.-]*:\/\/)(?!user@)[^\s/?#"'<>]*@/gi, `$1${hidden}@`)
      .replaceAll(
        /([?&;][\w.$-]*(?:token|key|secret|password|passwd|pwd|signature|sig|auth)[\w.-]*=)[^\s&;#"'<>]+/gi,
        `$1${hidden}`,
      )
  );
}

/** An address without its user and password, and the header that carries them. */
export interface Address {
  url: string;
  authorization?: string;
}

/** Moves the user and the password of an address, which `fetch` refuses, into a header. */
export function splitCredentials(address: string): Address {
  if (!URL.canParse(address)) return {url: address};
  const url = new URL(address);
  const {username, password} = url;
  if (username === '' && password === '') return {url: address};
  [url.username, url.password] = ['', ''];
  const pair = [username, password].map((part) => decodeURIComponent(part)).join(':');
  return {url: url.href, authorization: `Basic ${Buffer.from(pair).toString('base64')}`};
}

/** Writes the headers of a JSON request. A token is sent instead of the credentials of the address. */
export function writeJsonHeaders({authorization}: Address, token: string | undefined): Record<string, string> {
  const authorized = token ? `Bearer ${token}` : authorization;
  return {'content-type': 'application/json', ...(authorized && {authorization: authorized})};
}

/**
 * Reads a token that is sent in a header.
 *
 * @throws Failure (exit 2), without the value, if a header can't carry it
 */
export function readHeaderToken(name: string, env: NodeJS.ProcessEnv = process.env): string | undefined {
  const value = env[name]?.trim();
  if (!value) return undefined;
  if (/^[\x21-\x7e]+$/.test(value)) return value;
  throw new Failure(`${name}: it has a blank, a line break or a letter that no token has. Copy it again.`, exit.usage);
}
