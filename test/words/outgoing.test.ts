import assert from 'node:assert/strict';
import {test} from 'node:test';
import {parse} from 'csv-parse/sync';
import {render} from '../../src/cli/table.ts';
import {open} from '../../src/duckdb/database.ts';
import {guardCells} from '../../src/duckdb/guarded-csv.ts';
import {cleanText, formatExactJson, guardCell} from '../../src/words/outgoing.ts';

const esc = String.fromCharCode(27);
/** Clears the screen, reverses the order of what follows, goes back to the start of the line, and hides in plain sight. */
const hostile = [`${esc}[2J`, '\u202e', '\r', '\u009b', '\u0007', '\u2066', '\u{e0041}', '\u2028', '\u007f'];

test('control characters and direction overrides are written out, and other letters stay', () => {
  assert.equal(cleanText(`a${esc}[2Jb`), 'a\\u{1b}[2Jb');
  assert.equal(cleanText('Vega\u202e loohcS'), 'Vega\\u{202e} loohcS');
  for (const text of hostile)
    assert.match(cleanText(`x${text}y`, {hasStyle: true}), /^x[ -~]+y$/, JSON.stringify(text));
  for (const text of ['Niños', '学校', 'a\tb\nc', 'می\u200cخواهم', '👩\u200d🏫']) assert.equal(cleanText(text), text);
});

test('the colors of messages stay, and nothing else that begins like one', () => {
  assert.equal(cleanText(`${esc}[31mred${esc}[39m`, {hasStyle: true}), `${esc}[31mred${esc}[39m`);
  assert.equal(cleanText(`${esc}[31m`), '\\u{1b}[31m', 'data has no colors');
  assert.equal(cleanText(`${esc}[1;1H`, {hasStyle: true}), '\\u{1b}[1;1H');
});

test('a table, and JSON, bring no control character to a terminal, and JSON loses none', () => {
  const rows = hostile.map((text) => ({name: `x${text}y`}));
  const shape = {columns: ['name'], rows};
  for (const format of ['table', 'md'] as const) assert.match(render(shape, format), /^[ -~\n]+$/, format);
  const json = formatExactJson(rows);
  assert.match(json, /^[ -~\n]+$/);
  assert.deepEqual(JSON.parse(json), rows);
});

const cells: [text: string, cell: string][] = [
  ['=1+1', "'=1+1"],
  ['+cmd', "'+cmd"],
  ['-2+3', "'-2+3"],
  ['@sum(a1)', "'@sum(a1)"],
  ['\t=1', "'\t=1"],
  ['\r=1', "'\r=1"],
  ['＝1', "'＝1"],
  ['-5', '-5'],
  ['-9223372036854775808', '-9223372036854775808'],
  ['+1.5', '+1.5'],
  ["O'Dea", "O'Dea"],
  ['Vega = Lyra', 'Vega = Lyra'],
  ['', ''],
];

test('a text that a spreadsheet would run has an apostrophe before it in every CSV, and numbers stay numbers', async () => {
  const db = await open();
  for (const [text, cell] of cells) {
    assert.equal(guardCell(text), cell, text);
    const query = 'select $text::varchar as text, -5 as number, -0.5 as share, null::varchar as nothing';
    const plain = query.replace('$text', `'${text.replaceAll("'", "''")}'`);
    assert.deepEqual(await db.rows(await guardCells(db, plain)), [
      {text: cell, number: -5, share: -0.5, nothing: null},
    ]);
    const csv = render({columns: ['text', 'number'], rows: [{text, number: -5}]}, 'csv');
    assert.deepEqual((parse(csv) as string[][])[1], [cell, '-5']);
  }
  db.close();
});
