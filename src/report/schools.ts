import {type Database, literal} from '../duckdb/database.ts';
import type {SchoolYear} from '../school-year.ts';
import {type GroupFigures, type Organization, type Representation, read, type TrendYear} from './organizations.ts';
import {readSchoolLines, type SourceLines} from './trace.ts';

/** A school of the region in the school year that the pages are about. */
export interface School extends Organization<Representation>, Facts {
  measures: Representation;
  /** Groups whose figure the state withholds or leaves out, and on which side. */
  unknown: {side: 'students' | 'teachers'; demographic_group_id: string; status: 'suppressed' | 'missing'}[];
  /** Where its figures come from: the lines of the landed files, year by year. */
  lines: SourceLines[];
}

interface Facts {
  school_id: string;
  school_code: string;
  school_name: string;
  district_code: string;
  district_name: string;
  city: string | null;
  school_types: string[];
  latitude: number | null;
  longitude: number | null;
  has_enrollment: boolean;
  has_teachers: boolean;
  is_region_carried_over: boolean;
}

export async function readSchools(db: Database, year: SchoolYear): Promise<School[]> {
  const thisYear = `school_year = ${literal(year)}`;
  const facts = await read<Facts>(
    db,
    `select school_id, schools.school_code, schools.school_name, schools.district_code, schools.district_name, schools.city,
        list_filter(string_split(coalesce(schools.school_types, ''), ', '), lambda type: type <> '') as school_types,
        latitude, longitude, coalesce(has_enrollment, false) as has_enrollment, coalesce(has_teachers, false) as has_teachers,
        is_region_carried_over
      from marts.schools as schools
      join core.dim_school using (school_id)
      left join core.dim_school_snapshot as snapshots using (school_year, school_id)
      where ${thisYear}
      order by schools.district_name, schools.school_name, schools.school_code`,
  );
  const measures = bySchool(
    await read<Representation & ById>(
      db,
      `select * exclude (school_code, school_name, district_code, district_name, school_types)
        from marts.school_representation where ${thisYear}`,
    ),
  );
  const groups = bySchool(
    await read<GroupFigures & ById>(
      db,
      `select school_id, figures.category_type, demographic_group_id, student_count, student_share, teacher_count,
          teacher_share, teacher_share_ci_low, teacher_share_ci_high, gap_pp, parity_ratio, students_per_teacher,
          no_access_student_count, null as no_access_share, null as own_group_exposure, teachers_to_parity, is_small
        from marts.school_representation_by_group as figures
        join core.dim_demographic_group as groups using (demographic_group_id)
        where ${thisYear}
        order by groups.sort_order`,
    ),
  );
  const trend = bySchool(
    await read<TrendYear & ById>(
      db,
      `select school_id, school_year, students_of_color_share, teachers_of_color_share, all_students_count,
          all_teachers_count, gap_pp, is_small
        from marts.school_representation order by school_year`,
    ),
  );
  const unknown = bySchool(
    await read<School['unknown'][number] & ById>(
      db,
      `select school_id, side, demographic_group_id, status from (
          select school_year, school_id, demographic_group_id, 'students' as side, student_count_status as status
          from marts.school_demographics
          union all
          select school_year, school_id, demographic_group_id, 'teachers', teacher_count_status from marts.school_demographics)
        join core.dim_demographic_group using (demographic_group_id)
        where ${thisYear} and status <> 'value' and category_type in ('total', 'race_ethnicity', 'gender')
        order by side, sort_order`,
    ),
  );
  const lines = bySchool(await readSchoolLines(db));
  return facts.flatMap((school) => {
    const of = measures.get(school.school_id)?.[0];
    if (of === undefined) return [];
    return {
      ...school,
      measures: of,
      groups: groups.get(school.school_id) ?? [],
      trend: trend.get(school.school_id) ?? [],
      unknown: unknown.get(school.school_id) ?? [],
      lines: lines.get(school.school_id) ?? [],
    };
  });
}

interface ById {
  school_id: string;
}

function bySchool<T extends ById>(rows: T[]): Map<string, T[]> {
  return Map.groupBy(rows, ({school_id}) => school_id);
}
