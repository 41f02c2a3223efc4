import {literal} from '../duckdb/database.ts';
import type {Answer} from './answers.ts';
import {filterYearAndRegion} from './regions.ts';

/* Questions beyond the assignment, answered from the same warehouse. docs/exploration.md interprets them. */

/** Selects the districts and, last, the region. */
const districtsAndRegion = (year: string, region: string) => `
  select district_name as name, 1 as nth, district_id as id, * from marts.district_representation
  where ${filterYearAndRegion(year, region)}
  union all by name
  select region_name as name, 2 as nth, region_id as id, * from marts.region_representation
  where ${filterYearAndRegion(year, region)}`;

const growth: Answer = {
  name: 'growth',
  question: 'How many teachers of color each district lacks for parity, and how long it would take at the pace so far',
  needs: ['enrollment', 'teachers'],
  wants: [],
  whenEmpty: 'no district has schools in the region',
  columns: [
    'name',
    'all_teachers_count',
    'teachers_of_color_count',
    'teachers_of_color_share',
    'students_of_color_share',
    'teachers_to_parity',
    'growth_ratio',
    'since_school_year',
    'teachers_of_color_per_year',
    'years_to_parity',
  ],
  sections: [],
  sql: (year, {region}) => `with organizations as (${districtsAndRegion(year, region)}),
    measured as (
      select district_id as id, school_year, teachers_of_color_count from marts.district_representation
      where region_id = ${literal(region)}
      union all
      select region_id, school_year, teachers_of_color_count from marts.region_representation
    ),
    first_years as (
      select id, min(school_year) as since, arg_min(teachers_of_color_count, school_year) as count_then
      from measured
      where school_year < ${literal(year)} and teachers_of_color_count is not null
      group by id
    ),
    paced as (
      select organizations.*, since,
        (teachers_of_color_count - count_then) / (cast(left(${literal(year)}, 4) as integer) - cast(left(since, 4) as integer)) as per_year
      from organizations left join first_years using (id)
    )
    select name, all_teachers_count, teachers_of_color_count, teachers_of_color_share, students_of_color_share,
      teachers_to_parity,
      (teachers_of_color_count + teachers_to_parity) / nullif(teachers_of_color_count, 0) as growth_ratio,
      since as since_school_year, per_year as teachers_of_color_per_year,
      case when teachers_to_parity = 0 then 0 when per_year > 0 then cast(ceil(teachers_to_parity / per_year) as integer) end
        as years_to_parity
    from paced
    order by nth, name`,
};

const closing: Answer = {
  name: 'closing',
  question: 'Where the gap between teachers and students of color closes over the years, and where it widens',
  spansYears: true,
  needs: ['enrollment', 'teachers'],
  wants: [],
  whenEmpty: 'no earlier school year has both students and teachers',
  columns: ['name', 'since_school_year', 'school_count', 'closing_count', 'widening_count', 'gap_pp', 'gap_change_pp'],
  sections: [],
  sql: (year, {region}) => `with schools as (
      select *, abs(gap_pp) - abs(gap_pp - gap_change_since_first_pp) as wider
      from marts.school_trend
      where demographic_group_id = 'of_color' and ${filterYearAndRegion(year, region)}
        and first_school_year_with_gap < school_year
    ),
    counted as (
      select dim_school.district_id as id, count(*) as school_count, count(*) filter (wider < 0) as closing_count,
        count(*) filter (wider > 0) as widening_count
      from schools join core.dim_school using (school_id)
      group by id
      union all
      select region_id, count(*), count(*) filter (wider < 0), count(*) filter (wider > 0)
      from schools
      group by region_id
    ),
    organizations as (
      select district_name as name, 1 as nth, district_id as id, * from marts.district_trend
      union all by name
      select region_name as name, 2 as nth, region_id as id, * from marts.region_trend
    )
    select name, first_school_year_with_gap as since_school_year, school_count, closing_count, widening_count, gap_pp,
      gap_change_since_first_pp as gap_change_pp
    from organizations join counted using (id)
    where demographic_group_id = 'of_color' and ${filterYearAndRegion(year, region)}
    order by nth, name`,
};

