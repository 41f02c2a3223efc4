import {join, resolve} from 'node:path';
import {fileURLToPath} from 'node:url';
import {exit, Failure} from './failure.ts';
import {type Database, open} from './duckdb/database.ts';
import {type Build, readBuild, wayOutOfDamage} from './builds/find.ts';
import {publishedId} from './builds/publish.ts';

/** The folder of the checkout. */
export const projectFolder = fileURLToPath(new URL('..', import.meta.url));

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

export function homeAt(folder: string): Home {
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

/** The published build; undefined where nothing is published. @throws Failure where it is damaged */
export async function findPublished(home: Home): Promise<Build | undefined> {
  const id = await publishedId(home);
  if (id === undefined) return undefined;
  const found = await readBuild(home, id);
  if ('problem' in found) throw new Failure(`${found.problem} ${wayOutOfDamage}`);
  return found;
}

/** @throws Failure where nothing has been published in this home yet, or what is published is damaged */
export async function requirePublished(home: Home): Promise<Build> {
  const published = await findPublished(home);
  if (published) return published;
  throw new Failure(
    `${home.folder}: nothing is published here yet. Make a build first: "npx rollcall run --from DIR", or "npm run demo" for the sample (which is kept in its own home: --home data/demo).`,
    exit.failed,
  );
}

/**
 * Opens a build's warehouse for reading, shut in: nothing else can be read or written from it.
 *
 * @param schemas schemas in which tables are found without naming them
 */
export async function openPublished({warehouse}: Pick<Build, 'warehouse'>, schemas?: string[]): Promise<Database> {
  const damaged = (error: unknown) => {
    if (error instanceof Failure) return error;
    const [said] = (error as Error).message.split('\n');
    return new Failure(`${warehouse} can't be read (${said}). ${wayOutOfDamage}`);
  };
  const db = await open(warehouse, {readOnly: true, sealed: true, ...(schemas && {schemas})}).catch((error) => {
    throw damaged(error);
  });
  const query: Database['query'] = (sql) =>
    db.query(sql).catch((error: Error) => {
      throw signsOfDamage.test(error.message) ? damaged(error) : error;
    });
  return {...db, query, rows: async (sql) => (await query(sql)).rows};
}

/** What DuckDB says of a file whose blocks are not what it wrote. */
const signsOfDamage = /^(IO|Serialization|INTERNAL|FATAL) Error/;
