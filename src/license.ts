import * as v from 'valibot';

/** A license as the publisher states it: the publisher's id for it, its name, and the URL of its terms. */
export type License = v.InferOutput<typeof licenseSchema>;
export const licenseSchema = v.object({
  id: v.exactOptional(v.string()),
  name: v.exactOptional(v.string()),
  url: v.exactOptional(v.string()),
});
