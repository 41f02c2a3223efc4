import {readFile} from 'node:fs/promises';
import * as v from 'valibot';
import {exit, Failure} from '../failure.ts';
import {describeIssue, schoolYear, strictMapping} from '../schemas.ts';
import {parseYaml} from '../yaml.ts';
import {sources} from './sources.ts';

const common = {
  id: v.string(),
  what: v.string(),
  source: v.picklist(sources.map(({id}) => id)),
  reason: v.string(),
  reference: v.string(),
  expect: strictMapping({school_year: schoolYear}),
};

const correction = v.variant('action', [
  v.strictObject({
    ...common,
    action: v.literal('set_aside_zero_twins'),
    where: strictMapping({school_years: v.optional(v.array(schoolYear))}),
  }),
  v.strictObject({
    ...common,
    action: v.literal('not_a_district'),
    where: strictMapping({
      district_code: v.pipe(v.string(), v.regex(/^[\d%]+$/, 'has characters other than digits and %')),
    }),
  }),
]);

/** A mistake of the publisher and its correction, as listed in `corrections.yml`. */
export type Correction = v.InferOutput<typeof correction>;

/**
 * Reads the corrections.
 *
 * @throws Failure (exit 2) that names the entry and the mistake in it
 */
export async function readCorrections(path: string): Promise<Correction[]> {
  const written = parseYaml(await readFile(path, 'utf8'), 'corrections.yml', exit.usage);
  const result = v.safeParse(v.array(correction), written);
  if (result.success) return result.output;
  const issue = describeIssue(result.issues);
  throw new Failure(`corrections.yml: ${issue.path.join('.') || 'the file'}: ${issue.message}.`, exit.usage);
}
