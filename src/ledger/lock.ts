import {existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {DatabaseSync} from 'node:sqlite';
import {exit, Failure, getErrorMessage} from '../failure.ts';
import type {Home} from '../home.ts';
import {sqliteCodeOf} from './ledger.ts';

/**
 * Keeps other runs out of a home until it is released. The lock is the operating system's, on a SQLite file: it ends with
 * the process that holds it, however that ends, and no clock is asked.
 *
 * @returns the release
 * @throws Failure where another run holds it
 */
export function lock(home: Home, now: () => Date = () => new Date()): () => void {
  try {
    mkdirSync(home.folder, {recursive: true});
  } catch (error) {
    throw new Failure(`${home.folder}: can't be written (${getErrorMessage(error)}). Give another folder with --home.`);
  }
  const holder = `${home.lock}.holder`;
  const database = openLock(home.lock);
  try {
    database.exec('begin exclusive');
    writeFileSync(holder, `process ${process.pid}, since ${now().toISOString()}`);
  } catch (error) {
    database.close();
    if (sqliteCodeOf(error) !== sqliteBusy) throw error;
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

/** Whether somebody holds the lock at this moment. Asking keeps nobody out for longer than an instant. */
export function isLocked(home: Home): boolean {
  if (!existsSync(home.lock)) return false;
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(home.lock, {readOnly: true, timeout: 0});
    database.exec('select * from sqlite_schema');
    return false;
  } catch (error) {
    return sqliteCodeOf(error) === sqliteBusy;
  } finally {
    database?.close();
  }
}

const sqliteBusy = 5;
/** Longer than whoever asks whether the lock is held takes for that. */
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
