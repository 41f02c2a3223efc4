import * as v from 'valibot';
import type {Home} from '../home.ts';
import type {Candidate} from '../ingest/candidates.ts';
import type {Landed} from '../ingest/land.ts';
import type {SchoolYear} from '../school-year.ts';
import {schoolList} from '../sources/school-list.ts';
import type {Source} from '../sources/source.ts';
import type {DatasetStatus} from './datasets.ts';
import type {Found} from './finding.ts';
import type {Host} from './host.ts';

/** Where a run takes its files from. */
export interface InputOptions {
  home: Home;
  /** `live`, `sample`, or a folder of downloaded files. */
  from: string;
  /** A school list, used instead of the one in the folder. */
  schoolList?: string;
  years?: SchoolYear[];
  /** Ids of the sources to look for updates of. The others are taken as they last landed. */
  only?: string[];
  /** Downloads and lands again even what seems unchanged. */
  refresh?: boolean;
  /** The host of `live`; by default, the environment's. */
  host?: Host;
  /** Stops the run between two steps; the reason is the name of a signal. */
  stop?: AbortSignal;
}

/**
 * Whether a file is landed, and why: it never was (`new`), the publisher changed it (`changed`), its landed file is gone (`gone`),
 * `--refresh` asks for it (`refresh`), the landed file is current (`unchanged`), or `--only` leaves it out (`left_out`). `undated`: the
 * publisher gives no time of the last change. `last_landed`: the data set can't be had any more, and its last file serves.
 */
export const landingSchema = v.object({
  action: v.picklist(['download', 'land', 'keep']),
  reason: v.picklist(['new', 'changed', 'undated', 'gone', 'refresh', 'unchanged', 'left_out', 'last_landed']),
});

/** A file that gives a run school years of a source, landed or still to land. */
export interface Incoming {
  source: Source;
  /** The name of the file, or the publisher's id of the data set. */
  fileName: string;
  schoolYears: SchoolYear[];
  landing: v.InferOutput<typeof landingSchema>;
  /** Why this data set is taken, if it is not the declared one. */
  why?: string;
  /** Null until the bytes are here. */
  sha256: string | null;
  /** Undefined until it has landed. */
  landed?: Landed;
  /** Whether it landed in this run, so that its bytes needn't be verified again. */
  isFresh?: boolean;
  /** Set for a file of a folder. */
  candidate?: Candidate;
  /** Set for one of the publisher's data sets. */
  status?: DatasetStatus;
}

/** Why a file is kept whose data set can't be had any more, or is refused. */
export const lastLanded = {action: 'keep', reason: 'last_landed'} as const;

/** A school year that is wanted and goes into no build, and why. The reason has no period. */
export type HeldYear = v.InferOutput<typeof heldYearSchema>;
export const heldYearSchema = v.object({schoolYear: v.string(), why: v.string()});

/** Something that a run did about a data set that is new or can't be taken. Each is an event in the ledger. */
export type Step = v.InferOutput<typeof stepSchema>;
export const stepSchema = v.object({
  kind: v.picklist(['dataset_found', 'dataset_gone', 'year_held']),
  /** The source and its school years. */
  subject: v.string(),
  /** Sentences. */
  message: v.string(),
});

/** A file that has landed. */
export type Chosen = Incoming & {landed: Landed};

/** The files that a run would take its school years from. `failures` hold the errors of data sets that could not be planned. */
export interface PlannedInputs {
  incoming: Incoming[];
  failures: unknown[];
  /** The school years that are wanted and can't be had. */
  heldYears: HeldYear[];
  /** What was done about data sets that are new or can't be had. */
  steps: Step[];
  /** What the catalogue lists, if it was asked and answered. */
  found?: Found[] | undefined;
}

/** Returns whether a source is among those to be checked for new data. */
export function selectWanted({only}: InputOptions): (source: Source) => boolean {
  return ({id}) => only === undefined || only.includes(id);
}

export const leftOut = {action: 'keep', reason: 'left_out'} as const;

export function describeMissing(source: Source): string {
  return source === schoolList
    ? `no file of ${source.title}: the declared region is used, and school types are inferred from grades`
    : `no file of ${source.title}: the questions that need it are not answered`;
}
