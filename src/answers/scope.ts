import {formatCounted} from '../words/count.ts';
import {formatSchoolYear, joinFirst, joinWords} from '../words/format.ts';
import type {DistrictScope, RegionChange} from './read-scope.ts';
import type {Region} from './regions.ts';

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
