import * as v from 'valibot';
import {Failure} from '../../failure.ts';
import {aboveZero, describeIssue, isUnknownKey, listSteps, mapping, strictMapping} from '../../schemas.ts';
import {parseYaml} from '../../yaml.ts';
import {createRefusal} from './refusals.ts';

/* Schemas of the yml files, as far as the runner supports them. */

const severity = v.pipe(v.string(), v.toLowerCase(), v.picklist(['warn', 'error']));
const texts = v.union([v.string(), v.array(v.string())], 'is not a text or a list of texts');
/** Keys and values of any kind. */
const anything = v.optional(mapping(v.unknown()), {});
/** Passed through unchanged, for catalogs and for people. */
const meta = anything;
const tags = v.optional(
  v.pipe(
    v.unknown(),
    v.transform((written) => [written ?? []].flat()),
    v.array(v.string()),
  ),
  [],
);
/** Settings that dbt accepts under `config:`, too. */
const labels = {meta, tags, config: v.optional(strictMapping({meta, tags}), {})};
/** Whether and in which color dbt's own pages show something. */
const docs = v.optional(strictMapping({show: v.optional(v.boolean()), node_color: v.optional(v.string())}));
const owner = v.pipe(
  v.looseObject({name: v.optional(v.string()), email: v.optional(texts)}),
  v.check(({name, email}) => name !== undefined || email !== undefined, 'has neither a name nor an email'),
);
const testBody = strictMapping({
  name: v.optional(v.string()),
  description: v.optional(v.string()),
  arguments: anything,
  config: v.optional(
    strictMapping({severity: v.optional(severity, 'error'), where: v.optional(v.string()), tags, meta}),
    {},
  ),
});
/** A test: its name alone, or with arguments and settings. */
const test = v.pipe(
  v.unknown(),
  v.transform((written) => (typeof written === 'string' ? {[written]: {}} : written)),
  mapping(testBody),
);
const column = strictMapping({
  name: v.string(),
  description: v.optional(v.string()),
  data_type: v.optional(v.string()),
  data_tests: v.optional(v.array(test), []),
  ...labels,
});
const described = {
  name: v.string(),
  description: v.optional(v.string()),
  columns: v.optional(v.array(column), []),
  data_tests: v.optional(v.array(test), []),
};
/** Settings of models and seeds that dbt accepts beside `config:`, too. */
const besideConfig = {meta: v.optional(meta), docs};

const period = strictMapping({count: aboveZero, period: v.picklist(['minute', 'hour', 'day'])});
/** How old a source may be, and where its age comes from. Null exempts a table from the limits of its source. */
const aged = {
  freshness: v.nullish(
    strictMapping({warn_after: v.nullish(period), error_after: v.nullish(period), filter: v.optional(v.string())}),
  ),
  loaded_at_field: v.optional(v.string()),
  loaded_at_query: v.optional(v.string()),
};
/** Properties of a source and its tables; dbt accepts all of them under `config:`, too. */
const ofSource = {...aged, meta, tags, config: v.optional(strictMapping({...aged, meta, tags}), {})};

const exposure = strictMapping({
  name: v.pipe(v.string(), v.regex(/^\w+$/, 'has other characters than letters, digits and _')),
  label: v.optional(v.string()),
  type: v.picklist(['dashboard', 'notebook', 'analysis', 'ml', 'application']),
  maturity: v.optional(v.picklist(['high', 'medium', 'low'])),
  url: v.optional(v.string()),
  description: v.optional(v.string()),
  owner,
  depends_on: v.optional(v.array(v.string()), []),
  ...labels,
});
const group = strictMapping({
  name: v.string(),
  description: v.optional(v.string()),
  owner,
  config: v.optional(strictMapping({meta}), {}),
});

const cell = v.union(
  [v.string(), v.pipe(v.number(), v.finite('is not a finite number')), v.boolean(), v.null()],
  'is not a text, a number, true, false or null',
);
const fixture = {
  rows: v.union([v.array(mapping(cell)), v.string()], 'are not rows of plain values'),
  format: v.optional(v.picklist(['dict', 'csv', 'sql']), 'dict'),
};
const unitTest = strictMapping({
  name: v.string(),
  model: v.string(),
  description: v.optional(v.string()),
  given: v.array(strictMapping({input: v.string(), ...fixture})),
  expect: strictMapping(fixture),
  overrides: v.optional(strictMapping({vars: anything}), {}),
  config: v.optional(strictMapping({tags, meta}), {}),
});

/** A yml under models/ or seeds/. */
export const properties = strictMapping({
  version: v.optional(v.literal(2)),
  models: v.optional(
    v.array(
      strictMapping({
        ...described,
        ...besideConfig,
        access: v.optional(v.string()),
        config: anything,
      }),
    ),
    [],
  ),
  seeds: v.optional(
    v.array(
      strictMapping({
        ...described,
        ...besideConfig,
        config: v.looseObject({column_types: mapping(v.string())}),
      }),
    ),
    [],
  ),
  sources: v.optional(
    v.array(
      strictMapping({
        name: v.string(),
        description: v.optional(v.string()),
        schema: v.optional(v.string()),
        ...ofSource,
        tables: v.array(strictMapping({...described, ...ofSource})),
      }),
    ),
    [],
  ),
  exposures: v.optional(v.array(exposure), []),
  groups: v.optional(v.array(group), []),
  unit_tests: v.optional(v.array(unitTest), []),
});

export type DescribedColumn = v.InferOutput<typeof column>;
export type DescribedTest = v.InferOutput<typeof test>;
export type DescribedExposure = v.InferOutput<typeof exposure>;
export type DescribedUnitTest = v.InferOutput<typeof unitTest>;

/** The only folder for a kind of file. */
const only = (folder: string) => v.optional(v.pipe(v.array(v.literal(folder)), v.length(1, `is not [${folder}]`)));

/** dbt_project.yml. */
export const projectFile = strictMapping({
  name: v.string(),
  version: v.optional(v.string()),
  'config-version': v.optional(v.literal(2)),
  profile: v.optional(v.string()),
  'model-paths': only('models'),
  'seed-paths': only('seeds'),
  'macro-paths': only('macros'),
  'test-paths': only('data-tests'),
  'require-dbt-version': v.optional(texts),
  flags: anything,
  vars: anything,
  models: anything,
  seeds: anything,
});

/**
 * Parses a yml file.
 *
 * @throws Failure that names the file and the key if the runner doesn't support something in it
 */
export function parseYml<T>(schema: v.GenericSchema<unknown, T>, text: string, path: string): T {
  const written = parseYaml(text, `dbt/${path}`);
  refuseJinja(written, (steps) => {
    const place = findPlaces(written, steps).join(': ');
    return new Failure(
      `dbt/${path}: ${place}: Jinja is not supported here by Rollcall's runner. It may stand in: ${withJinja.join(', ')}.`,
    );
  });
  const result = v.safeParse(schema, written);
  if (result.success) return result.output;
  const unknown = result.issues.find(isUnknownKey);
  if (unknown !== undefined) {
    const steps = listSteps(unknown);
    const key = String(steps.pop());
    throw createRefusal(path, [...findPlaces(written, steps), `"${key}"`].join(': '), key);
  }
  const issue = describeIssue(result.issues);
  const verb = issue.message === 'is missing' ? 'needs' : 'does not support';
  throw new Failure(
    `dbt/${path}: ${findPlaces(written, issue.path).join(': ') || 'the file'}: ${issue.message}. Rollcall's runner ${verb} it.`,
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
