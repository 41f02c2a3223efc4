import type {SiteSettings} from '../../site/stamp.ts';
import type {InputOptions} from '../incoming/incoming.ts';

/** What a run is told. */
export interface RunOptions extends InputOptions {
  /** Reshapes and builds again what is there already. */
  force?: boolean;
  /** Where OpenLineage events go, beside the file in the home. */
  openLineageUrl?: string;
  /** How the report is made; none is made where it is undefined. */
  site?: SiteSettings;
}
