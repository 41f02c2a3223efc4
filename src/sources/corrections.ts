import {readFile} from 'node:fs/promises';
import {z} from 'zod';
import {exit, Failure} from '../failure.ts';
import {isSchoolYear} from '../school-year.ts';
import {parseYaml} from '../yaml.ts';
import {sources} from './sources.ts';

const schoolYear = z.string().refine(isSchoolYear, 'is not a school year such as 2020-21');

const common = {
  id: z.string(),
  what: z.string(),
  source: z.enum(sources.map(({id}) => id)),
  reason: z.string(),
  reference: z.string(),
  expect: z.strictObject({school_year: schoolYear}),
};

const correction = z.discriminatedUnion('action', [
  z.strictObject({
    ...common,
    action: z.literal('set_aside_zero_twins'),
    where: z.strictObject({school_years: z.array(schoolYear).optional()}),
  }),
  z.strictObject({
    ...common,
    action: z.literal('not_a_district'),
    where: z.strictObject({district_code: z.string().regex(/^[\d%]+$/, 'has characters other than digits and %')}),
  }),
]);

/** A mistake of the publisher and its correction, as listed in `corrections.yml`. */
export type Correction = z.infer<typeof correction>;

/**
 * Reads the corrections.
 *
 * @throws Failure (exit 2) that names the entry and the mistake in it
 */
export async function readCorrections(path: string): Promise<Correction[]> {
  const result = z.array(correction).safeParse(parseYaml(await readFile(path, 'utf8'), 'corrections.yml', exit.usage));
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new Failure(`corrections.yml: ${issue?.path.join('.')}: ${issue?.message}.`, exit.usage);
}
