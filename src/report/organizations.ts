import {type Database, literal} from '../duckdb/database.ts';
import type {SchoolYear} from '../school-year.ts';

/** A demographic group. */
export interface Group {
  demographic_group_id: string;
  demographic_group_name: string;
  category_type: string;
  is_of_color: boolean | null;
}

/**
 * The measures of an organization in a school year, everybody of color taken together, under the names of the marts
 * (`school_representation`, `district_representation`, `region_representation`), which describe them.
 */
export interface Representation {
  school_year: SchoolYear;
  all_students_count: number | null;
  students_of_color_count: number | null;
  students_of_color_share: number | null;
  all_teachers_count: number | null;
  teachers_of_color_count: number | null;
  teachers_of_color_share: number | null;
  teachers_of_color_share_ci_low: number | null;
  teachers_of_color_share_ci_high: number | null;
  teachers_not_provided_count: number | null;
  teachers_of_color_share_high: number | null;
  gap_pp: number | null;
  gap_pp_ci_low: number | null;
  gap_pp_ci_high: number | null;
  parity_ratio: number | null;
  parity_ratio_ci_low: number | null;
  parity_ratio_ci_high: number | null;
  students_of_color_per_teacher_of_color: number | null;
  overlap: number | null;
  groups_without_a_teacher: number | null;
  teachers_to_parity: number | null;
  is_small: boolean;
}

/** Those of many schools together: sums over the schools in which students and teachers can be compared. */
export interface Sums extends Representation {
  school_count: number;
  compared_school_count: number;
  no_access_student_count: number | null;
  no_access_share: number | null;
  own_group_exposure: number | null;
}

/** A group in an organization, as in the marts that end in `_by_group`. What only sums of schools have is null for a school. */
export interface GroupFigures {
  category_type: string;
  demographic_group_id: string;
  student_count: number | null;
  student_share: number | null;
  teacher_count: number | null;
  teacher_share: number | null;
  teacher_share_ci_low: number | null;
  teacher_share_ci_high: number | null;
  gap_pp: number | null;
  parity_ratio: number | null;
  students_per_teacher: number | null;
  no_access_student_count: number | null;
  no_access_share: number | null;
  own_group_exposure: number | null;
  teachers_to_parity: number | null;
  is_small: boolean;
}

/** One school year of a trend. */
export interface TrendYear {
  school_year: SchoolYear;
  students_of_color_share: number | null;
  teachers_of_color_share: number | null;
  all_students_count: number | null;
  all_teachers_count: number | null;
  gap_pp: number | null;
  is_small: boolean;
}

/** What a page of a region, a district or a school has in common. */
export interface Organization<Measures> {
  /** Undefined where the organization is not there in the school year. */
  measures: Measures | undefined;
  groups: GroupFigures[];
  trend: TrendYear[];
}

export interface Region extends Organization<Sums> {
  region_name: string;
}

export interface District extends Organization<Sums> {
  district_id: string;
  district_code: string;
  district_name: string;
}

const trendColumns = `school_year, students_of_color_share, teachers_of_color_share, all_students_count, all_teachers_count,
  gap_pp, is_small`;

export function readGroups(db: Database): Promise<Group[]> {
  return db.rows(`select demographic_group_id, demographic_group_name, category_type, is_of_color
    from core.dim_demographic_group order by sort_order`) as unknown as Promise<Group[]>;
}

export async function readRegion(db: Database, year: SchoolYear): Promise<Region> {
  const [region] = await db.rows('select region_id, region_name from core.dim_region order by region_id limit 1');
  const id = literal(String(region?.['region_id']));
  const of = (table: string, more = '') => `from marts.${table} as figures ${more} where region_id = ${id}`;
  const [measures] = await read<Sums>(
    db,
    `select * exclude (region_id, region_name) ${of('region_representation')} and school_year = ${literal(year)}`,
  );
  return {
    region_name: String(region?.['region_name']),
    measures,
    groups: await read<GroupFigures>(
      db,
      `select ${groupColumns} ${of('region_representation_by_group', joinGroups)} and school_year = ${literal(year)}
        order by groups.sort_order`,
    ),
    trend: await read<TrendYear>(db, `select ${trendColumns} ${of('region_representation')} order by school_year`),
  };
}

export async function readDistricts(db: Database, year: SchoolYear): Promise<District[]> {
  const names = await read<Pick<District, 'district_id' | 'district_code' | 'district_name'>>(
    db,
    `select district_id, district_code, max_by(schools.district_name, school_year = ${literal(year)}) as district_name
      from marts.schools as schools join core.dim_district using (district_code)
      group by all order by district_name, district_id`,
  );
  const measures = byDistrict(
    await read<Sums & ById>(
      db,
      `select * exclude (district_name) from marts.district_representation where school_year = ${literal(year)}`,
    ),
  );
  const groups = byDistrict(
    await read<GroupFigures & ById>(
      db,
      `select district_id, ${groupColumns} from marts.district_representation_by_group as figures ${joinGroups}
        where school_year = ${literal(year)} order by groups.sort_order`,
    ),
  );
  const trend = byDistrict(
    await read<TrendYear & ById>(
      db,
      `select district_id, ${trendColumns} from marts.district_representation order by school_year`,
    ),
  );
  return names.map((name) => ({
    ...name,
    measures: measures.get(name.district_id)?.[0],
    groups: groups.get(name.district_id) ?? [],
    trend: trend.get(name.district_id) ?? [],
  }));
}

const groupColumns = `figures.category_type, demographic_group_id, student_count, student_share, teacher_count, teacher_share,
  teacher_share_ci_low, teacher_share_ci_high, gap_pp, parity_ratio, students_per_teacher, no_access_student_count,
  no_access_share, own_group_exposure, teachers_to_parity, is_small`;

const joinGroups = 'join core.dim_demographic_group as groups using (demographic_group_id)';

interface ById {
  district_id: string;
}

function byDistrict<T extends ById>(rows: T[]): Map<string, T[]> {
  return Map.groupBy(rows, ({district_id}) => district_id);
}

/** The rows of a query whose columns are those of the type. */
export async function read<T>(db: Database, sql: string): Promise<T[]> {
  return (await db.rows(sql)) as T[];
}
