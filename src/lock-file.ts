import {existsSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {DatabaseSync} from 'node:sqlite';
import {exit, Failure, getErrorCode, getErrorMessage, readSqliteCode} from './failure.ts';

/**
 * Takes a lock. It is the operating system's, on a SQLite file, so it ends with the process that holds it, however that ends.
 *
 * @param what begins the message for whoever comes second
 * @returns a function that releases the lock
 * @throws Failure (exit 4) if another process holds it
 */
export function takeLock(path: string, what: string): () => void {
  const holder = `${path}.holder`;
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, {timeout: patience});
    // A journal in a file could not be written on a full disk, where `rollcall prune` makes room.
    database.exec('pragma journal_mode = memory; begin exclusive');
    noteHolder(holder);
  } catch (error) {
    database?.close();
    if (readSqliteCode(error) === sqliteBusy)
      throw new Failure(`${what} (${readHolder(holder)}). Wait for it to end, or use another folder.`, exit.locked);
    throw Object.assign(new Error(`the lock can't be taken: ${getErrorMessage(error)}`, {cause: error}), {path});
  }
  const taken = database;
  return () => {
    taken.exec('rollback');
    taken.close();
  };
}

/** Returns whether a process holds the lock now. Asking takes the lock for an instant. */
export function isLockTaken(path: string): boolean {
  if (!existsSync(path)) return false;
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, {readOnly: true, timeout: 0});
    database.exec('select * from sqlite_schema');
    return false;
  } catch (error) {
    return readSqliteCode(error) === sqliteBusy;
  } finally {
    database?.close();
  }
}

/** Removes a lock that the caller has just released. */
export function removeLock(path: string): void {
  for (const each of [path, `${path}.holder`]) rmSync(each, {force: true});
}

const sqliteBusy = 5;
/** Longer than `isLockTaken` takes. Milliseconds. */
const patience = 200;

/** Says who holds the lock. On a full disk it goes without, so that `rollcall prune` can make room. */
function noteHolder(path: string): void {
  try {
    writeFileSync(path, `process ${process.pid}, since ${new Date().toISOString()}`);
  } catch (error) {
    if (!['ENOSPC', 'EDQUOT'].includes(getErrorCode(error) ?? '')) throw error;
  }
}

function readHolder(path: string): string {
  try {
    return readFileSync(path, 'utf8') || 'just started';
  } catch {
    return 'just started';
  }
}
