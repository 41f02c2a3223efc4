import {Template} from '@huggingface/jinja';
import {identifier} from '../../duckdb/database.ts';
import {Failure} from '../../failure.ts';
import type {DataTest, Model, Project} from '../project/project.ts';
import type {ProjectFile} from '../project/project-files.ts';
import {nameOf, type Relation} from '../project/relation.ts';
import {builtInTest} from './generic-tests.ts';

/** SQL ready to run, and what it reads: models and seeds by name, tables of sources as `source.table`. */
export interface Compiled {
  sql: string;
  dependsOn: string[];
}

/** What stands in SQL for a table of the project, by its name. */
interface SqlNames {
  get(name: string): string | undefined;
}

/** The macros of a project, parsed once: they are much longer than what they are put before. */
interface Macros {
  names: ReadonlySet<string>;
  parsed: Template['parsed']['body'];
}

/** Renders the project's templates to DuckDB's SQL. */
export class Compiler {
  readonly #vars: Project['vars'];
  readonly #sqlNames: SqlNames;
  readonly #macros: Macros;

  private constructor(vars: Project['vars'], sqlNames: SqlNames, macros: Macros) {
    this.#vars = vars;
    this.#sqlNames = sqlNames;
    this.#macros = macros;
  }

  /** @throws Failure where one of the macros' files can't be parsed */
  static of(project: Project): Compiler {
    return new Compiler(project.vars, sqlNamesOf(project), parse(project.macros));
  }

  /** The same with other vars, and other names for the tables. */
  with(vars: Project['vars'], sqlNames: SqlNames): Compiler {
    return new Compiler(vars, sqlNames, this.#macros);
  }

  model({sql, path}: Model): Compiled {
    return this.#render(sql, path);
  }

  /** The query of a test: its rows are what is wrong. */
  test(test: DataTest): Compiled {
    const {target, path} = test;
    if (target.kind === 'singular') return this.#render(target.sql, path);
    const dependsOn: string[] = [];
    const sqlOf = (relation: Relation) => this.#sqlOf(relation, path, dependsOn);
    const args = this.#rendered(target.arguments, path);
    const relation = sqlOf(target.relation);
    const model = test.where ? `(select * from ${relation} where ${this.#rendered(test.where, path)})` : relation;
    const builtIn = builtInTest(target.test, model, args, path, sqlOf);
    if (builtIn !== undefined) return {sql: builtIn, dependsOn};
    if (!this.#macros.names.has(`test_${target.test}`)) {
      throw new Failure(`dbt/${path}: there is no test "${target.test}" in dbt/data-tests/generic/ or dbt/macros/.`);
    }
    const call = `{{ test_${target.test}(model${Object.keys(args)
      .map((name) => `, ${name}=${name}`)
      .join('')}) }}`;
    const compiled = this.#render(call, path, {...args, model});
    return {sql: compiled.sql, dependsOn: [...new Set([...dependsOn, ...compiled.dependsOn])]};
  }

  /** A query that a yml gives. */
  query(sql: string, path: string): Compiled {
    return this.#render(sql, path);
  }

  #render(template: string, path: string, context: Record<string, unknown> = {}): Compiled {
    const dependsOn: string[] = [];
    try {
      const withMacros = new Template(template);
      withMacros.parsed.body.unshift(...this.#macros.parsed);
      const sql = withMacros.render({
        ...context,
        ref: (...names: unknown[]) => this.#sqlOf({ref: onlyName(names, path)}, path, dependsOn),
        source: (source: string, table: string) => this.#sqlOf({source: [source, table]}, path, dependsOn),
        var: (name: string, otherwise: unknown) => this.#vars[name] ?? otherwise ?? missing(`the var "${name}"`, path),
        // What a file says of itself is read with the project.
        config: () => '',
        return: (value: unknown) => value,
        target: {type: 'duckdb', name: 'duckdb', schema: 'main'},
      });
      return {sql: sql.trim(), dependsOn: [...new Set(dependsOn)]};
    } catch (error) {
      if (error instanceof Failure) throw error;
      throw new Failure(`dbt/${path}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  /** Text of a yml with its Jinja rendered. Where it is a var and nothing else, the var's value as it is. */
  #rendered<T>(value: T, path: string): T {
    if (Array.isArray(value)) return value.map((each) => this.#rendered(each, path)) as T;
    if (typeof value === 'object' && value !== null) {
      return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, this.#rendered(each, path)])) as T;
    }
    if (typeof value !== 'string' || !/\{\{|\{%/.test(value)) return value;
    const name = /^\s*\{\{\s*var\(\s*['"](\w+)['"]\s*\)\s*\}\}\s*$/.exec(value)?.[1];
    if (name === undefined) return this.#render(value, path).sql as T;
    return (this.#vars[name] ?? missing(`the var "${name}"`, path)) as T;
  }

  #sqlOf(relation: Relation, path: string, dependsOn: string[]): string {
    const name = nameOf(relation);
    dependsOn.push(name);
    return (
      this.#sqlNames.get(name) ??
      missing('ref' in relation ? `the model or seed "${name}"` : `the source "${name}"`, path)
    );
  }
}

/** The project's tables as SQL names them, by the name they go by. */
export function sqlNamesOf({models, seeds, sources}: Project): Map<string, string> {
  return new Map([
    ...[...models, ...seeds].map(({name, schema}) => [name, `${identifier(schema)}.${identifier(name)}`] as const),
    ...[...sources].map(([name, {relation}]) => [name, relation.split('.').map(identifier).join('.')] as const),
  ]);
}

/**
 * The Jinja library knows macros only: `{% test x(…) %}` becomes a macro named `test_x`, and `adapter.dispatch('x')(…)` a call of
 * the macro that the engine has for x, or of the default one.
 *
 * @throws Failure where one of the files is not Jinja
 */
function parse(files: readonly ProjectFile[]): Macros {
  const asMacros = files.map(({path, text}) => ({
    path,
    text: text
      .replaceAll(/\{%(-?)\s*test\s+(\w+)\s*\(/g, '{%$1 macro test_$2(')
      .replaceAll(/\{%(-?)\s*endtest\s*(-?)%\}/g, '{%$1 endmacro $2%}'),
  }));
  const names = new Set(
    asMacros.flatMap(({text}) => [...text.matchAll(/\{%-?\s*macro\s+(\w+)\s*\(/g)].map(([, name = '']) => name)),
  );
  const parsed = asMacros.flatMap(({path, text}) => {
    const dispatched = text.replaceAll(/adapter\.dispatch\(\s*'(\w+)'(?:\s*,\s*'\w+')?\s*\)/g, (_, name: string) =>
      names.has(`duckdb__${name}`) ? `duckdb__${name}` : `default__${name}`,
    );
    try {
      return new Template(dispatched).parsed.body;
    } catch (error) {
      throw new Failure(`dbt/${path}: ${error instanceof Error ? error.message : String(error)}`);
    }
  });
  return {names, parsed};
}

function onlyName(names: unknown[], path: string): string {
  if (names.length === 1) return String(names[0]);
  throw new Failure(`dbt/${path}: ref(${names.join(', ')}) is not supported by Rollcall's runner. Write ref('model').`);
}

function missing(what: string, path: string): never {
  throw new Failure(`dbt/${path}: ${what} is not in the project.`);
}
