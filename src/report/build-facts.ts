import type {Thresholds} from '../words/thresholds.ts';

/** The facts about a build that the pages show. A manifest has them all. */
export interface BuildFacts {
  build: string;
  /** UTC. */
  builtAt: string;
  isSample: boolean;
  /** The files that went into it, and when each was fetched. UTC. */
  inputs: {sha256: string; landedAt: string}[];
  rows: {in: number; loaded: number; rejected: number};
  thresholds: Thresholds;
  versions: {rollcall: string; duckdb: string; node: string};
}
