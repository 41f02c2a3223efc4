import {machineErrors} from '../duckdb/database.ts';
import {exit, Failure, getErrorCode} from '../failure.ts';
import type {Home} from '../home.ts';
import {readSqliteCode} from './ledger.ts';

/** Turns errors of the disk or the memory into a Failure with a way out. Other errors are returned unchanged. */
export function explainSystemError(error: unknown, {folder}: Home): unknown {
  if (error instanceof Failure || !(error instanceof Error)) return error;
  const {message} = error;
  const why = kinds.find(({codes, sqlite, says}) => {
    return (
      codes.includes(getErrorCode(error) ?? '') ||
      sqlite.includes(readSqliteCode(error) ?? 0) ||
      says.some((pattern) => pattern.test(message))
    );
  })?.why;
  if (why === undefined) return error;
  const [line] = message.split('\n');
  return new Failure(`${folder}: ${why} (${line}). The published build is unchanged.`, exit.failed);
}

const kinds = [
  {
    codes: ['ENOSPC', 'EDQUOT', 'EFBIG'],
    sqlite: [13],
    says: [machineErrors.fullDisk, /database or disk is full/i],
    why: 'the disk is full; make room ("rollcall prune" removes old builds) and run again',
  },
  {
    codes: ['EACCES', 'EPERM', 'EROFS'],
    sqlite: [8, 14],
    says: [/read-only file system|permission denied/i],
    why: 'it is not writable; make it writable, or give another folder with --home',
  },
  {
    codes: [],
    sqlite: [],
    says: [machineErrors.memory],
    why: 'the memory that ROLLCALL_MEMORY allows (2GB unless it is set) is not enough; allow more, for instance ROLLCALL_MEMORY=8GB',
  },
  {codes: ['EIO'], sqlite: [10], says: [machineErrors.brokenDisk], why: "the disk can't be read or written"},
];
