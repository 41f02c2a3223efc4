import {z} from 'zod';
import {parts} from '../builds/fingerprint.ts';
import {heldYearSchema, landingSchema, stepSchema} from '../incoming/incoming.ts';

export type PartitionPlan = z.infer<typeof partitionPlan>;
const partitionPlan = z.object({
  source: z.string(),
  /** Null if no school year can be read from the file. */
  schoolYear: z.string().nullable(),
  /** The file or data set that gives it. */
  from: z.string(),
  landing: landingSchema,
  /** Why this data set is taken, if it is not the declared one. */
  why: z.string().exactOptional(),
  /**
   * `new`: these bytes were never reshaped. `contract`: the declarations, the corrections or the code that reads them have changed
   * since. `damaged`: the reshaped file is not what was written.
   */
  reshaping: z.object({
    action: z.enum(['reshape', 'keep', 'depends']),
    reason: z.enum(['new', 'contract', 'damaged', 'forced', 'unchanged', 'download']),
  }),
});

/**
 * Why a build differs from the published one: it is the `first` or `forced`, a part of the code has changed, partitions are
 * `added`, `changed` or `left_out`, or the `notes` on the files or the `label` of the build have changed.
 */
export type BuildReason = z.infer<typeof buildReason>;
const buildReason = z.object({
  reason: z.enum(['first', 'forced', 'added', 'changed', 'left_out', 'notes', 'label', ...parts]),
  /** `source year`, if partitions are the reason. */
  partitions: z.array(z.string()).exactOptional(),
});

export type BuildPlan = z.infer<typeof buildPlan>;
const buildPlan = z.object({
  /**
   * `build`: it will be made and published. `publish`: it exists and will be published. `hold`: it was rolled back from, so it is
   * neither made nor published again. `keep`: it is already published.
   */
  action: z.enum(['build', 'publish', 'hold', 'keep', 'depends']),
  /** Its id; null if that depends on a download. */
  build: z.string().nullable(),
  published: z.string().nullable(),
  reasons: z.array(buildReason),
});

/**
 * What a run would do with each school year of each source and with the build, and why. `depends`: the decision depends on whether
 * a download brings other bytes than those here.
 */
export type Plan = z.infer<typeof planSchema>;
export const planSchema = z.object({
  partitions: z.array(partitionPlan),
  /** The school years that are wanted and go into no build, each with the reason. */
  heldYears: z.array(heldYearSchema).default([]),
  /** What is done about data sets that are new or can't be taken. */
  steps: z.array(stepSchema).default([]),
  build: buildPlan,
});
