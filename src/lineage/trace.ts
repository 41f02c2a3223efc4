import type {Lineage} from './project-lineage.ts';
import type {ColumnName} from './query-lineage.ts';

/** One step of a trace: `to` is computed from `from`, or `from` only decides the value of `to`. */
export interface Step {
  from: ColumnName;
  to: ColumnName;
  decides: boolean;
}

export type Direction = 'upstream' | 'downstream';

/**
 * Traces a column upstream to sources and seeds, or downstream to whatever uses it: every step once, the nearest first. A
 * constant has no upstream.
 */
export function trace(lineage: Lineage, column: ColumnName, direction: Direction): Step[] {
  const steps: Step[] = [];
  const seen = new Set<string>();
  const waiting = [column];
  for (let here = waiting.shift(); here !== undefined; here = waiting.shift()) {
    if (seen.has(formatColumnName(here))) continue;
    seen.add(formatColumnName(here));
    const found = direction === 'upstream' ? findStepsInto(lineage, here) : findStepsFrom(lineage, here);
    steps.push(...found);
    waiting.push(...found.map(({from, to}) => (direction === 'upstream' ? from : to)));
  }
  return steps;
}

export function formatColumnName({table, column}: ColumnName): string {
  return `${table}.${column}`;
}

function findStepsInto(lineage: Lineage, to: ColumnName): Step[] {
  if (lineage.tables.get(to.table)?.kind !== 'model') return [];
  const {from = [], decidedBy = []} = lineage.of(to.table).columns.get(to.column) ?? {};
  return [
    ...from.map((column) => ({from: column, to, decides: false})),
    ...decidedBy.map((column) => ({from: column, to, decides: true})),
  ];
}

function findStepsFrom(lineage: Lineage, from: ColumnName): Step[] {
  return lineage.readers(from).map(({decides, ...to}) => ({from, to, decides}));
}
