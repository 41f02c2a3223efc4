import {Failure} from '../../failure.ts';

/*
 * The features of dbt that Rollcall's runner lacks. Each is refused by name, so that a project can't mean one thing here and
 * another in dbt. Each refusal says what to do instead.
 */

/** Keys in yml files, and settings of models, seeds and tests. */
const keys: Record<string, string> = {
  // resource types
  snapshots: 'Builds are kept and are always whole: write the history as a model',
  snapshot: 'Builds are kept and are always whole: write the history as a model',
  metrics: 'Write the measure as a column of a mart',
  semantic_models: 'Write the measure as a column of a mart',
  saved_queries: 'Write the query as a model',
  macros: 'Describe a macro in a comment above it',
  analyses: 'Try out a query with "rollcall sql"; to keep it, write a model or a test',
  functions: 'Write it as a macro',
  'vars of a package': 'Write the vars without the name of the project above them',
  loader: 'Rollcall loads the raw tables',
  overrides: 'There are no packages whose sources could be overridden',
  latest_version: 'Give the new version a name of its own',
  deprecation_date: 'Say it in the description',
  quote: 'Names of columns are always quoted where they need it',
  versions: 'Give the new version a name of its own',
  tests: 'dbt calls them data_tests now: write data_tests',
  constraints: 'Write data tests: not_null, unique, relationships',
  fixture: 'Write the rows into the unit test',
  // settings of models and seeds
  enabled: 'Take the file out, or leave it out with --exclude',
  alias: 'A table has the name of its file: rename the file',
  database: 'There is one database',
  identifier: 'A source has the name of its table: rename it',
  'pre-hook': "Write it into the model's SQL",
  pre_hook: "Write it into the model's SQL",
  'post-hook': "Write it into the model's SQL",
  post_hook: "Write it into the model's SQL",
  sql_header: "Write it into the model's SQL",
  full_refresh: 'A build is always whole',
  unique_key: 'A build is always whole',
  incremental_strategy: 'A build is always whole',
  on_schema_change: 'A build is always whole',
  grants: 'The warehouse is a file: set its permissions in the file system',
  persist_docs: 'Descriptions stay in the yml',
  // settings of tests
  store_failures: 'The rows that failed are in audit.test_result',
  limit: 'A test fails where its query has a row: write the condition into the query',
  fail_calc: 'A test fails where its query has a row: write the condition into the query',
  warn_if: 'A test fails where its query has a row: write the condition into the query',
  error_if: 'A test fails where its query has a row: write the condition into the query',
  env_vars: 'Give the unit test a var instead',
  // dbt_project.yml
  'on-run-start': 'Write it into a model, or into the step that loads the raw tables',
  'on-run-end': 'Write it into a model',
  packages: 'Copy the macro that you need into macros/, with its license',
  dispatch: "Macros are dispatched to the project's own",
  quoting: 'Names of tables and columns are always quoted where they need it',
};

/** Patterns of unsupported macros, variables and blocks in the code of a template, and what to do instead. */
const template: [pattern: RegExp, instead: string][] = [
  [/^(?:snapshot|materialization)\b/, 'Models are views and tables'],
  [/^call\b/, 'Write a macro with arguments'],
  [/^(?:do|raw|filter|import|from|include|extends|block)\b(?!\s*\()/, 'Tags are if, for, set, macro and test'],
  [/\bis_incremental\b|\bshould_full_refresh\b/, 'A build is always whole, so no model is incremental'],
  [
    /\b(?:run_query|statement|load_result|store_result|load_relation)\s*\(/,
    'A template is rendered without the database',
  ],
  [/\bexecute\b/, 'A template is rendered without the database'],
  [/\bgraph\s*[.[]/, 'A model reads what its refs and sources name'],
  [/\bdbt\w*\.\w+/, 'Copy the macro that you need into macros/, with its license'],
  [/\bthis\b/, 'A model does not read itself'],
  [/\btarget\s*\.\s*(?!type\b|name\b|schema\b)\w+/, 'The target has type, name and schema'],
  [/\benv_var\s*\(/, 'Whatever changes a build is in dbt_project.yml: write a var'],
  [/\badapter\s*\.\s*(?!dispatch\b)\w+/, 'The adapter has dispatch'],
  [
    /\b(?:modules|exceptions|api|flags|builtins|invocation_args_dict)\s*\./,
    'A template has refs, sources, vars and macros',
  ],
  [
    /\b(?:log|print|fromjson|fromyaml|toyaml|local_md5|zip|set_strict|metric|doc)\s*\(/,
    'A template has refs, sources, vars and macros',
  ],
  [
    /\b(?:invocation_id|run_started_at|thread_id|dbt_version|selected_resources)\b/,
    'The same inputs make the same build',
  ],
];

/** Files and folders beside models/ that dbt reads and the runner doesn't. */
const files: Record<string, string> = {
  'packages.yml': keys['packages'] ?? '',
  'dependencies.yml': keys['packages'] ?? '',
  'selectors.yml': 'Write the selection after --select',
  snapshots: keys['snapshots'] ?? '',
  analyses: keys['analyses'] ?? '',
  functions: keys['functions'] ?? '',
  tests: 'Data tests are in data-tests/; unit tests in the yml of their model',
};

/** Macros for other engines, recognized by the prefixes that dbt gives them. */
const otherEngines =
  /\{%-?\s*macro\s+(?:athena|bigquery|databricks|fabric|postgres|redshift|snowflake|spark|trino)__.*?\bendmacro\s*-?%\}/gs;

/** Removes the macros that dispatch calls only on other engines. They may use all of dbt. */
export function removeOtherEngines(text: string): string {
  return text.replaceAll(otherEngines, '');
}

/** Creates the Failure for an unsupported feature of dbt: the place, the feature, and the way out if there is one. */
export function createRefusal(path: string, what: string, key = what): Failure {
  const instead = keys[key.replace(/^\+/, '')];
  return new Failure(
    `dbt/${path}: ${what} is not supported by Rollcall's runner.${instead === undefined ? '' : ` ${instead}.`}`,
  );
}

/** @throws Failure if a template uses a feature of dbt that the runner lacks */
export function refuseInTemplate(text: string, path: string): void {
  const withoutComments = text.replaceAll(/\{#.*?#\}/gs, '');
  for (const [, expression, block] of withoutComments.matchAll(/\{\{-?(.*?)-?\}\}|\{%-?(.*?)-?%\}/gs)) {
    const code = (expression ?? block ?? '').replaceAll(/'[^']*'|"[^"]*"/g, "''").trim();
    for (const [pattern, instead] of template) {
      const found = pattern.exec(code)?.[0].replace(/\s*[([.]$/, '');
      if (found) throw new Failure(`dbt/${path}: "${found}" is not supported by Rollcall's runner. ${instead}.`);
    }
  }
}

/** Files in the project's folder that are read, or are not dbt's. */
const own = /^(?:dbt_project|profiles|\..*)\.yml$/;

/** @throws Failure if the project's folder has a file that only dbt reads, or that nothing reads */
export function refuseFiles(names: readonly string[]): void {
  for (const name of names) {
    const stray = /\.(?:ya?ml|sql|csv|py)$/.test(name) && !own.test(name);
    const instead = files[name] ?? (stray ? 'Nothing reads it there: move it into models/ or seeds/' : undefined);
    if (instead) throw new Failure(`dbt/${name} is not supported by Rollcall's runner. ${instead}.`);
  }
}
