/** A reference to a model, a seed, or a table of a source. */
export type Relation = {ref: string} | {source: [source: string, table: string]};

/** Returns the name of a relation in the graph: `schools`, `raw.school_list`. No model has a period in its name. */
export function getRelationName(relation: Relation): string {
  return 'ref' in relation ? relation.ref : relation.source.join('.');
}

/** Parses `ref('model')` or `source('source', 'table')`; returns undefined if the text is neither. */
export function parseRelation(text: string): Relation | undefined {
  const [, ref, source, table] =
    /^\s*(?:ref\(\s*['"](\w+)['"]\s*\)|source\(\s*['"](\w+)['"]\s*,\s*['"](\w+)['"]\s*\))\s*$/.exec(text) ?? [];
  if (ref !== undefined) return {ref};
  return source !== undefined && table !== undefined ? {source: [source, table]} : undefined;
}
