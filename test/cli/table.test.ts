import assert from 'node:assert/strict';
import {test} from 'node:test';
import {render} from '../../src/cli/table.ts';
import {wrapText} from '../../src/cli/terminal.ts';

const columns = ['school_name', 'district_name', 'city', 'teacher_count'];
const rows = [
  {school_name: 'Alder Elementary School', district_name: 'Birch School District', city: null, teacher_count: 20},
  {school_name: 'Cedar Middle School', district_name: 'Birch School District', city: null, teacher_count: 7},
];

test('a narrow screen leaves out columns that say the same in every row before it cuts a name', () => {
  const printed = render({columns, rows}, 'table', {title: 'The schools and their teachers', width: 38});
  assert.deepEqual(printed.split('\n'), [
    'The schools and their teachers',
    '',
    'School                   Teachers',
    'Alder Elementary School        20',
    'Cedar Middle School             7',
    '',
    'Left out on this narrow screen:',
    'District; City. Every column is in',
    '--format csv.',
    '',
  ]);
});

test('a wide screen shows them, and so does an output that is no screen', () => {
  for (const width of [70, undefined])
    assert.match(render({columns, rows}, 'table', {width}), /School +District +City +Teachers/);
});

test('a single row keeps its columns', () => {
  assert.match(render({columns, rows: rows.slice(0, 1)}, 'table', {width: 60}), /District/);
});

test('a text breaks at its blanks; a word that is too long has its own line', () => {
  assert.deepEqual(wrapText('one two three_is_long four', 8), ['one two', 'three_is_long', 'four']);
  assert.deepEqual(wrapText('one two', undefined), ['one two']);
});
