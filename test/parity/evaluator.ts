import {readFile} from 'node:fs/promises';
import {join, matchesGlob} from 'node:path';
import type {Comparison} from './compare.ts';
import {exceptions} from './evaluator-exceptions.ts';

/*
 * The checks of dbt-project-evaluator that matter here, under its names for them, on the manifest that dbt writes. The
 * package itself is only on dbt's hub.
 */

interface Node {
  unique_id: string;
  resource_type: string;
  name: string;
  source_name?: string;
  path?: string;
  description?: string;
  raw_code?: string;
  access?: string;
  config?: {materialized?: string; contract?: {enforced: boolean}};
  columns?: Record<string, {description: string}>;
  freshness?: {warn_after?: {count: number | null} | null} | null;
  depends_on?: {nodes: string[]};
  attached_node?: string | null;
  column_name?: string | null;
  test_metadata?: {name: string} | null;
}

export interface Manifest {
  nodes: Record<string, Node>;
  sources: Record<string, Node>;
  exposures: Record<string, Node>;
}

/** A manifest in the shape that the checks need. */
class Dag {
  readonly models: readonly Node[];
  readonly sources: readonly Node[];
  readonly exposures: readonly Node[];
  readonly #tests: readonly Node[];
  readonly #byId: ReadonlyMap<string, Node>;

  constructor({nodes, sources, exposures}: Manifest) {
    const all = Object.values(nodes);
    this.models = all.filter(({resource_type: type}) => type === 'model');
    this.#tests = all.filter(({resource_type: type}) => type === 'test');
    this.sources = Object.values(sources);
    this.exposures = Object.values(exposures);
    this.#byId = new Map([...all, ...this.sources].map((node) => [node.unique_id, node]));
  }

  parents(node: Node, ...types: string[]): Node[] {
    return (node.depends_on?.nodes ?? [])
      .flatMap((id) => this.#byId.get(id) ?? [])
      .filter((parent) => types.length === 0 || types.includes(parent.resource_type));
  }

  children(node: Node): Node[] {
    return this.models.filter((model) => model.depends_on?.nodes.includes(node.unique_id));
  }

  tests(node: Node): Node[] {
    return this.#tests.filter((test) =>
      test.test_metadata ? test.attached_node === node.unique_id : test.depends_on?.nodes.includes(node.unique_id),
    );
  }
}

/** The prefixes of the models in each folder. Marts are named for their contents. */
const prefixes: Record<string, RegExp> = {
  staging: /^stg_[a-z_]+__/,
  intermediate: /^int_/,
  core: /^(?:dim|fct|bridge)_/,
  marts: /^(?!stg_|int_|dim_|fct_|bridge_)/,
  audit: /^(?!stg_|int_|dim_|fct_|bridge_)/,
};

function layerOf({path = ''}: Node): string {
  return path.split('/')[0] ?? '';
}

function hasKeyTest(dag: Dag, node: Node): boolean {
  const tests = dag.tests(node);
  const columnsWith = (name: string) =>
    new Set(tests.filter((test) => test.test_metadata?.name === name).map((test) => test.column_name));
  const both = columnsWith('unique').intersection(columnsWith('not_null'));
  return both.size > 0 || tests.some((test) => test.test_metadata?.name === 'unique_combination');
}

const isModelOf = (layer: string) => (node: Node) => node.resource_type === 'model' && layerOf(node) === layer;
const titleOf = (node: Node) => (node.source_name === undefined ? node.name : `${node.source_name}.${node.name}`);

/** The most leaves of a model, and the most views in a chain, as in the package. */
const thresholds = {fanout: 3, chainedViews: 5};

function chainedViews(dag: Dag, node: Node): number {
  if (node.config?.materialized !== 'view') return 0;
  return 1 + Math.max(0, ...dag.parents(node, 'model').map((parent) => chainedViews(dag, parent)));
}

