import type {GroupFigures, PanelChange, Representation, Sums, TrendYear} from '../../src/report/organizations.ts';
import type {SchoolChange, SchoolMeasures} from '../../src/report/schools.ts';
import {formatCounted} from '../../src/words/count.ts';
import {
  capitalize,
  formatCount,
  formatDecimal,
  formatSchoolYear,
  formatShare,
  formatSigned,
  joinWords,
  unknownMark,
} from '../../src/words/format.ts';

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

/** Formats a gap in words: `43 points fewer` teachers than students, as shares. */
export function formatGap(gap: number | null | undefined, digits = 0): string {
  if (gap === null || gap === undefined) return unknownMark;
  const points = Math.abs(gap).toFixed(digits);
  if (Number(points) === 0) return 'no gap';
  return `${points} ${points === '1' ? 'point' : 'points'} ${gap < 0 ? 'fewer' : 'more'}`;
}

/** Formats a count in a sentence: none, 1, 2 … */
function formatFew(value: number): string {
  return value === 0 ? 'none' : formatCount(value);
}

/** Describes a school in counts, since its teachers are few. */
function describeSchool(measures: Representation): string {
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

/** Says of a school, in one sentence, how its teachers differ from its students, beside schools like it. */
export function describeVerdict(measures: SchoolMeasures): string {
  const {students_of_color_count: students, all_students_count: allStudents} = measures;
  const {teachers_of_color_count: teachers, all_teachers_count: allTeachers} = measures;
  const {gap_pp: gap, similar_school_count: count, similar_schools_gap_pp: similar} = measures;
  if (!students || !allStudents || teachers === null || !allTeachers || gap === null) return describeSchool(measures);
  const of = (part: number, whole: number, people: string) =>
    `${formatFew(part)} of ${formatCounted(whole, people)} (${formatShare(part / whole, 0)})`;
  const beside =
    similar === null
      ? ''
      : `; at the ${formatCounted(count ?? 0, 'school')} like it, the median is ${formatDifference(similar)}`;
  return `${capitalize(of(teachers, allTeachers, 'teacher'))} and ${of(students, allStudents, 'student')} are of color, ${formatDifference(gap)} among the teachers${beside}.`;
}

/** Says of a district, in one sentence, how its teachers differ from its students, beside the region. */
export function describeDistrict(measures: Sums | undefined, region: Sums | undefined): string {
  const {students_of_color_share: students = null, teachers_of_color_share: teachers = null} = measures ?? {};
  const ofStudents = `${formatShare(students, 0)} of ${formatCounted(measures?.all_students_count ?? 0, 'student')}`;
  if (students === null || teachers === null || measures?.gap_pp == null)
    return `Students and teachers can’t be compared at any of its schools${students === null ? '' : `; ${ofStudents} are of color`}.`;
  const beside = region?.gap_pp == null ? '' : `; in the whole region, it is ${formatDifference(region.gap_pp)}`;
  return `${formatShare(teachers, 0)} of ${formatCounted(measures.all_teachers_count ?? 0, 'teacher')} and ${ofStudents} are of color, ${formatDifference(measures.gap_pp)} among the teachers${beside}.`;
}

/** Formats a gap within a sentence. */
function formatDifference(gap: number): string {
  return Math.round(gap) === 0 ? 'about as many' : formatGap(gap);
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

/** Says which schools the sums of a district or region cover; undefined if they cover all. */
export function describeCoverage(measures: Sums | undefined): string | undefined {
  const {school_count: all = 0, compared_school_count: compared = 0} = measures ?? {};
  if (compared === all) return undefined;
  if (compared === 0)
    return 'No school has figures for both. The students are those of every school where they are known.';
  return `Covers ${compared} of ${formatCounted(all, 'school')}: those with figures for both.`;
}

/** What is said of a trend: its finding, and a note with the facts. */
export interface TrendWords {
  finding: string;
  note?: string;
}

/** Describes how a district or region has changed: a fact, in points and in people, about the schools compared in both years. */
export function describePanelTrend(trend: readonly TrendYear[], change: PanelChange | undefined): TrendWords {
  const points = change?.gap_change_since_first_pp ?? null;
  if (change === undefined || points === null) return {finding: describeStudentTrend(trend)};
  const {since, school_year, matched_since_first_school_count: matched, unmatched_schools: unmatched} = change;
  const years = `${formatSchoolYear(since)} and ${formatSchoolYear(school_year)}`;
  const facts = [
    `Students of color: ${formatSigned(change.student_count_change_since_first, 0)}, their share ${formatSigned(change.student_share_change_since_first_pp)} points.`,
    `Teachers of color: ${formatSigned(change.teacher_count_change_since_first, 0)}, their share ${formatSigned(change.teacher_share_change_since_first_pp)} points.`,
    `Both at the ${formatCounted(matched, 'school')} with figures for both years.`,
    unmatched.length > 0 ? `Not among them: ${joinWords(unmatched)}.` : '',
  ];
  return {
    finding: `Between ${years}, the gap ${describeMove(points, trend, change)} at the same ${formatCounted(matched, 'school')}`,
    note: facts.filter(Boolean).join(' '),
  };
}

/** Says whether a gap became narrower or wider, if it is on the same side of 0 in both years. */
function describeMove(points: number, trend: readonly TrendYear[], {since, school_year}: PanelChange): string {
  const [before, after] = [findGap(trend, since), findGap(trend, school_year)];
  if (Math.abs(points) < 0.05) return 'did not change';
  if (before === null || after === null || before * after <= 0) return `changed by ${formatSigned(points)} points`;
  return `${points * after > 0 ? 'widened' : 'narrowed'} by ${formatDecimal(Math.abs(points))} points`;
}

function findGap(trend: readonly TrendYear[], year: string | undefined): number | null {
  return trend.find(({school_year}) => school_year === year)?.gap_pp ?? null;
}

/** Describes how the gap of a school has changed. It has narrowed or widened only where the interval of the change says so. */
export function describeSchoolTrend(trend: readonly TrendYear[], change: SchoolChange | undefined): TrendWords {
  const [before, after] = [findGap(trend, change?.since), findGap(trend, change?.school_year)];
  if (change === undefined || before === null || after === null) return {finding: describeStudentTrend(trend)};
  const words = {
    narrowed: 'The gap has narrowed',
    widened: 'The gap has widened',
    'no clear change': 'No clear change of the gap',
  };
  const [low, high] = [change.gap_change_since_first_low_pp, change.gap_change_since_first_high_pp];
  return {
    finding: `${words[change.gap_change_since_first_verdict]}: from ${formatSigned(before)} to ${formatSigned(after)} points between ${formatSchoolYear(change.since)} and ${formatSchoolYear(change.school_year)}`,
    note: `The change is ${formatSigned(change.gap_change_since_first_pp)} points. Hiring of the same kind could as well have given ${formatSigned(low, 0)} to ${formatSigned(high, 0)}.${change.grade_span_changed_since_first === true ? ' The school’s grades changed in between.' : ''}`,
  };
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
