import {readFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {gzipSync} from 'node:zlib';
import {fileOf, type Site} from '../support/site.ts';

/** Files that are sent as they are; all others are compressed on the way. */
const compressed = /\.(woff2|png)$/;

/**
 * What a page weighs with all that a browser fetches for it, in bytes as they go over the line: the page, its styles, scripts and
 * icon, and the fonts it names. Fonts for letters beyond Latin are counted with the pages that have such letters.
 */
export function weightOf(site: Site, page: string): number {
  const html = site.html(page);
  const paths = new Set([page]);
  for (const [, path] of html.matchAll(/<(?:link|script|img)[^>]*? (?:href|src)="(\/[^"]+)"/g))
    if (path) paths.add(path);
  const hasFarLetters = /[\u0100-\u02af\u1e00-\u1eff]/.test(html);
  for (const path of [...paths].filter((each) => each.endsWith('.css'))) {
    const css = readFileSync(fileOf(site.folder, path), 'utf8');
    for (const [, font] of css.matchAll(/url\("([^"]+)"\)/g))
      if (font && (hasFarLetters || !font.includes('-ext-'))) paths.add(join(dirname(path), font));
  }
  return [...paths].reduce((sum, path) => {
    const bytes = readFileSync(fileOf(site.folder, path));
    return sum + (compressed.test(path) ? bytes.length : gzipSync(bytes).length);
  }, 0);
}
