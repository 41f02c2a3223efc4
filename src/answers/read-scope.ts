import {z} from 'zod';
import {listColumns} from '../duckdb/database.ts';
import {readOnce} from '../duckdb/read-once.ts';
import type {Region} from './regions.ts';

/** A district of a region in a school year, and how many of its schools have figures. */
export type DistrictScope = z.infer<typeof districtScope>;
const districtScope = z.object({
  name: z.string(),
  enrollment: z.number(),
  teachers: z.number(),
  both: z.number(),
});

/** A school that a carried-over list can't know of, or that is on it and has no figures, as in the mart `region_changes`. */
export type RegionChange = z.infer<typeof regionChange>;
const regionChange = z.object({
  school_year: z.string(),
  list_school_year: z.string(),
  school_id: z.string(),
  school_name: z.string().nullable(),
  district_name: z.string().nullable(),
  is_whole_district: z.boolean(),
  change: z.enum(['opened', 'closed', 'closed_before', 'not_yet_open', 'not_listed']),
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
  (
    db,
    {region_id}: Region,
    {schoolYear, listYear}: {schoolYear: string; listYear: string | null},
  ): Promise<DistrictScope[]> =>
    db.read(
      districtScope,
      `with there as (
      select dim_school.district_id, coalesce(has_enrollment, false) as has_enrollment, coalesce(has_teachers, false) as has_teachers
      from core.bridge_school_region as regions
      join core.dim_school using (school_id)
      left join core.dim_school_snapshot as snapshots using (school_year, school_id)
      where region_id = $region_id and school_year = $schoolYear
    ),
    listed as (
      select district_id from intermediate.int_school_list
      where region_id = $region_id and school_year = $listYear and is_in_region
    ),
    declared as (select district_id from seeds.region_districts where region_id = $region_id),
    expected as (
      select district_id from listed
      union
      select district_id from declared
      where $listYear is null or exists (select 1 from listed join declared as named using (district_id))
      union
      select district_id from there
    )
    select coalesce(dim_district.district_name, seeded.district_name, 'district ' || expected.district_id) as name,
      count(*) filter (has_enrollment) as enrollment, count(*) filter (has_teachers) as teachers,
      count(*) filter (has_enrollment and has_teachers) as both
    from expected
    left join there using (district_id)
    left join core.dim_district using (district_id)
    left join seeds.region_districts as seeded
      on seeded.district_id = expected.district_id and seeded.region_id = $region_id
    group by expected.district_id, name
    order by name`,
      {region_id, schoolYear, listYear},
    ),
);
