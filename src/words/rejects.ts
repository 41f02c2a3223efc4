/** The kinds of rejected rows, as in `raw.rejected_row`. */
export type RejectKind = (typeof rejectKinds)[number];
export const rejectKinds = ['unusable', 'repetition', 'zero_twin'] as const;

/** The kinds in words. */
export const rejectKindWords: Record<RejectKind, string> = {
  unusable: 'can’t be used',
  repetition: 'repeats another row',
  zero_twin: 'second row of the same school with zeros only',
};
