import type {InputOptions} from '../incoming/incoming.ts';
import type {SiteSettings} from '../report/stamp.ts';

/** What a run is told. */
export interface RunOptions extends InputOptions {
  /** Reshapes and builds again what is there already. */
  force?: boolean;
  /** Where OpenLineage events go, beside the file in the home. */
  openLineageUrl?: string;
  /** How the report is made; none is made where it is undefined. */
  site?: SiteSettings;
}
