import {join, resolve} from 'node:path';

/** The home directory and the paths in it. Everything that a run creates is stored there. */
export interface Home {
  folder: string;
  landing: string;
  lake: string;
  builds: string;
  /** A link to the published build. Publishing switches it. */
  published: string;
  /** The last build that failed its checks, kept for inspection. */
  failed: string;
  /** A copy of the published build, for developing models. */
  development: string;
  lock: string;
  /** The history of runs and their outcomes. */
  ledger: string;
  /** OpenLineage events, one file for each run. */
  openLineage: string;
}

export function locateHome(folder: string): Home {
  const at = resolve(folder);
  return {
    folder: at,
    landing: join(at, 'landing'),
    lake: join(at, 'lake'),
    builds: join(at, 'builds'),
    published: join(at, 'published'),
    failed: join(at, 'failed'),
    development: join(at, 'dev'),
    lock: join(at, 'run.lock'),
    ledger: join(at, 'ledger.sqlite'),
    openLineage: join(at, 'openlineage'),
  };
}
