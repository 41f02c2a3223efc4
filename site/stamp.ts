import {createHash} from 'node:crypto';
import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import * as v from 'valibot';
import {hashInto} from '../src/files.ts';
import {locate, projectFolder} from '../src/project-folder.ts';
import type {Report} from '../src/report/report.ts';
import {parseJson} from '../src/schemas.ts';
import type {SchoolYear} from '../src/school-year.ts';

export const siteFolder = locate('site');

/** The file that marks a folder as a report, so that another may replace it. It says what it was built from, and lists its files. */
export const marker = 'rollcall-site.json';
const markerSchema = v.object({stamp: v.string(), files: v.optional(v.array(v.string()))});

/** Reads the marker of a report; undefined if the folder is none. */
export async function readMarker(folder: string): Promise<v.InferOutput<typeof markerSchema> | undefined> {
  return parseJson(markerSchema, await readFile(join(folder, marker), 'utf8').catch(() => ''));
}

/** The settings of a report. */
export interface SiteSettings {
  /** The school year to open with, if the build has it. Defaults to the newest with students and teachers. */
  schoolYear?: SchoolYear | undefined;
  /** The path that it is served at. Defaults to the path of `url`, or else `/`. */
  base?: string | undefined;
  /** The address that it is served at, for preview images, canonical links and the sitemap. */
  url?: string | undefined;
  /** The school years that the last run held back, each with the reason. */
  heldYears?: Report['heldYears'];
  /** The address to report mistakes to: `https:` or `mailto:`. */
  contact?: string | undefined;
}

/** The files that decide, beyond the build, what a report looks like. */
const code = [
  'site',
  'src/report',
  'src/export',
  'src/answers',
  'src/sources',
  'src/words',
  'docs/decisions',
  'docs/diagrams',
  'package-lock.json',
];

/** Says whether the report in a folder is the one that would be built now. */
export async function isReportCurrent(build: string, settings: SiteSettings, folder: string): Promise<boolean> {
  return (await readMarker(folder))?.stamp === computeStamp(build, settings);
}

/** Computes a hash of everything that could change the report of a build. */
export function computeStamp(build: string, settings: SiteSettings): string {
  const hash = createHash('sha256').update(JSON.stringify([build, settings]));
  return hashInto(hash, projectFolder, code.map(locate)).digest('hex').slice(0, 12);
}
