import type {SiteSettings} from '../../site/stamp.ts';
import {exit, Failure} from '../failure.ts';
import {readConfig} from './read-config.ts';

/** Reads the settings of the report from the configuration, and adds the path to serve it under. */
export function readSiteSettings(base?: string): SiteSettings {
  const {schoolYear, reportUrl, reportContact: contact} = readConfig();
  if (base !== undefined && !/^\/[\w./~-]*$/.test(base)) {
    throw new Failure(`--base ${base}: write the path to serve the report under, such as /rollcall.`, exit.usage);
  }
  return {
    ...(schoolYear !== undefined && {schoolYear}),
    ...(base !== undefined && {base}),
    ...(reportUrl !== undefined && {url: reportUrl}),
    ...(contact !== undefined && {contact}),
  };
}
