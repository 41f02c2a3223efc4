import type {School} from '../../src/report/schools.ts';
import {fewestShown} from '../../src/words/fewest-shown.ts';
import {formatCount, formatSchoolYear, joinWords} from '../../src/words/format.ts';
import type {PageContext} from '../page-context.ts';

/** Explains what a school's page can't show, and why, in a sentence each. */
export function explainMissing({report}: PageContext, school: School): string[] {
  const {measures} = school;
  const at = formatSchoolYear(report.schoolYear);
  const covered = report.years.find(({schoolYear}) => schoolYear === report.schoolYear)?.subjects ?? [];
  const sentences: string[] = [];
  for (const side of ['students', 'teachers'] as const) {
    const subject = side === 'students' ? 'enrollment' : 'teachers';
    const isThere = side === 'students' ? school.has_enrollment : school.has_teachers;
    if (!covered.includes(subject)) sentences.push(`There is no file of ${side} for ${at} in this build.`);
    else if (!isThere) sentences.push(`The state’s file of ${side} for ${at} has no row for this school.`);
    const of = (status: string) =>
      school.unknown
        .filter((figure) => figure.side === side && figure.status === status)
        .map(({demographic_group_id: id}) => {
          const group = report.groups.find((each) => each.demographic_group_id === id);
          return id === 'total' ? `all ${side}` : `${side} in “${group?.short_name ?? id}”`;
        });
    const suppressed = of('suppressed');
    if (suppressed.length > 0)
      sentences.push(
        `The state withholds the number of ${joinWords(suppressed)} to protect the privacy of small groups. That is not zero.`,
      );
    const unknown = of('unknown');
    if (unknown.length > 0)
      sentences.push(
        `The number of ${joinWords(unknown)} that the state gives doesn’t add up with the others, and may be too small. It is left out.`,
      );
    const leftOut = of('left_out');
    if (leftOut.length > 0)
      sentences.push(`The number of ${joinWords(leftOut)} is below ${fewestShown}. This report leaves it out.`);
    const absent = of('missing');
    if (absent.length > 0)
      sentences.push(`The state’s file leaves the number of ${joinWords(absent)} empty. That is not zero.`);
  }
  if (measures.teachers_not_provided_count)
    sentences.push(
      `The race of ${formatCount(measures.teachers_not_provided_count)} of the teachers is not provided. They count among all teachers, but never as of color.`,
    );
  if (school.is_region_carried_over)
    sentences.push(
      'The school list is of another school year. It says that the school belongs to the region, and which type it has.',
    );
  return sentences;
}
