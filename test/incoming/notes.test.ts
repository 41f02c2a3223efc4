import assert from 'node:assert/strict';
import {test} from 'node:test';
import {exit, Failure} from '../../src/failure.ts';
import {readNotes} from '../../src/incoming/notes.ts';
import {makeFolder} from '../support/publisher.ts';

const read = async (text: string, names = ['a.csv', 'b.csv']) =>
  readNotes(await makeFolder({'notes.yml': text}), names);

test('a note stands with the name of its file; a folder without notes.yml has none', async () => {
  assert.deepEqual(
    [...(await read('a.csv: >\n  Counts are recovered\n  from percentages.\n'))],
    [['a.csv', 'Counts are recovered from percentages.']],
  );
  assert.deepEqual([...(await readNotes(await makeFolder({'a.csv': ''}), ['a.csv']))], []);
});

test('an odd notes.yml is wrong usage, and the error names the place', async () => {
  const cases: [text: string, error: RegExp][] = [
    ['a.csv: "open', /^notes\.yml: line 1: /],
    ['a.csv: one\na.csv: two', /^notes\.yml: line 2: .*duplicat/i],
    ['', /^notes\.yml: .*empty/],
    ['- a.csv', /^notes\.yml: the file: .* Write a line for each file/],
    ['a.csv: 12', /^notes\.yml: a\.csv: .*string/],
    ['a.csv:\n  text: recovered', /^notes\.yml: a\.csv: .*string/],
    ['a.csv: "  "', /^notes\.yml: a\.csv: the note is empty/],
    ['c.csv: recovered', /^notes\.yml: "c\.csv" is not among the files of the folder that are read: a\.csv, b\.csv\./],
    ['a.csv: yes', /^notes\.yml: .*quotes/],
  ];
  for (const [text, error] of cases) {
    const thrown = await read(text).catch((reason: unknown) => reason);
    assert.ok(thrown instanceof Failure, text);
    assert.equal(thrown.exitCode, exit.usage, text);
    assert.match(thrown.message, error, text);
  }
});
