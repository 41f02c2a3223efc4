import packageJson from '#package.json' with {type: 'json'};
import type {TestResult} from '../dbt/run/data-tests.ts';
import type {CheckResult} from '../ingest/checks.ts';
import {type Ingested, selectPartitions} from '../ingest/load.ts';
import type {Thresholds} from '../words/thresholds.ts';
import type {Code} from './fingerprint.ts';
import type {Manifest} from './manifest.ts';

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
