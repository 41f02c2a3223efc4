import type {Counts} from './students.ts';

/** One row of an enrollment file. `grade` is undefined in the all-grades row, whose name differs from year to year. */
export type EnrollmentRow = {
  level: 'School' | 'District' | 'State' | undefined;
  county?: string;
  esd?: {name: string; organization: number};
  district?: {code: string; name: string; organization: number};
  school?: {code?: string; name: string; organization?: number; type?: string};
  grade: string | undefined;
  counts: Counts;
  /** The publisher's note on what is suppressed. */
  dat?: string;
};
