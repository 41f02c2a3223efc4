import {z} from 'zod';
import {config as written} from '../rollcall.config.ts';
import {exit, Failure} from './failure.ts';
import {isSchoolYear} from './school-year.ts';

const schema = z.strictObject({
  schoolYear: z.string().refine(isSchoolYear, 'is not a school year such as 2020-21'),
  home: z.string().min(1, 'is empty'),
  openLineageUrl: z.url('is no address such as http://localhost:5000').optional(),
});

export type Config = z.input<typeof schema>;

/**
 * The configuration, checked.
 *
 * @throws Failure that names the setting that is wrong
 */
export function readConfig(): Config {
  const result = schema.safeParse(written);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new Failure(`rollcall.config.ts: ${issue?.path.join('.')} ${issue?.message}.`, exit.usage);
}
