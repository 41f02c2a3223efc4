import {readFile} from 'node:fs/promises';
import {parse} from 'yaml';
import {z} from 'zod';
import {exit, Failure} from '../failure.ts';
import {isSchoolYear} from '../school-year.ts';

const schoolYear = z.string().refine(isSchoolYear, 'is not a school year such as 2020-21');

const correction = z.strictObject({
  id: z.string(),
  what: z.string(),
  source: z.string(),
  where: z.strictObject({
    district_code: z
      .string()
      .regex(/^[\d%]+$/, 'has other signs than digits and %')
      .optional(),
    school_years: z.array(schoolYear).optional(),
  }),
  action: z.enum(['set_aside_zero_twins', 'not_a_district']),
  reason: z.string(),
  reference: z.string(),
  expect: z.strictObject({school_year: schoolYear}),
});

/** A mistake of the publisher's and what is done about it, as `corrections.yml` says. */
export type Correction = z.infer<typeof correction>;

/**
 * Reads the corrections.
 *
 * @throws Failure that names the entry and what is wrong with it
 */
export async function readCorrections(path: string): Promise<Correction[]> {
  const result = z.array(correction).safeParse(parse(await readFile(path, 'utf8')));
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new Failure(`corrections.yml: ${issue?.path.join('.')}: ${issue?.message}.`, exit.usage);
}
