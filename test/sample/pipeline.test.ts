import assert from 'node:assert/strict';
import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {after, before, test} from 'node:test';
import {parse} from 'csv-parse/sync';
import {readProject} from '../../src/dbt/project/read-project.ts';
import {projectFolder} from '../../src/project-folder.ts';
import {openSampleBuild, type SampleBuild} from '../support/pipeline.ts';

/** The whole pipeline on the sample. Expected values are read from the files by another route. */
let built: SampleBuild;
before(async () => {
  built = await openSampleBuild();
});
after(() => built.close());

type Cells = Record<string, string>;

async function file(name: string): Promise<Cells[]> {
  const text = await readFile(join(projectFolder, 'sample', 'files', name), 'utf8');
  return parse(text, {columns: true, bom: true}) as Cells[];
}
const enrollment = (year: string) => file(`Report_Card_Enrollment_${year}_School_Year.csv`);
const years = ['2018-19', '2019-20', '2020-21', '2021-22', '2022-23'];
const number = (text: string | undefined) => Number((text ?? '').replaceAll(',', ''));
const isTotal = ({GradeLevel}: Cells) => GradeLevel === 'AllGrades' || GradeLevel === 'All Grades';

test('every row is loaded or rejected, and the counts match the files', async () => {
  for (const year of years) {
    const rows = await enrollment(year);
    const [partition] = await built.rows(`select rows_in, rows_loaded, rows_rejected from raw.source_partition
      where source_id = 'ospi-enrollment' and school_year = '${year}'`);
    assert.equal(partition?.['rows_in'], rows.length, year);
    const [counts] = await built.rows(`select
      (select count(*) from raw.ospi_enrollment_row where school_year = '${year}') as loaded,
      (select count(*) from raw.rejected_row where school_year = '${year}' and source_id = 'ospi-enrollment') as rejected,
      (select count(*) from raw.ospi_enrollment where school_year = '${year}') as figures`);
    assert.equal(counts?.['loaded'], partition?.['rows_loaded']);
    assert.equal(counts?.['rejected'], partition?.['rows_rejected']);
    assert.equal(Number(counts?.['loaded']) + Number(counts?.['rejected']), rows.length);
    // 31 demographic columns: all students, 3 genders, 7 races, 10 programs and their complements.
    assert.equal(counts?.['figures'], Number(counts?.['loaded']) * 31);
  }
});

test('the sums of all students over the schools match the files', async () => {
  for (const year of years) {
    const rows = (await enrollment(year)).filter((row) => row['OrganizationLevel'] === 'School' && isTotal(row));
    const expected = rows.reduce((sum, row) => sum + number(row['All Students']), 0);
    const [found] = await built.rows(`select sum(student_count) as n from core.fct_enrollment_all_grades
      where school_year = '${year}' and demographic_group_id = 'total'`);
    assert.equal(found?.['n'], expected, year);
  }
});

test('the single grades add up to the same sums, without the all-grades row', async () => {
  const rows = (await enrollment('2020-21')).filter((row) => row['OrganizationLevel'] === 'School' && !isTotal(row));
  const [found] =
    await built.rows(`select sum(student_count) as n, count(distinct grade_id) as grades from core.fct_enrollment
    where school_year = '2020-21' and demographic_group_id = 'total'`);
  assert.equal(
    found?.['n'],
    rows.reduce((sum, row) => sum + number(row['All Students']), 0),
  );
  assert.equal(found?.['grades'], new Set(rows.map(({GradeLevel}) => GradeLevel)).size);
});

test('2019-20: the zero twins are set aside, each beside the row with the figures', async () => {
  const rows = await enrollment('2019-20');
  const lines = rows.map((row, index) => ({row, line: index + 2}));
  const twins = lines.filter(({row}) => isTotal(row) && row['All Students'] === '0');
  const rejected = await built.rows(`select line_number, reason from raw.rejected_row
    where school_year = '2019-20' and source_id = 'ospi-enrollment' order by line_number`);
  assert.deepEqual(
    rejected.map((row) => row['line_number']),
    twins.map(({line}) => line),
  );
  for (const {reason} of rejected) {
    const kept = lines.find(({line}) => line === Number(/^zero twin of line (\d+)$/.exec(String(reason))?.[1]));
    assert.ok(kept !== undefined && number(kept.row['All Students']) > 0, String(reason));
  }
});

test('2019-20: codes have their leading zeros again, and are the same school in every year', async () => {
  const codes = new Set((await enrollment('2019-20')).map(({DistrictCode}) => DistrictCode));
  assert.ok(codes.has('905'), 'the sample has lost the defect');
  const rows =
    await built.rows(`select school_year, count(distinct school_id) as schools from core.fct_enrollment_all_grades
    where school_id like '00905-09%' group by all order by 1`);
  assert.deepEqual(
    rows.map(({schools}) => schools),
    [5, 5, 5, 5, 5],
  );
});

