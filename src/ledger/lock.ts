import {existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {DatabaseSync} from 'node:sqlite';
import {exit, Failure, getErrorMessage} from '../failure.ts';
import type {Home} from '../home.ts';
import {readSqliteCode} from './ledger.ts';

/**
 * Keeps other runs out of a home directory. The lock is the operating system's, on a SQLite file, so it ends with the process that
 * holds it, however that ends.
 *
 * @returns a function that releases the lock
 * @throws Failure (exit 4) if another run holds it
 */
export function lock(home: Home): () => void {
  try {
    mkdirSync(home.folder, {recursive: true});
  } catch (error) {
    throw new Failure(`${home.folder}: can't be written (${getErrorMessage(error)}). Give another folder with --home.`);
  }
  const holder = `${home.lock}.holder`;
  const database = openLock(home.lock);
  try {
    database.exec('begin exclusive');
    writeFileSync(holder, `process ${process.pid}, since ${new Date().toISOString()}`);
  } catch (error) {
    database.close();
    if (readSqliteCode(error) !== sqliteBusy) throw error;
    throw new Failure(
      `${home.folder}: another run holds the lock (${readHolder(holder)}). Wait for it to end, or use another --home.`,
      exit.locked,
    );
  }
  return () => {
    database.exec('rollback');
    database.close();
  };
}

/** Returns whether a process holds the lock now. Asking takes the lock for an instant. */
export function isLocked(home: Home): boolean {
  if (!existsSync(home.lock)) return false;
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(home.lock, {readOnly: true, timeout: 0});
    database.exec('select * from sqlite_schema');
    return false;
  } catch (error) {
    return readSqliteCode(error) === sqliteBusy;
  } finally {
    database?.close();
  }
}

const sqliteBusy = 5;
/** Longer than `isLocked` takes. Milliseconds. */
const patience = 200;

function openLock(path: string): DatabaseSync {
  try {
    return new DatabaseSync(path, {timeout: patience});
  } catch (error) {
    throw new Failure(`${path}: can't be written (${getErrorMessage(error)}). Give another folder with --home.`);
  }
}

function readHolder(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return 'just started';
  }
}
