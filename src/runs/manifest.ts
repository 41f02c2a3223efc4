import type {SchoolYear} from '../school-year.ts';

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
