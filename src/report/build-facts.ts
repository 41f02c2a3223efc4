import type {SourceFile} from '../answers/source-files.ts';
import type {SchoolYear} from '../school-year.ts';
import type {Marks} from '../words/marks.ts';
import type {Thresholds} from '../words/thresholds.ts';

/** The facts about a build that the pages show. A manifest has them all. */
export interface BuildFacts extends Marks {
  build: string;
  /** UTC. */
  builtAt: string;
  schoolYears: readonly SchoolYear[];
  /** The files that went into it. */
  inputs: SourceFile[];
  rows: {in: number; loaded: number; rejected: number};
  thresholds: Thresholds;
  versions: {rollcall: string; duckdb: string; node: string};
}
