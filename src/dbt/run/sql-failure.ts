import {diffArrays} from 'diff';
import {isMachineError} from '../../duckdb/database.ts';
import {Failure, getErrorMessage} from '../../failure.ts';

/** A query as it was run: what it was made of, and how many lines of the statement stand before it. */
interface Run {
  /** The file, relative to the project's folder. */
  path: string;
  /** The test in the file, where it is one of several. */
  what?: string;
  sql: string;
  /** The text of the file, where the query is what the file says. */
  template?: string;
  linesBefore?: number;
  /** What to do about it, as a sentence. */
  next: string;
}

/** Waits for what the database does with a query; what it throws is told as a failure of that query. */
export async function explainSqlErrors<T>(work: Promise<T>, run: Run): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw isMachineError(error) ? error : createSqlFailure(error, run);
  }
}

/**
 * What DuckDB says of a query, with the line of the file and of the compiled SQL that it means, and that SQL. A line without
 * Jinja comes through rendering as it is; one with Jinja is looked for between those around it.
 */
function createSqlFailure(error: unknown, {path, what, sql, template, linesBefore = 0, next}: Run): Failure {
  const text = getErrorMessage(error);
  const [said = '', found] = text.split(/\n+LINE (\d+): /);
  const line = Number(found) - linesBefore;
  const isKnown = line >= 1 && line <= sql.split('\n').length;
  const parts = [
    `dbt/${path}`,
    ...(what === undefined ? [] : [what]),
    ...(isKnown && template !== undefined
      ? [`${findPlaceInTemplate(template, sql, line)} (${line} of the compiled SQL)`]
      : []),
    said.replaceAll(/\s*\n\s*/g, ' '),
  ];
  const compiled = numberLines(sql, isKnown ? line : undefined);
  return new Failure(`${parts.join(': ')}. ${next}\n\nThe compiled SQL:\n${compiled}`);
}

/** `line 12`, or `lines 12–15` where it is one of those. */
function findPlaceInTemplate(template: string, sql: string, line: number): string {
  const lines = (text: string) => text.split('\n').map((each) => each.trim());
  let written = 0;
  let compiled = 0;
  let unmatched = 0;
  for (const {count, added, removed} of diffArrays(lines(template), lines(sql))) {
    if (removed) {
      written += count;
      unmatched = count;
      continue;
    }
    const isHere = line <= compiled + count;
    if (added && isHere) return unmatched > 1 ? `lines ${written - unmatched + 1}–${written}` : `line ${written}`;
    if (!added && isHere) return `line ${written + line - compiled}`;
    compiled += count;
    if (!added) written += count;
    unmatched = 0;
  }
  return `line ${written}`;
}

/** Lines with their numbers; the one that is meant has an arrow. */
function numberLines(sql: string, marked: number | undefined): string {
  return sql
    .split('\n')
    .map((line, index) => `${index + 1 === marked ? '>' : ' '}${String(index + 1).padStart(4)}  ${line}`)
    .join('\n');
}
