import {machineErrors} from '../duckdb/database.ts';
import {exit, Failure, getErrorCode, readExtendedCode, readSqliteCode} from '../failure.ts';

/**
 * Turns errors of the disk, the memory or the operating system into a Failure that names the path, the cause and the way out. Other
 * errors are returned unchanged.
 *
 * @param folder the home directory of a command that changes it, named if the error names no path
 */
export function explainSystemError(error: unknown, folder?: string): unknown {
  if (error instanceof Failure || !(error instanceof Error)) return error;
  const {message} = error;
  const code = getErrorCode(error) ?? '';
  const sqlite = [error, error.cause].flatMap((each) => [readSqliteCode(each), readExtendedCode(each)]);
  const kind = kinds.find(
    ({codes, sqlite: ofSqlite, says}) =>
      codes.includes(code) ||
      ofSqlite?.some((each) => sqlite.includes(each)) ||
      says?.some((pattern) => pattern.test(message)),
  );
  if (kind === undefined) return error;
  const [line = ''] = message.split('\n');
  const place = findPath(error) ?? folder ?? 'The disk';
  const state = folder === undefined ? '' : ' The published build is unchanged.';
  return new Failure(`${place}: ${kind.why} (${line}).${state}`, exit.failed);
}

/** Finds the path in an error: Node and the lock give it, DuckDB writes it in quotation marks. */
function findPath(error: Error): string | undefined {
  if ('path' in error && typeof error.path === 'string') return error.path;
  return /"([^"]*[/\\][^"]*)"/.exec(error.message.split('\n')[0] ?? '')?.[1];
}

/** What users can do about each kind. Codes of the system, of SQLite (https://sqlite.org/rescode.html), and what DuckDB writes. */
const kinds: {codes: string[]; sqlite?: number[]; says?: RegExp[]; why: string}[] = [
  {
    codes: ['ENOSPC', 'EDQUOT', 'EFBIG'],
    // The second one says that there was no room for the memory that the ledger's readers share.
    sqlite: [13, 4874],
    says: [machineErrors.fullDisk, /database or disk is full/i],
    why: 'the disk is full; make room and run again ("rollcall prune --keep 1" removes old builds, also on a full disk)',
  },
  {
    codes: ['EROFS'],
    sqlite: [8],
    says: [/read-only file system/i],
    why: 'it is not writable: its file system or the file is read-only; mount it for writing, or give another folder',
  },
  {
    codes: ['EACCES', 'EPERM'],
    sqlite: [14],
    says: [/permission denied/i],
    why: 'this user may not read or write it; change its owner or mode (chown, chmod), or give another folder',
  },
  {
    codes: [],
    says: [/lock is held in/],
    why: 'another program has it open for writing; end that program, or close the file there',
  },
  {
    codes: ['EBUSY', 'ETXTBSY'],
    why: 'another program uses it, or it is a mount point; end that program, or give another path',
  },
  {
    codes: ['ENOTDIR', 'EEXIST'],
    why: 'a file stands where a folder is needed; move the file away, or give another path',
  },
  {codes: ['EISDIR'], why: 'a folder stands where a file is needed; move the folder away, or give another path'},
  {codes: ['ENOENT'], why: 'it is gone, or never was there; if nothing else removed it, run again'},
  {codes: ['ELOOP'], why: 'its links lead in a circle; correct them, or give another path'},
  {codes: ['ENAMETOOLONG'], why: 'its name is too long for the file system; give a shorter path'},
  {
    codes: ['EMFILE', 'ENFILE'],
    says: [/too many open files/i],
    why: 'too many files are open; allow more (ulimit -n 4096), or end other programs',
  },
  {
    codes: ['ENOMEM'],
    says: [machineErrors.memory],
    why: 'the memory that ROLLCALL_MEMORY allows (2GB unless it is set) is not enough; allow more, for instance ROLLCALL_MEMORY=8GB',
  },
  {
    codes: ['EIO'],
    sqlite: [10],
    says: [machineErrors.brokenDisk],
    why: "the disk can't be read or written; look at the log of the system, and copy the folder to another disk",
  },
  {codes: [], sqlite: [11, 26], why: 'it is damaged, or no file of Rollcall; move it away and run again'},
];
