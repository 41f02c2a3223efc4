import type {Database} from '../../duckdb/database.ts';
import type {Graph} from '../graph/graph.ts';
import type {Period} from '../project/project.ts';
import {explainSqlErrors} from './sql-failure.ts';

/** The age of a source's table, compared with the limits in its yml. */
export interface FreshnessResult {
  /** `source.table` */
  name: string;
  status: 'pass' | 'warn' | 'error';
  /** The time of the last load. If the query returns none, it is undefined and counts as infinitely old, as in dbt. */
  loadedAt?: Date;
  /** For a table that is too old: a sentence without the period. */
  message?: string;
}

const seconds = {minute: 60, hour: 3600, day: 86_400};

/**
 * Checks the age of every source table whose yml sets a limit.
 *
 * @throws Failure if the query of a table fails or returns something other than a time
 */
export async function checkFreshness(db: Database, {project}: Graph, now: Date): Promise<FreshnessResult[]> {
  const results: FreshnessResult[] = [];
  for (const [name, {freshness, path}] of project.sources) {
    if (freshness === undefined) continue;
    const {query, warnAfter, errorAfter} = freshness;
    const run = {path, what: `the freshness of ${name}`, sql: query, next: 'Fix the loaded_at_query.'};
    const asked = `select epoch_ms(cast(loaded_at as timestamp)) as loaded_at_ms from (\n${query}\n) as loaded(loaded_at)`;
    const [row] = await explainSqlErrors(db.rows(asked), run);
    const at = row?.['loaded_at_ms'] ?? null;
    const loadedAt = at === null ? undefined : new Date(Number(at));
    const age = loadedAt === undefined ? Number.POSITIVE_INFINITY : (now.getTime() - loadedAt.getTime()) / 1000;
    const isOlder = (period: Period | undefined) => period !== undefined && age > period.count * seconds[period.period];
    const [status, limit] = isOlder(errorAfter)
      ? (['error', errorAfter] as const)
      : isOlder(warnAfter)
        ? (['warn', warnAfter] as const)
        : (['pass', undefined] as const);
    const when = loadedAt === undefined ? 'at no known time' : `on ${loadedAt.toISOString().slice(0, 10)}`;
    results.push({
      name,
      status,
      ...(loadedAt && {loadedAt}),
      ...(limit && {
        message: `${name} was last loaded ${when}, and should not be older than ${limit.count} ${limit.period}s (dbt/${path})`,
      }),
    });
  }
  return results;
}
