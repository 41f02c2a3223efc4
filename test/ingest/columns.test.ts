import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {type Database, literal, open, type Value} from '../../src/duckdb/database.ts';
import {cellMacros, explainRejection, readColumn} from '../../src/ingest/columns.ts';
import type {Column} from '../../src/sources/source.ts';

let db: Database;
before(async () => {
  db = await open();
  await db.run(cellMacros);
});
after(() => db.close());

const withheld = -1;
const unreadable = -2;

/** Asserts what a reader makes of each text. */
async function reads(call: (text: string) => string, cases: Record<string, Value>): Promise<void> {
  for (const [text, expected] of Object.entries(cases)) {
    const [row] = await db.rows(`select ${call(literal(text))} as value`);
    assert.deepEqual(row?.['value'], expected, `"${text}"`);
  }
}

test('school years are read in every spelling', () =>
  reads((text) => `read_school_year(${text})`, {
    '2020-21': '2020-21',
    ' 2020-21 ': '2020-21',
    '2020-2021': '2020-21',
    '2020/21': '2020-21',
    '2020–21': '2020-21',
    '1999-00': '1999-00',
    '2020-22': null,
    '2020': null,
    SchoolYear: null,
  }));

test('a school year can be given by the year in which it ends', () =>
  reads((text) => `read_ending_year(${text})`, {
    2021: '2020-21',
    '2021.0': '2020-21',
    2000: '1999-00',
    21: null,
    '2020-21': null,
  }));

test('levels of organization are read; an LEA is a district', () =>
  reads((text) => `read_level(${text})`, {
    School: 'school',
    LEA: 'district',
    DISTRICT: 'district',
    ESD: 'esd',
    State: 'state',
    x: null,
  }));

test('codes are read as spreadsheets and releases write them, and not guessed', () =>
  reads((text) => `read_code(${text}, 5)`, {
    '17,001': '17001',
    '1,147': '01147',
    '="01147"': '01147',
    '=01147': '01147',
    "'17001": '17001',
    '="1,147"': '01147',
    '1.7001E+04': '17001',
    '1.147e3': '01147',
    '1.7E+04': null,
    '1.70010E+04': null,
    '17,01': null,
    '117,001': null,
    '1,7001': null,
    '17001.5': null,
    '=17001+1': null,
  }));

test('codes get back the leading zeros that a spreadsheet stripped', () =>
  reads((text) => `read_code(${text}, 5)`, {
    17001: '17001',
    1109: '01109',
    '1109.0': '01109',
    '17001.0': '17001',
    ' 17001 ': '17001',
    '170011.0': null,
    905: '00905',
    170011: null,
    '17A01': null,
    '-1': null,
  }));

test('a count is a value, withheld, or unreadable', () =>
  reads((text) => `read_count(${text})`, {
    0: 0,
    15: 15,
    ' 15 ': 15,
    '007': 7,
    '1,234': 1234,
    '1,234,567': 1234567,
    '15.0': 15,
    '*': withheld,
    'N<10': withheld,
    'N < 10': withheld,
    '<10': withheld,
    '>95%': withheld,
    'Suppressed: N<10': withheld,
    'DAT Applied: N < 10': withheld,
    '≥ 95.5 %': withheld,
    '***': withheld,
    '-5': unreadable,
    '15.5': unreadable,
    '1,23': unreadable,
    '12,34': unreadable,
    '1_000': unreadable,
    '0x1F': unreadable,
    '1e3': unreadable,
    '+5': unreadable,
    '99999999999': unreadable,
    n_a: unreadable,
    abc: unreadable,
  }));

test('an empty count is missing, neither withheld nor unreadable', async () => {
  const [row] = await db.rows('select read_count(null) as value');
  assert.equal(row?.['value'], null);
});

test('dates are read in every layout that the publisher has used', () =>
  reads((text) => `read_date(${text})`, {
    '2021 Mar 01 12:00:00 AM': '2021-03-01',
    '4/22/22 0:00': '2022-04-22',
    '4/22/2022 0:00': '2022-04-22',
    '04/22/2022': '2022-04-22',
    '2021-12-01': '2021-12-01',
    '2023-12-22T00:00:00.000': '2023-12-22',
    '2023-12-22 00:00:00': '2023-12-22',
    '06/01/2022 12:00:00 AM': '2022-06-01',
    'last Tuesday': null,
    '13/45/2022': null,
  }));

test('places in capitals become mixed case; others stay unchanged', () =>
  reads((text) => `read_place(${text})`, {
    'SAMPLE FALLS': 'Sample Falls',
    'DES PLAINES': 'Des Plaines',
    McSample: 'McSample',
    'Sample falls': 'Sample falls',
  }));

test('a note that nothing was withheld counts as no note', () =>
  reads((text) => `read_suppression(${text})`, {
    None: null,
    'No DAT': null,
    'no suppression': null,
    'N/A': null,
    na: null,
    'DAT Applied: N < 10': 'DAT Applied: N < 10',
  }));

test('descriptive numbers are read, and unreadable ones become null', () =>
  reads((text) => `read_number(${text})`, {
    '0.545': 0.545,
    '1,234.5': 1234.5,
    '-122.2591': -122.2591,
    nan: null,
    inf: null,
    x: null,
  }));

test('flags are read in every spelling', () =>
  reads((text) => `read_flag(${text})`, {
    ...Object.fromEntries(['1', 'true', 'Yes', ' Y ', '1.0'].map((text) => [text, true])),
    ...Object.fromEntries(['0', 'FALSE', 'no', 'n', '0.0'].map((text) => [text, false])),
    2: null,
    x: null,
  }));

test('a blank cell and the word NULL count as empty', () =>
  reads((text) => `cell(${text})`, {
    '': null,
    '   ': null,
    NULL: null,
    ' null ': null,
    Nullary: 'Nullary',
    ' x ': ' x ',
  }));

test('the reason of a reject names the column and its text', async () => {
  const why = async (column: Column, text: string) => {
    const reason = explainRejection(column, 'value', 'cell') ?? 'null';
    const [row] = await db.rows(`select ${reason} as reason
      from (select cell, ${readColumn(column, 'cell')} as value from (select cell(${literal(text)}) as cell))`);
    return row?.['reason'];
  };
  const count: Column = {id: 'all_students', label: 'All Students', kind: 'count'};
  const code: Column = {id: 'school_code', label: 'SchoolCode', kind: 'code', width: 4};
  const level: Column = {id: 'organization_level', label: 'OrganizationLevel', kind: 'level', needed: true};
  assert.equal(await why(count, 'many'), 'All Students is "many", not a whole number of 0 or more');
  const long = 'x'.repeat(41);
  assert.equal(await why(count, long), `All Students is "${long.slice(1)}", not a whole number of 0 or more`);
  assert.equal(await why(code, '12345'), 'SchoolCode is "12345", not a code of at most 4 digits');
  assert.equal(await why(level, 'Region'), 'OrganizationLevel is "Region", none of School, District, LEA, ESD, State');
  assert.equal(await why(level, ' '), 'OrganizationLevel is empty');
  for (const [column, text] of [
    [count, '15'],
    [count, '*'],
    [count, ''],
    [code, '12'],
    [code, 'NULL'],
    [level, 'LEA'],
    [{id: 'data_as_of', label: 'DataAsOf', kind: 'date'}, 'last Tuesday'],
    [{id: 'share', label: 'Share', kind: 'number'}, 'x'],
  ] as const)
    assert.equal(await why(column, text), null, text);
});
