import {formatCount, formatDecimal, formatRatio, formatShare, formatSigned} from './format.ts';

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
  teachers_of_color_per_year: {full: 'More a year'},
  closing_count: {full: 'Gap closes'},
  widening_count: {full: 'Gap widens'},
  gap_change_pp: {short: 'Change, pp'},
  gap_change_since_first_pp: {full: 'Gap, change since first year, pp'},
  size_group: {full: 'Size'},
  fewest_students_count: {full: 'Students from'},
  most_students_count: {full: 'Students to'},
  is_small: {full: 'Rests on few people'},
  is_rank_small: {full: 'Ranks a small school'},
  is_sample: {full: 'Sample (invented)'},
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
  return text.charAt(0).toUpperCase() + text.slice(1);
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
  [/_share(_high|_chance_low|_chance_high)?$|^own_group_exposure$/, 'share'],
  [/_pp(_chance_low|_chance_high)?$|_per_year$/, 'points'],
  [/_ratio(_chance_low|_chance_high)?$|overlap$/, 'ratio'],
  [/_correlation$/, 'correlation'],
  [/^average_|^students_(of_color_)?per_teacher/, 'decimal'],
  [/_change$/, 'change'],
  [/_count$|^rank$|^teachers_to_parity$|^years_to_parity$|^groups_without_a_teacher$/, 'count'],
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
