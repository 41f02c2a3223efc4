import {z} from 'zod';

/** What kinds of rows are set aside, as `raw.rejected_row` has them. */
export type RejectKind = z.infer<typeof rejectKind>;
export const rejectKind = z.enum(['unusable', 'repetition', 'zero_twin']);

/** What a row of the kind is, in words. */
export const rejectKindWords: Record<RejectKind, string> = {
  unusable: 'can’t be used',
  repetition: 'repeats another row',
  zero_twin: 'second row of the same school with zeros only',
};
