import {z} from 'zod';
import {licenseSchema} from '../license.ts';
import {thresholdsSchema} from '../words/thresholds.ts';

const manifestInput = z.object({
  source: z.string(),
  file: z.string(),
  /** The URL it was fetched from, or the name of the file. */
  origin: z.string(),
  sha256: z.string(),
  /** When it was fetched, and when the publisher last changed it, if known. UTC. */
  landedAt: z.string(),
  publishedAt: z.string().nullable(),
  /** The publisher's license, if it states one. */
  license: licenseSchema.exactOptional(),
  /** Whether it belongs to the bundled sample. */
  isSample: z.boolean(),
  /** What a reader must know of its figures, as notes.yml beside it says. */
  note: z.string().exactOptional(),
  /** Whether the publisher's name for it says that its figures are preliminary. */
  isPreliminary: z.boolean().exactOptional(),
  schoolYears: z.array(z.string()),
  rows: z.number(),
  /** The id of the reshaped file in the lake. */
  reshaped: z.string(),
});

const outcomes = z.object({passed: z.number(), warned: z.number()});

/** What a build was made of, and the results of its audit: `manifest.json` beside its warehouse. */
export type Manifest = z.infer<typeof manifestSchema>;
export const manifestSchema = z.object({
  build: z.string(),
  /** A hash of its inputs and its code. Builds with the same fingerprint are the same. */
  fingerprint: z.string(),
  /** UTC. */
  builtAt: z.string(),
  /** Whether any input belongs to the bundled sample, whose schools are invented. */
  isSample: z.boolean(),
  /** What `--label` says of everything made from the build. */
  label: z.string().exactOptional(),
  schoolYears: z.array(z.string()),
  inputs: z.array(manifestInput),
  versions: z.object({rollcall: z.string(), duckdb: z.string(), node: z.string()}),
  /** A hash of each part of the code. Another version may have other parts. */
  code: z.record(z.string(), z.string()),
  thresholds: thresholdsSchema,
  rows: z.object({in: z.number(), loaded: z.number(), rejected: z.number()}),
  /** Rows by table, as `schema.table`. */
  tables: z.record(z.string(), z.number()),
  checks: outcomes,
  tests: outcomes,
  /** Results of the checks and data tests. The failing rows are in audit.check_sample and audit.test_result. */
  results: z.array(z.object({name: z.string(), of: z.string(), status: z.string(), failing: z.number()})),
  /** How long each step of the run took, up to the audit. */
  steps: z.array(z.object({name: z.string(), seconds: z.number()})),
  /** Size of the warehouse. */
  bytes: z.number(),
});
