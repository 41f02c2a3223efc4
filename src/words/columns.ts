import {capitalize, formatCount, formatDecimal, formatRatio, formatShare, formatSigned} from './format.ts';

/* Headings and units of columns. They follow from the rules for naming columns ("Names" in CONTRIBUTING.md). */

/** Headings that the rules can't derive. */
interface Words {
  /** For a column among many others, in a workbook: it has to say by itself what it is. */
  full?: string;
  /** For the table of an answer, whose title says what it is about. */
  short?: string;
  /** For a narrow screen. */
  narrow?: string;
}

const declaredWords: Record<string, Words> = {
  rank: {narrow: '#'},
  school_code: {short: 'Code'},
  school_types: {short: 'Types'},
  demographic_group: {short: 'Group'},
  category_type: {short: 'Type'},
  student_share: {short: 'Share'},
  teacher_share: {short: 'Share'},
  teachers_of_color_share_high: {short: 'At most'},
  teachers_not_provided_count: {short: 'Race not provided'},
  average_years: {full: 'Years of experience, average'},
  masters_share: {full: "Master's or higher"},
  growth_ratio: {full: 'Growth factor'},
  since_school_year: {full: 'Since'},
  closing_count: {full: 'Schools: narrowed'},
  widening_count: {full: 'Schools: widened'},
  unclear_count: {full: 'Schools: no clear change'},
  unmatched_schools: {full: 'Not in both years'},
  students_of_color_count_change: {short: 'Students of color'},
  students_of_color_share_change_pp: {short: 'Students of color, pp'},
  teachers_of_color_count_change: {short: 'Teachers of color'},
  teachers_of_color_share_change_pp: {short: 'Teachers of color, pp'},
  gap_change_pp: {short: 'Gap, pp'},
  gap_since_pp: {full: 'Gap then, pp'},
  gap_change_since_first_low_pp: {full: 'Gap, change since first year, from, pp', short: 'From, pp'},
  gap_change_since_first_high_pp: {full: 'Gap, change since first year, to, pp', short: 'To, pp'},
  is_beyond_chance: {full: 'Beyond chance'},
  chance_probability: {full: 'Probability of seeming beyond chance', short: 'By chance'},
  grade_span_changed_since_first: {short: 'Grades changed'},
  gap_change_since_first_pp: {full: 'Gap, change since first year, pp', short: 'Change, pp'},
  size_group: {full: 'Size'},
  fewest_students_count: {full: 'Students from'},
  most_students_count: {full: 'Students to'},
  organization_name: {full: 'District or region', short: 'Name'},
  known_teachers_count: {full: 'Teachers of known race'},
  known_teachers_of_color_share: {full: 'Teachers of color, share of known race', short: 'Of color, share'},
  known_overlap: {full: 'Overlap, of known race'},
  overlap_beyond_pool_pp: {full: 'Overlap beyond pool, pp', short: 'Beyond pool, pp'},
  representation_band: {full: 'Representation, band', short: 'Band'},
  similar_schools_representation: {full: 'Representation, median of similar schools', short: 'Similar schools'},
  similar_schools_gap_pp: {full: 'Gap, median of similar schools, pp', short: 'Gap of similar schools, pp'},
  top_probability: {full: 'Probability of being among the first', short: 'Among the first'},
  no_teacher_student_share: {full: 'Students without a teacher of their group, share', short: 'None'},
  one_teacher_student_share: {full: 'Students with one teacher of their group, share', short: 'One'},
  chance_no_teacher_student_share: {full: 'Students without such a teacher by chance, share', short: 'None by chance'},
  parity_no_teacher_student_share: {full: 'Students without such a teacher at parity, share', short: 'None at parity'},
  teachers_of_color_exposure: {full: "Teachers of color at the average student's school", short: 'Teachers of color'},
  teachers_of_color_variance: {short: 'Spread'},
  teachers_of_color_variance_expected: {short: 'Spread expected'},
  dissimilarity_expected: {short: 'Expected'},
  dissimilarity_beyond_chance: {short: 'Beyond chance'},
  is_small: {full: 'Rests on few people'},
  is_rank_small: {full: 'Ranks a small school'},
  is_sample: {full: 'Sample (invented)'},
  build_label: {full: 'Label of the data'},
  tied_beyond: {full: 'More schools with the same value'},
  tied_schools: {full: 'Those schools'},
  number: {full: 'Question'},
  question: {full: 'What it answers'},
};

