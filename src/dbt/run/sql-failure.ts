import {diffArrays} from 'diff';
import {isMachineError} from '../../duckdb/database.ts';
import {Failure, getErrorMessage} from '../../failure.ts';

/** A query that was run, and where it comes from. */
interface Run {
  /** The file, relative to the project's folder. */
  path: string;
  /** The test in the file, if the file has several. */
  what?: string;
  sql: string;
  /** The text of the file, if the query is compiled from it. */
  template?: string;
  /** How many lines of the statement precede the query; 1 by default. */
  linesBefore?: number;
  /** What to do about it, as a sentence. */
  next: string;
}

/** Waits for a query and converts its error to a Failure. An error of the machine, such as a full disk, is thrown unchanged. */
export async function explainSqlErrors<T>(work: Promise<T>, run: Run): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw isMachineError(error) ? error : createSqlFailure(error, run);
  }
}

/**
 * Creates a Failure with DuckDB's message, the line in the file and in the compiled SQL, and that SQL. A line without Jinja is
 * the same in both; one with Jinja is located between its neighbors.
 */
function createSqlFailure(error: unknown, {path, what, sql, template, linesBefore = 1, next}: Run): Failure {
  const text = getErrorMessage(error);
  const [message = '', found] = text.split(/\n+LINE (\d+): /);
  const line = Number(found) - linesBefore;
  const isKnown = line >= 1 && line <= sql.split('\n').length;
  const parts = [
    `dbt/${path}`,
    ...(what === undefined ? [] : [what]),
    ...(isKnown && template !== undefined
      ? [`${findPlaceInTemplate(template, sql, line)} (${line} of the compiled SQL)`]
      : []),
    message.replaceAll(/\s*\n\s*/g, ' '),
  ];
  const compiled = numberLines(sql, isKnown ? line : undefined);
  return new Failure(`${parts.join(': ')}. ${next}\n\nThe compiled SQL:\n${compiled}`);
}

/** Returns `line 12`, or `lines 12–15` if the exact line is uncertain. */
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

/** Numbers the lines and puts an arrow before the marked one. */
function numberLines(sql: string, marked: number | undefined): string {
  return sql
    .split('\n')
    .map((line, index) => `${index + 1 === marked ? '>' : ' '}${String(index + 1).padStart(4)}  ${line}`)
    .join('\n');
}
