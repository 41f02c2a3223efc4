import {findPagePath, type PageContext, type YearPages} from '../page-context.ts';

/** Writes the list of all pages, for search engines. */
export function writeSitemap({addressOf}: PageContext, years: readonly YearPages[]): string {
  const pages = years.flatMap(({folder, files}) => [...files].map((file) => `${folder}${file}`));
  const urls = [...pages, 'data/dictionary/index.html']
    .filter((file) => file.endsWith('.html'))
    .map((file) => `<url><loc>${addressOf(findPagePath(file))}</loc></url>`);
  return `<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">${urls.join('')}</urlset>\n`;
}
