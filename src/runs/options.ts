import type {SiteSettings} from '../../site/stamp.ts';
import type {SchoolYear} from '../school-year.ts';
import type {Home} from './home.ts';
import type {Host} from './live.ts';

export interface RunOptions {
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
  /** Reshapes and builds again what is there already. */
  force?: boolean;
  /** Where `live` is; what the environment says where it is undefined. */
  host?: Host;
  /** Where OpenLineage events go, beside the file in the home. */
  openLineageUrl?: string;
  /** Stops the run between two steps; the reason is the name of a signal. */
  stop?: AbortSignal;
  /** How the report is made; none is made where it is undefined. */
  site?: SiteSettings;
}

/** Where a run tells what it is doing. */
export interface Progress {
  /** A step of the run: what it did is what `work` returns. */
  step<T>(name: string, work: (update: (text: string) => void) => Promise<{result: T; summary: string}>): Promise<T>;
  /** Something that the reader should know of, and that stops nothing. */
  note(text: string): void;
}
