import {parse as parseYaml} from 'yaml';
import {z} from 'zod';
import {Failure} from '../failure.ts';

/* The yml of a dbt project as far as the runner understands it. */

const severity = z
  .enum(['warn', 'error'])
  .or(z.enum(['WARN', 'ERROR']).transform((s) => s.toLowerCase() as 'warn' | 'error'));
const testBody = z.strictObject({
  name: z.string().optional(),
  description: z.string().optional(),
  arguments: z.record(z.string(), z.unknown()).default({}),
  config: z
    .strictObject({severity: severity.optional(), where: z.string().optional(), tags: z.array(z.string()).optional()})
    .default({}),
});
/** A test by its name alone, or with arguments and settings. */
const test = z.union([z.string().transform((name) => ({[name]: testBody.parse({})})), z.record(z.string(), testBody)]);
const column = z.strictObject({
  name: z.string(),
  description: z.string().optional(),
  data_type: z.string().optional(),
  data_tests: z.array(test).default([]),
});
const described = {
  name: z.string(),
  description: z.string().optional(),
  columns: z.array(column).default([]),
  data_tests: z.array(test).default([]),
};

/** A yml under models/ or seeds/. */
export const properties = z.strictObject({
  version: z.literal(2).optional(),
  models: z.array(z.strictObject(described)).default([]),
  seeds: z
    .array(
      z.strictObject({
        ...described,
        config: z.strictObject({column_types: z.record(z.string(), z.string())}),
      }),
    )
    .default([]),
  sources: z
    .array(
      z.strictObject({
        name: z.string(),
        description: z.string().optional(),
        schema: z.string().optional(),
        tables: z.array(z.strictObject(described)),
      }),
    )
    .default([]),
});

export type DescribedColumn = z.output<typeof column>;
export type DeclaredTest = z.output<typeof test>;

/** dbt_project.yml. */
export const projectFile = z.strictObject({
  name: z.string(),
  version: z.string().optional(),
  'config-version': z.literal(2).optional(),
  profile: z.string().optional(),
  'model-paths': z.tuple([z.literal('models')]).optional(),
  'seed-paths': z.tuple([z.literal('seeds')]).optional(),
  'macro-paths': z.tuple([z.literal('macros')]).optional(),
  'test-paths': z.tuple([z.literal('data-tests')]).optional(),
  'require-dbt-version': z.union([z.string(), z.array(z.string())]).optional(),
  flags: z.record(z.string(), z.unknown()).optional(),
  vars: z.record(z.string(), z.unknown()).default({}),
  models: z.record(z.string(), z.unknown()).default({}),
  seeds: z.record(z.string(), z.unknown()).default({}),
});

/** @throws Failure that names the file and the key where it has something that the runner doesn't understand */
export function parseWith<T>(schema: z.ZodType<T>, text: string, path: string): T {
  const result = schema.safeParse(parseYaml(text));
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new Failure(
    `dbt/${path}: ${issue?.path.join('.') || 'the file'}: ${issue?.message}. Rollcall's runner does not support it.`,
  );
}
