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
      // Without a note: pairs that do and don't add up to 40.
      row('6th Grade', {
        white: 40,
        low_income: 12,
        non_low_income: 28,
        foster_care: 0,
        non_foster_care: 37,
        homeless: 0,
        non_homeless: 0,
        migrant: 11,
        non_migrant: 12,
        mobile: 41,
        non_mobile: 0,
        section_504: '',
        non_section_504: 0,
        highly_capable: '*',
        non_highly_capable: 35,
        military_parent: 0,
        non_military_parent: 40,
        english_language_learners: '',
        non_english_language_learners: 38,
        students_with_disabilities: '<10',
        students_without_disabilities: 0,
      }),
      // A note on foster care with a partial sum, and a blank complement.
      row('7th Grade', {white: 40, foster_care: 37, non_foster_care: '', DAT: 'DAT Applied: Foster Care - N < 10'}),
      // No total to compare with.
      row('8th Grade', {white: 40, all_students: '', low_income: 3, non_low_income: 4, DAT: ''}),
      // Nobody in the grade: nothing is withheld.
      row('9th Grade', {all_students: 0, non_low_income: 0, DAT: ''}),
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
  const [found] =
    await built.rows(`select student_count, student_count_status, printed_student_count from raw.ospi_enrollment
    where line_number = ${line} and demographic_label = '${label}'`);
  const {student_count: count, student_count_status: status, printed_student_count: printed} = found ?? {};
  if (status === 'value') assert.equal(printed, count, label);
  return [count, status, ...(status === 'value' ? [] : [printed ?? 'nothing'])]
    .filter((part) => part !== null)
    .join(' ');
}

test('without a note, a figure is a value, zero, missing (blank or NULL), or suppressed by its own mark', async () => {
  assert.equal(await figure(2, 'All Students'), '30 value');
  assert.equal(await figure(2, 'Homeless'), '0 value');
  assert.equal(await figure(2, 'Mobile'), 'missing nothing');
  assert.equal(await figure(2, 'Migrant'), 'missing nothing');
  assert.equal(await figure(2, 'Section 504'), 'suppressed nothing');
  assert.equal(await figure(2, 'Non Section 504'), 'unknown 30');
  assert.equal(await figure(2, 'Non Mobile'), '30 value');
});

test('N < 10: every 0 of the row is suppressed, including All Students', async () => {
  for (const label of ['All Students', 'Female', 'White', 'Low-Income', 'Non-Low Income', 'Foster_Care']) {
    assert.equal(await figure(3, label), 'suppressed 0', label);
  }
});

test('> 95%: a pair that does not add up is suppressed; a 0 in a pair that does is a zero', async () => {
  assert.equal(await figure(4, 'Low-Income'), 'suppressed 0');
  assert.equal(await figure(4, 'Non-Low Income'), 'suppressed 0');
  assert.equal(await figure(4, 'Homeless'), '0 value');
  assert.equal(await figure(4, 'Non-Homeless'), '40 value');
  assert.equal(await figure(4, 'Gender X'), '0 value');
  assert.equal(await figure(4, 'White'), '30 value');
});

test('a note on foster care affects only foster care; another pair that does not add up is withheld without a note', async () => {
  assert.equal(await figure(5, 'Foster_Care'), 'suppressed 0');
  assert.equal(await figure(5, 'Non_Foster_Care'), 'suppressed 0');
  assert.equal(await figure(5, 'Homeless'), 'suppressed 0');
  assert.equal(await figure(5, 'Migrant'), '0 value');
});

test('"None" counts as no note', async () => {
  assert.equal(await figure(6, 'Homeless'), '0 value');
});

/** A pair's program and complement, in the row without a note. */
const expectedPairs: [string, string, string, string, string][] = [
  ['adds up', 'Low-Income', '12 value', 'Non-Low Income', '28 value'],
  ['a 0 that is real', 'Military Parent', '0 value', 'Non Military Parent', '40 value'],
  ['a 0, and 37 of 40', 'Foster_Care', 'suppressed 0', 'Non_Foster_Care', 'unknown 37'],
  ['0 and 0 of 40', 'Homeless', 'suppressed 0', 'Non-Homeless', 'suppressed 0'],
  ['11 and 12 of 40', 'Migrant', 'unknown 11', 'Non Migrant', 'unknown 12'],
  ['41 of 40, and 0', 'Mobile', 'unknown 41', 'Non Mobile', 'suppressed 0'],
  ['a blank, and 0', 'Section 504', 'missing nothing', 'Non Section 504', '0 value'],
  ['a blank, and 38', 'English Language Learners', 'missing nothing', 'Non-English Language Learners', '38 value'],
  ['*, and 35', 'Highly Capable', 'suppressed nothing', 'Non-Highly Capable', 'unknown 35'],
  ['<10, and 0', 'Students with Disabilities', 'suppressed nothing', 'Students without Disabilities', 'suppressed 0'],
];
for (const [name, program, ofProgram, complement, ofComplement] of expectedPairs)
  test(`a pair without a note: ${name}`, async () => {
    assert.equal(await figure(7, program), ofProgram);
    assert.equal(await figure(7, complement), ofComplement);
  });

test('a note covers a pair: a blank is withheld, and a figure above 0 is unknown', async () => {
  assert.equal(await figure(8, 'Foster_Care'), 'unknown 37');
  assert.equal(await figure(8, 'Non_Foster_Care'), 'suppressed nothing');
});

test('a pair whose whole is missing is not compared', async () => {
  assert.equal(await figure(9, 'All Students'), 'missing nothing');
  assert.equal(await figure(9, 'Low-Income'), '3 value');
  assert.equal(await figure(9, 'Non-Low Income'), '4 value');
});

test('where nobody is, 0 is a real zero', async () => {
  for (const label of ['All Students', 'Low-Income', 'Non-Low Income', 'Foster_Care'])
    assert.equal(await figure(10, label), '0 value', label);
});

test('the check of a pair counts what is withheld, and only warns; it names no figures', () => {
  const pairs = built.checks.filter(({check}) => /^(foster_care|homeless|migrant)_adds_up$/.test(check));
  assert.deepEqual(
    pairs.map(({check, status, compared, failing, samples}) => [check, status, compared, failing, ...samples]),
    [
      [
        'homeless_adds_up',
        'warn',
        8,
        2,
        'Lyra, Vega, 4th Grade: withheld (line 5)',
        'Lyra, Vega, 6th Grade: withheld (line 7)',
      ],
      ['migrant_adds_up', 'warn', 7, 1, 'Lyra, Vega, 6th Grade: does not add up (line 7)'],
      [
        'foster_care_adds_up',
        'warn',
        7,
        2,
        'Lyra, Vega, 4th Grade: withheld (line 5)',
        'Lyra, Vega, 6th Grade: withheld (line 7)',
      ],
    ],
  );
});

test('a suppressed figure is null in the facts, never 0', async () => {
  const rows =
    await built.rows(`select student_count, student_count_status, printed_student_count from core.fct_enrollment
    where grade_id = 'grade_02' and demographic_group_id = 'white'`);
  assert.deepEqual(rows, [{student_count: null, student_count_status: 'suppressed', printed_student_count: 0}]);
});
