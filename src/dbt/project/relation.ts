/** A table that is named in a project: a model or seed, or a table of a source. */
export type Relation = {ref: string} | {source: [source: string, table: string]};

/** The name that a relation goes by: `schools`, `raw.school_list`. No model has a full stop in its name. */
export function getRelationName(relation: Relation): string {
  return 'ref' in relation ? relation.ref : relation.source.join('.');
}

/** What `ref('model')` or `source('source', 'table')` names; undefined where the text is neither. */
export function parseRelation(text: string): Relation | undefined {
  const [, ref, source, table] =
    /^\s*(?:ref\(\s*['"](\w+)['"]\s*\)|source\(\s*['"](\w+)['"]\s*,\s*['"](\w+)['"]\s*\))\s*$/.exec(text) ?? [];
  if (ref !== undefined) return {ref};
  return source !== undefined && table !== undefined ? {source: [source, table]} : undefined;
}
