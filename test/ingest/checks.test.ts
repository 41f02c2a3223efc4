import assert from 'node:assert/strict';
import {test} from 'node:test';
import {open} from '../../src/duckdb/database.ts';
import {compareAll} from '../../src/ingest/checks.ts';
import {cellMacros} from '../../src/ingest/columns.ts';
import {ospiEnrollment} from '../../src/sources/ospi-enrollment.ts';
import type {Source} from '../../src/sources/source.ts';
import {sources} from '../../src/sources/sources.ts';
import {build} from '../support/pipeline.ts';
import {type Cells, makeEnrollmentFile, makeListFile, makeTeacherFile} from '../support/publisher.ts';
import {checkFiles} from '../support/reshaping.ts';

/** Twenty-five schools with one grade each, so that one error is 2 % of the rows, and a district row with their sum. */
const codes = Array.from({length: 25}, (_, index) => String(9001 + index));
const place: Cells = {district_code: '99001', district_name: 'Lyra'};

function students(spoil: (row: Cells) => Cells = (row) => row): Cells[] {
  const counts = {white: 30, asian: 20, female: 25, low_income: 10};
  const ofSchools = codes.flatMap((code) =>
    ['1st Grade', 'All Grades'].map((grade) => ({
      ...place,
      school_code: code,
      school_name: `School ${code}`,
      grade_level: grade,
      ...counts,
    })),
  );
  const total = Object.fromEntries(Object.entries(counts).map(([id, count]) => [id, count * codes.length]));
  const ofDistrict = ['1st Grade', 'All Grades'].map((grade) => ({
    ...place,
    organization_level: 'District',
    school_name: 'District Total',
    grade_level: grade,
    ...total,
  }));
  return [...ofSchools, ...ofDistrict].map((row) => spoil(row));
}

const races = {Asian: 2, White: 8, 'Not Provided': 0};
const genders = {Female: 6, Male: 4, 'Not Provided': 0};
const teachers = codes.map((code) => ({
  cells: {...place, school_code: code, school_name: `School ${code}`},
  races,
  genders,
}));
const list = codes.map((school) => ({district: '99001', school, types: ['e' as const]}));

const good = () => ({
  's.csv': makeEnrollmentFile(students()),
  't.csv': makeTeacherFile(teachers),
  'l.csv': makeListFile(list),
});

/** Returns the result of a check: its status, the failing and compared rows, and the first sample. */
async function outcome(files: Record<string, string>, check: string) {
  const found = (await checkFiles(files))
    .filter((result) => result.check === check)
    .sort((a, b) => b.failing - a.failing);
  assert.ok(found.length > 0, `no check ${check}`);
  const [{status, failing, compared, samples} = {status: '', failing: 0, compared: 0, samples: []}] = found;
  return {status, failing, compared, sample: samples[0]};
}

test('good files pass every check, and no check passes without comparing rows', async () => {
  const checks = await checkFiles(good());
  // The schools are all alike, which no real ones are.
  for (const {check, status, compared, samples} of checks.filter(({check}) => check !== 'groups_vary')) {
    assert.equal(status, 'pass', `${check}: ${samples}`);
    assert.ok(compared > 0, `${check} compared nothing`);
  }
  const names = new Set(checks.map(({check}) => check));
  for (const name of [
    'columns_known',
    'keys_unique',
    'rows_reconcile',
    'rows_usable',
    'gender_adds_up',
    'race_ethnicity_adds_up',
    'low_income_adds_up',
    'foster_care_adds_up',
    'grades_add_up',
    'schools_add_up',
    'categories_add_up',
    'one_total',
    'total_given',
    'districts_found_in_ospi_enrollment',
    'schools_found_in_ospi_enrollment',
    'districts_found_in_ospi_teachers',
    'schools_found_in_ospi_teachers',
  ]) {
    assert.ok(names.has(name), `no check ${name}`);
  }
});

const isFirst = (row: Cells) => row['school_code'] === '9001' && row['grade_level'] === '1st Grade';

