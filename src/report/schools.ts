import * as v from 'valibot';
import type {Database} from '../duckdb/database.ts';
import {readOnce} from '../duckdb/read-once.ts';
import type {SchoolYear} from '../school-year.ts';
import {figure, groupFigures, joinGroups, type Organization, representation, trendYear} from './organizations.ts';
import {readSchoolLines, type SourceLines} from './trace.ts';

/** A school of the region in the school year of the pages. */
export interface School extends Organization<SchoolMeasures>, v.InferOutput<typeof schoolFacts> {
  measures: SchoolMeasures;
  change: SchoolChange | undefined;
  /** The schools like it, the most similar first. */
  similar: v.InferOutput<typeof similarSchool>[];
  /** Groups whose count the page doesn't give, why, and on which side. */
  unknown: v.InferOutput<typeof unknownGroup>[];
  /** The lines of the landed files that its figures come from, year by year. */
  lines: SourceLines[];
}

/** The measures of a school, beside its pool and schools like it, and what hiring of the same kind could as well have given. */
export type SchoolMeasures = v.InferOutput<typeof schoolMeasures>;
const schoolMeasures = v.object({
  ...representation.entries,
  known_teachers_count: figure,
  known_overlap: figure,
  representation: figure,
  representation_band: v.nullable(v.string()),
  overlap_of_pool: figure,
  overlap_beyond_pool_pp: figure,
  similar_school_count: figure,
  similar_schools_representation: figure,
  similar_schools_gap_pp: figure,
  teachers_of_color_share_chance_low: figure,
  teachers_of_color_share_chance_high: figure,
  gap_pp_chance_low: figure,
  gap_pp_chance_high: figure,
  parity_ratio_chance_low: figure,
  parity_ratio_chance_high: figure,
});

const bySchoolId = v.object({school_id: v.string()});

const schoolFacts = v.object({
  ...bySchoolId.entries,
  school_code: v.string(),
  school_name: v.string(),
  district_code: v.string(),
  district_name: v.string(),
  street_address: v.nullable(v.string()),
  city: v.nullable(v.string()),
  zip: v.nullable(v.string()),
  school_types: v.array(v.string()),
  latitude: v.nullable(v.number()),
  longitude: v.nullable(v.number()),
  has_enrollment: v.boolean(),
  has_teachers: v.boolean(),
  is_region_carried_over: v.boolean(),
});

/** How the gap has changed from the first school year in which it is known to the last, and what the change's interval says. */
export type SchoolChange = v.InferOutput<typeof schoolChange>;
const schoolChange = v.object({
  since: v.string(),
  school_year: v.string(),
  gap_change_since_first_pp: v.number(),
  gap_change_since_first_low_pp: v.number(),
  gap_change_since_first_high_pp: v.number(),
  gap_change_since_first_verdict: v.picklist(['narrowed', 'widened', 'no clear change']),
  grade_span_changed_since_first: v.nullable(v.boolean()),
});

const similarSchool = v.object({similar_school_id: v.string(), student_overlap: v.number()});

const unknownGroup = v.object({
  side: v.picklist(['students', 'teachers']),
  demographic_group_id: v.string(),
  status: v.picklist(['suppressed', 'unknown', 'missing', 'left_out']),
});

const readTrends = readOnce(async (db, region: string) =>
  groupBySchool(
    await db.read(
      v.object({...trendYear.entries, ...bySchoolId.entries}),
      'select * from marts.school_representation where region_id = $region order by school_year',
      {region},
    ),
  ),
);

const readChanges = readOnce(async (db, region: string) =>
  groupBySchool(
    await db.read(
      v.object({...schoolChange.entries, ...bySchoolId.entries}),
      `select *, first_school_year_with_gap as since from marts.school_trend
        where region_id = $region and demographic_group_id = 'of_color' and gap_change_since_first_verdict is not null
        qualify row_number() over (partition by school_id order by school_year desc) = 1`,
      {region},
    ),
  ),
);