test('2020-21: rows without a level are rejects, with their reason', async () => {
  const without = (await enrollment('2020-21')).filter(({OrganizationLevel}) => OrganizationLevel === '');
  const rejected = await built.rows(
    `select reason from raw.rejected_row where school_year = '2020-21' and source_id = 'ospi-enrollment'`,
  );
  assert.equal(rejected.length, without.length);
  assert.deepEqual(new Set(rejected.map(({reason}) => reason)), new Set(['OrganizationLevel is empty']));
});

test('2020-21: the region that is published as a district is not a district, and is in no fact', async () => {
  const [staged] = await built.rows(
    `select count(*) as n from staging.stg_ospi__enrollment_row where is_regional_total`,
  );
  assert.equal(
    staged?.['n'],
    (await enrollment('2020-21')).filter(({DistrictCode}) => DistrictCode === '99801').length,
  );
  assert.deepEqual(await built.rows(`select * from core.dim_district where district_code = '99801'`), []);
  assert.deepEqual(await built.rows(`select * from core.dim_school where district_id = '99801'`), []);
});

test('2021-22: thousands separators are read', async () => {
  const [row] = (await enrollment('2021-22')).filter((row) => row['OrganizationLevel'] === 'District' && isTotal(row));
  assert.match(row?.['All Students'] ?? '', /,/);
  const [found] = await built.rows(`select student_count from staging.stg_ospi__enrollment
    where school_year = '2021-22' and organization_level = 'district' and district_id = '${row?.['DistrictCode']}'
      and grade_id = 'all_grades' and demographic_group_id = 'total'`);
  assert.equal(found?.['student_count'], number(row?.['All Students']));
});

test('2022-23: a withheld 0 is suppressed, and a published 0 is 0', async () => {
  const pairs = [
    ['Low-Income', 'Non-Low Income'],
    ['Homeless', 'Non-Homeless'],
    ['Foster_Care', 'Non_Foster_Care'],
  ] as const;
  const rows = await enrollment('2022-23');
  const seen = {withheld: 0, zeros: 0};
  for (const [program, complement] of pairs) {
    const at = (row: Cells, label: string) => number(row[label] ?? row[label.replace('Foster_Care', 'FosterCare')]);
    const withheld = rows.filter((row) => row['DAT'] !== '' && at(row, program) === 0 && at(row, complement) === 0);
    const zeros = rows.filter((row) => at(row, program) === 0 && at(row, complement) > 0);
    const [found] =
      await built.rows(`select count(*) filter (student_count_status = 'suppressed' and student_count is null) as withheld,
        count(*) filter (student_count = 0) as zeros
      from raw.ospi_enrollment where school_year = '2022-23' and demographic_label = '${program}'`);
    assert.deepEqual(found, {withheld: withheld.length, zeros: zeros.length}, program);
    seen.withheld += withheld.length;
    seen.zeros += zeros.length;
  }
  assert.ok(seen.withheld > 0 && seen.zeros > 0, 'the sample has lost the habit');
});

test('the teachers of a year come from one release, and an LEA is a district', async () => {
  const allYears = await file('Report_Card_Teacher_Demographics_2017-18_to_2022-23.csv');
  const single = await file('Report_Card_Teacher_Demographics_2020-21_School_Year.csv');
  const rows =
    await built.rows(`select school_year, count(*) as n, count(*) filter (organization_level = 'district') as districts,
      count(distinct landed_sha256) as files from raw.ospi_teachers group by all order by 1`);
  for (const {school_year, n, districts, files} of rows) {
    const source = school_year === '2020-21' ? single : allYears.filter(({SchoolYear}) => SchoolYear === school_year);
    assert.equal(n, source.length);
    assert.equal(districts, source.filter(({OrganizationLevel}) => OrganizationLevel !== 'School').length);
    assert.equal(files, 1);
  }
  assert.equal(rows.length, 5);
  assert.ok(built.notes.some((note) => /2020-21 is taken from Report_Card_Teacher_Demographics_2020-21/.test(note)));
});

test('students and teachers share one vocabulary: every label of every year has its group', async () => {
  assert.deepEqual(
    await built.rows(`select * from staging.stg_ospi__teachers where demographic_group_id is null limit 3`),
    [],
  );
  assert.deepEqual(
    await built.rows(`select * from staging.stg_ospi__enrollment where demographic_group_id is null limit 3`),
    [],
  );
  const counts = await built.rows(
    `select school_year, demographic_group_id, count(*) as schools from core.fct_teacher group by all`,
  );
  const schools = new Map(
    counts.filter((row) => row['demographic_group_id'] === 'total').map((row) => [row['school_year'], row['schools']]),
  );
  for (const row of counts) assert.equal(row['schools'], schools.get(row['school_year']), JSON.stringify(row));
});

test('a missing total is null, not 0', async () => {
  const single = await file('Report_Card_Teacher_Demographics_2020-21_School_Year.csv');
  const without = new Set(
    single.filter(({TeacherTotalCount}) => TeacherTotalCount === 'NULL').map(({SchoolCode}) => SchoolCode),
  );
  const rows = await built.rows(
    `select school_code from marts.schools where school_year = '2020-21' and teacher_count is null`,
  );
  assert.deepEqual(new Set(rows.map(({school_code}) => school_code)), without);
});

