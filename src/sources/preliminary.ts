import type {SchoolYear} from '../school-year.ts';
import type {Source} from './source.ts';

/** Returns whether the name of a file or data set says that its figures are preliminary. */
export function isNamedPreliminary(name: string): boolean {
  return /preliminary/i.test(name);
}

/**
 * Returns whether the figures of a school year are from before the publisher's final release of it.
 *
 * @param dates when the publisher last changed the file, and the date of its rows; ISO, null if not known
 */
export function isBeforeFinal(
  {releases = []}: Source,
  schoolYear: SchoolYear,
  dates: readonly (string | null)[],
): boolean {
  const final = releases.find(({name}) => name === 'final');
  const latest = dates
    .filter((date) => date !== null)
    .sort()
    .at(-1);
  if (final === undefined || latest === undefined) return false;
  return latest < `${Number(schoolYear.slice(0, 4)) + 1}-${final.from}`;
}
