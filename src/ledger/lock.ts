import {mkdirSync} from 'node:fs';
import {Failure, getErrorMessage} from '../failure.ts';
import type {Home} from '../home.ts';
import {isLockTaken, takeLock} from '../lock-file.ts';

/**
 * Keeps other runs out of a home directory.
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
  return takeLock(home.lock, `${home.folder}: another run holds the lock`);
}

/** Returns whether a process holds the lock now. */
export function isLocked(home: Home): boolean {
  return isLockTaken(home.lock);
}
