/** Writes a Mermaid flowchart: groups of names, and lines between names (or groups). */
export function writeFlowchart(
  groups: readonly {name: string; items: readonly string[]}[],
  lines: readonly (readonly [from: string, to: string])[],
  direction: 'LR' | 'TB' = 'LR',
): string {
  return [
    `flowchart ${direction}`,
    ...groups.flatMap(({name, items}) => [`  subgraph ${name}`, ...items.map((item) => `    ${item}`), '  end']),
    ...lines.map(([from, to]) => `  ${from} --> ${to}`),
  ].join('\n');
}

/** Writes a Mermaid entity relationship diagram: tables with their keys, and the columns that refer to other tables. */
export function writeEntities(
  nodes: readonly {
    table: {
      name: string;
      key: string[];
      columns: {name: string; type: string}[];
      references: {column: string; table: string}[];
    };
    columns: readonly string[];
  }[],
): string {
  const names = nodes.map(({table}) => table.name);
  const attributes = nodes.flatMap(({table, columns}) => [
    `  ${table.name} {`,
    ...columns.map((column) => {
      const type = table.columns.find(({name}) => name === column)?.type ?? 'unknown';
      const roles = [
        ...(table.key.includes(column) ? ['PK'] : []),
        ...(table.references.some((reference) => reference.column === column) ? ['FK'] : []),
      ];
      return `    ${type} ${column}${roles.length > 0 ? ` ${roles.join(',')}` : ''}`;
    }),
    '  }',
  ]);
  const relations = nodes.flatMap(({table}) =>
    table.references
      .filter((reference) => names.includes(reference.table))
      .map((reference) => `  ${reference.table} ||--o{ ${table.name} : ${reference.column}`),
  );
  return ['erDiagram', ...attributes, ...relations].join('\n');
}
