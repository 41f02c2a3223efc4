import type {Thresholds} from '../words/thresholds.ts';

/** What the pages say of the build itself. A manifest is one. */
export interface BuildFacts {
  build: string;
  /** UTC. */
  builtAt: string;
  isSample: boolean;
  /** The files it was made of, and when each was fetched. UTC. */
  inputs: {sha256: string; landedAt: string}[];
  rows: {in: number; loaded: number; rejected: number};
  thresholds: Thresholds;
  versions: {rollcall: string; duckdb: string; node: string};
}
