import * as v from 'valibot';
import {listColumns} from '../duckdb/database.ts';
import {readOnce} from '../duckdb/read-once.ts';
import type {Region} from './regions.ts';

/** A district of a region in a school year, and how many of its schools have figures. */
export type DistrictScope = Pick<v.InferOutput<typeof districtRow>, 'name' | 'enrollment' | 'teachers' | 'both'>;
const districtRow = v.object({
  name: v.string(),
  enrollment: v.number(),
  teachers: v.number(),
  both: v.number(),
  /** Whether it has schools of the region, whether the list names it, and whether the seeds do. */
  isThere: v.boolean(),
  isListed: v.boolean(),
  isDeclared: v.boolean(),
});

/** A school that a carried-over list can't know of, or that is on it and has no figures, as in the mart `region_changes`. */
export type RegionChange = v.InferOutput<typeof regionChange>;
const regionChange = v.object({
  school_year: v.string(),
  list_school_year: v.string(),
  school_id: v.string(),
  school_name: v.nullable(v.string()),
  district_name: v.nullable(v.string()),
  is_whole_district: v.boolean(),
  change: v.picklist(['opened', 'closed', 'closed_before', 'not_yet_open', 'not_listed']),
});

/** Reads the changes of a region since its lists, in all school years that a list is carried over to. */
export const readRegionChanges = readOnce(
  (db, {region_id}: Region): Promise<RegionChange[]> =>
    db.read(
      regionChange,
      `select ${listColumns(regionChange)} from marts.region_changes where region_id = $region_id
      order by school_year desc, change, is_whole_district desc, district_name, school_name, school_id`,
      {region_id},
    ),
);

/**
 * Reads the districts of a region in a school year, and how many of their schools have figures: the districts that the seeds declare and
 * those of the list. A list may be of some districts only. If it names none of the declared ones, it is of another place, as the sample's is.
 */
export const readDistrictScopes = readOnce(
  async (
    db,
    {region_id}: Region,
    {schoolYear, listYear}: {schoolYear: string; listYear: string | null},
  ): Promise<DistrictScope[]> => {
    const districts = await db.read(
      districtRow,
      `with named as (
      select dim_school.district_id, 'schools' as origin, null as name, has_enrollment, has_teachers
      from core.bridge_school_region as regions
      join core.dim_school using (school_id)
      left join core.dim_school_snapshot as snapshots using (school_year, school_id)
      where region_id = $region_id and school_year = $schoolYear
      union all
      select district_id, 'list', null, null, null from intermediate.int_school_list
      where region_id = $region_id and school_year = $listYear and is_in_region
      union all
      select district_id, 'seeds', district_name, null, null from seeds.region_districts where region_id = $region_id
    )
    select coalesce(any_value(dim_district.district_name), any_value(name), 'district ' || district_id) as name,
      count(*) filter (has_enrollment) as enrollment, count(*) filter (has_teachers) as teachers,
      count(*) filter (has_enrollment and has_teachers) as both,
      bool_or(origin = 'schools') as "isThere", bool_or(origin = 'list') as "isListed", bool_or(origin = 'seeds') as "isDeclared"
    from named left join core.dim_district using (district_id)
    group by district_id
    order by 1`,
      {region_id, schoolYear, listYear},
    );
    const isDeclaredPlace = listYear === null || districts.some(({isListed, isDeclared}) => isListed && isDeclared);
    return districts.filter((each) => each.isThere || each.isListed || (each.isDeclared && isDeclaredPlace));
  },
);
