import {z} from 'zod';

/** A licence in its publisher's words: its id there, its name, and the address of its terms. */
export type License = z.infer<typeof licenseSchema>;
export const licenseSchema = z.object({
  id: z.string().exactOptional(),
  name: z.string().exactOptional(),
  url: z.string().exactOptional(),
});
