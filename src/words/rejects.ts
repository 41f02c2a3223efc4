/** What kinds of rows are set aside, as `raw.rejected_row` has them, and in words. */
export const rejectKinds = {
  unusable: 'can’t be used',
  repetition: 'repeats another row',
  zero_twin: 'second row of the same school with zeros only',
} as const;

export type RejectKind = keyof typeof rejectKinds;
