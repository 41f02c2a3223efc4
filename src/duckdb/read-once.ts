import type {Database} from './database.ts';

/** Makes a reader read the same only once of an open database, for as long as nobody writes to it. A failure isn't kept. */
export function readOnce<Arguments extends unknown[], Read>(
  read: (db: Database, ...args: Arguments) => Promise<Read>,
): (db: Database, ...args: Arguments) => Promise<Read> {
  const known = new WeakMap<Database, Map<string, Promise<Read>>>();
  return (db, ...args) => {
    const ofDatabase = known.get(db) ?? new Map<string, Promise<Read>>();
    known.set(db, ofDatabase);
    const key = JSON.stringify(args);
    const found = ofDatabase.get(key) ?? read(db, ...args);
    ofDatabase.set(key, found);
    found.catch(() => ofDatabase.delete(key));
    return found;
  };
}
