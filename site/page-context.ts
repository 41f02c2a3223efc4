import type {Report} from '../src/report/report.ts';
import type {Assets} from './assets.ts';
import type {Documents} from './documents.ts';

/** What pages are made of. */
export interface Site extends Documents {
  report: Report;
  assets: Assets;
  /** The path that the report is served under: `/`, `/rollcall`. */
  base: string;
  /** Where it is served: `https://example.org`; undefined where nobody has said so. */
  origin: string | undefined;
}

/** The report, seen from one of its pages. Every page and part of a page gets it as its first argument. */
export interface PageContext {
  report: Report;
  /** Leads to a page or file of the report: `to('schools/')`. */
  to: (path: string) => string;
  /** Leads to a style, script or font by its plain name: `toAsset('points.js')`. */
  toAsset: (name: string) => string;
  /** The whole address of a page or file; undefined where nobody has said where the report is served. */
  addressOf: (path: string) => string | undefined;
  /** The path of this page: `schools/`. */
  path: string;
}

/** The site as the page or file at this path of its folder sees it: `schools/index.html`. */
export function createPageContext({report, assets, base, origin}: Site, file: string): PageContext {
  const root = base.endsWith('/') ? base : `${base}/`;
  const to = (path: string) => `${root}${path}`;
  return {
    report,
    to,
    toAsset: (name) => to(assets.pathOf(name)),
    addressOf: (path) => (origin === undefined ? undefined : new URL(to(path), origin).href),
    path: findPagePath(file),
  };
}

/** The path of a page by the file it is in: `schools/` for `schools/index.html`. */
export function findPagePath(file: string): string {
  return file.replace(/(^|\/)index\.html$/, '$1');
}
