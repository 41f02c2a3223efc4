import * as v from 'valibot';
import {licenseSchema} from '../license.ts';
import {thresholdsSchema} from '../words/thresholds.ts';

const manifestInput = v.object({
  source: v.string(),
  file: v.string(),
  /** The URL it was fetched from, or the name of the file. */
  origin: v.string(),
  sha256: v.string(),
  /** When it was fetched, and when the publisher last changed it, if known. UTC. */
  landedAt: v.string(),
  publishedAt: v.nullable(v.string()),
  /** The publisher's license, if it states one. */
  license: v.exactOptional(licenseSchema),
  /** Whether it belongs to the bundled sample. */
  isSample: v.boolean(),
  /** What a reader must know of its figures, as notes.yml beside it says. */
  note: v.exactOptional(v.string()),
  /** Whether the publisher's name for it says that its figures are preliminary. */
  isPreliminary: v.exactOptional(v.boolean()),
  schoolYears: v.array(v.string()),
  rows: v.number(),
  /** The id of the reshaped file in the lake. */
  reshaped: v.string(),
});

const outcomes = v.object({passed: v.number(), warned: v.number()});

/** What a build was made of, and the results of its audit: `manifest.json` beside its warehouse. */
export type Manifest = v.InferOutput<typeof manifestSchema>;
export const manifestSchema = v.object({
  build: v.string(),
  /** A hash of its inputs and its code. Builds with the same fingerprint are the same. */
  fingerprint: v.string(),
  /** UTC. */
  builtAt: v.string(),
  /** Whether any input belongs to the bundled sample, whose schools are invented. */
  isSample: v.boolean(),
  /** What `--label` says of everything made from the build. */
  label: v.exactOptional(v.string()),
  schoolYears: v.array(v.string()),
  inputs: v.array(manifestInput),
  versions: v.object({rollcall: v.string(), duckdb: v.string(), node: v.string()}),
  /** A hash of each part of the code. Another version may have other parts. */
  code: v.record(v.string(), v.string()),
  thresholds: thresholdsSchema,
  rows: v.object({in: v.number(), loaded: v.number(), rejected: v.number()}),
  /** Rows by table, as `schema.table`. */
  tables: v.record(v.string(), v.number()),
  checks: outcomes,
  tests: outcomes,
  /** Results of the checks and data tests. The failing rows are in audit.check_sample and audit.test_result. */
  results: v.array(v.object({name: v.string(), of: v.string(), status: v.string(), failing: v.number()})),
  /** How long each step of the run took, up to the audit. */
  steps: v.array(v.object({name: v.string(), seconds: v.number()})),
  /** Size of the warehouse. */
  bytes: v.number(),
});
