import packageJson from '../../package.json' with {type: 'json'};
import type {CheckResult} from '../ingest/checks.ts';
import type {Ingested} from '../ingest/load.ts';
import type {SchoolYear} from '../school-year.ts';
import type {TestResult} from '../warehouse/data-tests.ts';

/** What a build was made of and what became of it; `manifest.json` beside its warehouse. */
export interface Manifest {
  build: string;
  /** UTC. */
  builtAt: string;
  /** Whether anything in it is of the bundled sample: then its schools are invented. */
  isSample: boolean;
  schoolYears: SchoolYear[];
  inputs: {source: string; file: string; sha256: string; landedAt: string; schoolYears: SchoolYear[]; rows: number}[];
  versions: {rollcall: string; duckdb: string; node: string};
  rows: {in: number; loaded: number; rejected: number};
  checks: {passed: number; warned: number};
  tests: {passed: number; warned: number};
}

/** The manifest of a build that has passed its audit. */
export function manifestOf(
  id: string,
  ingested: Ingested[],
  checks: CheckResult[],
  tests: TestResult[],
  duckdb: string,
): Manifest {
  const outcome = (results: readonly {status: string}[]) => ({
    passed: results.filter(({status}) => status === 'pass').length,
    warned: results.filter(({status}) => status === 'warn').length,
  });
  return {
    build: id,
    builtAt: new Date().toISOString(),
    isSample: ingested.some(({isSample}) => isSample),
    schoolYears: [...new Set(ingested.flatMap(({schoolYears}) => schoolYears))].sort(),
    inputs: ingested.map(({source, landed, reshaped, schoolYears}) => ({
      source: source.id,
      file: landed.fileName,
      sha256: landed.sha256,
      landedAt: landed.landedAt,
      schoolYears,
      rows: partitionsOf({reshaped, schoolYears}).reduce((sum, {rowsIn}) => sum + rowsIn, 0),
    })),
    versions: {rollcall: packageJson.version, duckdb, node: process.version},
    rows: rowCounts(ingested),
    checks: outcome(checks),
    tests: outcome(tests),
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
