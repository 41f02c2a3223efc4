import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {test} from 'node:test';
import {ospiEnrollment} from '../../src/sources/ospi-enrollment.ts';
import {type Tried, tryReshape} from '../support/reshaping.ts';
import {addColumn, readCell, readSheet, type Sheet, setCell, writeSheet} from '../support/sheet.ts';
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

test('a field under the same name twice is an error, whatever its case', async () => {
  const sheet = readSample();
  addColumn(sheet, 'FEMALE ', () => '');
  await tryReshape(ospiEnrollment, writeSheet(sheet), ({failure}) => {
    assert.match(failure ?? '', /column "FEMALE" occurs twice, and nothing says which is right/);
  });
});
