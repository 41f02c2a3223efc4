import {z} from 'zod';

/** The kinds of rejected rows, as in `raw.rejected_row`. */
export type RejectKind = z.infer<typeof rejectKind>;
export const rejectKind = z.enum(['unusable', 'repetition', 'zero_twin']);

/** The kinds in words. */
export const rejectKindWords: Record<RejectKind, string> = {
  unusable: 'can’t be used',
  repetition: 'repeats another row',
  zero_twin: 'second row of the same school with zeros only',
};
