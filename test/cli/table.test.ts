import assert from 'node:assert/strict';
import {test} from 'node:test';
import {render} from '../../src/cli/table.ts';
import {wrapText} from '../../src/cli/terminal.ts';
import {shortenSchool} from '../../src/words/names.ts';

const columns = ['school_name', 'district_name', 'city', 'teacher_count'];
const rows = [
  {school_name: 'Alder Elementary School', district_name: 'Birch School District', city: null, teacher_count: 20},
  {school_name: 'Cedar Middle School', district_name: 'Birch School District', city: null, teacher_count: 7},
];

const view = {
  title: 'The schools and their teachers',
  kept: ['district_name'],
  shorten: (column: string, text: string) =>
    column === 'school_name' ? shortenSchool(text) : text.replace(' School District', ''),
};

test('a narrow screen shortens names, leaves out columns that say the same in every row, and keeps what tells rows apart', () => {
  const printed = render({columns, rows}, 'table', {...view, width: 32});
  assert.deepEqual(printed.split('\n'), [
    'The schools and their teachers',
    '',
    'School      District  Teachers',
    'Alder Elem  Birch           20',
    'Cedar MS    Birch            7',
    '',
    'Left out on this narrow screen:',
    'City. Every column is in',
    '--format csv.',
    '',
  ]);
});

test('a wide screen shows them, and so does an output that is no screen', () => {
  for (const width of [70, undefined])
    assert.match(render({columns, rows}, 'table', {width}), /School +District +City +Teachers/);
});

test('names that would look the same stay whole', () => {
  const twins = [
    {...rows[0], school_name: 'Alder Elementary', teacher_count: 1},
    {...rows[0], school_name: 'Alder Elementary School', teacher_count: 2},
  ];
  const printed = render({columns, rows: twins}, 'table', {...view, width: 46});
  assert.match(printed, /^Alder Elementary +Birch +1\nAlder Elementary School +Birch +2$/m);
});

test('a name is cut only if nothing else can go', () => {
  assert.match(
    render({columns, rows}, 'table', {...view, shorten: (_, text) => text, width: 40}),
    /^Alder Elementar… +Birch School Di… +20$/m,
  );
});

test('a single row keeps its columns', () => {
  assert.match(render({columns, rows: rows.slice(0, 1)}, 'table', {width: 60}), /District/);
});

test('a text breaks at its blanks; a word that is too long has its own line', () => {
  assert.deepEqual(wrapText('one two three_is_long four', 8), ['one two', 'three_is_long', 'four']);
  assert.deepEqual(wrapText('one two', undefined), ['one two']);
});

test('characters that take two columns of a terminal count as two: no name is cut, and columns stay straight', () => {
  const schools = [
    {...rows[0], school_name: '杉小学校', city: 'Des\nMoines'},
    {...rows[1], school_name: 'Élan', city: 'Kent'},
  ];
  assert.deepEqual(render({columns, rows: schools}, 'table').split('\n').slice(1), [
    '杉小学校  Birch School District  Des               20',
    '                                 Moines',
    'Élan      Birch School District  Kent               7',
    '',
  ]);
});
