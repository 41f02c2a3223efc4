import {identifier, literal} from '../../duckdb/database.ts';
import {Failure} from '../../failure.ts';
import {parseRelation, type Relation} from '../project/relation.ts';

/** The parameters of dbt's four built-in generic tests. */
const parameters: Record<string, string[]> = {
  unique: ['column_name'],
  not_null: ['column_name'],
  accepted_values: ['column_name', 'values'],
  relationships: ['column_name', 'to', 'field'],
};

/**
 * Compiles one of dbt's four built-in generic tests to a query whose rows are the failures.
 *
 * @param model the tested relation, as SQL
 * @param sqlOf converts another relation to SQL
 * @returns the query; undefined if no built-in test has this name
 * @throws Failure if an argument is missing or unknown
 */
export function compileBuiltInTest(
  test: string,
  model: string,
  args: Record<string, unknown>,
  path: string,
  sqlOf: (relation: Relation) => string,
): string | undefined {
  if (parameters[test] === undefined) return undefined;
  for (const name of new Set([...parameters[test], ...Object.keys(args)])) {
    if (!parameters[test].includes(name) || args[name] === undefined) {
      throw new Failure(
        `dbt/${path}: the test ${test} takes ${parameters[test].join(', ')}, and ${name} is ${args[name] === undefined ? 'missing' : 'none of them'}.`,
      );
    }
  }
  const column = identifier(String(args['column_name']));
  switch (test) {
    case 'unique':
      return `select ${column}, count(*) as n_rows from ${model} where ${column} is not null group by ${column} having count(*) > 1`;
    case 'not_null':
      return `select * from ${model} where ${column} is null`;
    case 'accepted_values': {
      const values = [args['values']]
        .flat()
        .map((value) => (typeof value === 'string' ? literal(value) : String(value)));
      return `select ${column}, count(*) as n_rows from ${model} where ${column} not in (${values.join(', ')}) group by ${column}`;
    }
    default: {
      const parent = parseRelation(String(args['to']));
      if (parent === undefined) throw new Failure(`dbt/${path}: relationships: "${args['to']}" is not ref('model').`);
      const field = identifier(String(args['field']));
      return `select child.${column} from ${model} as child
        left join ${sqlOf(parent)} as parent on child.${column} = parent.${field}
        where child.${column} is not null and parent.${field} is null`;
    }
  }
}
