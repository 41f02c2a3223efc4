import {exit, Failure} from '../failure.ts';
import type {Patience} from '../fetch/http.ts';

export interface Host {
  url: string;
  appToken?: string | undefined;
  patience?: Patience;
}

/**
 * Reads the publisher's host from the environment: ROLLCALL_OSPI_URL, or data.wa.gov.
 *
 * @throws Failure (exit 2) if ROLLCALL_OSPI_URL is not an address
 */
export function readHost(): Host {
  const url = (process.env['ROLLCALL_OSPI_URL'] || 'https://data.wa.gov').replace(/\/+$/, '');
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw new Failure(`ROLLCALL_OSPI_URL: "${url}" is not an address. Write it like https://data.wa.gov.`, exit.usage);
  }
  return {url, appToken: process.env['SOCRATA_APP_TOKEN']?.trim()};
}