test('genders that do not add up to all students are found in their row', async () => {
  const file = makeEnrollmentFile(
    students((row) => (isFirst(row) ? {...row, all_students: 50, white: 30, gender_x: 0} : row)),
  ).replace(/^(2020-21,School.*9001,.*1st Grade,50,)25,0,25/m, '$125,0,24');
  const result = await outcome({...good(), 's.csv': file}, 'gender_adds_up');
  assert.deepEqual([result.status, result.failing, result.compared], ['warn', 1, 52]);
  assert.match(String(result.sample), /Lyra, School 9001, 1st Grade: 49 of 50 \(line 2\)/);
});

test('genders that do not add up in many rows are an error', async () => {
  const file = makeEnrollmentFile(students()).replaceAll(
    /^(2020-21,School.*,900[12],.*1st Grade,50,)25,0,25/gm,
    '$125,0,24',
  );
  const {status, failing} = await outcome({...good(), 's.csv': file}, 'gender_adds_up');
  assert.deepEqual([status, failing], ['error', 2]);
});

test('races that do not add up in a few rows are a warning', async () => {
  const file = makeEnrollmentFile(students((row) => (isFirst(row) ? {...row, all_students: 50, white: 29} : row)));
  const {status, failing} = await outcome({...good(), 's.csv': file}, 'race_ethnicity_adds_up');
  assert.deepEqual([status, failing], ['warn', 1]);
});

test('races that do not add up in many rows are an error', async () => {
  const file = makeEnrollmentFile(
    students((row) => ({...row, all_students: Number(row['white']) + Number(row['asian']), white: 1})),
  );
  const {status, failing} = await outcome({...good(), 's.csv': file}, 'race_ethnicity_adds_up');
  assert.deepEqual([status, failing], ['error', 52]);
});

/** Makes an enrollment file with these figures of one program in every row, where 50 students are. */
function withHomeless(homeless: string, others: string): string {
  const [head = '', ...lines] = makeEnrollmentFile(students()).trim().split('\n');
  const header = head.split(',');
  const spoiled = lines.map((line) => {
    const cells = line.split(',');
    cells[header.indexOf('Homeless')] = homeless;
    cells[header.indexOf('Non-Homeless')] = others;
    return cells.join(',');
  });
  return [head, ...spoiled, ''].join('\n');
}

test('a program and its complement that do not add up in many rows are an error', async () => {
  const {status, failing} = await outcome({...good(), 's.csv': withHomeless('2', '1')}, 'homeless_adds_up');
  assert.deepEqual([status, failing], ['error', 52]);
});

test('withheld counts are counted, and never an error', async () => {
  for (const [homeless, others] of [
    ['0', '1'],
    ['1', '0'],
    ['0', '0'],
  ] as const) {
    const found = await outcome({...good(), 's.csv': withHomeless(homeless, others)}, 'homeless_adds_up');
    assert.deepEqual([found.status, found.failing, found.compared], ['warn', 52, 52]);
    assert.match(String(found.sample), /: withheld \(line \d+\)$/);
  }
});

test('grades that do not add up to the all-grades row are found', async () => {
  const file = makeEnrollmentFile(
    students((row) =>
      row['grade_level'] === '1st Grade' && row['school_code'] === '9002' ? {...row, white: 31} : row,
    ),
  );
  const {failing, sample} = await outcome({...good(), 's.csv': file}, 'grades_add_up');
  assert.ok(failing >= 1);
  assert.match(String(sample), /School 9002, .*: grades \d+, all grades \d+/);
});

test('schools that do not add up to their district are a warning', async () => {
  const file = makeEnrollmentFile(
    students((row) => (row['organization_level'] === 'District' ? {...row, white: 751} : row)),
  );
  const {status, sample} = await outcome({...good(), 's.csv': file}, 'schools_add_up');
  assert.equal(status, 'warn');
  assert.match(String(sample), /Lyra, 1st Grade, .*: schools \d+, district \d+/);
});

test('teacher categories that do not add up to the total are found for each type', async () => {
  const file = makeTeacherFile(teachers).replace(/^(.*9001,.*RaceEthnicity,White,)8$/m, '$17');
  const {status, failing, sample} = await outcome({...good(), 't.csv': file}, 'categories_add_up');
  assert.deepEqual([status, failing, sample], ['warn', 1, 'Lyra, School 9001, RaceEthnicity: 9 of 10']);
});

