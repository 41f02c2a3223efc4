import {Template} from '@huggingface/jinja';
import {Failure} from '../failure.ts';
import {identifier, literal} from './duckdb.ts';
import type {Model, Project, TestDeclaration} from './project.ts';

/** SQL ready to run, and the models and seeds it reads. */
export interface Compiled {
  sql: string;
  dependsOn: string[];
}

/** Renders the project's templates to DuckDB's SQL. */
export class Compiler {
  readonly #project: Project;
  readonly #relations: Map<string, string>;
  readonly #macros: string;

  constructor(project: Project) {
    this.#project = project;
    this.#relations = new Map(
      [...project.models, ...project.seeds].map(({name, schema}) => [
        name,
        `${identifier(schema)}.${identifier(name)}`,
      ]),
    );
    this.#macros = dispatched(project.macros);
  }

  model(model: Model): Compiled {
    return this.#render(model.sql, model.path);
  }

  /** The query of a test: its rows are what is wrong. */
  test(test: TestDeclaration): Compiled {
    const {target, path} = test;
    if (target.kind === 'singular') return this.#render(target.sql, path);
    const dependsOn: string[] = [];
    const relation =
      'ref' in target.relation
        ? this.#ref(target.relation.ref, path, dependsOn)
        : this.#source(target.relation.source, path);
    const model = test.where ? `(select * from ${relation} where ${test.where})` : relation;
    const builtIn = this.#builtIn(target.test, model, target.arguments, path, dependsOn);
    if (builtIn !== undefined) return {sql: builtIn, dependsOn};
    if (!new RegExp(`macro\\s+test_${target.test}\\s*\\(`).test(this.#macros)) {
      throw new Failure(`dbt/${path}: there is no test "${target.test}" in dbt/data-tests/generic/ or dbt/macros/.`);
    }
    const names = Object.keys(target.arguments);
    const call = `{{ test_${target.test}(model${names.map((name) => `, ${name}=${name}`).join('')}) }}`;
    const compiled = this.#render(call, path, {...target.arguments, model});
    return {sql: compiled.sql, dependsOn: [...dependsOn, ...compiled.dependsOn]};
  }

  /** dbt's own four generic tests. */
  #builtIn(
    test: string,
    model: string,
    args: Record<string, unknown>,
    path: string,
    dependsOn: string[],
  ): string | undefined {
    const column = identifier(String(args['column_name']));
    switch (test) {
      case 'unique':
        return `select ${column}, count(*) as n_rows from ${model} where ${column} is not null group by ${column} having count(*) > 1`;
      case 'not_null':
        return `select * from ${model} where ${column} is null`;
      case 'accepted_values': {
        const values = (args['values'] as unknown[]).map((value) =>
          typeof value === 'string' ? literal(value) : String(value),
        );
        return `select ${column}, count(*) as n_rows from ${model} where ${column} not in (${values.join(', ')}) group by ${column}`;
      }
      case 'relationships': {
        const to = /^ref\('(\w+)'\)$/.exec(String(args['to']))?.[1];
        if (to === undefined) throw new Failure(`dbt/${path}: relationships: "${args['to']}" is not ref('model').`);
        const field = identifier(String(args['field']));
        return `select child.${column} from ${model} as child
          left join ${this.#ref(to, path, dependsOn)} as parent on child.${column} = parent.${field}
          where child.${column} is not null and parent.${field} is null`;
      }
      default:
        return undefined;
    }
  }

  #render(template: string, path: string, context: Record<string, unknown> = {}): Compiled {
    const dependsOn: string[] = [];
    try {
      const sql = new Template(`${this.#macros}\n${dispatched(template)}`).render({
        ...context,
        ref: (name: string) => this.#ref(name, path, dependsOn),
        source: (source: string, table: string) => this.#source([source, table], path),
        var: (name: string, otherwise: unknown) =>
          this.#project.vars[name] ?? otherwise ?? missing(`the var "${name}"`, path),
        config: (settings: unknown) => assertConfig(settings, path),
        return: (value: unknown) => value,
        target: {type: 'duckdb', name: 'duckdb'},
      });
      return {sql: sql.trim(), dependsOn: [...new Set(dependsOn)]};
    } catch (error) {
      if (error instanceof Failure) throw error;
      throw new Failure(`dbt/${path}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  #ref(name: string, path: string, dependsOn: string[]): string {
    dependsOn.push(name);
    return this.#relations.get(name) ?? missing(`the model or seed "${name}"`, path);
  }

  #source([source, table]: [string, string], path: string): string {
    return (
      this.#project.sources.get(`${source}.${table}`)?.relation ?? missing(`the source "${source}.${table}"`, path)
    );
  }
}

/** `adapter.dispatch('x')(…)` calls the macro that the engine has for x, or the default one. */
function dispatched(text: string): string {
  return text.replaceAll(/adapter\.dispatch\(\s*'(\w+)'(?:\s*,\s*'\w+')?\s*\)/g, (_, name: string) =>
    new RegExp(`macro\\s+duckdb__${name}\\b`).test(text) ? `duckdb__${name}` : `default__${name}`,
  );
}

/** What a model or a test may say of itself; `project.ts` has read it. */
function assertConfig(settings: unknown, path: string): string {
  const names = settings instanceof Map ? [...settings.keys()] : Object.keys(settings ?? {});
  const refused = names.find((name) => name !== 'materialized' && name !== 'severity');
  if (refused) throw new Failure(`dbt/${path}: config(${refused}=…) is not supported by Rollcall's runner.`);
  return '';
}

function missing(what: string, path: string): never {
  throw new Failure(`dbt/${path}: ${what} is not in the project.`);
}
