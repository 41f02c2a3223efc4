import * as v from 'valibot';
import {selectChanges, selectUnmatchedSchools} from '../answers/panels.ts';
import {describeDeclaredRegion, type Region as RegionName} from '../answers/regions.ts';
import {type Database, listColumns} from '../duckdb/database.ts';
import {readOnce} from '../duckdb/read-once.ts';
import type {SchoolYear} from '../school-year.ts';

/** A demographic group. */
export type Group = v.InferOutput<typeof group>;
const group = v.object({
  demographic_group_id: v.string(),
  demographic_group: v.string(),
  short_name: v.string(),
  /** The name before "students" and "teachers". */
  adjective: v.string(),
  category_type: v.string(),
  is_of_color: v.nullable(v.boolean()),
});

/** A figure; null where it is not known. */
export const figure = v.nullable(v.number());

/**
 * The measures of an organization in a school year, for everybody of color together. The marts `school_representation`,
 * `district_representation` and `region_representation` describe the columns.
 */
export type Representation = v.InferOutput<typeof representation>;
export const representation = v.object({
  school_year: v.string(),
  all_students_count: figure,
  students_of_color_count: figure,
  students_of_color_share: figure,
  all_teachers_count: figure,
  teachers_of_color_count: figure,
  teachers_of_color_share: figure,
  teachers_not_provided_count: figure,
  teachers_of_color_share_high: figure,
  gap_pp: figure,
  parity_ratio: figure,
  students_of_color_per_teacher_of_color: figure,
  overlap: figure,
  groups_without_a_teacher: figure,
  teachers_to_parity: figure,
  is_small: v.nullable(v.boolean()),
});

/** The measures of many schools together: sums over the schools where students and teachers can be compared. */
export type Sums = v.InferOutput<typeof sums>;
const sums = v.object({
  ...representation.entries,
  school_count: v.number(),
  compared_school_count: v.number(),
  no_access_student_count: figure,
  no_access_share: figure,
  own_group_exposure: figure,
});

/**
 * A group in an organization, as in the marts that end in `_by_group`. Measures that only sums have are null for a school. What
 * chance could as well have given is null for sums.
 */
export type GroupFigures = v.InferOutput<typeof groupFigures>;
export const groupFigures = v.object({
  ...v.pick(group, ['demographic_group_id', 'short_name', 'adjective', 'category_type']).entries,
  student_count: figure,
  student_share: figure,
  teacher_count: figure,
  teacher_share: figure,
  teacher_share_chance_low: figure,
  teacher_share_chance_high: figure,
  gap_pp: figure,
  parity_ratio: figure,
  students_per_teacher: figure,
  no_access_student_count: figure,
  no_access_share: figure,
  own_group_exposure: figure,
  teachers_to_parity: figure,
  is_small: v.nullable(v.boolean()),
});

/** One school year of a trend. */
export type TrendYear = v.InferOutput<typeof trendYear>;
export const trendYear = v.object({
  school_year: v.string(),
  students_of_color_share: figure,
  teachers_of_color_share: figure,
  all_students_count: figure,
  all_teachers_count: figure,
  gap_pp: figure,
});

/** What has changed for people of color between two school years, on the schools that are compared in both. */
export type PanelChange = v.InferOutput<typeof panelChange>;
const panelChange = v.object({
  since: v.string(),
  school_year: v.string(),
  matched_since_first_school_count: v.number(),
  student_count_change_since_first: figure,
  student_share_change_since_first_pp: figure,
  teacher_count_change_since_first: figure,
  teacher_share_change_since_first_pp: figure,
  gap_change_since_first_pp: figure,
  /** The names of the schools that are not among them. */
  unmatched_schools: v.array(v.string()),
});

/** What a region, a district and a school have in common. */
export interface Organization<Measures> {
  /** Undefined if the organization has no row in the school year. */
  measures: Measures | undefined;
  groups: GroupFigures[];
  trend: TrendYear[];
}

/** A sum of schools, with its change from the first school year with figures to the last; undefined if there is only one. */
interface SumOfSchools extends Organization<Sums> {
  change: PanelChange | undefined;
}

export interface Region extends SumOfSchools, Omit<RegionName, 'region_id'> {
  /** What belongs to it where no school list is given, in words. */
  declaration: string;
}

export interface District extends SumOfSchools, v.InferOutput<typeof districtName> {}