const readLines = readOnce(async (db, region: string) => groupBySchool(await readSchoolLines(db, region)));

/** Reads the ids of the schools that `readSchools` returns. */
export function readSchoolIds(
  db: Database,
  schoolYear: SchoolYear,
  region: string,
): Promise<v.InferOutput<typeof bySchoolId>[]> {
  return db.read(
    bySchoolId,
    `select school_id
      from marts.schools
      join core.dim_school using (school_id)
      join marts.school_representation using (school_year, school_id, region_id)
      where school_year = $schoolYear and region_id = $region`,
    {schoolYear, region},
  );
}

export async function readSchools(db: Database, schoolYear: SchoolYear, region: string): Promise<School[]> {
  const ofYear = {schoolYear, region};
  const facts = await db.read(
    schoolFacts,
    // No file names a school that is only in the list.
    `select school_id, schools.school_code, coalesce(schools.school_name, 'School ' || schools.school_code) as school_name,
        schools.district_code, coalesce(schools.district_name, 'District ' || schools.district_code) as district_name,
        street_address, schools.city, zip,
        list_filter(string_split(coalesce(schools.school_types, ''), ', '), lambda type: type <> '') as school_types,
        latitude, longitude, coalesce(has_enrollment, false) as has_enrollment, coalesce(has_teachers, false) as has_teachers,
        is_region_carried_over
      from marts.schools as schools
      join core.dim_school using (school_id)
      left join core.dim_school_snapshot as snapshots using (school_year, school_id)
      where school_year = $schoolYear and region_id = $region
      order by schools.district_name, schools.school_name, schools.school_code`,
    ofYear,
  );
  const measures = groupBySchool(
    await db.read(
      v.object({...schoolMeasures.entries, ...bySchoolId.entries}),
      'select * from marts.school_representation where school_year = $schoolYear and region_id = $region',
      ofYear,
    ),
  );
  const groups = groupBySchool(
    await db.read(
      v.object({...groupFigures.entries, ...bySchoolId.entries}),
      `select figures.*, short_name, adjective, null as no_access_share, null as own_group_exposure
        from marts.school_representation_by_group as figures
        ${joinGroups}
        where school_year = $schoolYear and region_id = $region
        order by groups.sort_order`,
      ofYear,
    ),
  );
  const trend = await readTrends(db, region);
  const changes = await readChanges(db, region);
  const similar = groupBySchool(
    await db.read(
      v.object({...similarSchool.entries, ...bySchoolId.entries}),
      `select * from marts.similar_school where school_year = $schoolYear and region_id = $region
        order by school_id, similarity_rank`,
      ofYear,
    ),
  );
  const unknown = groupBySchool(
    await db.read(
      v.object({...unknownGroup.entries, ...bySchoolId.entries}),
      `select school_id, side, demographic_group_id, status from (
          select school_year, school_id, demographic_group_id, 'students' as side, student_count_status as status
          from marts.school_demographics
          union all
          select school_year, school_id, demographic_group_id, 'teachers', teacher_count_status from marts.school_demographics)
        join core.dim_demographic_group using (demographic_group_id)
        where school_year = $schoolYear and status <> 'value' and category_type in ('total', 'race_ethnicity', 'gender')
        order by side, sort_order`,
      {schoolYear},
    ),
  );
  const lines = await readLines(db, region);
  return facts.flatMap((school) => {
    const of = measures.get(school.school_id)?.[0];
    if (of === undefined) return [];
    return {
      ...school,
      measures: of,
      groups: groups.get(school.school_id) ?? [],
      trend: trend.get(school.school_id) ?? [],
      change: changes.get(school.school_id)?.[0],
      similar: similar.get(school.school_id) ?? [],
      unknown: unknown.get(school.school_id) ?? [],
      lines: lines.get(school.school_id) ?? [],
    };
  });
}

function groupBySchool<T extends v.InferOutput<typeof bySchoolId>>(rows: T[]): Map<string, T[]> {
  return Map.groupBy(rows, ({school_id}) => school_id);
}
