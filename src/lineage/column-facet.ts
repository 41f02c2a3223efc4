import {createFacet} from './openlineage.ts';
import type {Lineage} from './project-lineage.ts';
import type {ColumnName} from './query-lineage.ts';

/** OpenLineage's names for the ways a column affects which rows there are. */
const subtypes = {join: 'JOIN', filter: 'FILTER', group: 'GROUP_BY'} as const;

/**
 * Creates the `columnLineage` facet of a model's dataset. A dataset has the name of its table, `marts.schools`.
 *
 * @param namespace of the datasets, a URI
 */
export function createColumnLineageFacet(lineage: Lineage, table: string, namespace: string) {
  const {columns, rows} = lineage.of(table);
  const input = ({table, column}: ColumnName, type: 'DIRECT' | 'INDIRECT', subtype?: string) => ({
    namespace,
    name: table,
    field: column,
    transformations: [{type, ...(subtype !== undefined && {subtype})}],
  });
  return createFacet('1-2-0', 'ColumnLineageDatasetFacet', {
    fields: Object.fromEntries(
      [...columns].map(([name, {from, decidedBy}]) => [
        name,
        {
          inputFields: [
            ...from.map((column) => input(column, 'DIRECT')),
            ...decidedBy.map((column) => input(column, 'INDIRECT')),
          ],
        },
      ]),
    ),
    dataset: rows.map(({use, column}) => input(column, 'INDIRECT', subtypes[use])),
  });
}
