import {z} from 'zod';
import {Failure} from '../failure.ts';

/** The thresholds of the models: vars of the dbt project that a build was made with. */
export type Thresholds = z.infer<typeof thresholdsSchema>;
export const thresholdsSchema = z.object({
  /** A figure that rests on fewer people than this is marked. */
  smallNumber: z.int().positive(),
  /** A rank of a school with fewer students, or fewer teachers, is marked. */
  rankMinStudents: z.int().positive(),
  rankMinTeachers: z.int().positive(),
  /** How many schools a ranking lists for each school type or group. */
  schoolsPerGroup: z.int().positive(),
  schoolsByTeachersOfColor: z.int().positive(),
});

/**
 * Reads the thresholds from the vars of the project.
 *
 * @throws Failure (exit 1) if one is missing or is not a whole number above 0
 */
export function readThresholds(vars: Readonly<Record<string, unknown>>): Thresholds {
  const read = (name: string): number => {
    const {data} = z.int().positive().safeParse(vars[name]);
    if (data !== undefined) return data;
    throw new Failure(
      `dbt/dbt_project.yml: the var ${name} is ${JSON.stringify(vars[name])}, not a whole number above 0.`,
    );
  };
  return {
    smallNumber: read('small_number'),
    rankMinStudents: read('rank_min_students'),
    rankMinTeachers: read('rank_min_teachers'),
    schoolsPerGroup: read('schools_per_group'),
    schoolsByTeachersOfColor: read('schools_by_teachers_of_color'),
  };
}
