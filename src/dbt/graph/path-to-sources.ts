import {findRelatives, type Table} from './graph.ts';

/**
 * Formats the path from a table back to its sources in one line:
 * `top_schools ← school_representation ← schools ← … ← raw.teachers, raw.school_list`. Each step lists the models that the
 * step before it depends on. A long path keeps the steps nearest to the table, and the sources.
 */
export function formatPathToSources(table: Table): string {
  const steps = findStepsBack(table);
  const shown =
    steps.length > 3
      ? [...steps.slice(0, 2).map((step) => formatNames(step, 3)), '…']
      : steps.map((step) => formatNames(step, 3));
  const roots = [...findRelatives(table, 'reads')].filter(({reads}) => reads.length === 0);
  const sources = roots.filter(({made}) => made === undefined);
  const last = sources.length > 0 ? sources : roots;
  return [table.name, ...shown, ...(last.length > 0 ? [formatNames(last, 6)] : [])].join(' ← ');
}

/** Groups the models upstream of a table by the length of the longest path to them. */
function findStepsBack(table: Table): Table[][] {
  const distances = new Map<Table, number>();
  const visit = ({reads}: Table, distance: number) => {
    for (const read of reads) {
      if (distance <= (distances.get(read) ?? -1)) continue;
      distances.set(read, distance);
      visit(read, distance + 1);
    }
  };
  visit(table, 0);
  const steps: Table[][] = [];
  for (const [each, distance] of distances) {
    if (each.reads.length > 0) steps[distance] = [...(steps[distance] ?? []), each];
  }
  return steps;
}

function formatNames(tables: readonly Table[], most: number): string {
  const names = tables.map(({name, sqlName, made}) => (made === undefined ? sqlName.replaceAll('"', '') : name));
  if (names.length <= most) return names.join(', ');
  return `${names.slice(0, most - 1).join(', ')} and ${names.length - most + 1} more`;
}
