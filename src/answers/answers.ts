import {literal, type Row} from '../duckdb/database.ts';
import {countLikely, type Size} from '../words/rankings.ts';
import type {Thresholds} from '../words/thresholds.ts';
import {filterSchools, type Ranking, selectFirst} from './rankings.ts';
import {filterYearAndRegion} from './regions.ts';

/** A question, and how the marts answer it. */
export interface Answer {
  name: string;
  /** The number of the question in the assignment; undefined for the explorations. */
  number?: string;
  question: string | ((thresholds: Thresholds) => string);
  /** The subjects of the sources that it needs, and of those without which some of its columns stay empty. */
  needs: string[];
  wants: string[];
  /** Why the answer has no rows, if its sources are there. */
  whenEmpty: string;
  columns: string[];
  /** Returns what the reader should know about these rows. */
  notes?(rows: readonly Row[]): string[];
  /** Whether its figures span several school years. */
  spansYears?: true;
  /** Columns that split the answer into parts. For people they become the heading of each part. */
  sections: string[];
  /** The categories that may have no part, because no school has anybody in them. */
  unlisted?: {
    /** Returns the query for their names. */
    sql(year: string, options: AnswerOptions): string;
    /** The words before their names. */
    note: string;
  };
  /** Returns the query for a school year and region, with exactly these columns, in the order that people expect. */
  sql(year: string, options: AnswerOptions): string;
}

/** A question of the assignment. Its answers in two builds can be compared. */
export interface Question extends Answer {
  number: string;
  /** The columns that identify a row, across builds. */
  key: string[];
}

/** `Size` leaves the smaller schools out. Ranks are then among the others. */
interface AnswerOptions extends Size {
  /** The id of the region. */
  region: string;
  /** For student-groups: a demographic group or `all`. Defaults to the three groups of the assignment. */
  group?: string;
}

/** Formats the question in words. The thresholds of the build say how many schools a ranking lists. */
export function formatQuestion({question}: Answer, thresholds: Thresholds): string {
  return typeof question === 'string' ? question : question(thresholds);
}

const assignedGroups = ['black_african_american', 'american_indian_alaskan_native', 'hispanic_latino'];

const byStudentGroup: Ranking = {
  mart: 'top_schools_by_student_group',
  ranking: 'int_ranked_student_group',
  list: 'school_type, demographic_group_id',
  value: 'student_share',
};

const studentGroups: Question = {
  name: 'student-groups',
  number: '7a',
  question: ({schoolsPerGroup}) =>
    `The ${schoolsPerGroup} schools of each type with the highest share of students of a group`,
  needs: ['enrollment', 'school_list'],
  wants: [],
  whenEmpty: 'no school of the list has both a type (elementary, middle, high) and figures of the group',
  columns: [
    'school_year',
    'school_type',
    'demographic_group_id',
    'demographic_group',
    'rank',
    'school_code',
    'school_name',
    'district_name',
    'city',
    'student_count',
    'all_students_count',
    'student_share',
    'is_small',
    'is_rank_small',
    'tied_beyond',
    'tied_schools',
  ],
  sections: ['demographic_group', 'school_type'],
  key: ['demographic_group_id', 'school_type', 'school_code', 'district_name'],
  sql: (year, {group, ...options}) => {
    const wanted = group === undefined ? assignedGroups : [group];
    const order = wanted.map((id, index) => `when ${literal(id)} then ${index}`).join(' ');
    return `select school_year, school_type, demographic_group_id, demographic_group, school_rank as rank, school_code,
        school_name, district_name, city, student_count, all_students_count, student_share, is_small, is_rank_small,
        tied_beyond, tied_schools
      from ${selectFirst(byStudentGroup, year, options)} as top
      join core.dim_demographic_group as groups using (demographic_group_id)
      join core.dim_school_type as types on types.school_type_id = top.school_type
      where ${filterYearAndRegion(year, options.region)}
        ${group === 'all' ? '' : `and demographic_group_id in (${wanted.map(literal).join(', ')})`}
      order by ${group === 'all' ? 'groups.sort_order' : `case demographic_group_id ${order} end`}, types.sort_order, rank`;
  },
};

