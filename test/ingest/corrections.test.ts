import assert from 'node:assert/strict';
import {writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {test} from 'node:test';
import {projectFolder} from '../../src/project-folder.ts';
import {readCorrections} from '../../src/sources/corrections.ts';
import {build} from '../support/pipeline.ts';
import {type Cells, makeEnrollmentFile} from '../support/publisher.ts';
import {makeTemporaryFolder} from '../support/temporary.ts';

const school: Cells = {district_code: '99001', district_name: 'Lyra', school_code: '9001', school_name: 'Vega'};
const nothing = Object.fromEntries(['all_students', 'male', 'non_low_income', 'non_homeless'].map((id) => [id, 0]));

function year(schoolYear: string, ...more: Cells[]): string {
  const rows: Cells[] = [
    {...school, grade_level: '1st Grade', white: 20},
    {...school, grade_level: 'All Grades', white: 20},
    ...more,
  ];
  return makeEnrollmentFile(rows.map((row) => ({...row, school_year: schoolYear})));
}

test('a zero twin is set aside and counted, even if it stands before the row with the figures', async () => {
  const twin: Cells = {...school, grade_level: 'AllGrades', ...nothing};
  const lines = year('2019-20', twin).split('\n');
  for (const [index, id] of lines[0]?.split(',').entries() ?? []) {
    const cells = lines[3]?.split(',') ?? [];
    if (/^Non|without/.test(id)) cells[index] = '0';
    lines[3] = cells.join(',');
  }
  for (const order of [lines, [lines[0], lines[3], lines[1], lines[2], '']]) {
    const built = await build({'s.csv': order.join('\n')});
    assert.deepEqual(await built.rows('select * from audit.correction_result'), [
      {correction_id: 'zero-twins', school_year: '2019-20', status: 'applied', row_count: 1},
    ]);
    const [kept] = await built.rows(
      `select student_count from core.fct_enrollment_all_grades where demographic_group_id = 'total'`,
    );
    built.close();
    assert.equal(kept?.['student_count'], 20);
  }
});

test('a row with figures of its own is not a zero twin', async () => {
  const rival: Cells = {...school, grade_level: 'AllGrades', all_students: 0, white: 0, homeless: 3, non_homeless: 0};
  await assert.rejects(build({'s.csv': year('2019-20', rival)}), /two rows give different figures for one key/);
});

test('two rows without students are no zero twins, since neither has the figures', async () => {
  const empty: Cells = {...school, school_code: '9002', grade_level: 'AllGrades', ...nothing};
  const withFigure: Cells = {...empty, homeless: 3, non_homeless: 0};
  await assert.rejects(
    build({'s.csv': year('2019-20', withFigure, empty)}),
    /two rows give different figures for one key \(school_year 2019-20, .*school_code 9002/,
  );
});

test('a correction without anything left to correct is reported as spent, but only in years where it was expected', async () => {
  const mended = await build({'s.csv': year('2019-20')});
  assert.deepEqual(await mended.rows(`select correction_id, status from audit.correction_result`), [
    {correction_id: 'zero-twins', status: 'spent'},
  ]);
  mended.close();
  assert.ok(mended.notes.some((note) => /correction zero-twins is spent: in 2019-20 .*corrections\.yml/.test(note)));
  const other = await build({'s.csv': year('2018-19')});
  other.close();
  assert.ok(!other.notes.some((note) => /spent/.test(note)));
});

test('a district that is really a total is left out of the districts, unless it has schools', async () => {
  const total: Cells = {
    organization_level: 'District',
    district_code: '17801',
    district_name: 'ESD 121',
    school_name: 'District Total',
    grade_level: 'All Grades',
    white: 1000,
  };
  const asTotal = await build({'s.csv': year('2020-21', total)});
  assert.deepEqual(await asTotal.rows('select district_code from core.dim_district'), [{district_code: '99001'}]);
  assert.deepEqual(
    await asTotal.rows(`select status, row_count from audit.correction_result where correction_id like 'esd%'`),
    [{status: 'applied', row_count: 1}],
  );
  asTotal.close();
  const own: Cells = {
    ...school,
    district_code: '17801',
    district_name: 'ESD 121',
    grade_level: 'All Grades',
    white: 1000,
  };
  const withSchool = await build({'s.csv': year('2020-21', total, own)});
  const codes = await withSchool.rows('select district_code from core.dim_district order by 1');
  withSchool.close();
  assert.deepEqual(codes, [{district_code: '17801'}, {district_code: '99001'}]);
});

test('corrections.yml is complete; an error names an incomplete entry', async () => {
  const corrections = await readCorrections(join(projectFolder, 'corrections.yml'));
  assert.deepEqual(
    corrections.map(({id}) => id),
    ['zero-twins', 'esd-121-as-a-district'],
  );
  const wrong = join(makeTemporaryFolder('corrections'), 'corrections.yml');
  await writeFile(
    wrong,
    '- id: x\n  what: y\n  source: ospi-enrollment\n  where: {}\n  action: delete\n  reason: r\n  reference: f\n  expect: {school_year: 2019-20}\n',
  );
  await assert.rejects(readCorrections(wrong), /corrections\.yml: 0\.action: /);
  await writeFile(
    wrong,
    '- id: x\n  what: y\n  source: ospi-enrollment\n  where: []\n  action: set_aside_zero_twins\n  reason: r\n  reference: f\n  expect: {school_year: 2019-20}\n',
  );
  await assert.rejects(readCorrections(wrong), /corrections\.yml: 0\.where: is a list/);
  await writeFile(wrong, 'id: x\n');
  await assert.rejects(readCorrections(wrong), /corrections\.yml: the file: must be a list, not an object\./);
  await writeFile(wrong, '- id: x\n  what: [y\n');
  await assert.rejects(readCorrections(wrong), {name: 'Failure', exitCode: 2, message: /^corrections\.yml: line \d: /});
});
