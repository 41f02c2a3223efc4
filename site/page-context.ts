import {posix} from 'node:path';
import type {Report} from '../src/report/report.ts';
import type {Assets} from './assets.ts';
import type {Documents} from './documents.ts';

/** What pages are made from. */
export interface Site extends Documents {
  report: Report;
  assets: Assets;
  /** The path that the report is served at: `/`, `/rollcall`. Only addresses and the page for a missing one need it. */
  base: string;
  /** The origin that it is served from: `https://example.org`; undefined if not known. */
  origin: string | undefined;
}

/** The report and the links from one of its pages. Every page and component takes it as its first argument. */
export interface PageContext {
  report: Report;
  /** Returns the relative link to a page or file of the report: `to('schools/')`. */
  to: (path: string) => string;
  /** Returns the link to a style, script or font by its plain name: `toAsset('points.js')`. */
  toAsset: (name: string) => string;
  /** Returns the full address of a page or file; undefined if the origin is not known. */
  addressOf: (path: string) => string | undefined;
  /** The path of this page: `schools/`. */
  path: string;
}

/** Creates the context of the page or file at a path: `schools/index.html`. */
export function createPageContext({report, assets, base, origin}: Site, file: string): PageContext {
  const root = base.endsWith('/') ? base : `${base}/`;
  // A server answers with the page for a missing address at any path, so nothing is relative to it.
  const to = (path: string) => (file === '404.html' ? `${root}${path}` : writeRelativeLink(file, path));
  return {
    report,
    to,
    toAsset: (name) => to(assets.pathOf(name)),
    addressOf: (path) => (origin === undefined ? undefined : new URL(`${root}${path}`, origin).href),
    path: findPagePath(file),
  };
}

/** Writes the link from a file to a page or file. It names the page's file, because a browser shows a folder of files as a list. */
function writeRelativeLink(from: string, path: string): string {
  const [, folder = '', file = '', rest = ''] = /^((?:[^?#]*\/)?)([^?#/]*)(.*)$/.exec(path) ?? [];
  return posix.relative(posix.dirname(from), `${folder}${file || 'index.html'}`) + rest;
}

/** Returns the path of the page in a file: `schools/` for `schools/index.html`. */
export function findPagePath(file: string): string {
  return file.replace(/(^|\/)index\.html$/, '$1');
}