const schools: Question = {
  name: 'schools',
  number: '7b',
  question: 'The schools, each with its total number of teachers',
  needs: ['teachers', 'school_list'],
  wants: ['enrollment'],
  whenEmpty: 'the list has no school in the region',
  notes: () => ['teachers are people, not full-time posts. A teacher of two schools may count at both'],
  columns: [
    'school_year',
    'school_code',
    'school_name',
    'district_code',
    'district_name',
    'city',
    'school_types',
    'all_students_count',
    'teacher_count',
  ],
  sections: [],
  key: ['school_code', 'district_code'],
  sql: (
    year,
    options,
  ) => `select school_year, school_code, school_name, district_code, district_name, city, school_types,
      all_students_count, teacher_count
    from marts.schools
    where ${filterSchools(year, options)}
    order by district_name, school_name, school_code`,
};

const byTeacherGroup: Ranking = {
  mart: 'top_elementary_schools_by_teacher_group',
  ranking: 'int_ranked_teacher_group',
  list: 'demographic_group_id',
  value: 'teacher_count',
};

const teacherGroups: Question = {
  name: 'teacher-groups',
  number: '7c',
  question: ({schoolsPerGroup}) =>
    `The ${schoolsPerGroup} elementary schools with the highest number of teachers of each category`,
  needs: ['teachers', 'school_list'],
  wants: [],
  whenEmpty: 'no elementary school of the list has a number of teachers',
  columns: [
    'school_year',
    'category_type',
    'demographic_group_id',
    'demographic_group',
    'rank',
    'school_code',
    'school_name',
    'district_name',
    'teacher_count',
    'all_teachers_count',
    'teacher_share',
    'is_small',
    'is_rank_small',
    'tied_beyond',
    'tied_schools',
  ],
  sections: ['category_type', 'demographic_group'],
  unlisted: {
    // Not Provided is the label of two groups.
    sql: (year, options) => `select
        demographic_group || case when category_type = 'gender' and demographic_group = 'Not Provided' then ' (gender)' else '' end as name
      from core.dim_demographic_group
      where category_type in ('race_ethnicity', 'gender') and demographic_group_id not in (
        select demographic_group_id from ${selectFirst(byTeacherGroup, year, options)} as top
        where ${filterYearAndRegion(year, options.region)}
      )
      order by category_type = 'gender', sort_order`,
    note: 'the files count no teacher of these categories at any elementary school',
  },
  key: ['demographic_group_id', 'school_code', 'district_name'],
  sql: (
    year,
    options,
  ) => `select school_year, top.category_type, demographic_group_id, top.demographic_group, school_rank as rank, school_code, school_name,
      district_name, teacher_count, all_teachers_count, teacher_share, is_small, is_rank_small, tied_beyond, tied_schools
    from ${selectFirst(byTeacherGroup, year, options)} as top
    join core.dim_demographic_group as groups using (demographic_group_id)
    where ${filterYearAndRegion(year, options.region)}
    order by top.category_type = 'gender', groups.sort_order, rank`,
};

const representation: Question = {
  name: 'representation',
  number: '7d',
  question: "How well each school's teachers represent its students",
  needs: ['enrollment', 'teachers', 'school_list'],
  wants: [],
  whenEmpty: 'the list has no school in the region',
  columns: [
    'school_year',
    'school_code',
    'school_name',
    'district_name',
    'representation',
    'representation_band',
    'overlap_beyond_pool_pp',
    'similar_schools_representation',
    'known_teachers_count',
    'all_students_count',
    'students_of_color_count',
    'students_of_color_share',
    'all_teachers_count',
    'teachers_of_color_count',
    'teachers_of_color_share',
    'teachers_not_provided_count',
    'gap_pp',
    'similar_schools_gap_pp',
    'parity_ratio',
    'overlap',
    'groups_without_a_teacher',
    'teachers_to_parity',
    'is_small',
  ],
  sections: [],
  key: ['school_code', 'district_name'],
  notes: () => [
    "representation is 1 where the teachers are as close to the students as a random draw from the students would be, on average. It corrects for the number of teachers, not for who the students are: where most teachers are White, schools with more White students score higher. What a school has beyond its district's pool of teachers, and the median of schools like it, stand beside it",
  ],
  sql: (year, options) => `select ${representation.columns.join(', ')}
    from marts.school_representation
    where ${filterSchools(year, options)}
    order by representation is null, representation_band = 'too few to tell', representation desc, district_name,
      school_name, school_code`,
};