test('the list defines the region of its own year; in other years it is carried over to the existing schools', async () => {
  const rows =
    await built.rows(`select school_year, any_value(list_school_year) as list, any_value(is_carried_over) as carried,
      count(*) as schools from core.bridge_school_region group by all order by 1`);
  assert.deepEqual(
    rows.map(({carried}) => carried),
    [true, true, false, true, true],
  );
  assert.deepEqual(new Set(rows.map(({list}) => list)), new Set(['2020-21']));
  assert.equal(rows[2]?.['schools'], 32);
  // 9025 closed after 2020-21.
  const [closed] = await built.rows(
    `select count(*) as n from core.bridge_school_region where school_id like '%-9025' and school_year > '2020-21'`,
  );
  assert.equal(closed?.['n'], 0);
});

test('a school has its name of the time in each year', async () => {
  const rows = await built.rows(
    `select school_year, school_name from core.dim_school_snapshot where school_code = '9031' order by 1`,
  );
  for (const {school_year, school_name} of rows) {
    const published = (await enrollment(String(school_year))).find(({SchoolCode}) => SchoolCode === '9031');
    assert.equal(school_name, published?.['SchoolName'], String(school_year));
  }
  assert.equal(new Set(rows.map(({school_name}) => school_name)).size, 2);
});

test('every raw row knows its file and its line', async () => {
  const rows = await built.rows(`select file_name, line_number, school_code, demographic_label, student_count
    from raw.ospi_enrollment join raw.ospi_enrollment_row using (landed_sha256, line_number)
    join raw.landed_file using (landed_sha256)
    where hash(line_number, demographic_label) % 97 = 0 and student_count is not null limit 300`);
  assert.ok(rows.length > 100);
  for (const {file_name, line_number, demographic_label, student_count} of rows) {
    const cells = (await file(String(file_name)))[Number(line_number) - 2] ?? {};
    const label = String(demographic_label);
    const cell = cells[label] ?? cells[label.replace('Foster_Care', 'FosterCare')];
    assert.equal(student_count, number(cell), `${file_name} line ${line_number} ${label}`);
  }
});

test('the build of the sample is marked as one', async () => {
  assert.equal(built.manifest.isSample, true);
  const rows = await built.rows('select bool_and(is_sample) as all_of_it from raw.landed_file');
  assert.deepEqual(rows, [{all_of_it: true}]);
  const names = await built.rows(
    `select district_name from core.dim_district where district_name not like '%(sample)%' and district_name is not null`,
  );
  assert.deepEqual(names, []);
});

test('a fact joins each of its dimensions without losing or duplicating a row', async () => {
  const project = await readProject(join(projectFolder, 'dbt'));
  // The project declares the keys: a relationships test names the column and the dimension.
  const keys = project.tests.flatMap(({target}) => {
    if (target.kind !== 'generic' || target.test !== 'relationships' || !('ref' in target.relation)) return [];
    const to = /ref\('(\w+)'\)/.exec(String(target.arguments['to']))?.[1] ?? '';
    return [
      {
        from: target.relation.ref,
        column: String(target.arguments['column_name']),
        to,
        field: String(target.arguments['field']),
      },
    ];
  });
  const facts = project.models.filter(({name}) => name.startsWith('fct_')).map(({name}) => name);
  assert.equal(facts.length, 6);
  for (const fact of facts) {
    const dimensions = keys.filter(({from}) => from === fact).map(({to}) => to);
    for (const dimension of ['dim_school_year', 'dim_demographic_group', 'dim_landed_file']) {
      assert.ok(dimensions.includes(dimension), `${fact} has no key to ${dimension}`);
    }
    assert.ok(dimensions.includes('dim_school') || dimensions.includes('dim_district'), `${fact} has no organization`);
  }
  for (const {from, column, to, field} of keys.filter(({from}) => /^(fct|bridge|dim)_/.test(from))) {
    const [counts] = await built.rows(`select
      (select count(*) from core.${from} where ${column} is not null) as alone,
      (select count(*) from core.${from} as child join core.${to} as parent on child.${column} = parent.${field}) as joined`);
    assert.equal(counts?.['joined'], counts?.['alone'], `${from}.${column} → ${to}`);
  }
  for (const fact of ['fct_enrollment', 'fct_enrollment_all_grades', 'fct_teacher']) {
    const [counts] = await built.rows(`select (select count(*) from core.${fact}) as alone,
      (select count(*) from core.${fact} join core.dim_school_snapshot using (school_year, school_id)) as joined`);
    assert.equal(counts?.['joined'], counts?.['alone'], `${fact} → dim_school_snapshot`);
  }
});

test('the tables of the sample have as many rows as the seed expects, in every school year', async () => {
  const [outcome] = await built.rows(
    `select status from audit.test_result where test_name = 'row_counts_are_expected'`,
  );
  assert.equal(outcome?.['status'], 'pass', 'npm run expected rewrites the seed; review the difference');
  const unexpected = await built.rows(`select table_name, school_year from audit.table_row_count
    anti join seeds.expected_row_counts using (data_set, table_name, school_year) where table_name <> 'school-list'`);
  assert.deepEqual(unexpected, [], 'every count is expected by the seed');
});
