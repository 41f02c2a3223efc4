import {createReaders, type Database, open} from '../duckdb/database.ts';
import {exit, Failure, getErrorMessage} from '../failure.ts';
import type {Home} from '../home.ts';
import {type Build, readBuild, repairHint} from './find.ts';
import {readPublishedId} from './published-id.ts';

/**
 * Finds the published build; undefined if nothing is published.
 *
 * @throws Failure if it is damaged
 */
export async function findPublished(home: Home): Promise<Build | undefined> {
  const id = await readPublishedId(home);
  if (id === undefined) return undefined;
  const found = await readBuild(home, id);
  if ('problem' in found) throw new Failure(`${found.problem} ${repairHint}`);
  return found;
}

/** @throws Failure if nothing is published in this home directory yet, or the published build is damaged */
export async function requirePublished(home: Home): Promise<Build> {
  const published = await findPublished(home);
  if (published) return published;
  throw new Failure(
    `${home.folder}: nothing is published here yet. Make a build first: "npx rollcall run --from DIR", or "npx rollcall demo" for the bundled example (in its own home directory: --home data/demo).`,
    exit.failed,
  );
}

/**
 * Opens a build's warehouse for reading, sealed: its queries can't reach other files.
 *
 * @param schemas schemas whose tables need no prefix
 * @throws Failure if the file is damaged; also later, from a query
 */
export async function openBuild({warehouse}: Pick<Build, 'warehouse'>, schemas?: string[]): Promise<Database> {
  const explain = (error: unknown) => {
    if (error instanceof Failure) return error;
    const [line] = getErrorMessage(error).split('\n');
    return new Failure(`${warehouse} can't be read (${line}). ${repairHint}`);
  };
  const db = await open(warehouse, {readOnly: true, sealed: true, ...(schemas && {schemas})}).catch((error) => {
    throw explain(error);
  });
  const refuse = (error: Error): never => {
    if (/LocalFileSystem has been disabled/.test(error.message)) throw new Failure(barred, exit.usage);
    throw signsOfDamage.test(error.message) ? explain(error) : error;
  };
  return {
    ...db,
    ...createReaders((...query) => db.query(...query).catch(refuse)),
    readChunks: (...query) => db.readChunks(...query).catch(refuse),
  };
}

const barred =
  'A query of the published build reaches no file. If this one names none, it needs more memory than ROLLCALL_MEMORY allows (2GB unless it is set).';

/** How DuckDB's messages begin for a file with damaged blocks. */
const signsOfDamage = /^(IO|Serialization|INTERNAL|FATAL) Error/;