const size: Answer = {
  name: 'size',
  question: 'Whether larger schools are closer to parity',
  needs: ['enrollment', 'teachers'],
  wants: [],
  whenEmpty: 'no school has both students and teachers',
  columns: [
    'size_group',
    'school_count',
    'fewest_students_count',
    'most_students_count',
    'median_gap_pp',
    'median_overlap',
    'rank_correlation',
  ],
  sections: [],
  // Spearman's rank correlation: Pearson's correlation of the ranks, with ranks averaged over equal values.
  sql: (year, {region}) => `with schools as (
      select *, ntile(3) over (order by all_students_count, school_id) as third,
        rank() over (order by all_students_count) + (count(*) over (partition by all_students_count) - 1) / 2 as size_rank,
        rank() over (order by abs(gap_pp)) + (count(*) over (partition by abs(gap_pp)) - 1) / 2 as gap_rank
      from marts.school_representation
      where ${filterYearAndRegion(year, region)} and gap_pp is not null
    ),
    thirds as (
      select case third when 1 then 'smallest third' when 2 then 'middle third' else 'largest third' end as size_group, third,
        count(*) as school_count, min(all_students_count) as fewest_students_count, max(all_students_count) as most_students_count,
        median(gap_pp) as median_gap_pp, median(overlap) as median_overlap, null as rank_correlation
      from schools group by all
      union all
      select 'all schools', 4, count(*), min(all_students_count), max(all_students_count), median(gap_pp), median(overlap),
        corr(size_rank, gap_rank)
      from schools having count(*) > 0
    )
    select size_group, school_count, fewest_students_count, most_students_count, median_gap_pp, median_overlap, rank_correlation
    from thirds order by third`,
};

const experience: Answer = {
  name: 'experience',
  question: 'How experienced the teachers of each group are',
  needs: ['teachers'],
  wants: [],
  whenEmpty: 'the teacher file has no years of experience',
  columns: ['category_type', 'demographic_group', 'teacher_count', 'average_years', 'masters_share'],
  sections: ['category_type'],
  sql: (year, {region}) => `select category_type, demographic_group, sum(teacher_count) as teacher_count,
      sum(years_of_experience_sum) / sum(teacher_count) as average_years,
      sum(masters_or_higher_count) filter (masters_or_higher_count is not null)
        / nullif(sum(teacher_count) filter (masters_or_higher_count is not null), 0) as masters_share
    from core.fct_teacher
    join core.bridge_school_region using (school_year, school_id)
    join core.dim_demographic_group as groups using (demographic_group_id)
    where ${filterYearAndRegion(year, region)} and category_type in ('race_ethnicity', 'gender')
      and teacher_count > 0 and years_of_experience_sum is not null
    group by category_type, demographic_group, groups.sort_order
    order by category_type = 'gender', groups.sort_order`,
};

const grades: Answer = {
  name: 'grades',
  question: 'What the students of tomorrow look like: the share of students of color by grade',
  needs: ['enrollment'],
  wants: [],
  whenEmpty: 'no school of the region has students by grade and race',
  columns: ['grade_name', 'student_count', 'students_of_color_count', 'students_of_color_share'],
  sections: [],
  sql: (year, {region}) => `with figures as (
      select school_id, grade_id,
        sum(student_count) filter (demographic_group_id = 'total') as student_count,
        sum(student_count) filter (groups.is_of_color) as students_of_color_count,
        count(*) filter (groups.is_of_color and student_count is null) as unknown_count
      from core.fct_enrollment
      join core.bridge_school_region using (school_year, school_id)
      join core.dim_demographic_group as groups using (demographic_group_id)
      where ${filterYearAndRegion(year, region)}
      group by school_id, grade_id
    )
    select grade_name, sum(student_count) as student_count, sum(students_of_color_count) as students_of_color_count,
      sum(students_of_color_count) / nullif(sum(student_count), 0) as students_of_color_share
    from figures join core.dim_grade as grades using (grade_id)
    where unknown_count = 0
    group by grade_name, grades.sort_order
    having sum(student_count) > 0
    order by grades.sort_order`,
};

export const explorations: readonly Answer[] = [growth, closing, size, experience, grades];