const endings: [RegExp, string][] = [
  [/(student|teacher|school)_(count|share)/, '$1s_$2'],
  [/_id$/, '_ID'],
  [/_chance_low$/, ', by chance from'],
  [/_chance_high$/, ', by chance to'],
  [/_change_pp$/, ', change, pp'],
  [/_count_change$/, ', change'],
  [/_share_high$/, ', share at most'],
  [/_share(,|$)/, ', share$1'],
  [/_pp(,|$)/, ', pp$1'],
  [/_(count|name|at)$/, ''],
  [/^is_/, ''],
];

/** Formats the heading of a column that nothing else explains: `Teachers of color, share`. */
export function formatFullHeading(column: string): string {
  const known = declaredWords[column]?.full;
  if (known !== undefined) return known;
  const text = endings.reduce((name, [ending, words]) => name.replace(ending, words), column).replaceAll('_', ' ');
  return capitalize(text);
}

/** Formats the heading of a column in the table of an answer: `Share`, `Gap, points`. */
export function formatHeading(column: string): string {
  return formatShortHeading(column).replace(/\bpp$/, 'points');
}

function formatShortHeading(column: string): string {
  return declaredWords[column]?.short ?? formatFullHeading(column);
}

/** Formats a heading for a narrow screen. Over figures, which are narrower than words, it takes two lines. */
export function formatNarrowHeading(column: string): string {
  const heading = declaredWords[column]?.narrow ?? formatShortHeading(column);
  return findUnit(column) === undefined && !column.endsWith('_code') ? heading : breakInTwo(heading);
}

/** Breaks a text into two lines so that the longer one is as short as possible. */
function breakInTwo(text: string): string {
  const words = text.split(' ');
  const broken = words.map((_, at) => [words.slice(0, at).join(' '), words.slice(at).join(' ')]);
  const longest = (lines: readonly string[]) => Math.max(...lines.map((line) => line.length));
  const [best = []] = broken.toSorted((a, b) => longest(a) - longest(b));
  return best.filter((line) => line !== '').join('\n');
}

/** The unit of a column's figures. */
export type Unit = 'share' | 'points' | 'ratio' | 'correlation' | 'decimal' | 'change' | 'count';

const units: [RegExp, Unit][] = [
  [/_share(_high|_chance_low|_chance_high)?$|_exposure$|_probability$/, 'share'],
  [/_pp(_low|_high|_chance_low|_chance_high)?$/, 'points'],
  [/_ratio(_chance_low|_chance_high)?$|^dissimilarity|overlap(_expected|_of_pool)?$|representation$/, 'ratio'],
  [/_correlation$|_beyond_chance$/, 'correlation'],
  [/^average_|_variance|^students_(of_color_)?per_teacher/, 'decimal'],
  [/_change(_since_first)?$/, 'change'],
  [/_count$|rank$|^teachers_to_parity$|^groups_without_a_teacher$/, 'count'],
];

/** Finds the unit of a column by its name; undefined if it has no figures. */
export function findUnit(column: string): Unit | undefined {
  return units.find(([ending]) => ending.test(column))?.[1];
}

/** Formats a figure of a column for people. */
export function formatFigure(column: string, value: number): string {
  switch (findUnit(column)) {
    case 'share':
      return formatShare(value);
    case 'points':
      return formatSigned(value);
    case 'ratio':
      return formatRatio(value);
    case 'correlation':
      return formatSigned(value, 2);
    case 'decimal':
      return formatDecimal(value);
    case 'change':
      return formatSigned(value, 0);
    case 'count':
      return formatCount(value);
    case undefined:
      return String(value);
  }
}
