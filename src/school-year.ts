/** A school year as the state writes it: `2020-21`. Sorts as text. */
export type SchoolYear = string;

/** Returns whether a text names two consecutive years: `2020-21` does, `2020-22` does not. */
export function isSchoolYear(text: string): boolean {
  const match = /^([1-9]\d{3})-(\d{2})$/.exec(text);
  return match !== null && (Number(match[1]) + 1) % 100 === Number(match[2]);
}
