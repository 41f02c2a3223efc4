import type {School} from '../../src/report/schools.ts';
import {formatCount, formatSchoolYear, joinWords} from '../../src/words/format.ts';
import type {PageContext} from '../page-context.ts';

/** What a school's page can't show, and why: each in a sentence. */
export function explainMissing({report}: PageContext, school: School): string[] {
  const {measures, unknown} = school;
  const at = formatSchoolYear(report.schoolYear);
  const covered = report.years.find(({schoolYear}) => schoolYear === report.schoolYear)?.sources ?? [];
  const told: string[] = [];
  for (const side of ['students', 'teachers'] as const) {
    const source = side === 'students' ? 'ospi-enrollment' : 'ospi-teachers';
    const isThere = side === 'students' ? school.has_enrollment : school.has_teachers;
    if (!covered.includes(source)) told.push(`There is no file of ${side} for ${at} in this build.`);
    else if (!isThere) told.push(`The state’s file of ${side} for ${at} has no row of this school.`);
    const of = (status: string) =>
      unknown
        .filter((figure) => figure.side === side && figure.status === status)
        .map(({demographic_group_id: id}) => {
          const group = report.groups.find((each) => each.demographic_group_id === id);
          return id === 'total' ? `all ${side}` : `${side} in “${group?.short_name ?? id}”`;
        });
    const suppressed = of('suppressed');
    if (suppressed.length > 0)
      told.push(
        `The state withholds the number of ${joinWords(suppressed)}, to protect the privacy of few people. That is not zero.`,
      );
    const absent = of('missing');
    if (absent.length > 0)
      told.push(`The state’s file leaves the number of ${joinWords(absent)} empty. That is not zero.`);
  }
  if (measures.teachers_not_provided_count)
    told.push(
      `The race of ${formatCount(measures.teachers_not_provided_count)} of the teachers is not provided. They count among all teachers, and never as of color.`,
    );
  if (school.is_region_carried_over)
    told.push(
      'The school list is of another school year: that the school belongs to the region, and its type, are taken over from there.',
    );
  return told;
}
