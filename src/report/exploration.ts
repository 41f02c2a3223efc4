import type {SchoolYear} from '../school-year.ts';
import {type Database, literal} from '../warehouse/duckdb.ts';
import {read} from './organizations.ts';

/** Figures for what the mission leaves to explore. Each has its query with it. */
export interface Exploration {
  growth: Explored<{
    district_name: string;
    all_teachers_count: number;
    teachers_of_color_count: number;
    teachers_to_parity: number;
    teachers_to_hire: number | null;
  }>;
  change: Explored<{
    district_name: string;
    first_school_year: SchoolYear;
    students_change_pp: number;
    teachers_change_pp: number;
    gap_change_pp: number;
  }>;
  size: Explored<{
    size: string;
    school_count: number;
    median_gap_pp: number;
    median_teachers_of_color_share: number;
    median_students_of_color_share: number;
  }>;
  experience: Explored<{
    demographic_group_id: string;
    teacher_count: number;
    average_years_of_experience: number;
    masters_or_higher_share: number | null;
  }>;
}

interface Explored<T> {
  sql: string;
  rows: T[];
}

const queries: Record<keyof Exploration, (year: string) => string> = {
  // Growth by hiring alone: (T_g + x) / (T + x) = s, so x = (s T - T_g) / (1 - s).
  growth: (year) => `select district_name, all_teachers_count, teachers_of_color_count, teachers_to_parity,
    cast(greatest(0, ceil((students_of_color_share * all_teachers_count - teachers_of_color_count)
      / nullif(1 - students_of_color_share, 0))) as integer) as teachers_to_hire
  from marts.district_representation
  where school_year = ${year} and teachers_to_parity is not null
  order by teachers_to_parity / all_teachers_count desc, district_name`,
  change: (year) => `select district_name, first_school_year_with_gap as first_school_year,
    100 * (student_share - first_students) as students_change_pp,
    100 * (teacher_share - first_teachers) as teachers_change_pp,
    gap_change_since_first_pp as gap_change_pp
  from (
    select *,
      first_value(student_share) over known as first_students,
      first_value(teacher_share) over known as first_teachers
    from marts.district_trend
    where demographic_group_id = 'of_color' and gap_pp is not null
    window known as (partition by district_id order by school_year)
  )
  where school_year = ${year} and first_school_year_with_gap < school_year
  order by gap_change_pp, district_name`,
  size: (year) => `select
    case when all_students_count < 250 then 'under 250' when all_students_count < 500 then '250 to 499'
      when all_students_count < 1000 then '500 to 999' else '1,000 and more' end as size,
    count(*) as school_count,
    median(gap_pp) as median_gap_pp,
    median(teachers_of_color_share) as median_teachers_of_color_share,
    median(students_of_color_share) as median_students_of_color_share
  from marts.school_representation
  where school_year = ${year} and gap_pp is not null
  group by size
  order by min(all_students_count)`,
  experience: (year) => `select demographic_group_id,
    cast(sum(teachers.teacher_count) as integer) as teacher_count,
    sum(years_of_experience_sum) / sum(teachers.teacher_count) as average_years_of_experience,
    sum(masters_or_higher_count) / sum(teachers.teacher_count) as masters_or_higher_share
  from core.fct_teacher as teachers
  join marts.schools as schools using (school_year, school_id)
  join core.dim_demographic_group as groups using (demographic_group_id)
  where school_year = ${year} and teachers.teacher_count > 0 and years_of_experience_sum is not null
    and category_type = 'race_ethnicity'
  group by demographic_group_id, sort_order
  order by sort_order`,
};

export async function readExploration(db: Database, year: SchoolYear): Promise<Exploration> {
  const explored = async <Name extends keyof Exploration>(name: Name) => {
    const sql = queries[name](literal(year));
    return {sql, rows: await read(db, sql)} as Exploration[Name];
  };
  return {
    growth: await explored('growth'),
    change: await explored('change'),
    size: await explored('size'),
    experience: await explored('experience'),
  };
}
