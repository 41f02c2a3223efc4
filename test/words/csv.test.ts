import assert from 'node:assert/strict';
import {test} from 'node:test';
import {parse} from 'csv-parse/sync';
import {formatCsv} from '../../src/words/csv.ts';

test('each kind of value is a cell, quoted where another program would misread it', () => {
  const rows = [
    {name: 'Vega, North', count: 12, share: -0.25, is_small: false, list: ['a', 'b']},
    {name: 'The "Annex"', count: null, share: 1e-7, is_small: true, list: []},
    {name: 'two\nlines', count: 0, is_small: null, list: null},
    {name: ' spaces ', count: 3, share: 0, is_small: null, list: null},
  ];
  assert.equal(
    formatCsv(['name', 'count', 'share', 'is_small', 'list'], rows),
    [
      'name,count,share,is_small,list',
      '"Vega, North",12,-0.25,false,"[""a"",""b""]"',
      '"The ""Annex""",,1e-7,true,[]',
      '"two\nlines",0,,,',
      '" spaces ",3,0,,',
      '',
    ].join('\n'),
  );
});

test('a text that a spreadsheet would take for a formula gets an apostrophe, a number does not', () => {
  const texts = ['=1+1', '-5', '@a', '+4.2', '-x', '\rx'];
  const csv = formatCsv(['text'], [...texts.map((text) => ({text})), {text: -5}]);
  assert.deepEqual(parse(csv).flat(), ['text', "'=1+1", '-5', "'@a", '+4.2', "'-x", "'\rx", '-5']);
});

test('without rows there is a header', () => {
  assert.equal(formatCsv(['a', 'b'], []), 'a,b\n');
});
