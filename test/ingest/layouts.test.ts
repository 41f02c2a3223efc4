import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {test} from 'node:test';
import {gunzipSync} from 'node:zlib';
import {makeUtf8Test} from '../../src/encoding.ts';
import {ospiEnrollment} from '../../src/sources/ospi-enrollment.ts';
import {checkFiles, type Tried, tryReshape} from '../support/reshaping.ts';
import {
  addColumn,
  findColumn,
  readCell,
  readSheet,
  type Sheet,
  setCell,
  setColumn,
  writeSheet,
} from '../support/sheet.ts';
import {enrollment, sampleFolder} from '../support/workspace.ts';

/** Layouts of the publisher's other releases, made from the sample's rows. */

type Read = Exclude<Tried, {failure: string}>;

function readSample(): Sheet {
  const {header, rows} = readSheet(readFileSync(join(sampleFolder, enrollment), 'utf8'));
  return {header, rows: rows.filter(([, level]) => level !== '')};
}

/** Reads a file that must have no error. */
async function read<T>(contents: string | Uint8Array, use: (tried: Read) => Promise<T>): Promise<T> {
  return await tryReshape(ospiEnrollment, contents, async (tried) => {
    assert.ok(tried.failure === undefined, tried.failure);
    return await use(tried);
  });
}

async function readFigures(tried: Read, label: string): Promise<Map<number, number>> {
  const figures = await tried.rows('ospi_enrollment');
  return new Map(
    figures
      .filter((row) => row['demographic_label'] === label)
      .map((row) => [Number(row['line_number']), Number(row['printed_student_count'])]),
  );
}

test('a field under two names of which each row fills one is read from the filled one; two different figures are a reject', async () => {
  const sheet = readSample();
  const nonFoster = sheet.rows.map((_, index) => Number(readCell(sheet, index + 2, 'Non_Foster_Care')));
  // Odd rows give it under the other name. The unfilled cell is empty, blank or NULL.
  const kept = [...sheet.rows];
  addColumn(sheet, 'non_fostercare', (row) => {
    const index = kept.indexOf(row);
    return index % 2 === 1 ? String(nonFoster[index]) : (['', ' ', 'NULL'][index % 3] ?? '');
  });
  for (let index = 1; index < kept.length; index += 2) setCell(sheet, index + 2, 'Non_Foster_Care', '');
  // Both filled: alike, alike in another spelling, different.
  setCell(sheet, 3, 'Non_Foster_Care', String(nonFoster[1]));
  setCell(sheet, 5, 'Non_Foster_Care', `${nonFoster[3]}.0`);
  setCell(sheet, 7, 'Non_Foster_Care', '4321');
  await read(writeSheet(sheet), async (tried) => {
    const [rejected, ...others] = await tried.rows('rejected_row');
    assert.deepEqual(others, []);
    assert.equal(rejected?.['line_number'], 7);
    assert.equal(
      rejected?.['reason'],
      `Non_Foster_Care is "4321" and non_fostercare is "${nonFoster[5]}", and nothing says which is right`,
    );
    const figures = await readFigures(tried, 'Non_Foster_Care');
    const expected = new Map(nonFoster.map((count, index) => [index + 2, count]));
    expected.delete(7);
    assert.deepEqual(figures, expected);
  });
});

test('a file in Windows-1252 keeps its bytes, and gives the names that were meant; so do lines of it in a file in UTF-8', async () => {
  const sheet = readSample();
  const names: Record<number, string> = {2: 'Peñasco', 40: 'O’Brien – “Élan”', 41: '€', 90: 'Rhéa'};
  for (const [line, name] of Object.entries(names)) setCell(sheet, Number(line), 'SchoolName', name);
  sheet.header[findColumn(sheet, 'Homeless')] = '\u00a0Homeless';
  // The bytes that differ from Latin-1, by the standard.
  const special: Record<string, number> = {'€': 0x80, '’': 0x92, '“': 0x93, '”': 0x94, '–': 0x96};
  const encode = (text: string) =>
    Buffer.from(
      text.replaceAll(/[^\0-\xff]/g, (letter) => String.fromCharCode(special[letter] ?? 0)),
      'latin1',
    );
  const text = writeSheet(sheet, {mark: ''});
  const lines = text.split('\r\n').map((line) => `${line}\r\n`);
  const files = {
    'all of it': encode(text),
    'but for one line': Buffer.concat(lines.map((line, index) => (index === 39 ? Buffer.from(line) : encode(line)))),
  };
  for (const [name, contents] of Object.entries(files)) {
    await read(contents, async (tried) => {
      assert.deepEqual(await tried.rows('rejected_row'), [], name);
      const loaded = await tried.rows('ospi_enrollment_row');
      assert.equal(loaded.length, sheet.rows.length);
      for (const [line, school] of Object.entries(names))
        assert.equal(loaded[Number(line) - 2]?.['school_name'], school, name);
      assert.ok(gunzipSync(readFileSync(tried.landed.path)).equals(contents));
    });
  }
});

test('a warning names a file in Windows-1252, and no warning a file in UTF-8 with the same letters', async () => {
  const sheet = readSample();
  // An É is two bytes in UTF-8, and the second is none of Latin-1.
  setColumn(sheet, 'SchoolName', (name) => `É ${name}`);
  const text = writeSheet(sheet);
  const check = async (contents: Buffer) => {
    const results = await checkFiles({'students.csv': contents});
    return results.filter(({check}) => check === 'file_in_utf8').flatMap(({status, samples}) => [status, ...samples]);
  };
  assert.deepEqual(await check(Buffer.from(text)), []);
  assert.deepEqual(await check(Buffer.from(text.slice(1), 'latin1')), [
    'warn',
    'students.csv is not in UTF-8: its other letters are read as Windows-1252',
  ]);
});

test('a letter of several bytes at any place of a chunk is UTF-8, and half of one is not', () => {
  const text = Buffer.from('a é € 😀 z');
  for (let first = 0; first <= text.length; first++) {
    for (let second = first; second <= text.length; second++) {
      const testUtf8 = makeUtf8Test();
      for (const chunk of [text.subarray(0, first), text.subarray(first, second), text.subarray(second)])
        testUtf8(chunk);
      assert.ok(testUtf8(Buffer.alloc(0), true), `${first} ${second}`);
    }
  }
  for (const half of [text.subarray(0, 3), text.subarray(0, 7), text.subarray(3), Buffer.from('\xe9', 'latin1')]) {
    const testUtf8 = makeUtf8Test();
    testUtf8(half);
    assert.ok(!testUtf8(Buffer.alloc(0), true));
  }
});

test('a field under the same name twice is an error, whatever its case', async () => {
  const sheet = readSample();
  addColumn(sheet, 'FEMALE ', () => '');
  await tryReshape(ospiEnrollment, writeSheet(sheet), ({failure}) => {
    assert.match(failure ?? '', /column "FEMALE" occurs twice, and nothing says which is right/);
  });
});
