import * as v from 'valibot';
import {Failure} from '../failure.ts';
import {aboveZero} from '../schemas.ts';

/** The thresholds of the models: vars of the dbt project that a build was made with. */
export type Thresholds = v.InferOutput<typeof thresholdsSchema>;
export const thresholdsSchema = v.object({
  /** A figure that rests on fewer people than this is marked. */
  smallNumber: aboveZero,
  /** A rank of a school with fewer students, or fewer teachers, is marked. */
  rankMinStudents: aboveZero,
  rankMinTeachers: aboveZero,
  /** How many schools a ranking lists for each school type or group. */
  schoolsPerGroup: aboveZero,
  schoolsByTeachersOfColor: aboveZero,
});

/**
 * Reads the thresholds from the vars of the project.
 *
 * @throws Failure (exit 1) if one is missing or is not a whole number above 0
 */
export function readThresholds(vars: Readonly<Record<string, unknown>>): Thresholds {
  const read = (name: string): number => {
    const value = vars[name];
    if (v.is(aboveZero, value)) return value;
    throw new Failure(`dbt/dbt_project.yml: the var ${name} is ${JSON.stringify(value)}, not a whole number above 0.`);
  };
  return {
    smallNumber: read('small_number'),
    rankMinStudents: read('rank_min_students'),
    rankMinTeachers: read('rank_min_teachers'),
    schoolsPerGroup: read('schools_per_group'),
    schoolsByTeachersOfColor: read('schools_by_teachers_of_color'),
  };
}
