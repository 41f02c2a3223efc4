import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {test} from 'node:test';
import {parse} from 'csv-parse/sync';
import {z} from 'zod';
import {ospiEnrollment} from '../../src/sources/ospi-enrollment.ts';
import {normalizeName} from '../../src/sources/source.ts';
import {tryReshape} from '../support/reshaping.ts';

/** Layouts of other releases: real rows, and files made from real rows. */

const folder = process.env['ROLLCALL_TRIAL_DATA'];
const skip = folder === undefined && 'the trial data are not here: ROLLCALL_TRIAL_DATA is not set';

function readTrial(...path: string[]): Buffer {
  return readFileSync(join(folder ?? '', ...path));
}

/** Reads a file's rows without Rollcall: cells by normalized column. */
function parseRows(file: Buffer): Map<string, string>[] {
  return z
    .array(z.array(z.string()))
    .parse(parse(file, {bom: true}))
    .map((cells, _, [header = []]) => new Map(header.map((label, at) => [normalizeName(label), cells[at] ?? ''])))
    .slice(1);
}

const nameRow = (row: Map<string, string>) =>
  ['schoolyear', 'schoolcode', 'gradelevel'].map((id) => row.get(id)).join(' ');

test('the all-years file gives the figures of the single-year files, whichever of two names a year fills', {
  skip,
}, async () => {
  const years = new Map(
    ['2018-19', '2020-21']
      .flatMap((year) => parseRows(readTrial('south-seattle', `Report_Card_Enrollment_${year}_Seattle.csv`)))
      .map((row) => [nameRow(row), row]),
  );
  const file = readTrial('layouts', 'enrollment_all_years_two_names_MADE.csv');
  const rows = parseRows(file);
  assert.equal(rows.length, 168);
  await tryReshape(ospiEnrollment, file, async (tried) => {
    assert.ok(tried.failure === undefined, tried.failure);
    assert.deepEqual(
      tried.reshaped.partitions.map(({schoolYear, rowsLoaded, rowsRejected}) => [schoolYear, rowsLoaded, rowsRejected]),
      [
        ['2018-19', 84, 0],
        ['2020-21', 84, 0],
      ],
    );
    assert.deepEqual(tried.reshaped.newColumns, []);
    const figures = await tried.rows('ospi_enrollment');
    assert.equal(figures.length, 168 * (ospiEnrollment.pivot?.measures.length ?? 0));
    for (const {line_number: line, demographic_label: label, printed_student_count: count} of figures) {
      const name = nameRow(rows[Number(line) - 2] ?? new Map());
      assert.equal(count, Number(years.get(name)?.get(normalizeName(String(label)))), `${name} ${label}`);
    }
  });
});
