import {createReaders, type Database, open} from '../duckdb/database.ts';
import {exit, Failure, getErrorMessage} from '../failure.ts';
import type {Home} from '../home.ts';
import {type Build, readBuild, wayOutOfDamage} from './find.ts';
import {publishedId} from './publish.ts';

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
    `${home.folder}: nothing is published here yet. Make a build first: "npx rollcall run --from DIR", or "npx rollcall demo" for the sample (which is kept in its own home: --home data/demo).`,
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
    const [said] = getErrorMessage(error).split('\n');
    return new Failure(`${warehouse} can't be read (${said}). ${wayOutOfDamage}`);
  };
  const db = await open(warehouse, {readOnly: true, sealed: true, ...(schemas && {schemas})}).catch((error) => {
    throw damaged(error);
  });
  const query: Database['query'] = (sql, parameters) =>
    db.query(sql, parameters).catch((error: Error) => {
      throw signsOfDamage.test(error.message) ? damaged(error) : error;
    });
  return {...db, ...createReaders(query)};
}

/** What DuckDB says of a file whose blocks are not what it wrote. */
const signsOfDamage = /^(IO|Serialization|INTERNAL|FATAL) Error/;
