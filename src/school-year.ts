/** A school year as the state writes it: `2020-21`. Sorts as text. */
export type SchoolYear = string;

/** Formats the school year that ends in a calendar year: 2021 gives `2020-21`. */
function formatSchoolYear(year: number): SchoolYear {
  return `${year - 1}-${String(year % 100).padStart(2, '0')}`;
}

/** Returns whether a text names two consecutive years: `2020-21` does, `2020-22` does not. */
export function isSchoolYear(text: string): boolean {
  const match = /^(\d{4})-(\d{2})$/.exec(text);
  return match !== null && formatSchoolYear(Number(match[1]) + 1) === text;
}
