/** Figures as people read them. What is not known is a dash; a share that is not nought never reads as nought. */
const unknown = '–';

type Figure = number | null | undefined;

function known(value: Figure): value is number {
  return value !== null && value !== undefined;
}

/** 1,715 */
export function count(value: Figure): string {
  return known(value) ? value.toLocaleString('en-US') : unknown;
}

/** 0.217 is 21.7% (or 22% without digits). */
export function percent(share: Figure, digits = 1): string {
  if (!known(share)) return unknown;
  const text = (100 * share).toFixed(digits);
  const least = 10 ** -digits;
  if (share > 0 && Number(text) === 0) return `<${least.toFixed(digits)}%`;
  if (share < 1 && Number(text) === 100) return `>${(100 - least).toFixed(digits)}%`;
  return `${text}%`;
}

/** Percentage points with their sign: −54.2. Nought has none. */
export function points(value: Figure, digits = 1): string {
  if (!known(value)) return unknown;
  const text = Math.abs(value).toFixed(digits);
  if (Number(text) === 0) return text;
  return `${value < 0 ? '−' : '+'}${text}`;
}

/** 0.29 */
export function ratio(value: Figure): string {
  return known(value) ? value.toFixed(2) : unknown;
}

/** 51.4 */
export function decimal(value: Figure, digits = 1): string {
  return known(value) ? value.toFixed(digits) : unknown;
}

/** 2020-21 with a dash for eyes: 2020–21. */
export function year(schoolYear: string): string {
  return schoolYear.replace('-', '–');
}

/** A UTC time as a day and minute. */
export function minute(time: string): string {
  return `${time.slice(0, 16).replace('T', ' ')} UTC`;
}

export function day(time: string): string {
  return time.slice(0, 10);
}

/** 5001–5012, 5020: runs of lines together. */
export function ranges(lines: readonly number[]): string {
  const runs: [number, number][] = [];
  for (const line of lines) {
    const last = runs.at(-1);
    if (last && line === last[1] + 1) last[1] = line;
    else runs.push([line, line]);
  }
  return runs.map(([from, to]) => (from === to ? `${from}` : `${from}–${to}`)).join(', ');
}

/** one, 2, 3 … with its noun: "1 school", "1,200 schools". */
export function counted(value: number, noun: string, nouns = `${noun}s`): string {
  return `${count(value)} ${value === 1 ? noun : nouns}`;
}

/** a, b and c */
export function list(parts: readonly string[]): string {
  if (parts.length < 2) return parts.join('');
  return `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}

/** Bytes: 12 kB, 1.4 MB. */
export function bytes(value: number): string {
  if (value < 1000) return `${value} B`;
  return value < 1e6 ? `${Math.round(value / 1000)} kB` : `${(value / 1e6).toFixed(1)} MB`;
}
