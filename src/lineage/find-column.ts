import {exit, Failure} from '../failure.ts';
import {near} from '../suggest-names.ts';
import type {Lineage, ProjectTable} from './project-lineage.ts';

/**
 * Finds a table or column by the name that a user gives: `schools`, `marts.schools`, `schools.teacher_count`,
 * `marts.schools.teacher_count`.
 *
 * @throws Failure (exit 2) with similar names if there is no such table or column
 */
export function findNamed({tables}: Lineage, text: string): {table: ProjectTable; column?: string} {
  const parts = text.toLowerCase().split('.');
  const all = [...tables.values()];
  const tablesOf = (names: string[]) => {
    const name = names.join('.');
    return all.filter(({table}) => table === name || (names.length === 1 && table.split('.')[1] === name));
  };
  const whole = tablesOf(parts);
  const [table, another] = whole.length > 0 ? whole : tablesOf(parts.slice(0, -1));
  if (another) throw usage(`${text}: there are ${table?.table} and ${another.table}. Write the schema too.`);
  if (table === undefined) throw usage(explainMissingTable(all, text));
  if (whole.length > 0) return {table};
  const column = parts.at(-1) ?? '';
  const columns = table.columns.map(({name}) => name);
  if (columns.includes(column)) return {table, column};
  const close = near(column, columns);
  throw usage(
    close.length > 0
      ? `${table.table} has no column "${column}"; near that: ${close.join(', ')}.`
      : `${table.table} has no column "${column}". It has ${columns.join(', ')}.`,
  );
}

function explainMissingTable(all: readonly ProjectTable[], text: string): string {
  const having = all.filter(({columns}) => columns.some(({name}) => name === text));
  if (having.length > 0) {
    return `${text}: that is a column, not a table. Write which: ${having.map(({table}) => `${table}.${text}`).join(', ')}.`;
  }
  const [first = '', second] = text.toLowerCase().split('.');
  const schemas = new Set(all.map(({table}) => table.split('.')[0]));
  const wanted = schemas.has(first) && second !== undefined ? second : first;
  const close = near(
    wanted,
    all.map(({table}) => table.split('.')[1] ?? ''),
  );
  return `${text}: there is no such table${close.length > 0 ? `; near that: ${close.join(', ')}` : ''}. docs/dictionary.md has them all.`;
}

function usage(message: string): Failure {
  return new Failure(message, exit.usage);
}