/** The checks, each with a function that returns its findings. */
const checks: Record<string, (dag: Dag) => string[]> = {
  fct_root_models: (dag) => dag.models.filter((model) => dag.parents(model).length === 0).map(titleOf),
  fct_direct_join_to_source: (dag) =>
    dag.models
      .filter((model) => dag.parents(model, 'source').length > 0 && dag.parents(model, 'model').length > 0)
      .map(titleOf),
  fct_multiple_sources_joined: (dag) =>
    dag.models.filter((model) => dag.parents(model, 'source').length > 1).map(titleOf),
  fct_source_fanout: (dag) => dag.sources.filter((source) => dag.children(source).length > 1).map(titleOf),
  fct_model_fanout: (dag) =>
    dag.models
      .filter((model) => {
        const leaves = dag.children(model).filter((child) => dag.children(child).length === 0);
        return leaves.length > thresholds.fanout;
      })
      .map(titleOf),
  fct_rejoining_of_upstream_concepts: (dag) =>
    dag.models.flatMap((model) =>
      dag.parents(model, 'model').flatMap((between) => {
        const feedsOnlyThis = dag.children(between).length === 1;
        const rejoined = dag.parents(between, 'model').filter((parent) => dag.parents(model).includes(parent));
        return feedsOnlyThis ? rejoined.map((parent) => `${parent.name} > ${between.name} > ${model.name}`) : [];
      }),
    ),
  fct_marts_or_intermediate_dependent_on_source: (dag) =>
    dag.models.filter((model) => layerOf(model) !== 'staging' && dag.parents(model, 'source').length > 0).map(titleOf),
  fct_staging_dependent_on_marts_or_intermediate: (dag) =>
    dag.models
      .filter(isModelOf('staging'))
      .filter((model) => dag.parents(model, 'model').some((parent) => layerOf(parent) !== 'staging'))
      .map(titleOf),
  fct_staging_dependent_on_staging: (dag) =>
    dag.models
      .filter(isModelOf('staging'))
      .filter((model) => dag.parents(model, 'model').some(isModelOf('staging')))
      .map(titleOf),
  fct_unused_sources: (dag) => {
    const used = new Set([...dag.models, ...dag.exposures].flatMap((node) => dag.parents(node, 'source')));
    return dag.sources.filter((source) => !used.has(source)).map(titleOf);
  },
  fct_hard_coded_references: (dag) =>
    dag.models
      .filter(({raw_code: sql = ''}) =>
        /\b(?:from|join)\s+["`\w]+\.["`\w]+/i.test(sql.replaceAll(/\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}/gs, '')),
      )
      .map(titleOf),
  fct_chained_views_dependencies: (dag) =>
    dag.models.filter((model) => chainedViews(dag, model) > thresholds.chainedViews).map(titleOf),
  fct_exposure_parents_materializations: (dag) =>
    dag.exposures.flatMap((exposure) =>
      dag
        .parents(exposure)
        .filter((parent) => parent.resource_type === 'source' || parent.config?.materialized === 'view')
        .map((parent) => `${exposure.name} < ${titleOf(parent)}`),
    ),
  fct_model_naming_conventions: (dag) =>
    dag.models.filter((model) => !prefixes[layerOf(model)]?.test(model.name)).map(titleOf),
  fct_missing_primary_key_tests: (dag) => dag.models.filter((model) => !hasKeyTest(dag, model)).map(titleOf),
  fct_test_coverage: (dag) => dag.models.filter((model) => dag.tests(model).length === 0).map(titleOf),
  fct_sources_without_freshness: (dag) =>
    dag.sources.filter(({freshness}) => (freshness?.warn_after?.count ?? null) === null).map(titleOf),
  fct_undocumented_models: (dag) => dag.models.filter(({description}) => !description).map(titleOf),
  fct_documentation_coverage: (dag) =>
    dag.models.flatMap(({name, columns = {}}) =>
      Object.entries(columns).flatMap(([column, {description}]) => (description ? [] : [`${name}.${column}`])),
    ),
  fct_undocumented_source_tables: (dag) => dag.sources.filter(({description}) => !description).map(titleOf),
  fct_public_models_without_contract: (dag) =>
    dag.models.filter(({access, config}) => access === 'public' && !config?.contract?.enforced).map(titleOf),
  fct_exposures_dependent_on_private_models: (dag) =>
    dag.exposures
      .filter((exposure) => dag.parents(exposure).some(({access}) => access === 'private'))
      .map(({name}) => name),
};

/** Returns the findings that are not excepted, and the exceptions that match no finding. */
export function evaluate(manifest: Manifest, excepted: Record<string, Record<string, string>>): Comparison {
  const dag = new Dag(manifest);
  const differences = Object.entries(checks).flatMap(([check, find]) => {
    const found = [...new Set(find(dag))];
    const known = Object.keys(excepted[check] ?? {});
    return [
      ...found.filter((what) => !known.some((one) => matchesGlob(what, one))).map((what) => `${check}: ${what}`),
      ...known
        .filter((one) => !found.some((what) => matchesGlob(what, one)))
        .map((one) => `${check}: ${one} is not found any more: take the exception out`),
    ];
  });
  const unknown = Object.keys(excepted).filter((check) => checks[check] === undefined);
  differences.push(...unknown.map((check) => `there is no check ${check}`));
  return {name: 'dbt-project-evaluator’s checks', size: Object.keys(checks).length, unit: 'checks', differences};
}

/** Runs the checks on dbt's manifest. @param target dbt's target folder */
export async function evaluateProject(target: string): Promise<Comparison> {
  const manifest: Manifest = JSON.parse(await readFile(join(target, 'manifest.json'), 'utf8'));
  return evaluate(manifest, exceptions);
}
