import type {Row} from '../../src/duckdb/database.ts';
import {count, decimal, percent, points, ratio, year} from './format.ts';
import {label, shortDistrict} from './groups.ts';

/** What a column is called above a table, and how its values read. Columns are named by the rules of CONTRIBUTING.md. */
const headings: Record<string, string> = {
  rank: 'Rank',
  school_name: 'School',
  district_name: 'District',
  city: 'City',
  school_type: 'School type',
  school_types: 'Type',
  demographic_group: 'Group',
  student_count: 'Students of the group',
  all_students_count: 'All students',
  student_share: 'Share',
  teacher_count: 'Teachers',
  all_teachers_count: 'All teachers',
  teacher_share: 'Share',
  students_of_color_count: 'Students of color',
  students_of_color_share: 'Students of color, share',
  teachers_of_color_count: 'Teachers of color',
  teachers_of_color_share: 'Teachers of color, share',
  teachers_of_color_share_high: 'At most',
  teachers_not_provided_count: 'Race not provided',
  gap_pp: 'Gap, points',
  parity_ratio: 'Parity ratio',
  overlap: 'Overlap',
  groups_without_a_teacher: 'Groups without a teacher',
  teachers_to_parity: 'Teachers to parity',
  name: 'Where',
  growth_ratio: 'Times as many',
  teachers_of_color_per_year: 'More a year so far',
  years_to_parity: 'Years to parity',
  since_school_year: 'Since',
  school_count: 'Schools',
  closing_count: 'Gap closes at',
  widening_count: 'Gap widens at',
  gap_change_pp: 'Change, points',
  size_group: 'Schools by size',
  fewest_students_count: 'Students from',
  most_students_count: 'to',
  median_gap_pp: 'Median gap, points',
  median_overlap: 'Median overlap',
  average_years: 'Years of experience, average',
  masters_share: 'Master’s degree or more',
  grade_name: 'Grade',
};

export function heading(column: string): string {
  return headings[column] ?? column;
}

export function isNumeric(column: string): boolean {
  return /^rank$|_count$|_share|_pp$|_ratio$|^overlap$|^groups_without_a_teacher$|^teachers_to_parity$|^students_per_teacher$|^years_to_parity$|_per_year$|^average_years$|_overlap$/.test(
    column,
  );
}

/** Whether what a row says rests on fewer than 10 people. */
export function isOfFew(row: Row): boolean {
  const few = ['student_count', 'all_students_count', 'all_teachers_count'].some((column) => {
    const value = row[column];
    return typeof value === 'number' && value < 10;
  });
  return row['is_small'] === true || few;
}

export function shown(column: string, row: Row): string {
  const value = row[column];
  if (value === null || value === undefined) return '–';
  if (typeof value === 'number') {
    if (/_share/.test(column)) return percent(value);
    if (column.endsWith('_pp')) return points(value);
    if (/_ratio$|overlap$/.test(column)) return ratio(value);
    if (column === 'teachers_of_color_per_year') return points(value);
    if (column === 'students_per_teacher' || column === 'average_years') return decimal(value);
    return count(value);
  }
  if (column === 'demographic_group')
    return label(row['category_type'] === 'gender' && value === 'not_provided' ? 'gender_not_provided' : String(value));
  if (column === 'since_school_year') return year(String(value));
  if (column === 'district_name' || column === 'name') return shortDistrict(String(value));
  return String(value);
}
