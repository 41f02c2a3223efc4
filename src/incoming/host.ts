import {exit, Failure} from '../failure.ts';
import type {Patience} from '../fetch/http.ts';

export interface Host {
  url: string;
  appToken?: string | undefined;
  patience?: Patience;
}

/**
 * Where the state publishes: data.wa.gov, or what ROLLCALL_OSPI_URL names.
 *
 * @throws Failure where that is no address
 */
export function hostFromEnvironment(env: NodeJS.ProcessEnv = process.env): Host {
  const url = (env['ROLLCALL_OSPI_URL'] || 'https://data.wa.gov').replace(/\/+$/, '');
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw new Failure(`ROLLCALL_OSPI_URL: "${url}" is no address. Write it like https://data.wa.gov.`, exit.usage);
  }
  return {url, appToken: env['SOCRATA_APP_TOKEN']?.trim()};
}
