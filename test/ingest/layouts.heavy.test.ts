import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {parse} from 'csv-parse/sync';
import * as v from 'valibot';
import type {Row} from '../../src/duckdb/database.ts';
import {projectFolder} from '../../src/project-folder.ts';
import {ospiEnrollment} from '../../src/sources/ospi-enrollment.ts';
import {normalizeName} from '../../src/sources/source.ts';
import {checkFiles, tryReshape} from '../support/reshaping.ts';
import {findTrialFolder, testTrial} from '../trial/rollcall.ts';

/** Layouts of other releases: real rows, and files made from real rows. */

function readTrial(...path: string[]): Buffer {
  return readFileSync(join(findTrialFolder(), ...path));
}

/** Reads a file's rows without Rollcall: cells by normalized column. */
function parseRows(file: Buffer): Map<string, string>[] {
  return v
    .parse(v.array(v.array(v.string())), parse(file, {bom: true}))
    .map((cells, _, [header = []]) => new Map(header.map((label, at) => [normalizeName(label), cells[at] ?? ''])))
    .slice(1);
}

const nameRow = (row: Map<string, string>) =>
  ['schoolyear', 'schoolcode', 'gradelevel'].map((id) => row.get(id)).join(' ');

testTrial(
  'the all-years file gives the figures of the single-year files, whichever of two names a year fills',
  async () => {
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
        tried.reshaped.partitions.map(({schoolYear, rowsLoaded, rowsRejected}) => [
          schoolYear,
          rowsLoaded,
          rowsRejected,
        ]),
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
  },
);

testTrial(
  'codes with thousands separators get back their zeros, and the figures are those of the rows that the file was made from',
  async () => {
    const original = new Map(
      parseRows(readTrial('south-seattle', 'Report_Card_Enrollment_2020-21_Seattle.csv')).map((row) => [
        nameRow(row).replace('2020-21', '2022-23'),
        row,
      ]),
    );
    await tryReshape(
      ospiEnrollment,
      readTrial('layouts', 'enrollment_2022-23_codes_with_separators_MADE.csv'),
      async (tried) => {
        assert.ok(tried.failure === undefined, tried.failure);
        assert.deepEqual(await tried.rows('rejected_row'), []);
        const rows = await tried.rows('ospi_enrollment_row');
        assert.equal(rows.length, 84);
        const originalOf = new Map(
          rows.map((row) => {
            assert.equal(row['district_code'], '17001');
            return [row['line_number'], original.get(`2022-23 ${row['school_code']} ${row['grade_level']}`)];
          }),
        );
        for (const {line_number: line, demographic_label: label, printed_student_count: count} of await tried.rows(
          'ospi_enrollment',
        ))
          assert.equal(count, Number(originalOf.get(line)?.get(normalizeName(String(label)))), `line ${line} ${label}`);
      },
    );
  },
);

const othello = 'Othello School District';

testTrial(
  'real rows of 2024-25 are read, with Transition to Kindergarten; foster care is withheld in each',
  async () => {
    const file = readTrial('layouts', 'enrollment_2024-25_rows.csv');
    const cells = parseRows(file);
    const grades = readFileSync(join(projectFolder, 'dbt/seeds/grades.csv'), 'utf8');
    assert.match(grades, /^transition_to_kindergarten,Transition to Kindergarten,/m);
    await tryReshape(ospiEnrollment, file, async (tried) => {
      assert.ok(tried.failure === undefined, tried.failure);
      assert.deepEqual(await tried.rows('rejected_row'), []);
      assert.deepEqual(tried.reshaped.newColumns, []);
      assert.deepEqual(tried.reshaped.unreadable, {});
      const rows = await tried.rows('ospi_enrollment_row');
      assert.equal(rows.length, 35);
      assert.deepEqual(
        rows.map((row) => row['suppression_note']),
        cells.map((row) => row.get('dat') || null),
      );
      const transition = rows.filter((row) => row['grade_level'] === 'Transition to Kindergarten');
      assert.deepEqual(
        transition.map((row) => row['district_name']),
        ['Bethel School District', 'Columbia (Walla Walla) School District', othello],
      );
      const figures = await tried.rows('ospi_enrollment');
      for (const {line_number: line, demographic_label: label, printed_student_count: count} of figures)
        assert.equal(
          count,
          Number(cells[Number(line) - 2]?.get(normalizeName(String(label)))),
          `line ${line} ${label}`,
        );
      const foster = figures.filter((figure) => /Foster/.test(String(figure['demographic_label'])));
      assert.deepEqual(new Set(foster.map((figure) => figure['student_count_status'])), new Set(['suppressed']));
      assert.equal(foster.length, 70);
    });
  },
);

testTrial('the grades of the schools of Othello add up in 2024-25, Transition to Kindergarten among them', async () => {
  const lines = readTrial('layouts', 'enrollment_2024-25_rows.csv')
    .toString('utf8')
    .split(/(?<=\n)/);
  const check = async (text: string) => {
    const results = await checkFiles({'students.csv': text});
    return results
      .filter(({check}) => check === 'grades_add_up')
      .map(({status, compared, failing}) => [status, compared, failing]);
  };
  const whole = lines.filter((line, index) => index === 0 || line.includes(othello));
  assert.equal(whole.length, 9);
  const [passed] = await check(whole.join(''));
  assert.deepEqual([passed?.[0], passed?.[2]], ['pass', 0]);
  const [failed] = await check(whole.filter((line) => !line.includes('Transition to Kindergarten')).join(''));
  assert.notEqual(failed?.[0], 'pass');
});

testTrial(
  "a file of the state's portal for another year, saved by a spreadsheet elsewhere, gives the same rows and figures",
  async () => {
    const original = readTrial('south-seattle', 'Report_Card_Enrollment_2018-19_Seattle.csv');
    const table = v.parse(v.array(v.array(v.string())), parse(original, {bom: true}));
    // Semicolons, sep=, Windows-1252, quoted figures with separators; letters of a name that differ in that encoding.
    const group = (cell: string) => (/^\d{4}$/.test(cell) ? `${cell.slice(0, 1)},${cell.slice(1)}` : cell);
    const saved = table.map((row) =>
      row.map((cell) => `"${group(cell).replace('Elementary', 'Élementary')}"`).join(';'),
    );
    const contents = Buffer.from(`sep=;\r\n${saved.join('\r\n')}\r\n`, 'latin1');
    const readAll = (file: Buffer) =>
      tryReshape(ospiEnrollment, file, async (tried) => {
        assert.ok(tried.failure === undefined, tried.failure);
        const rejected = tried.reshaped.partitions.map(({rowsRejected}) => rowsRejected);
        return {rejected, rows: await tried.rows('ospi_enrollment_row'), figures: await tried.rows('ospi_enrollment')};
      });
    const before = await readAll(original);
    const after = await readAll(contents);
    assert.ok(before.rows.length > 500);
    assert.deepEqual(after.rejected, before.rejected);
    const withoutOrigin = (row: Row) => ({...row, landed_sha256: null, line_number: Number(row['line_number'])});
    const lineLater = (row: Row) => ({...withoutOrigin(row), line_number: Number(row['line_number']) + 1});
    assert.deepEqual(
      after.rows.map(withoutOrigin),
      before.rows.map((row) => ({
        ...lineLater(row),
        school_name: String(row['school_name']).replace('Elementary', 'Élementary'),
      })),
    );
    assert.deepEqual(after.figures.map(withoutOrigin), before.figures.map(lineLater));
  },
);