/** 7d with one row for each school and group (`--by group`). */
export const representationByGroup: Question = {
  ...representation,
  notes: () => [],
  question: "How well each school's teachers represent its students, group by group",
  columns: [
    'school_year',
    'school_code',
    'school_name',
    'district_name',
    'category_type',
    'demographic_group_id',
    'demographic_group',
    'student_count',
    'student_share',
    'teacher_count',
    'teacher_share',
    'gap_pp',
    'parity_ratio',
    'students_per_teacher',
    'is_small',
  ],
  sections: ['district_name', 'school_name'],
  key: ['demographic_group_id', 'school_code', 'district_name'],
  sql: (year, options) => `select ${representationByGroup.columns.map((column) => `by_group.${column}`).join(', ')}
    from marts.school_representation_by_group as by_group
    join core.dim_demographic_group as groups using (demographic_group_id)
    where ${filterSchools(year, options)} and by_group.category_type in ('race_ethnicity', 'gender')
    order by district_name, school_name, school_code, by_group.category_type = 'gender', groups.sort_order`,
};

const byTeachersOfColor: Ranking = {
  mart: 'top_schools_by_teachers_of_color',
  ranking: 'int_ranked_teachers_of_color',
  list: 'region_id',
  value: 'teachers_of_color_share',
};

const teachersOfColor: Question = {
  name: 'teachers-of-color',
  number: '7e, 7f',
  question: ({schoolsByTeachersOfColor}) =>
    `The ${schoolsByTeachersOfColor} schools with the highest share of teachers of color, beside their share of students of color`,
  needs: ['teachers', 'school_list'],
  wants: ['enrollment'],
  whenEmpty: 'no school of the list has a number of teachers',
  columns: [
    'rank',
    'school_code',
    'school_name',
    'district_name',
    'all_teachers_count',
    'teachers_of_color_count',
    'teachers_of_color_share',
    'teachers_of_color_share_high',
    'all_students_count',
    'students_of_color_share',
    'gap_pp',
    'parity_ratio',
    'top_probability',
    'is_small',
    'is_rank_small',
    'tied_beyond',
    'tied_schools',
  ],
  sections: [],
  key: ['school_code', 'district_name'],
  notes: (rows) => {
    const likely = countLikely(rows);
    if (likely === rows.length) return [];
    return [
      `with few teachers a share is partly chance. With chance taken out, ${likely} of these ${rows.length} schools are among the first with a probability of 80% or more (top_probability)`,
    ];
  },
  sql: (year, options) => `select school_rank as rank, ${teachersOfColor.columns.slice(1).join(', ')}
    from ${selectFirst(byTeachersOfColor, year, options)} as top
    where ${filterYearAndRegion(year, options.region)}
    order by rank`,
};

/** Not a question of the assignment, but the measure that advocates lead with. */
export const access: Answer = {
  name: 'access',
  question: 'How many students of each group have no teacher of their group at their school',
  needs: ['enrollment', 'teachers', 'school_list'],
  wants: [],
  whenEmpty: 'no school has both students and teachers by race',
  columns: [
    'school_year',
    'name',
    'demographic_group_id',
    'demographic_group',
    'student_count',
    'teacher_count',
    'no_teacher_student_share',
    'one_teacher_student_share',
    'chance_no_teacher_student_share',
    'parity_no_teacher_student_share',
    'teachers_of_color_exposure',
    'is_small',
  ],
  sections: ['name'],
  notes: () => [
    "by chance: if each district's teachers were assigned at random among its schools of the same types. At parity: if each school's teachers were drawn at random from its students' make-up. Teachers whose race is not provided are left out",
  ],
  sql: (year, {region}) => `select access.school_year, organization_name as name, access.demographic_group_id,
      access.demographic_group, ${access.columns.slice(4).join(', ')}
    from marts.teacher_access as access
    join core.dim_demographic_group as groups using (demographic_group_id)
    where ${filterYearAndRegion(year, region)}
    order by organization_level = 'district', organization_name, groups.sort_order`,
};

export const answers: readonly Question[] = [studentGroups, schools, teacherGroups, representation, teachersOfColor];
