import assert from 'node:assert/strict';
import {test} from 'node:test';
import {Failure} from '../../src/failure.ts';
import {explainSystemError} from '../../src/ledger/system-errors.ts';

const home = '/srv/home';
const said = (properties: object, message = 'it said') =>
  explainSystemError(Object.assign(new Error(message), properties), home);

/** Codes of the operating system and of SQLite (https://sqlite.org/rescode.html), and what DuckDB writes. */
const cases: [name: string, error: unknown, says: RegExp][] = [
  ['ENOSPC', said({code: 'ENOSPC'}), /^\/srv\/home: the disk is full; make room .* \(it said\)\. The published/],
  ['EDQUOT', said({code: 'EDQUOT'}), /the disk is full/],
  ['SQLITE_FULL', said({errcode: 13}), /the disk is full/],
  ['SQLITE_IOERR_SHMSIZE', said({errcode: 4874}), /the disk is full/],
  ['EACCES', said({code: 'EACCES'}), /this user may not read or write it; .*chown/],
  ['EPERM', said({code: 'EPERM'}), /this user may not read or write it/],
  ['EBUSY', said({code: 'EBUSY'}), /another program uses it, or it is a mount point/],
  ['ENOTDIR', said({code: 'ENOTDIR'}), /a file stands where a folder is needed/],
  ['EISDIR', said({code: 'EISDIR'}), /a folder stands where a file is needed/],
  ['EMFILE', said({code: 'EMFILE'}), /too many files are open; .*ulimit -n/],
  ['ENAMETOOLONG', said({code: 'ENAMETOOLONG'}), /its name is too long/],
  ['ELOOP', said({code: 'ELOOP'}), /links lead in a circle/],
  ['EROFS', said({code: 'EROFS'}), /it is not writable/],
  ['SQLITE_READONLY', said({errcode: 8}), /it is not writable/],
  ['SQLITE_CANTOPEN', said({errcode: 14}), /this user may not read or write it/],
  ['SQLITE_NOTADB', said({errcode: 26}), /it is damaged, or no file of Rollcall/],
  ['SQLITE_READONLY_DBMOVED, an extended code', said({errcode: 1032}), /it is not writable/],
  ['EIO', said({code: 'EIO'}), /the disk can't be read or written/],
  ['SQLITE_IOERR_WRITE, an extended code', said({errcode: 778}), /the disk can't be read or written/],
  ['a text', said({}, 'Permission denied\nand more'), /this user may not read or write it.*\(Permission denied\)\./],
  ['a path from Node', said({code: 'EACCES', path: '/srv/home/lake'}), /^\/srv\/home\/lake: this user/],
  [
    'a path from DuckDB',
    said({}, 'Cannot open file "/srv/x.duckdb": Permission denied'),
    /^\/srv\/x\.duckdb: this user/,
  ],
  [
    'a database that is open elsewhere',
    said({}, 'IO Error: Could not set lock on file "/x/w.duckdb": Conflicting lock is held in node (PID 7)'),
    /^\/x\/w\.duckdb: another program has it open for writing; .*PID 7/,
  ],
  ['the cause of an error', said({cause: Object.assign(new Error('full'), {errcode: 13})}), /the disk is full/],
];

for (const [name, error, says] of cases) {
  test(`a disk error is reported in words: ${name}`, () => {
    assert.ok(error instanceof Failure);
    assert.equal(error.exitCode, 1);
    assert.match(error.message, says);
  });
}

test('other errors stay unchanged', () => {
  const failure = new Failure('The disk is full of figures.');
  const bug = new TypeError('x is not a function');
  const busy = Object.assign(new Error('database is locked'), {errcode: 5});
  for (const error of [failure, bug, busy, 'a text', undefined]) assert.equal(explainSystemError(error, home), error);
});
