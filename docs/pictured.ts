import {parseHTML} from 'linkedom';

/** Returns the words of the report's first screen, a line for each piece of text, as `docs/report.txt` keeps them beside the picture. */
export function readPictured(page: string): string {
  const hero: string = parseHTML(page).document.querySelector('main > .hero')?.innerHTML ?? '';
  const lines = hero.split(/<[^>]+>/).map((text) => text.replaceAll(/\s+/g, ' ').trim());
  return `${lines.filter((line) => line !== '').join('\n')}\n`;
}
