import {z} from 'zod';
import packageJson from '#package.json' with {type: 'json'};
import type {TestResult} from '../dbt/run/data-tests.ts';
import type {CheckResult} from '../ingest/checks.ts';
import {type Ingested, selectPartitions} from '../ingest/load.ts';
import {licenseSchema} from '../license.ts';
import {type Thresholds, thresholdsSchema} from '../words/thresholds.ts';
import type {Code} from './fingerprint.ts';

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

/** What a build is made of. */
export interface Ingredients {
  fingerprint: string;
  code: Code;
  ingested: Ingested[];
  label?: string | undefined;
}

/** Creates the manifest of a build that has passed its audit. */
export function createManifest(
  id: string,
  made: Ingredients & {thresholds: Thresholds; checks: CheckResult[]; tests: TestResult[]},
  measured: Pick<Manifest, 'tables' | 'steps' | 'bytes'> & {duckdb: string},
): Manifest {
  const {fingerprint, code, thresholds, ingested, label, checks, tests} = made;
  const {duckdb, ...sizes} = measured;
  const outcome = (results: readonly {status: string}[]) => ({
    passed: results.filter(({status}) => status === 'pass').length,
    warned: results.filter(({status}) => status === 'warn').length,
  });
  return {
    build: id,
    fingerprint,
    builtAt: new Date().toISOString(),
    isSample: ingested.some(({isSample}) => isSample),
    ...(label !== undefined && {label}),
    schoolYears: [...new Set(ingested.flatMap(({schoolYears}) => schoolYears))].sort(),
    inputs: ingested.map(({source, landed, reshaped, schoolYears, isSample}) => ({
      source: source.id,
      file: landed.fileName,
      origin: landed.origin,
      sha256: landed.sha256,
      landedAt: landed.landedAt,
      publishedAt: landed.publishedAt,
      ...(landed.license !== undefined && {license: landed.license}),
      isSample,
      ...(landed.note !== undefined && {note: landed.note}),
      ...(landed.isPreliminary && {isPreliminary: true}),
      schoolYears,
      rows: selectPartitions({reshaped, schoolYears}).reduce((sum, {rowsIn}) => sum + rowsIn, 0),
      reshaped: reshaped.id,
    })),
    versions: {rollcall: packageJson.version, duckdb, node: process.version},
    code,
    thresholds,
    rows: sumRows(ingested),
    checks: outcome(checks),
    tests: outcome(tests),
    results: [
      ...checks.map(({check, source, schoolYear, status, failing}) => ({
        name: check,
        of: [source, schoolYear].filter((part) => part !== null).join(' '),
        status,
        failing,
      })),
      ...tests.map(({name, path, status, failing}) => ({name, of: `dbt/${path}`, status, failing})),
    ],
    ...sizes,
  };
}

/** Sums the rows read, loaded and rejected. */
export function sumRows(ingested: readonly Ingested[]): Manifest['rows'] {
  const partitions = ingested.flatMap(selectPartitions);
  const sum = (pick: (partition: (typeof partitions)[number]) => number) =>
    partitions.reduce((total, each) => total + pick(each), 0);
  return {
    in: sum(({rowsIn}) => rowsIn),
    loaded: sum(({rowsLoaded}) => rowsLoaded),
    rejected: sum(({rowsRejected}) => rowsRejected),
  };
}
