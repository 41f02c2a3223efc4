import type {Report} from '../../src/report/report.ts';
import {formatSchoolYear} from '../../src/words/format.ts';

/** Lists those of the school years whose figures are preliminary. */
export function filterPreliminary({years}: Pick<Report, 'years'>, wanted: readonly string[]): string[] {
  return wanted.filter((wantedYear) =>
    years.some(({schoolYear, preliminary}) => schoolYear === wantedYear && preliminary.length > 0),
  );
}

/** Formats a school year, and says if its figures are preliminary: `2025–26 (preliminary)`. */
export function formatYear(report: Pick<Report, 'years'>, schoolYear: string): string {
  const [preliminary] = filterPreliminary(report, [schoolYear]);
  return `${formatSchoolYear(schoolYear)}${preliminary === undefined ? '' : ' (preliminary)'}`;
}
