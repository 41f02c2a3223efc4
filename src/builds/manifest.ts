import packageJson from '#package.json' with {type: 'json'};
import type {TestResult} from '../dbt/run/data-tests.ts';
import type {CheckResult} from '../ingest/checks.ts';
import type {License} from '../ingest/land.ts';
import type {Ingested} from '../ingest/load.ts';
import type {SchoolYear} from '../school-year.ts';
import type {Code} from './fingerprint.ts';

/** What a build was made of and what became of it; `manifest.json` beside its warehouse. */
export interface Manifest {
  build: string;
  /** What it was made of, as a hash; two builds with one fingerprint are the same. */
  fingerprint: string;
  /** UTC. */
  builtAt: string;
  /** Whether anything in it is of the bundled sample: then its schools are invented. */
  isSample: boolean;
  schoolYears: SchoolYear[];
  inputs: ManifestInput[];
  versions: {rollcall: string; duckdb: string; node: string};
  /** The code that it was made with: a hash for each part. */
  code: Code;
  rows: {in: number; loaded: number; rejected: number};
  /** Rows by table, as `schema.table`. */
  tables: Record<string, number>;
  checks: {passed: number; warned: number};
  tests: {passed: number; warned: number};
  /** What each check and data test found; the failing rows are in audit.check_sample and audit.test_result. */
  results: {name: string; of: string; status: string; failing: number}[];
  /** How long each step took that led to it. */
  steps: {name: string; seconds: number}[];
  /** The size of the warehouse. */
  bytes: number;
}

interface ManifestInput {
  source: string;
  file: string;
  /** The URL it was fetched from, or the name of the file. */
  origin: string;
  sha256: string;
  /** When it was fetched, and when the publisher had last changed it, where that is known. UTC. */
  landedAt: string;
  publishedAt: string | null;
  /** Under which licence it is, where its publisher says so. */
  license?: License;
  /** Whether it is a file of the bundled sample. */
  isSample: boolean;
  schoolYears: SchoolYear[];
  rows: number;
  /** Names what the file was reshaped into, in the lake. */
  reshaped: string;
}

/** The manifest of a build that has passed its audit. */
export function manifestOf(
  id: string,
  made: {fingerprint: string; code: Code; ingested: Ingested[]; checks: CheckResult[]; tests: TestResult[]},
  measured: Pick<Manifest, 'tables' | 'steps' | 'bytes'> & {duckdb: string},
): Manifest {
  const {fingerprint, code, ingested, checks, tests} = made;
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
      schoolYears,
      rows: partitionsOf({reshaped, schoolYears}).reduce((sum, {rowsIn}) => sum + rowsIn, 0),
      reshaped: reshaped.id,
    })),
    versions: {rollcall: packageJson.version, duckdb, node: process.version},
    code,
    rows: rowCounts(ingested),
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

function partitionsOf({reshaped, schoolYears}: Pick<Ingested, 'reshaped' | 'schoolYears'>) {
  return reshaped.partitions.filter(({schoolYear}) => schoolYear === null || schoolYears.includes(schoolYear));
}

/** What became of the rows of what was ingested. */
export function rowCounts(ingested: readonly Ingested[]): Manifest['rows'] {
  const partitions = ingested.flatMap(partitionsOf);
  const sum = (pick: (partition: (typeof partitions)[number]) => number) =>
    partitions.reduce((total, each) => total + pick(each), 0);
  return {
    in: sum(({rowsIn}) => rowsIn),
    loaded: sum(({rowsLoaded}) => rowsLoaded),
    rejected: sum(({rowsRejected}) => rowsRejected),
  };
}
