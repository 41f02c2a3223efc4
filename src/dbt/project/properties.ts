import {z} from 'zod';
import {Failure} from '../../failure.ts';
import {parseYaml} from '../../yaml.ts';
import {createRefusal} from './refusals.ts';

/* Schemas of the yml files, as far as the runner supports them. */

const severity = z
  .enum(['warn', 'error'])
  .or(z.enum(['WARN', 'ERROR']).transform((s) => s.toLowerCase() as 'warn' | 'error'));
/** Passed through unchanged, for catalogs and for people. */
const meta = z.record(z.string(), z.unknown()).default({});
const tags = z.preprocess((written) => [written ?? []].flat(), z.array(z.string())).default([]);
/** Whether and in which color dbt's own pages show something. */
const docs = z.strictObject({show: z.boolean().optional(), node_color: z.string().optional()}).optional();
const owner = z
  .looseObject({name: z.string().optional(), email: z.union([z.string(), z.array(z.string())]).optional()})
  .refine(({name, email}) => name !== undefined || email !== undefined, 'has neither a name nor an email');
const testBody = z.strictObject({
  name: z.string().optional(),
  description: z.string().optional(),
  arguments: z.record(z.string(), z.unknown()).default({}),
  config: z
    .strictObject({
      severity: severity.default('error'),
      where: z.string().optional(),
      tags,
      meta,
    })
    .prefault({}),
});
/** A test: its name alone, or with arguments and settings. */
const test = z.preprocess(
  (written) => (typeof written === 'string' ? {[written]: {}} : written),
  z.record(z.string(), testBody),
);
const column = z.strictObject({
  name: z.string(),
  description: z.string().optional(),
  data_type: z.string().optional(),
  data_tests: z.array(test).default([]),
  meta,
  tags,
  config: z.strictObject({meta, tags}).prefault({}),
});
const described = {
  name: z.string(),
  description: z.string().optional(),
  columns: z.array(column).default([]),
  data_tests: z.array(test).default([]),
};
/** Settings of models and seeds that dbt accepts beside `config:`, too. */
const besideConfig = {meta: meta.optional(), docs};

const period = z.strictObject({count: z.int().positive(), period: z.enum(['minute', 'hour', 'day'])});
/** How old a source may be, and where its age comes from. Null exempts a table from the limits of its source. */
const aged = {
  freshness: z
    .strictObject({warn_after: period.nullish(), error_after: period.nullish(), filter: z.string().optional()})
    .nullish(),
  loaded_at_field: z.string().optional(),
  loaded_at_query: z.string().optional(),
};
/** Properties of a source and its tables; dbt accepts all of them under `config:`, too. */
const ofSource = {...aged, meta, tags, config: z.strictObject({...aged, meta, tags}).prefault({})};

const exposure = z.strictObject({
  name: z.string().regex(/^\w+$/, 'has other characters than letters, digits and _'),
  label: z.string().optional(),
  type: z.enum(['dashboard', 'notebook', 'analysis', 'ml', 'application']),
  maturity: z.enum(['high', 'medium', 'low']).optional(),
  url: z.string().optional(),
  description: z.string().optional(),
  owner,
  depends_on: z.array(z.string()).default([]),
  meta,
  tags,
  config: z.strictObject({meta, tags}).prefault({}),
});
const group = z.strictObject({
  name: z.string(),
  description: z.string().optional(),
  owner,
  config: z.strictObject({meta}).prefault({}),
});

const cell = z.union([z.string(), z.number(), z.boolean(), z.null()], 'is not a text, a number, true, false or null');
const fixture = {
  rows: z.union([z.array(z.record(z.string(), cell)), z.string()], 'are not there, or not rows of plain values'),
  format: z.enum(['dict', 'csv', 'sql']).default('dict'),
};
const unitTest = z.strictObject({
  name: z.string(),
  model: z.string(),
  description: z.string().optional(),
  given: z.array(z.strictObject({input: z.string(), ...fixture})),
  expect: z.strictObject(fixture),
  overrides: z.strictObject({vars: z.record(z.string(), z.unknown()).default({})}).prefault({}),
  config: z.strictObject({tags, meta}).prefault({}),
});

/** A yml under models/ or seeds/. */
export const properties = z.strictObject({
  version: z.literal(2).optional(),
  models: z
    .array(
      z.strictObject({
        ...described,
        ...besideConfig,
        access: z.string().optional(),
        config: z.record(z.string(), z.unknown()).default({}),
      }),
    )
    .default([]),
  seeds: z
    .array(
      z.strictObject({
        ...described,
        ...besideConfig,
        config: z.looseObject({column_types: z.record(z.string(), z.string())}),
      }),
    )
    .default([]),
  sources: z
    .array(
      z.strictObject({
        name: z.string(),
        description: z.string().optional(),
        schema: z.string().optional(),
        ...ofSource,
        tables: z.array(z.strictObject({...described, ...ofSource})),
      }),
    )
    .default([]),
  exposures: z.array(exposure).default([]),
  groups: z.array(group).default([]),
  unit_tests: z.array(unitTest).default([]),
});

export type DescribedColumn = z.output<typeof column>;
export type DescribedTest = z.output<typeof test>;
export type DescribedExposure = z.output<typeof exposure>;
export type DescribedUnitTest = z.output<typeof unitTest>;

const tree = z.record(z.string(), z.unknown()).default({});

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
  flags: tree,
  vars: tree,
  models: tree,
  seeds: tree,
});

/**
 * Parses a yml file.
 *
 * @throws Failure that names the file and the key if the runner doesn't support something in it
 */
export function parseYml<T>(schema: z.ZodType<T>, text: string, path: string): T {
  const written = parseYaml(text, `dbt/${path}`);
  refuseJinja(written, (steps) => {
    const place = findPlaces(written, steps).join(': ');
    return new Failure(
      `dbt/${path}: ${place}: Jinja is not supported here by Rollcall's runner. It may stand in: ${withJinja.join(', ')}.`,
    );
  });
  const result = schema.safeParse(written);
  if (result.success) return result.data;
  const {issues} = result.error;
  const issue = issues.find(({code}) => code === 'unrecognized_keys') ?? issues[0];
  if (issue?.code === 'unrecognized_keys') {
    const [key = ''] = issue.keys;
    throw createRefusal(path, [...findPlaces(written, issue.path), `"${key}"`].join(': '), key);
  }
  throw new Failure(
    `dbt/${path}: ${findPlaces(written, issue?.path ?? []).join(': ') || 'the file'}: ${issue?.message}. Rollcall's runner does not support it.`,
  );
}

/** Names the keys on the way to a place in a file, and list items by their `name`: `models: dim_school: columns: city`. */
function findPlaces(written: unknown, path: readonly PropertyKey[]): string[] {
  let node = written as Record<PropertyKey, unknown> | undefined;
  return path.map((step) => {
    node = node?.[step] as typeof node;
    return typeof step === 'number' && typeof node?.['name'] === 'string' ? node['name'] : String(step);
  });
}

/** Keys whose text may contain Jinja. */
const withJinja = ['description', 'where', 'arguments', 'rows', 'enforced'];

function refuseJinja(written: unknown, failure: (steps: PropertyKey[]) => Failure, steps: PropertyKey[] = []): void {
  if (typeof written === 'string' && /\{\{|\{%/.test(written)) throw failure(steps);
  if (typeof written !== 'object' || written === null) return;
  for (const [key, value] of Object.entries(written)) {
    const step = Array.isArray(written) ? Number(key) : key;
    if (!withJinja.includes(key)) refuseJinja(value, failure, [...steps, step]);
  }
}
