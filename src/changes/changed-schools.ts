import * as v from 'valibot';
import type {Database} from '../duckdb/database.ts';

/** A school that only one build has in its latest school year, or whose name changed. */
export type SchoolChange = v.InferOutput<typeof schoolChange>;
const schoolChange = v.object({
  kind: v.picklist(['opened', 'closed', 'renamed']),
  schoolId: v.string(),
  districtName: v.nullable(v.string()),
  nameBefore: v.nullable(v.string()),
  nameAfter: v.nullable(v.string()),
  isInRegion: v.boolean(),
});

/**
 * Compares the schools of two builds attached as `before` and `after`, each in its latest school year; if `after` ends earlier, both
 * in that year. Only school years with students count, or in builds without students, those with teachers.
 */
export async function compareSchools(db: Database): Promise<SchoolChange[]> {
  return db.read(
    schoolChange,
    `with
    before_year as (${selectLatestYear('before')}),
    after_year as (${selectLatestYear('after')}),
    old as (${selectSchools('before', '(select least(before_year.year, after_year.year) from before_year, after_year)')}),
    new as (${selectSchools('after', '(select year from after_year)')})
    select
      case when old.school_id is null then 'opened' when new.school_id is null then 'closed' else 'renamed' end as kind,
      coalesce(new.school_id, old.school_id) as "schoolId",
      coalesce(new.district_name, old.district_name) as "districtName",
      old.school_name as "nameBefore",
      new.school_name as "nameAfter",
      coalesce(new.is_in_region, old.is_in_region) as "isInRegion"
    from old full outer join new on old.school_id = new.school_id
    where old.school_id is null or new.school_id is null or old.school_name is distinct from new.school_name
    order by "isInRegion" desc, kind, "districtName", coalesce("nameAfter", "nameBefore"), "schoolId"`,
  );
}

function selectLatestYear(build: string): string {
  return `select coalesce(max(school_year) filter (has_enrollment), max(school_year) filter (has_teachers)) as year,
      count(*) filter (has_enrollment) > 0 as has_enrollment
    from ${build}.core.dim_school_year`;
}

function selectSchools(build: string, year: string): string {
  return `select school_id, school_name, district_name, region.school_id is not null as is_in_region
    from ${build}.core.dim_school_snapshot as snapshot
    left join (select distinct school_id, school_year from ${build}.core.bridge_school_region) as region
      using (school_id, school_year)
    where school_year = ${year}
      and case when (select has_enrollment from ${build}_year) then snapshot.has_enrollment else snapshot.has_teachers end`;
}