test('an organization with two totals is found', async () => {
  const file = makeTeacherFile(teachers).replace(/^(.*9003,School 9003,)10(,Gender,Male,4)$/m, '$111$2');
  const {status, failing, sample} = await outcome({...good(), 't.csv': file}, 'one_total');
  assert.deepEqual([status, failing, sample], ['warn', 1, 'Lyra, School 9003: 2 different totals']);
});

test('a school of the list that is missing in a file is named', async () => {
  const file = makeListFile([...list, {district: '99001', school: '9999', types: ['h']}]);
  const inStudents = await outcome({...good(), 'l.csv': file}, 'schools_found_in_ospi_enrollment');
  assert.deepEqual([inStudents.status, inStudents.failing, inStudents.compared], ['warn', 1, 26]);
  assert.equal(inStudents.sample, 'school 9999 of district 99001 (line 27)');
  assert.equal((await outcome({...good(), 'l.csv': file}, 'schools_found_in_ospi_teachers')).failing, 1);
});

test('a file without the state may lack whole districts of the list, which are named, and no school of its own', async () => {
  const elsewhere = ['9101', '9102', '9103'].flatMap((school) =>
    Array.from({length: 10}, (_, index) => ({
      district: `99${school.slice(-3)}`,
      school: String(9200 + index),
      types: ['h' as const],
    })),
  );
  const files = {...good(), 'l.csv': makeListFile([...list, ...elsewhere])};
  for (const source of ['ospi_enrollment', 'ospi_teachers']) {
    assert.deepEqual(await outcome(files, `districts_found_in_${source}`), {
      status: 'warn',
      failing: 3,
      compared: 4,
      sample: 'district 99101 (schools of the list: 10)',
    });
    const {status, failing, compared} = await outcome(files, `schools_found_in_${source}`);
    assert.deepEqual([status, failing, compared], ['pass', 0, 25]);
  }
  const state = {organization_level: 'State', grade_level: 'All Grades', white: 1};
  const ofTheState = {...files, 's.csv': makeEnrollmentFile([...students(), state])};
  const {status, failing, compared} = await outcome(ofTheState, 'schools_found_in_ospi_enrollment');
  assert.deepEqual([status, failing, compared], ['error', 30, 55]);
});

test('a list whose districts have other codes than the file is an error', async () => {
  const others = makeListFile(list.map((school) => ({...school, district: '99010'})));
  const {status, failing, compared} = await outcome({...good(), 'l.csv': others}, 'schools_found_in_ospi_teachers');
  assert.deepEqual([status, failing, compared], ['error', 25, 25]);
});

test('results are stored in the warehouse, with their samples', async () => {
  const file = makeListFile([...list, {district: '99001', school: '9999', types: ['h']}]);
  const built = await build({...good(), 'l.csv': file});
  const rows = await built.rows(`select result.status, result.failing_count, sample.sample
    from audit.check_result as result join audit.check_sample as sample using (source_id, school_year, check_name)
    where check_name = 'schools_found_in_ospi_teachers'`);
  built.close();
  assert.deepEqual(rows, [{status: 'warn', failing_count: 1, sample: 'school 9999 of district 99001 (line 27)'}]);
});

test('a school without its all-grades row is named', async () => {
  const file = makeEnrollmentFile(
    students().filter((row) => !(row['school_code'] === '9004' && row['grade_level'] === 'All Grades')),
  );
  const {status, failing, sample} = await outcome({...good(), 's.csv': file}, 'total_given');
  assert.deepEqual([status, failing, sample], ['warn', 1, 'Lyra, School 9004']);
});

test('a file may lack the row All if its categories state the total', async () => {
  const withoutAll = makeTeacherFile(teachers).replace(/^.*,9001,.*,All,All,10\n/m, '');
  assert.notEqual(withoutAll, makeTeacherFile(teachers));
  const built = await build({...good(), 't.csv': withoutAll});
  const [school] = await built.rows(`select teacher_count from marts.schools where school_code = '9001'`);
  built.close();
  assert.equal(school?.['teacher_count'], 10);
});

