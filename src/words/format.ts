/* Figures and times as people read them, in the terminal, in files and on pages. */

/** What stands for a figure that is not known. */
export const unknownMark = '–';

type Figure = number | null | undefined;

/** `1,715` */
export function formatCount(value: Figure): string {
  return value?.toLocaleString('en-US') ?? unknownMark;
}

/** 0.217 is `21.7%`. A share that is not 0 never reads as 0, nor one below 1 as 1: 0.0002 is `<0.1%`. */
export function formatShare(share: Figure, digits = 1): string {
  if (share === null || share === undefined) return unknownMark;
  const text = (100 * share).toFixed(digits);
  const least = 10 ** -digits;
  if (share > 0 && Number(text) === 0) return `<${least.toFixed(digits)}%`;
  if (share < 1 && Number(text) === 100) return `>${(100 - least).toFixed(digits)}%`;
  return `${text}%`;
}

/** With its sign, as differences are read: `−54.2`, `+3.0`; 0 has none. */
export function formatSigned(value: Figure, digits = 1): string {
  if (value === null || value === undefined) return unknownMark;
  const text = Math.abs(value).toFixed(digits);
  if (Number(text) === 0) return text;
  return `${value < 0 ? '−' : '+'}${text}`;
}

/** `0.29` */
export function formatRatio(value: Figure): string {
  return value?.toFixed(2) ?? unknownMark;
}

/** `51.4` */
export function formatDecimal(value: Figure, digits = 1): string {
  return value?.toFixed(digits) ?? unknownMark;
}

/** A UTC time: `2026-11-25 06:00`. */
export function formatMinute(time: string): string {
  return time.slice(0, 16).replace('T', ' ');
}

/** The day of a UTC time. */
export function formatDay(time: string): string {
  return time.slice(0, 10);
}

/** The first and the last of many school years, and how many: `2018-19 to 2022-23 (5)`. */
export function formatYears(years: readonly string[]): string {
  return years.length > 2 ? `${years[0]} to ${years.at(-1)} (${years.length})` : years.join(', ');
}

/** `812 B`, `12 kB`, `1.4 MB` */
export function formatBytes(value: number): string {
  if (value < 1000) return `${value} B`;
  return value < 1e6 ? `${Math.round(value / 1000)} kB` : `${(value / 1e6).toFixed(1)} MB`;
}

/** The same with its zone: `2026-11-25 06:00 UTC`. */
export function formatTime(time: string): string {
  return `${formatMinute(time)} UTC`;
}

/** 2020-21 with a dash for eyes: `2020–21`. */
export function formatSchoolYear(schoolYear: string): string {
  return schoolYear.replace('-', '–');
}

/** Numbers of lines, runs of them together: `5001–5012, 5020`. */
export function formatLines(lines: readonly number[]): string {
  const runs: [number, number][] = [];
  for (const line of lines) {
    const last = runs.at(-1);
    if (last && line === last[1] + 1) last[1] = line;
    else runs.push([line, line]);
  }
  return runs.map(([from, to]) => (from === to ? `${from}` : `${from}–${to}`)).join(', ');
}

/** `a, b and c` */
export function joinWords(parts: readonly string[]): string {
  if (parts.length < 2) return parts.join('');
  return `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}
