/** A time as people read it, in UTC: `2026-11-25 06:00`. */
export function minutes(time: string): string {
  return time.slice(0, 16).replace('T', ' ');
}

/** School years as people read them: of many the first and the last. */
export function span(years: readonly string[]): string {
  return years.length > 2 ? `${years[0]} to ${years.at(-1)}` : years.join(', ');
}
