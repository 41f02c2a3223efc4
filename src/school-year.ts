/** A school year as the state writes it: `2020-21`. Sorts as text. */
export type SchoolYear = string;

/** The school year that ends in the given calendar year: 2021 gives `2020-21`. */
function formatSchoolYear(year: number): SchoolYear {
  return `${year - 1}-${String(year % 100).padStart(2, '0')}`;
}

/** Whether a text is a school year of two consecutive years: `2020-21` is, `2020-22` is not. */
export function isSchoolYear(text: string): boolean {
  const match = /^(\d{4})-(\d{2})$/.exec(text);
  return match !== null && formatSchoolYear(Number(match[1]) + 1) === text;
}
