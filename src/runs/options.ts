import type {SiteSettings} from '../../site/stamp.ts';
import type {InputOptions} from '../incoming/incoming.ts';

export interface RunOptions extends InputOptions {
  /** Reshapes and builds again what already exists. */
  force?: boolean;
  /** Marks everything made from the home directory. Without it, the label of the published build stays; an empty one ends it. */
  label?: string;
  /** Where OpenLineage events go, besides the file in the home directory. */
  openLineageUrl?: string;
  /** Settings of the report. Without them no report is made. */
  site?: SiteSettings;
}

/** Returns whether a run goes on without a school year that can't be used. If the user names the years, it fails instead. */
export function mayHoldYears({from, years}: Pick<RunOptions, 'from' | 'years'>): boolean {
  return from === 'live' && years === undefined;
}