test('results do not depend on how many school years are compared at a time', async () => {
  const year = (schoolYear: string, spoilt: string) =>
    makeEnrollmentFile(
      students((row) => ({
        ...row,
        school_year: schoolYear,
        ...(isFirst(row) && {gender_x: spoilt === 'gender' ? 1 : 0}),
      })),
    ).replace(/^(.*,School.*9001,.*1st Grade,50,)25,1,24/m, '$125,1,25');
  const built = await build({...good(), 's.csv': year('2020-21', 'gender'), 'before.csv': year('2019-20', 'nothing')});
  const db = await open(built.warehouse, {readOnly: true});
  try {
    await db.run(cellMacros.replaceAll('create macro', 'create temp macro'));
    const once = await compareAll(db, ospiEnrollment, sources);
    assert.deepEqual(
      once
        .filter(({check}) => check === 'gender_adds_up')
        .map(({schoolYear, status, failing, compared}) => ({schoolYear, status, failing, compared})),
      [
        {schoolYear: '2019-20', status: 'pass', failing: 0, compared: 52},
        {schoolYear: '2020-21', status: 'warn', failing: 1, compared: 52},
      ],
    );
    for (const rowsAtATime of [1, 52, 103, 104]) {
      assert.deepEqual(await compareAll(db, ospiEnrollment, sources, rowsAtATime), once);
    }
    const ofBuild = built.checks.filter(
      ({source, check}) => source === ospiEnrollment.id && once.some((other) => other.check === check),
    );
    assert.deepEqual(ofBuild, once);
  } finally {
    db.close();
    built.close();
  }
});

test('a label with an apostrophe is compared, and appears unchanged in the description', async () => {
  const db = await open();
  await db.run(cellMacros);
  await db.run(`create schema raw;
    create table raw.source_partition (source_id varchar, school_year varchar, landed_sha256 varchar, rows_in bigint,
      rows_loaded bigint, rows_rejected bigint);
    create table raw.rejected_row (school_year varchar, landed_sha256 varchar, source_id varchar, line_number bigint,
      district_code varchar, school_code varchar, kind varchar, reason varchar);
    create table raw.staff_row as select '2020-21' as school_year, 'a' as landed_sha256, line_number, 'school' as organization_level,
      '1' as district_code, 'Lyra' as district_name, '2' as school_code, 'Vega' as school_name, 'All' as grade_level
      from (values (2::bigint), (3)) as t(line_number);
    create table raw.staff as select '2020-21' as school_year, 'a' as landed_sha256, *, n as printed_n from (values
      (2::bigint, 'Master''s', 3), (2, 'Others'' "own"', 4), (2, 'All', 7),
      (3, 'Master''s', 3), (3, 'Others'' "own"', 4), (3, 'All', 8)) as t(line_number, kind, n);
    insert into raw.source_partition values ('staff', '2020-21', 'a', 2, 2, 0)`);
  const staff: Source = {
    id: 'staff',
    title: "The staff's degrees",
    publisher: 'nobody',
    state: 'nowhere',
    subject: 'staff',
    table: 'staff',
    columns: [
      {id: 'masters', label: "Master's", kind: 'count'},
      {id: 'others', label: `Others' "own"`, kind: 'count'},
      {id: 'all_staff', label: 'All', kind: 'count'},
    ],
    recognizedBy: [],
    key: [],
    pivot: {
      measures: ['masters', 'others', 'all_staff'],
      labelColumn: 'kind',
      countColumn: 'n',
      printedColumn: 'printed_n',
      rowTable: 'staff_row',
      whole: 'all_staff',
      grade: {column: 'grade_level', total: 'All'},
      breakdowns: [{name: 'degrees', parts: ['masters', 'others'], tolerance: 0}],
    },
    feeds: [],
    checks: [],
  };
  const results = await compareAll(db, staff, [staff]);
  db.close();
  assert.deepEqual(
    results.map(({check, status, compared, failing}) => ({check, status, compared, failing})),
    [
      {check: 'rows_reconcile', status: 'pass', compared: 1, failing: 0},
      {check: 'rows_usable', status: 'pass', compared: 2, failing: 0},
      {check: 'degrees_adds_up', status: 'error', compared: 2, failing: 1},
    ],
  );
  assert.equal(results[2]?.description, `Master's + Others' "own" = All`);
  assert.deepEqual(results[2]?.samples, ['Lyra, Vega, All: 7 of 8 (line 3)']);
});
