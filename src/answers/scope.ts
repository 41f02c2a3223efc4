import {z} from 'zod';
import {listColumns} from '../duckdb/database.ts';
import {readOnce} from '../duckdb/read-once.ts';
import {formatCounted} from '../words/count.ts';
import {formatSchoolYear, joinFirst, joinWords} from '../words/format.ts';
import type {Region} from './regions.ts';

/** A district of a region in a school year, and how many of its schools have figures. */
type DistrictScope = Pick<z.infer<typeof districtRow>, 'name' | 'enrollment' | 'teachers' | 'both'>;
const districtRow = z.object({
  name: z.string(),
  enrollment: z.number(),
  teachers: z.number(),
  both: z.number(),
  /** Whether it has schools of the region, whether the list names it, and whether the seeds do. */
  isThere: z.boolean(),
  isListed: z.boolean(),
  isDeclared: z.boolean(),
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

/** The most districts and schools that a sentence names. */
const districtsShown = 12;
const schoolsShown = 5;

/** The part of a region that has figures, if some of its districts have none. */
export interface PartialScope {
  /** `36 schools of Seattle School District No. 1` */
  place: string;
  /** Says what is missing, as a sentence without its period. */
  note: string;
}

/**
 * Says which districts of a region have figures; undefined if all of them have, or none has.
 *
 * @param subjects what the figures need: students, teachers or both. Other subjects don't count
 */
export function describeScope(
  districts: readonly DistrictScope[],
  subjects: readonly string[],
  {region_name}: Pick<Region, 'region_name'>,
): PartialScope | undefined {
  const [needsStudents, needsTeachers] = [subjects.includes('enrollment'), subjects.includes('teachers')];
  if (!needsStudents && !needsTeachers) return undefined;
  const which = needsStudents && needsTeachers ? 'both' : needsStudents ? 'enrollment' : 'teachers';
  const there = districts.filter((district) => district[which] > 0);
  const missing = districts.filter((district) => district[which] === 0);
  if (there.length === 0 || missing.length === 0) return undefined;
  const schools = there.reduce((sum, district) => sum + district[which], 0);
  const place = `${formatCounted(schools, 'school')} of ${joinFirst(
    there.map(({name}) => name),
    districtsShown,
  )}`;
  const names = missing.map(({name}) => name.replace(/ School District.*$/, ''));
  return {
    place,
    note: `the figures are of ${place}, not of the whole ${region_name}: there is no data for ${joinFirst(names, districtsShown)}`,
  };
}

const kinds: readonly [isSo: (change: RegionChange) => boolean, label: (list: string) => string][] = [
  [
    ({change, is_whole_district: isWhole}) => change === 'opened' && isWhole,
    (list) => `schools that opened since the ${list} list, left out`,
  ],
  [
    ({change, is_whole_district: isWhole}) => change === 'closed_before' && isWhole,
    (list) => `schools that closed before the ${list} list, left out`,
  ],
  [
    ({change, is_whole_district: isWhole}) => change === 'not_listed' && isWhole,
    (list) => `schools that the ${list} list doesn’t have, left out; without figures of that year, no one can tell why`,
  ],
  [
    (each) => isUnlisted(each) && !each.is_whole_district,
    (list) =>
      `schools that the ${list} list doesn’t have, left out; whether they are in the region can’t be told, since only a part of their district is`,
  ],
  [
    ({change}) => change === 'closed',
    (list) => `schools of the ${list} list without figures, closed or under another code`,
  ],
  [({change}) => change === 'not_yet_open', (list) => `schools of the ${list} list without figures yet`],
];

function isUnlisted({change}: RegionChange): boolean {
  return change !== 'closed' && change !== 'not_yet_open';
}

/** Groups the changes of a school year by kind, each with a label that counts them: `schools … left out (2)`. */
export function groupRegionChanges(
  changes: readonly RegionChange[],
  schoolYear: string,
): {label: string; schools: RegionChange[]}[] {
  const ofYear = changes.filter((each) => each.school_year === schoolYear);
  const list = formatSchoolYear(ofYear[0]?.list_school_year ?? '');
  return kinds.flatMap(([isSo, label]) => {
    const schools = ofYear.filter(isSo);
    return schools.length === 0 ? [] : [{label: `${label(list)} (${schools.length})`, schools}];
  });
}

/** Says how a region differs from the list that is carried over to a school year: a sentence for each kind, without its period. */
export function describeRegionChanges(changes: readonly RegionChange[], schoolYear: string): string[] {
  return groupRegionChanges(changes, schoolYear).map(
    ({label, schools}) => `${label}: ${joinFirst(schools.map(formatSchool), schoolsShown)}`,
  );
}

export function formatSchool({school_name, school_id, district_name}: RegionChange): string {
  return `${school_name ?? school_id}${district_name === null ? '' : ` (${district_name})`}`;
}

/** Says the same in numbers alone, as a sentence; undefined if nothing differs. */
export function countRegionChanges(changes: readonly RegionChange[], schoolYear: string): string | undefined {
  const ofYear = changes.filter((each) => each.school_year === schoolYear);
  const [first] = ofYear;
  if (first === undefined) return undefined;
  const {true: left = [], false: unsure = []} = Object.groupBy(
    ofYear.filter(isUnlisted),
    (each) => `${each.is_whole_district}`,
  );
  const absent = ofYear.length - left.length - unsure.length;
  const parts = [
    ...(left.length > 0 ? [`${left.length} not on it are left out`] : []),
    ...(unsure.length > 0 ? [`${unsure.length} not on it may be in the region`] : []),
    ...(absent > 0 ? [`${absent} of it without figures`] : []),
  ];
  return `Schools as on the ${formatSchoolYear(first.list_school_year)} list: ${joinWords(parts)}.`;
}
