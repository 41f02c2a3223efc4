import {join, resolve} from 'node:path';

/** The home directory and the paths in it. Everything that a run creates is stored there. */
export type Home = ReturnType<typeof locateHome>;

export function locateHome(folder: string) {
  const at = resolve(folder);
  return {
    folder: at,
    landing: join(at, 'landing'),
    lake: join(at, 'lake'),
    builds: join(at, 'builds'),
    /** A link to the published build. Publishing switches it. */
    published: join(at, 'published'),
    /** The last build that failed its checks, kept for inspection. */
    failed: join(at, 'failed'),
    /** A copy of the published build, for developing models. */
    development: join(at, 'dev'),
    lock: join(at, 'run.lock'),
    /** The history of runs and their outcomes. */
    ledger: join(at, 'ledger.sqlite'),
    /** OpenLineage events, one file for each run. */
    openLineage: join(at, 'openlineage'),
  };
}
