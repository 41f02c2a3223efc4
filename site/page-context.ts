import type {Report} from '../src/report/report.ts';
import type {SchoolYear} from '../src/school-year.ts';
import {type AssetPaths, findAsset} from './asset-paths.ts';
import type {Documents} from './documents.ts';

/** The pages of a school year, as those of other years link to them. */
export interface YearPages {
  schoolYear: SchoolYear;
  /** What the report has of it beyond its name: `students only`. */
  remark: string | undefined;
  /** The folder that they are in: empty for the first year, else `2018-19/`. */
  folder: string;
  /** Their paths in that folder: `schools/index.html`. */
  files: ReadonlySet<string>;
}

/** What pages are made from. */
export interface Site extends Documents {
  /** The year that the report opens with, and then the others, the newest first. */
  years: readonly [YearPages, ...YearPages[]];
  assets: AssetPaths;
  /** The path that the report is served at: `/`, `/rollcall`. Only addresses and the page for a missing one need it. */
  base: string;
  /** The origin that it is served from: `https://example.org`; undefined if not known. */
  origin: string | undefined;
}

/** The report and the links from one of its pages. Every page and component takes it as its first argument. */
export interface PageContext {
  /** The report of the page's school year; that of the first year for a page that is the same in all years. */
  report: Report;
  /** The school years, the newest first, each with the link to the same page, or to its first page if it has no such one. */
  years: YearLink[];
  /** Returns the relative link to a page or file of the report, in the same school year: `to('schools/')`. */
  to: (path: string) => string;
  /** Returns the link to a style, script or font by its plain name: `toAsset('points.js')`. */
  toAsset: (name: string) => string;
  /** Returns the full address of a page or file; undefined if the origin is not known. */
  addressOf: (path: string) => string | undefined;
  /** The path of this page: `schools/`, `2018-19/schools/`. */
  path: string;
}

/** A school year in the choice of years on a page. */
interface YearLink extends Pick<YearPages, 'schoolYear' | 'remark'> {
  href: string;
  /** Whether the page is of this year. */
  isCurrent: boolean;
}

/**
 * Creates the context of the page or file at a path: `schools/index.html`.
 *
 * @param report that of its school year; that of the first year for a page that is the same in all years
 * @param year the pages of its school year, in whose folder the path is; undefined if it is the same in all years
 */
export function createPageContext(
  {years, assets, base, origin}: Site,
  report: Report,
  file: string,
  year?: YearPages,
): PageContext {
  const {folder, files} = year ?? years[0];
  const root = base.endsWith('/') ? base : `${base}/`;
  const here = year === undefined ? file : `${folder}${file}`;
  // A server answers with the page for a missing address at any path, so nothing is relative to it.
  const link = (path: string) => (file === '404.html' ? `${root}${path}` : writeRelativeLink(here, path));
  const to = (path: string) => link(files.has(findFile(path)) ? `${folder}${path}` : path);
  return {
    report,
    years: years
      .map((other) => ({
        schoolYear: other.schoolYear,
        href: link(`${other.folder}${year && other.files.has(file) ? findPagePath(file) : ''}`),
        isCurrent: other === year,
        remark: other.remark,
      }))
      .sort((a, b) => (a.schoolYear < b.schoolYear ? 1 : -1)),
    to,
    toAsset: (name) => link(findAsset(assets, name)),
    addressOf: (path) => (origin === undefined ? undefined : new URL(`${root}${path}`, origin).href),
    path: findPagePath(here),
  };
}

/** Says that a year is preliminary, and which of students and teachers it lacks; undefined if neither is so. */
export function describeYear({
  schoolYear,
  years,
  preliminary,
}: Pick<Report, 'schoolYear' | 'years' | 'preliminary'>): string | undefined {
  const subjects = years.find((year) => year.schoolYear === schoolYear)?.subjects ?? [];
  const [hasStudents, hasTeachers] = [subjects.includes('enrollment'), subjects.includes('teachers')];
  const lack = hasStudents ? 'students only' : hasTeachers ? 'teachers only' : 'no figures';
  const remarks = [
    ...(preliminary === undefined ? [] : ['preliminary']),
    ...(hasStudents && hasTeachers ? [] : [lack]),
  ];
  return remarks.length === 0 ? undefined : remarks.join(', ');
}

/** Returns the file of a page or file, without what follows it in a link: `schools/index.html` for `schools/?q=Vega`. */
function findFile(path: string): string {
  return path.replace(/[?#].*$/, '').replace(/(^|\/)$/, '$1index.html');
}

/** Writes the link from a file to a page or file. It names the page's file, because a browser shows a folder of files as a list. */
function writeRelativeLink(from: string, path: string): string {
  const [, folder = '', file = '', rest = ''] = /^((?:[^?#]*\/)?)([^?#/]*)(.*)$/.exec(path) ?? [];
  const here = from.split('/');
  const there = `${folder}${file || 'index.html'}`.split('/');
  const shared = here.findIndex((name, at) => name !== there[at] || at === here.length - 1);
  return '../'.repeat(here.length - 1 - shared) + there.slice(shared).join('/') + rest;
}

/** Returns the path of the page in a file: `schools/` for `schools/index.html`. */
export function findPagePath(file: string): string {
  return file.replace(/(^|\/)index\.html$/, '$1');
}
