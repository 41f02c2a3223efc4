import {readFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {gzipSync} from 'node:zlib';
import {resolveFile, type Site} from '../support/site.ts';

/** Files that are sent uncompressed. */
const compressed = /\.(woff2|png)$/;

/**
 * Returns the weight of a page with everything a browser loads for it, in bytes sent: the page, its styles, scripts and
 * icon, and its fonts. Fonts for letters beyond Latin count only for pages with such letters.
 */
export function weighPage(site: Site, page: string): number {
  const html = site.html(page);
  const paths = new Set([page]);
  for (const [, path] of html.matchAll(/<(?:link|script|img)[^>]*? (?:href|src)="([^":]+)"/g))
    if (path) paths.add(new URL(path, `http://report.test${page}`).pathname);
  const hasFarLetters = /[\u0100-\u02af\u1e00-\u1eff]/.test(html);
  for (const path of [...paths].filter((each) => each.endsWith('.css'))) {
    const css = readFileSync(resolveFile(site.folder, path), 'utf8');
    for (const [, font] of css.matchAll(/url\("([^"]+)"\)/g))
      if (font && (hasFarLetters || !font.includes('-ext-'))) paths.add(join(dirname(path), font));
  }
  return [...paths].reduce((sum, path) => {
    const bytes = readFileSync(resolveFile(site.folder, path));
    return sum + (compressed.test(path) ? bytes.length : gzipSync(bytes).length);
  }, 0);
}
