import * as v from 'valibot';
import {parts} from '../builds/fingerprint.ts';
import {heldYearSchema, landingSchema, stepSchema} from '../incoming/incoming.ts';

export type PartitionPlan = v.InferOutput<typeof partitionPlan>;
const partitionPlan = v.object({
  source: v.string(),
  /** Null if no school year can be read from the file. */
  schoolYear: v.nullable(v.string()),
  /** The file or data set that gives it. */
  from: v.string(),
  landing: landingSchema,
  /** Why this data set is taken, if it is not the declared one. */
  why: v.exactOptional(v.string()),
  /**
   * `new`: these bytes were never reshaped. `contract`: the declarations, the corrections or the code that reads them have changed
   * since. `damaged`: the reshaped file is not what was written.
   */
  reshaping: v.object({
    action: v.picklist(['reshape', 'keep', 'depends']),
    reason: v.picklist(['new', 'contract', 'damaged', 'forced', 'unchanged', 'download']),
  }),
});

/**
 * Why a build differs from the published one: it is the `first` or `forced`, a part of the code has changed, partitions are
 * `added`, `changed` or `left_out`, or the `notes` on the files or the `label` of the build have changed.
 */
export type BuildReason = v.InferOutput<typeof buildReason>;
const buildReason = v.object({
  reason: v.picklist(['first', 'forced', 'added', 'changed', 'left_out', 'notes', 'label', ...parts]),
  /** `source year`, if partitions are the reason. */
  partitions: v.exactOptional(v.array(v.string())),
});

export type BuildPlan = v.InferOutput<typeof buildPlan>;
const buildPlan = v.object({
  /**
   * `build`: it will be made and published. `publish`: it exists and will be published. `hold`: it was rolled back from, so it is
   * neither made nor published again. `keep`: it is already published.
   */
  action: v.picklist(['build', 'publish', 'hold', 'keep', 'depends']),
  /** Its id; null if that depends on a download. */
  build: v.nullable(v.string()),
  published: v.nullable(v.string()),
  reasons: v.array(buildReason),
});

/**
 * What a run would do with each school year of each source and with the build, and why. `depends`: the decision depends on whether
 * a download brings other bytes than those here.
 */
export type Plan = v.InferOutput<typeof planSchema>;
export const planSchema = v.object({
  partitions: v.array(partitionPlan),
  /** The school years that are wanted and go into no build, each with the reason. */
  heldYears: v.optional(v.array(heldYearSchema), []),
  /** What is done about data sets that are new or can't be taken. */
  steps: v.optional(v.array(stepSchema), []),
  build: buildPlan,
});
