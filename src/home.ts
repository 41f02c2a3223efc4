import {join, resolve} from 'node:path';

/** Where everything that a run makes is kept. */
export interface Home {
  folder: string;
  landing: string;
  lake: string;
  builds: string;
  /** A link to the published build; switching it is what publishes. */
  published: string;
  /** The last build that failed its checks, kept to look into. */
  failed: string;
  /** A copy of the published build, for work on the models. */
  development: string;
  lock: string;
  /** What was run, and what came of it. */
  ledger: string;
  /** OpenLineage events, a file a run. */
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
