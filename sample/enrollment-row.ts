import type {Counts} from './students.ts';

/** One row as it is meant. `grade` is undefined in the row of all grades, whose name differs from year to year. */
export type EnrollmentRow = {
  level: 'School' | 'District' | 'State' | undefined;
  county?: string;
  esd?: {name: string; organization: number};
  district?: {code: string; name: string; organization: number};
  school?: {code?: string; name: string; organization?: number; type?: string};
  grade: string | undefined;
  counts: Counts;
  /** What the publisher says it has suppressed. */
  dat?: string;
};
