/** The schemas of a warehouse, in the order in which people need them. */
export const layers = ['marts', 'core', 'staging', 'seeds', 'raw', 'intermediate', 'audit'] as const;
export type Layer = (typeof layers)[number];
