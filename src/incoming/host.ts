import {exit, Failure} from '../failure.ts';
import type {Patience} from '../fetch/http.ts';
import {type Address, readHeaderToken, redact, splitCredentials} from '../secrets.ts';

/** The publisher's host. Its address goes into the ledger and the build, so it has no credentials. */
export interface Host extends Address {
  appToken?: string | undefined;
  patience?: Patience;
}

/**
 * Reads the publisher's host from the environment: ROLLCALL_OSPI_URL, or data.wa.gov.
 *
 * @throws Failure (exit 2) if ROLLCALL_OSPI_URL is not an address, or SOCRATA_APP_TOKEN no token
 */
export function readHost(env: NodeJS.ProcessEnv = process.env): Host {
  const address = env['ROLLCALL_OSPI_URL'] || 'https://data.wa.gov';
  if (!URL.canParse(address) || !/^https?:\/\/[^?#]*$/i.test(address)) {
    throw new Failure(
      `ROLLCALL_OSPI_URL: "${redact(address, env)}" is not an address. Write it like https://data.wa.gov.`,
      exit.usage,
    );
  }
  const {url, ...credentials} = splitCredentials(address);
  return {url: url.replace(/\/+$/, ''), ...credentials, appToken: readHeaderToken('SOCRATA_APP_TOKEN', env)};
}
