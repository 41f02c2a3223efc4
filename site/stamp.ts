import {createHash} from 'node:crypto';
import {readFile} from 'node:fs/promises';
import {join, relative} from 'node:path';
import {listFiles} from '../src/files.ts';
import {locate, projectFolder} from '../src/project-folder.ts';
import type {SchoolYear} from '../src/school-year.ts';

export const siteFolder = locate('site');

/** Beside the pages: what they were made of and with. A folder that has it is a report, and may be replaced by another. */
export const marker = 'rollcall-site.json';

/** What is chosen about a report. */
export interface SiteSettings {
  /** The school year to show where it can be answered. */
  schoolYear: SchoolYear;
  /** The path that it is served under; that of the address where it is undefined, or else `/`. */
  base?: string | undefined;
  /** The address that it is served at, for what can't be said without it: preview images, canonical links, a sitemap. */
  url?: string | undefined;
}

/** What decides, beyond the build, what a report looks like. */
const code = [
  'site',
  'src/report',
  'src/answers',
  'src/sources',
  'src/words',
  'docs/decisions',
  'docs/diagrams',
  'docs/exploration.md',
  'package-lock.json',
];

/** Whether the report in a folder is the one that would be made. */
export async function isReportCurrent(build: string, settings: SiteSettings, folder: string): Promise<boolean> {
  const text = await readFile(join(folder, marker), 'utf8').catch(() => '{}');
  return (JSON.parse(text) as {stamp?: string}).stamp === (await computeStamp(build, settings));
}

/** Changes with anything that could change the report of a build. */
export async function computeStamp(build: string, settings: SiteSettings): Promise<string> {
  const files = (await Promise.all(code.map((path) => listFiles(locate(path))))).flat();
  const hash = createHash('sha256').update(JSON.stringify([build, settings]));
  for (const file of files) hash.update(`\0${relative(projectFolder, file)}\0`).update(await readFile(file));
  return hash.digest('hex').slice(0, 12);
}
