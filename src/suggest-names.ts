import {distance} from 'fastest-levenshtein';

/**
 * Suggests up to five names that a mistyped word may stand for, the nearest first: names a few letters away, or names that share
 * a word with it, give or take a letter.
 */
export function near(wanted: string, names: Iterable<string>): string[] {
  const words = wanted.split('_');
  const sharesWord = (name: string) =>
    name.split('_').some((word) => words.some((other) => distance(word, other) <= 1));
  return [...new Set(names)]
    .map((name) => ({name, apart: distance(wanted, name)}))
    .filter(({name, apart}) => apart <= Math.max(2, wanted.length / 3) || sharesWord(name))
    .sort((a, b) => a.apart - b.apart || (a.name < b.name ? -1 : 1))
    .slice(0, 5)
    .map(({name}) => name);
}
