import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {Compiler} from '../../src/dbt/graph/compile.ts';
import type {Project} from '../../src/dbt/project/project.ts';
import {identifier} from '../../src/duckdb/database.ts';
import type {Comparison} from './compare.ts';

/**
 * Compares the compiled SQL of the models. Everything but the names of tables must be equal.
 *
 * @param target dbt's target folder
 */
export async function compareSql(project: Project, target: string): Promise<Comparison> {
  const {results}: {results: {unique_id: string; compiled_code: string | null}[]} = JSON.parse(
    await readFile(join(target, 'run_results.json'), 'utf8'),
  );
  const theirs = new Map(results.map(({unique_id: id, compiled_code: sql}) => [id, sql ?? '']));
  const compiler = Compiler.of(project);
  const differences: string[] = [];
  for (const model of project.models) {
    const named = (theirs.get(`model.${project.name}.${model.name}`) ?? '').replaceAll(
      /"theirs"\."(\w+)"\."(\w+)"/g,
      (_, schema: string, name: string) => `${identifier(schema)}.${identifier(name)}`,
    );
    if (named.trim() !== compiler.compileQuery(model).sql) differences.push(`${model.path}: dbt renders it otherwise`);
  }
  return {name: 'SQL of the models', size: project.models.length, unit: 'templates', differences};
}
