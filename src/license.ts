import {z} from 'zod';

/** A license as the publisher states it: the publisher's id for it, its name, and the URL of its terms. */
export type License = z.infer<typeof licenseSchema>;
export const licenseSchema = z.object({
  id: z.string().exactOptional(),
  name: z.string().exactOptional(),
  url: z.string().exactOptional(),
});