const byDistrict = v.object({district_id: v.string()});
const districtName = v.object({...byDistrict.entries, district_code: v.string(), district_name: v.string()});

export function readGroups(db: Database): Promise<Group[]> {
  return db.read(group, `select ${listColumns(group)} from seeds.demographic_groups order by sort_order`);
}

export async function readRegion(db: Database, schoolYear: SchoolYear, region: RegionName): Promise<Region> {
  const {region_id, ...named} = region;
  const ofYear = {region_id, schoolYear};
  const [measures] = await db.read(
    sums,
    `select ${listColumns(sums)} from marts.region_representation where region_id = $region_id and school_year = $schoolYear`,
    ofYear,
  );
  return {
    ...named,
    declaration: await describeDeclaredRegion(db, region),
    measures,
    groups: await db.read(
      groupFigures,
      `select figures.*, ${withoutChance}, short_name, adjective from marts.region_representation_by_group as figures ${joinGroups}
        where region_id = $region_id and school_year = $schoolYear order by groups.sort_order`,
      ofYear,
    ),
    trend: await db.read(
      trendYear,
      `select ${listColumns(trendYear)} from marts.region_representation where region_id = $region_id order by school_year`,
      {region_id},
    ),
    change: (await readChanges(db, region_id)).get(region_id),
  };
}

/** Reads the codes of the districts of a region. All school years have pages of them. */
export const readDistrictCodes = readOnce((db, region: string) =>
  db.read(
    v.pick(districtName, ['district_code']),
    'select distinct district_code from marts.schools where region_id = $region',
    {region},
  ),
);

export async function readDistricts(db: Database, schoolYear: SchoolYear, region: string): Promise<District[]> {
  const ofYear = {schoolYear, region};
  // No file names a district that is only in the list.
  const names = await db.read(
    districtName,
    `select district_id, district_code, coalesce(name, 'District ' || district_code) as district_name
      from (
        select district_id, district_code, max_by(district_name, school_year = $schoolYear) as name from marts.schools
        where region_id = $region group by all
      )
      order by name, district_id`,
    ofYear,
  );
  const measures = await db.read(
    v.object({...sums.entries, ...byDistrict.entries}),
    'select * from marts.district_representation where school_year = $schoolYear and region_id = $region',
    ofYear,
  );
  const groups = await db.read(
    v.object({...groupFigures.entries, ...byDistrict.entries}),
    `select figures.*, ${withoutChance}, short_name, adjective from marts.district_representation_by_group as figures ${joinGroups}
      where school_year = $schoolYear and region_id = $region order by groups.sort_order`,
    ofYear,
  );
  const changes = await readChanges(db, region);
  const trendOf = await readTrends(db, region);
  const [measuresOf, groupsOf] = [groupByDistrict(measures), groupByDistrict(groups)];
  return names.map((name) => ({
    ...name,
    measures: measuresOf.get(name.district_id)?.[0],
    groups: groupsOf.get(name.district_id) ?? [],
    trend: trendOf.get(name.district_id) ?? [],
    change: changes.get(name.district_id),
  }));
}

const readTrends = readOnce(async (db, region: string) =>
  groupByDistrict(
    await db.read(
      v.object({...trendYear.entries, ...byDistrict.entries}),
      'select * from marts.district_representation where region_id = $region order by school_year',
      {region},
    ),
  ),
);

/** Reads the change of each district and of the region, by their ids. */
const readChanges = readOnce(async (db, region: string): Promise<Map<string, PanelChange>> => {
  const rows = await db.read(
    v.object({...panelChange.entries, id: v.string()}),
    `with changes as (
        select * from (${selectChanges(region, 'true')}) qualify row_number() over (partition by id order by school_year desc) = 1
      ),
      unmatched as (
        select id, list(school_name order by school_name, school_id) as unmatched_schools
        from (${selectUnmatchedSchools('select id, region_id, since, school_year from changes')})
        group by id
      )
      select changes.*, coalesce(unmatched_schools, []) as unmatched_schools
      from changes left join unmatched using (id)`,
  );
  return new Map(rows.map(({id, ...change}) => [id, change]));
});

const withoutChance = 'null as teacher_share_chance_low, null as teacher_share_chance_high';

export const joinGroups = 'join seeds.demographic_groups as groups using (demographic_group_id)';

function groupByDistrict<T extends v.InferOutput<typeof byDistrict>>(rows: T[]): Map<string, T[]> {
  return Map.groupBy(rows, ({district_id}) => district_id);
}
