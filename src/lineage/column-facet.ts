import type {Lineage} from './project-lineage.ts';
import type {ColumnName} from './query-lineage.ts';

/** The namespace of the datasets and the producer of the facets, both URIs. */
interface Origin {
  namespace: string;
  producer: string;
}

interface InputField {
  namespace: string;
  name: string;
  field: string;
  transformations: {type: 'DIRECT' | 'INDIRECT'; subtype?: string}[];
}

/** OpenLineage's names for the ways a column affects which rows there are. */
const subtypes = {join: 'JOIN', filter: 'FILTER', group: 'GROUP_BY'} as const;

/** Creates the `columnLineage` facet of a model's dataset. A dataset has the name of its table, `marts.schools`. */
export function createColumnLineageFacet(lineage: Lineage, table: string, {namespace, producer}: Origin) {
  const {columns, rows} = lineage.of(table);
  const input = ({table, column}: ColumnName, type: 'DIRECT' | 'INDIRECT', subtype?: string): InputField => ({
    namespace,
    name: table,
    field: column,
    transformations: [{type, ...(subtype !== undefined && {subtype})}],
  });
  return {
    _producer: producer,
    _schemaURL:
      'https://openlineage.io/spec/facets/1-2-0/ColumnLineageDatasetFacet.json#/$defs/ColumnLineageDatasetFacet',
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
  };
}
