import {findPagePath, type PageContext} from '../page-context.ts';

/** Writes the list of all pages, for search engines. */
export function writeSitemap({addressOf}: PageContext, pages: readonly {path: string}[]): string {
  const urls = pages.map(({path}) => `<url><loc>${addressOf(findPagePath(path))}</loc></url>`);
  return `<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">${urls.join('')}</urlset>\n`;
}
