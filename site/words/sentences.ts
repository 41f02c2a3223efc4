import type {GroupFigures, Representation, TrendYear} from '../../src/report/organizations.ts';
import {formatCounted} from '../../src/words/count.ts';
import {formatCount, formatSchoolYear, formatShare} from '../../src/words/format.ts';

export type Verdict = 'no' | 'nearly' | 'yes' | 'unknown';

/** Judges whether the teachers reflect the students. A gap of 5 points or more is a no; of 1 to 5 points, nearly; else a yes. */
export function judgeGap({gap_pp}: Pick<Representation, 'gap_pp'>): Verdict {
  if (gap_pp === null) return 'unknown';
  if (gap_pp <= -5) return 'no';
  return gap_pp <= -1 ? 'nearly' : 'yes';
}

export const verdictWords: Record<Verdict, string> = {
  no: 'No.',
  nearly: 'Nearly.',
  yes: 'Yes, by this measure.',
  unknown: 'The files don’t say.',
};

/** Formats a count in a sentence: none, 1, 2 … */
function formatFew(value: number): string {
  return value === 0 ? 'none' : formatCount(value);
}

/** Describes a school in counts, since its teachers are few. */
export function describeSchool(measures: Representation): string {
  const {students_of_color_count: students, all_students_count: allStudents} = measures;
  const {teachers_of_color_count: teachers, all_teachers_count: allTeachers} = measures;
  const ofStudents =
    students === null || allStudents === null
      ? allStudents === null
        ? 'The state’s file doesn’t say how many students the school has.'
        : `The school has ${formatCounted(allStudents, 'student')}. The state’s file doesn’t say how many are of color.`
      : `Of ${formatCounted(allStudents, 'student')}, ${formatFew(students)} ${students === 1 ? 'is' : 'are'} of color (${formatShare(students / allStudents, 0)}).`;
  const ofTeachers =
    teachers === null || allTeachers === null
      ? allTeachers === null
        ? 'The state’s file doesn’t say how many teachers it has.'
        : `It has ${formatCounted(allTeachers, 'teacher')}. The state’s file doesn’t say how many are of color.`
      : `Of ${formatCounted(allTeachers, 'teacher')}, ${formatFew(teachers)} ${teachers === 1 ? 'is' : 'are'} (${formatShare(allTeachers === 0 ? null : teachers / allTeachers, 0)}).`;
  return `${ofStudents} ${ofTeachers}`;
}

/** Names the two groups that stand out: the most overrepresented among teachers, and the most underrepresented. */
export function describeComposition(groups: readonly GroupFigures[]): string {
  const races = groups.filter(({category_type, gap_pp}) => category_type === 'race_ethnicity' && gap_pp !== null);
  const sorted = races.toSorted((a, b) => (b.gap_pp ?? 0) - (a.gap_pp ?? 0));
  const [most] = sorted;
  const least = sorted.at(-1);
  if (most === undefined || least === undefined || most === least) return 'Students and teachers by race and ethnicity';
  const shares = ({student_share, teacher_share}: GroupFigures) =>
    [formatShare(teacher_share, 0), formatShare(student_share, 0)] as const;
  const [teachers, students] = shares(most);
  const [fewTeachers, fewStudents] = shares(least);
  return `${teachers} of teachers and ${students} of students are ${most.adjective}; ${fewTeachers} of teachers and ${fewStudents} of students are ${least.adjective}`;
}

/** Says how the gap has moved between the first and the last year in which it is known. */
export function describeTrend(trend: readonly TrendYear[]): string {
  const known = trend.filter(({gap_pp}) => gap_pp !== null);
  const [first] = known;
  const last = known.at(-1);
  if (first === undefined || last === undefined || first === last) return describeStudentTrend(trend);
  const change = Math.abs(last.gap_pp ?? 0) - Math.abs(first.gap_pp ?? 0);
  const from = `from ${formatGapSize(first)} to ${formatGapSize(last)} points between ${formatSchoolYear(first.school_year)} and ${formatSchoolYear(last.school_year)}`;
  if (Math.abs(change) < 1) return `The gap has hardly moved: ${from}`;
  return change > 0 ? `The gap has widened ${from}` : `The gap has narrowed ${from}`;
}

/** Describes the students alone, for when teachers are known for one year at most. */
function describeStudentTrend(trend: readonly TrendYear[]): string {
  const known = trend.filter(({students_of_color_share}) => students_of_color_share !== null);
  const [first] = known;
  const last = known.at(-1);
  if (first === undefined || last === undefined || first === last)
    return 'Students and teachers of color over the years';
  const [from, to] = [formatShare(first.students_of_color_share), formatShare(last.students_of_color_share)];
  return `Students of color: ${from} in ${formatSchoolYear(first.school_year)}, ${to} in ${formatSchoolYear(last.school_year)}; there are too few years for a trend of the teachers`;
}

/** Formats the school years of a trend: `2018–19 to 2022–23`. */
export function formatSpan(trend: readonly TrendYear[]): string {
  const [first] = trend;
  const last = trend.at(-1);
  return first && last ? `${formatSchoolYear(first.school_year)} to ${formatSchoolYear(last.school_year)}` : '';
}

function formatGapSize({gap_pp}: TrendYear): string {
  return Math.abs(gap_pp ?? 0).toFixed(1);
}
