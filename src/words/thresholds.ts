import {z} from 'zod';
import {Failure} from '../failure.ts';

/** The thresholds of the models: vars of the dbt project that a build was made with. */
export type Thresholds = z.infer<typeof thresholdsSchema>;
export const thresholdsSchema = z.object({
  /** A figure that rests on fewer people than this is marked. */
  smallNumber: z.int().positive(),
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
    schoolsPerGroup: read('schools_per_group'),
    schoolsByTeachersOfColor: read('schools_by_teachers_of_color'),
  };
}

/** Explains the star beside a figure. */
export function explainStar({smallNumber}: Pick<Thresholds, 'smallNumber'>): string {
  return `* rests on fewer than ${smallNumber} people; read it with care.`;
}

/**
 * Says whether the figures of a row rest on few people. If the models don't mark the row, it is a share of few students or
 * teachers that counts.
 */
export function restsOnFew(
  row: Readonly<Record<string, unknown>>,
  {smallNumber}: Pick<Thresholds, 'smallNumber'>,
): boolean {
  if ('is_small' in row) return row['is_small'] === true;
  const isFew = (value: unknown) => typeof value === 'number' && value < smallNumber;
  return (
    Object.keys(row).some((column) => column.endsWith('_share')) &&
    ['student_count', 'all_students_count', 'all_teachers_count'].some((column) => isFew(row[column]))
  );
}
