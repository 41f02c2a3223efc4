/* Formats figures and times for people: in the terminal, in files and on pages. */

/** Stands for a figure that is not known. */
export const unknownMark = '–';

type Figure = number | null | undefined;

/** Formats a whole number: `1,715`. Its digits are grouped here: loading a language's rules for it takes half as long as starting Node. */
export function formatCount(value: Figure): string {
  if (value === null || value === undefined) return unknownMark;
  return Number.isSafeInteger(value)
    ? String(value).replaceAll(/\B(?=(\d{3})+$)/g, ',')
    : value.toLocaleString('en-US');
}

/** Formats a share: 0.217 as `21.7%`. A share above 0 never reads as 0, nor one below 1 as 1: 0.0002 is `<0.1%`. */
export function formatShare(share: Figure, digits = 1): string {
  if (share === null || share === undefined) return unknownMark;
  const text = (100 * share).toFixed(digits);
  const least = 10 ** -digits;
  if (share > 0 && Number(text) === 0) return `<${least.toFixed(digits)}%`;
  if (share < 1 && Number(text) === 100) return `>${(100 - least).toFixed(digits)}%`;
  return `${text}%`;
}

/** Formats a difference with its sign: `−54.2`, `+3.0`; 0 has none. */
export function formatSigned(value: Figure, digits = 1): string {
  if (value === null || value === undefined) return unknownMark;
  const text = Math.abs(value).toFixed(digits);
  if (Number(text) === 0) return text;
  return `${value < 0 ? '−' : '+'}${text}`;
}

/** Formats a ratio: `0.29`. */
export function formatRatio(value: Figure): string {
  return value?.toFixed(2) ?? unknownMark;
}

/** Formats a decimal: `51.4`. */
export function formatDecimal(value: Figure, digits = 1): string {
  return value?.toFixed(digits) ?? unknownMark;
}

/** Formats a UTC time without its zone: `2026-11-25 06:00`. */
export function formatMinute(time: string): string {
  return time.slice(0, 16).replace('T', ' ');
}

/** Formats the day of a UTC time: `2026-11-25`. */
export function formatDay(time: string): string {
  return time.slice(0, 10);
}

/** Formats school years; of more than two, the first, the last and how many: `2018-19 to 2022-23 (5)`. */
export function formatYears(years: readonly string[]): string {
  return years.length > 2 ? `${years[0]} to ${years.at(-1)} (${years.length})` : years.join(', ');
}

/** Formats a size: `812 B`, `12 kB`, `1.4 MB`. */
export function formatBytes(value: number): string {
  if (value < 1000) return `${value} B`;
  return value < 1e6 ? `${Math.round(value / 1000)} kB` : `${(value / 1e6).toFixed(1)} MB`;
}

/** Formats a UTC time with its zone: `2026-11-25 06:00 UTC`. */
export function formatTime(time: string): string {
  return `${formatMinute(time)} UTC`;
}

/** Formats a school year with an en dash: 2020-21 as `2020–21`. */
export function formatSchoolYear(schoolYear: string): string {
  return schoolYear.replace('-', '–');
}

/** Formats line numbers, with runs together: `5001–5012, 5020`. */
export function formatLines(lines: readonly number[]): string {
  const runs: [number, number][] = [];
  for (const line of lines) {
    const last = runs.at(-1);
    if (last && line === last[1] + 1) last[1] = line;
    else runs.push([line, line]);
  }
  return runs.map(([from, to]) => (from === to ? `${from}` : `${from}–${to}`)).join(', ');
}

/** Makes a sentence's first letter a capital. */
export function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Joins words to a list: `a, b and c`. */
export function joinWords(parts: readonly string[]): string {
  if (parts.length < 2) return parts.join('');
  return `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}

/** Joins names, at most so many, and counts the others: `A, B, C, D, E and 12 more`. */
export function joinFirst(names: readonly string[], most: number): string {
  const more = names.length - most;
  return more <= 0 ? joinWords(names) : `${names.slice(0, most).join(', ')} and ${formatCount(more)} more`;
}
