import {identifier} from '../../duckdb/database.ts';
import {Failure} from '../../failure.ts';
import {bindArguments} from '../jinja/builtins.ts';
import {explainTemplateErrors} from '../jinja/failures.ts';
import {collectMacros, createCallable, type Globals, render, renderNative, returnValue} from '../jinja/render.ts';
import {type Macro, parse} from '../jinja/syntax.ts';
import {type Callable, Fields, JinjaError, toPlain, toText, toValue, type Value} from '../jinja/values.ts';
import type {DataTest, Project} from '../project/project.ts';
import type {ProjectFile} from '../project/project-files.ts';
import {getRelationName, parseRelation, type Relation} from '../project/relation.ts';
import {target} from '../project/settings.ts';
import {compileBuiltInTest} from './generic-tests.ts';

/** SQL ready to run, and the names of what it reads: models, seeds, and `source.table` for tables of sources. */
export interface Compiled {
  sql: string;
  dependsOn: string[];
}

/** Maps a table of the project to its name in SQL. */
type SqlNames = Pick<ReadonlyMap<string, string>, 'get'>;

/** The macros of a project by name, parsed once. */
type Macros = ReadonlyMap<string, Macro>;

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

  /** @throws Failure if a file of macros can't be parsed */
  static of(project: Project): Compiler {
    return new Compiler(project.vars, mapSqlNames(project), parseMacros(project.macros));
  }

  /** Returns a compiler with other vars and other SQL names of tables. */
  with(vars: Project['vars'], sqlNames: SqlNames): Compiler {
    return new Compiler(vars, sqlNames, this.#macros);
  }

  /** Compiles a model, or a query written in a yml. */
  compileQuery({sql, path}: {sql: string; path: string}): Compiled {
    return this.#compile(path, (globals) => render(parse(sql), globals));
  }

  /** Compiles the query of a test. Its rows are the failures. */
  compileTest(test: DataTest): Compiled {
    const {target, path} = test;
    if (target.kind === 'singular') return this.compileQuery({sql: target.sql, path});
    const dependsOn: string[] = [];
    const sqlOf = (relation: Relation) => this.#resolve(relation, path, dependsOn);
    const args = this.#renderValues(target.arguments, path);
    const relation = sqlOf(target.relation);
    const model = test.where ? `(select * from ${relation} where ${this.#renderValues(test.where, path)})` : relation;
    const builtIn = compileBuiltInTest(target.test, model, args, path, sqlOf);
    if (builtIn !== undefined) return {sql: builtIn, dependsOn};
    const macro = this.#macros.get(`test_${target.test}`);
    if (macro === undefined) {
      throw new Failure(`dbt/${path}: there is no test "${target.test}" in dbt/data-tests/generic/ or dbt/macros/.`);
    }
    const named = Object.entries(args).map(([name, value]): [string, Value] => {
      const other = typeof value === 'string' && name !== 'column_name' ? parseRelation(value) : undefined;
      return [name, other ? sqlOf(other) : toValue(value)];
    });
    return this.#compile(
      path,
      (globals) => toText(createCallable(macro, globals)([], new Map([['model', model], ...named]))),
      dependsOn,
    );
  }

  #compile(path: string, textWith: (globals: Globals) => string, dependsOn: string[] = []): Compiled {
    const sql = explainTemplateErrors(path, () => textWith(this.#globals(path, dependsOn)));
    return {sql: sql.trim(), dependsOn: [...new Set(dependsOn)]};
  }

  /** Creates the globals of a template. Its refs and sources are added to `dependsOn`. */
  #globals(path: string, dependsOn: string[]): Globals {
    const globals: Globals = {
      get: (name) => {
        const value = values.get(name);
        const macro = this.#macros.get(name);
        return value === undefined && macro ? createCallable(macro, globals) : value;
      },
    };
    const values = new Map<string, Value>([
      [
        'ref',
        (names, named) => this.#resolve({ref: requireOneName([...names, ...named.values()], path)}, path, dependsOn),
      ],
      [
        'source',
        (names, named) => {
          const {source, table} = bindArguments('source', ['source', 'table'], names, named);
          return this.#resolve({source: [toText(source ?? null), toText(table ?? null)]}, path, dependsOn);
        },
      ],
      ['var', (names, named) => this.#var(bindArguments('var', ['name', 'default'], names, named), path)],
      // The project reader has already read the config of the file.
      ['config', () => ''],
      ['return', returnValue],
      ['target', target],
      ['adapter', new Fields('adapter', {dispatch: this.#dispatch(globals)})],
    ]);
    return globals;
  }

  #var({name, default: otherwise}: {name?: Value | undefined; default?: Value | undefined}, path: string): Value {
    const text = toText(name ?? null);
    if (Object.hasOwn(this.#vars, text)) return toValue(this.#vars[text]);
    return otherwise === undefined ? failMissing(`the var "${text}"`, path) : otherwise;
  }

  /** `adapter.dispatch('x')` calls the macro duckdb__x, or else default__x. */
  #dispatch(globals: Globals): Callable {
    return (names, named) => {
      const {macro_name: name = null} = bindArguments('dispatch', ['macro_name', 'macro_namespace'], names, named);
      const candidates = [`duckdb__${toText(name)}`, `default__${toText(name)}`];
      for (const candidate of candidates) {
        const macro = this.#macros.get(candidate);
        if (macro) return createCallable(macro, globals);
      }
      throw new JinjaError(`there is no macro ${candidates.join(' or ')}`);
    };
  }

  /**
   * Renders the Jinja in the values of a yml. A text that is a single expression becomes the expression's value, not text. Like
   * dbt, this also evaluates `var('x')` without braces.
   */
  #renderValues<T>(value: T, path: string): T;
  #renderValues(value: unknown, path: string): unknown {
    if (Array.isArray(value)) return value.map((each) => this.#renderValues(each, path));
    if (typeof value === 'object' && value !== null) {
      return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, this.#renderValues(each, path)]));
    }
    if (typeof value !== 'string') return value;
    const isCall = /^\s*(?:env_var|var|doc)\s*\(.+\)\s*$/.test(value);
    if (!isCall && !/\{\{|\{%|\{#/.test(value)) return value;
    const template = isCall ? `{{ ${value} }}` : value;
    return explainTemplateErrors(path, () => toPlain(renderNative(parse(template), this.#globals(path, []))));
  }

  #resolve(relation: Relation, path: string, dependsOn: string[]): string {
    const name = getRelationName(relation);
    dependsOn.push(name);
    return (
      this.#sqlNames.get(name) ??
      failMissing('ref' in relation ? `the model or seed "${name}"` : `the source "${name}"`, path)
    );
  }
}

/** Maps each table of the project to its quoted name in SQL. */
export function mapSqlNames({models, seeds, sources}: Project): Map<string, string> {
  return new Map([
    ...[...models, ...seeds].map(({name, schema}) => [name, `${identifier(schema)}.${identifier(name)}`] as const),
    ...[...sources].map(([name, {relation}]) => [name, relation.split('.').map(identifier).join('.')] as const),
  ]);
}

/**
 * Parses the macros of files, by name. `{% test x(…) %}` becomes the macro `test_x`.
 *
 * @throws Failure if a file is not valid Jinja, or two files define the same macro
 */
function parseMacros(files: readonly ProjectFile[]): Macros {
  const macros = new Map<string, Macro>();
  for (const {path, text} of files) {
    const asMacros = text
      .replaceAll(/\{%(-?)\s*test\s+(\w+)\s*\(/g, '{%$1 macro test_$2(')
      .replaceAll(/\{%(-?)\s*endtest\s*(-?)%\}/g, '{%$1 endmacro $2%}');
    for (const [name, macro] of explainTemplateErrors(path, () => collectMacros(parse(asMacros)))) {
      if (macros.has(name)) throw new Failure(`dbt/${path}: there is another macro "${name}". Rename one of them.`);
      macros.set(name, macro);
    }
  }
  return macros;
}

function requireOneName(names: Value[], path: string): string {
  if (names.length === 1) return toText(names[0] ?? null);
  throw new Failure(
    `dbt/${path}: ref(${names.map(toText).join(', ')}) is not supported by Rollcall's runner. Write ref('model').`,
  );
}

function failMissing(what: string, path: string): never {
  throw new Failure(`dbt/${path}: ${what} is not in the project.`);
}
