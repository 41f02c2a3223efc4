import {z} from 'zod';
import type {Home} from '../home.ts';
import type {Candidate} from '../ingest/candidates.ts';
import type {Landed} from '../ingest/land.ts';
import type {SchoolYear} from '../school-year.ts';
import type {Source} from '../sources/source.ts';
import type {Asked} from './datasets.ts';
import type {Host} from './host.ts';

/** What a run is told of where its files come from. */
export interface InputOptions {
  home: Home;
  /** `live`, `sample`, or a folder of downloaded files. */
  from: string;
  /** A school list; goes before one in the folder. */
  schoolList?: string;
  years?: SchoolYear[];
  /** The ids of the sources to look for news of; the others are taken as they last landed. */
  only?: string[];
  /** Downloads and lands again what seems not to have changed. */
  refresh?: boolean;
  /** Where `live` is; what the environment says where it is undefined. */
  host?: Host;
  /** Stops the run between two steps; the reason is the name of a signal. */
  stop?: AbortSignal;
}

/**
 * Why a file is landed, or not: it has never been here (`new`), the publisher has changed it (`changed`), it was here and is
 * gone (`gone`), it is wanted again (`refresh`); or it is here as it is there (`unchanged`), or not looked for (`left_out`).
 */
export const landingSchema = z.object({
  action: z.enum(['download', 'land', 'keep']),
  reason: z.enum(['new', 'changed', 'gone', 'refresh', 'unchanged', 'left_out']),
});

/** A file that a run takes school years of a source from, and whether it is to be landed for that. */
export interface Incoming {
  source: Source;
  /** The name of the file, or the publisher's id of the data set. */
  fileName: string;
  schoolYears: SchoolYear[];
  landing: z.infer<typeof landingSchema>;
  /** Of its bytes; null where they are known only once they have come. */
  sha256: string | null;
  /** Where it is here already. */
  landed?: Landed;
  /** It has landed in this run: its bytes were compared with its hash on their way. */
  isFresh?: boolean;
  /** A file of a folder. */
  candidate?: Candidate;
  /** A data set of the publisher's. */
  asked?: Asked;
}

/** A file that has landed, and the school years that are taken from it. */
export interface Chosen {
  source: Source;
  landed: Landed;
  /** It has landed in this run. */
  isFresh: boolean;
  schoolYears: SchoolYear[];
}
