import type {Database} from '../../duckdb/database.ts';
import type {Graph} from '../graph/graph.ts';
import type {Period} from '../project/project.ts';
import {explainSqlErrors} from './sql-failure.ts';

/** How old a table of a source is, and what its yml makes of that. */
export interface FreshnessResult {
  /** `source.table` */
  name: string;
  status: 'pass' | 'warn' | 'error';
  /** When it was loaded last; undefined where the query has no time, which is infinitely long ago, as dbt has it. */
  loadedAt?: Date;
  /** What is the matter, as a sentence without its full stop; undefined where nothing is. */
  message?: string;
}

const seconds = {minute: 60, hour: 3600, day: 86_400};

/**
 * Tells how old the tables of sources are whose yml says how old they may be.
 *
 * @throws Failure where the query of one of them doesn't run, or has no time
 */
export async function checkFreshness(db: Database, {project}: Graph, now: Date): Promise<FreshnessResult[]> {
  const results: FreshnessResult[] = [];
  for (const [name, {freshness, path}] of project.sources) {
    if (freshness === undefined) continue;
    const {query, warnAfter, errorAfter} = freshness;
    const run = {path, what: `the freshness of ${name}`, sql: query, linesBefore: 1, next: 'Mend the loaded_at_query.'};
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
