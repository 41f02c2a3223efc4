import assert from 'node:assert/strict';
import {test} from 'node:test';
import {Failure} from '../../src/failure.ts';
import {locateHome} from '../../src/home.ts';
import {explainSystemError} from '../../src/ledger/system-errors.ts';

const home = locateHome('/srv/home');
const said = (properties: object, message = 'it said') =>
  explainSystemError(Object.assign(new Error(message), properties), home);

/** Codes of the operating system and of SQLite (https://sqlite.org/rescode.html), and what DuckDB writes. */
const cases: [name: string, error: unknown, says: RegExp][] = [
  ['ENOSPC', said({code: 'ENOSPC'}), /^\/srv\/home: the disk is full; make room .* \(it said\)\. The published/],
  ['EDQUOT', said({code: 'EDQUOT'}), /the disk is full/],
  ['SQLITE_FULL', said({errcode: 13}), /the disk is full/],
  ['EACCES', said({code: 'EACCES'}), /it is not writable/],
  ['EROFS', said({code: 'EROFS'}), /it is not writable/],
  ['SQLITE_READONLY', said({errcode: 8}), /it is not writable/],
  ['SQLITE_CANTOPEN', said({errcode: 14}), /it is not writable/],
  ['SQLITE_READONLY_DBMOVED, an extended code', said({errcode: 1032}), /it is not writable/],
  ['EIO', said({code: 'EIO'}), /the disk can't be read or written/],
  ['SQLITE_IOERR_WRITE, an extended code', said({errcode: 778}), /the disk can't be read or written/],
  ['a text', said({}, 'Permission denied\nand more'), /it is not writable.*\(Permission denied\)\./],
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
