import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {type Built, build} from '../support/pipeline.ts';
import {type Cells, makeEnrollmentFile, makeListFile} from '../support/publisher.ts';

/**
 * The publisher writes 0 for a withheld figure, and says so in the column DAT. Value, suppressed, missing and zero must stay
 * distinct, even if all of them read 0.
 */
let built: Built;

const row = (grade: string, counts: Cells): Cells => ({
  school_year: '2022-23',
  district_code: '99001',
  district_name: 'Lyra',
  school_code: '9001',
  school_name: 'Vega',
  grade_level: grade,
  ...counts,
});
const nothing = Object.fromEntries(
  ['all_students', 'male', 'non_low_income', 'non_foster_care', 'non_homeless', 'non_migrant'].map((id) => [id, 0]),
);

before(async () => {
  const students = makeEnrollmentFile(
    [
      row('1st Grade', {white: 20, asian: 10, low_income: 12, DAT: ''}),
      // Under ten students: everything is withheld.
      row('2nd Grade', {...nothing, DAT: 'DAT Applied: N < 10'}),
      // More than 95% in one of the pair: the pair is withheld, the rest stands.
      row('3rd Grade', {white: 30, asian: 10, DAT: 'DAT Applied: > 95%'}),
      // Few in foster care: that pair alone is withheld, although another pair does not add up.
      row('4th Grade', {white: 50, DAT: 'DAT Applied: Foster Care - N < 10'}),
      row('5th Grade', {white: 7, DAT: 'None'}),
    ],
    {extraColumns: ['DAT']},
  );
  const lines = students.split('\n');
  const header = lines[0]?.split(',') ?? [];
  const set = (line: number, label: string, value: string) => {
    const cells = lines[line]?.split(',') ?? [];
    cells[header.indexOf(label)] = value;
    lines[line] = cells.join(',');
  };
  for (const label of ['Female', 'Gender X', 'Male', 'White', ...header.filter((name) => /^Non|without/.test(name))])
    set(2, label, '0');
  set(3, 'Low-Income', '0');
  set(3, 'Non-Low Income', '0');
  set(4, 'Foster_Care', '0');
  set(4, 'Non_Foster_Care', '0');
  set(4, 'Homeless', '0');
  set(4, 'Non-Homeless', '0');
  set(1, 'Mobile', '');
  set(1, 'Migrant', 'NULL');
  set(1, 'Section 504', '*');
  built = await build({
    's.csv': lines.join('\n'),
    'l.csv': makeListFile([{district: '99001', school: '9001', types: ['e'], year: 2023}]),
  });
});
after(() => built.close());

async function figure(line: number, label: string): Promise<string> {
  const [found] = await built.rows(`select student_count, student_count_status from raw.ospi_enrollment
    where line_number = ${line} and demographic_label = '${label}'`);
  return `${found?.['student_count'] ?? ''} ${found?.['student_count_status']}`.trim();
}

test('without a note, a figure is a value, zero, missing (blank or NULL), or suppressed by its own mark', async () => {
  assert.equal(await figure(2, 'All Students'), '30 value');
  assert.equal(await figure(2, 'Homeless'), '0 value');
  assert.equal(await figure(2, 'Mobile'), 'missing');
  assert.equal(await figure(2, 'Migrant'), 'missing');
  assert.equal(await figure(2, 'Section 504'), 'suppressed');
});

test('N < 10: every 0 of the row is suppressed, including All Students', async () => {
  for (const label of ['All Students', 'Female', 'White', 'Low-Income', 'Non-Low Income', 'Foster_Care']) {
    assert.equal(await figure(3, label), 'suppressed', label);
  }
});

test('> 95%: a pair that does not add up is suppressed; a 0 in a pair that does is a zero', async () => {
  assert.equal(await figure(4, 'Low-Income'), 'suppressed');
  assert.equal(await figure(4, 'Non-Low Income'), 'suppressed');
  assert.equal(await figure(4, 'Homeless'), '0 value');
  assert.equal(await figure(4, 'Non-Homeless'), '40 value');
  assert.equal(await figure(4, 'Gender X'), '0 value');
  assert.equal(await figure(4, 'White'), '30 value');
});

test('a note on foster care affects only foster care', async () => {
  assert.equal(await figure(5, 'Foster_Care'), 'suppressed');
  assert.equal(await figure(5, 'Non_Foster_Care'), 'suppressed');
  assert.equal(await figure(5, 'Homeless'), '0 value');
});

test('"None" counts as no note', async () => {
  assert.equal(await figure(6, 'Homeless'), '0 value');
});

test('a suppressed figure is null in the facts, never 0', async () => {
  const rows = await built.rows(`select student_count, student_count_status from core.fct_enrollment
    where grade_id = 'grade_02' and demographic_group_id = 'white'`);
  assert.deepEqual(rows, [{student_count: null, student_count_status: 'suppressed'}]);
});
