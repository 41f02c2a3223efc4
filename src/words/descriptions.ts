/** Collects the descriptions of columns. A name means the same in every table; answers rename a few columns. */
export function collectDescriptions(
  tables: readonly {columns: readonly {name: string; description?: string}[]}[],
): (column: string) => string | undefined {
  const known = new Map(tables.flatMap(({columns}) => columns.map(({name, description}) => [name, description])));
  known.set('rank', known.get('school_rank'));
  known.set('area_name', 'The region, or the district whose schools of the region it is.');
  return (column) => known.get(column);
}
