import assert from 'node:assert/strict';
import {readdirSync, readFileSync} from 'node:fs';
import {test} from 'node:test';
import {makeSampleFiles} from '../../sample/generate.ts';

const folder = new URL('../../sample/files/', import.meta.url);
const contentsOf = (name: string) => readFileSync(new URL(name, folder), 'utf8');

type Row = Record<string, string>;

/** Parses the CSV of these files: fields with a comma are quoted, and no field has a quote or a line end. */
function parse(contents: string): Row[] {
  const lines = contents
    .replace(/^\uFEFF/, '')
    .trimEnd()
    .split(/\r?\n/);
  const [header = [], ...rows] = lines.map((line) =>
    [...line.matchAll(/(?:^|,)(?:"([^"]*)"|([^,]*))/g)].map(([, quoted, plain]) => quoted ?? plain ?? ''),
  );
  return rows.map((row) => {
    assert.equal(row.length, header.length, row.join(','));
    return Object.fromEntries(header.map((column, index) => [column, row[index] ?? '']));
  });
}

const enrollment = (year: string): Row[] =>
  parse(contentsOf(`Report_Card_Enrollment_${year}_School_Year.csv`)).map((row) =>
    // Columns whose spelling changes get one spelling.
    Object.fromEntries(
      Object.entries(row).map(([column, value]) => [column.replace(/^(Non_)?FosterCare$/, '$1Foster_Care'), value]),
    ),
  );
const years = ['2018-19', '2019-20', '2020-21', '2021-22', '2022-23'];

const races = [
  'American Indian/ Alaskan Native',
  'Asian',
  'Black/ African American',
  'Hispanic/ Latino of any race(s)',
  'Native Hawaiian/ Other Pacific Islander',
  'Two or More Races',
  'White',
];
const genders = ['Female', 'Gender X', 'Male'];
const programs = [
  ['English Language Learners', 'Non-English Language Learners'],
  ['Highly Capable', 'Non-Highly Capable'],
  ['Homeless', 'Non-Homeless'],
  ['Low-Income', 'Non-Low Income'],
  ['Migrant', 'Non Migrant'],
  ['Military Parent', 'Non Military Parent'],
  ['Mobile', 'Non Mobile'],
  ['Section 504', 'Non Section 504'],
  ['Students with Disabilities', 'Students without Disabilities'],
];
const foster = ['Foster_Care', 'Non_Foster_Care'];
const figures = ['All Students', ...genders, ...races, ...programs.flat(), ...foster];

function count(row: Row, column: string): number {
  const text = (row[column] ?? '').replaceAll(',', '');
  assert.match(text, /^\d+$/, `${column} of ${JSON.stringify(row)}`);
  return Number(text);
}

const add = (row: Row, columns: readonly string[]) => columns.reduce((sum, column) => sum + count(row, column), 0);
const sumOf = (rows: readonly Row[], column: string) => rows.reduce((sum, row) => sum + count(row, column), 0);
const isTotal = (row: Row) => /^All ?Grades$/.test(row.GradeLevel ?? '');
const isTwin = (row: Row) => row.SchoolYear === '2019-20' && isTotal(row) && count(row, 'All Students') === 0;
const ofEsd = (row: Row) => row.DistrictCode === '99801';
const racesHold = (row: Row) => add(row, races) === count(row, 'All Students');
const groupBy = (rows: readonly Row[], key: (row: Row) => string) => Object.entries(Object.groupBy(rows, key));

/** The rows of a year that should add up, without rows that are defective as a whole. */
const sound = (year: string) =>
  enrollment(year).filter((row) => row.OrganizationLevel !== '' && !ofEsd(row) && !isTwin(row));

/** Returns the columns that no row suppresses. White is too low in five rows, so it has its own check. */
function findUnsuppressed(rows: readonly Row[]): string[] {
  if (rows.some((row) => row.DAT === 'DAT Applied: N < 10')) return [];
  const people = ['All Students', ...genders, ...races];
  return (rows.some((row) => row.DAT) ? people : figures).filter((column) => column !== 'White');
}

/** Works out the White students from all other figures. */
const white = (rows: readonly Row[]) =>
  rows.reduce((sum, row) => sum + count(row, 'All Students') - add(row, races.slice(0, -1)), 0);

test('the files match the generator', () => {
  const made = makeSampleFiles();
  assert.deepEqual(readdirSync(folder).sort(), [...made.keys()].sort());
  for (const [name, contents] of made) {
    // assert.equal would print the whole file.
    assert.ok(Buffer.from(contents).equals(readFileSync(new URL(name, folder))), `${name} is stale: npm run sample`);
  }
});

test('the files are small enough for the repository', () => {
  const sizes = new Map([...makeSampleFiles()].map(([name, contents]) => [name, Buffer.byteLength(contents)]));
  assert.ok([...sizes.values()].reduce((a, b) => a + b) < 1_250_000);
  assert.ok((sizes.get('Report_Card_Teacher_Demographics_2017-18_to_2022-23.csv') ?? 0) < 600_000);
});

for (const year of years) {
  test(`${year}: the all-grades row is the sum of the grades, in every column`, () => {
    let compared = 0;
    for (const [key, rows = []] of groupBy(sound(year), (row) => `${row.DistrictCode}|${row.SchoolCode}`)) {
      const [total, ...more] = rows.filter(isTotal);
      assert.ok(total && more.length === 0, key);
      const grades = rows.filter((row) => !isTotal(row));
      for (const column of findUnsuppressed(rows)) {
        compared++;
        assert.equal(sumOf(grades, column), count(total, column), `${key} ${column}`);
      }
      if (findUnsuppressed(rows).length > 0) assert.equal(white(grades), white([total]), key);
    }
    assert.ok(compared > 300);
  });

  test(`${year}: a district is the sum of its schools, and the state the sum of its districts`, () => {
    const rows = sound(year);
    let compared = 0;
    const levels = [
      {whole: 'District', part: 'School', key: (row: Row) => `${row.DistrictCode}|${row.GradeLevel}`},
      {whole: 'State', part: 'District', key: (row: Row) => `${row.GradeLevel}`},
    ];
    for (const {whole, part, key} of levels) {
      const parts = Object.groupBy(
        rows.filter((row) => row.OrganizationLevel === part),
        key,
      );
      const wholes = rows.filter((row) => row.OrganizationLevel === whole);
      assert.deepEqual(wholes.map(key).sort(), Object.keys(parts).sort());
      for (const row of wholes) {
        const own = parts[key(row)] ?? [];
        for (const column of findUnsuppressed([row, ...own])) {
          compared++;
          assert.equal(sumOf(own, column), count(row, column), `${key(row)} ${column}`);
        }
        if (findUnsuppressed([row, ...own]).length > 0) assert.equal(white(own), white([row]), key(row));
      }
    }
    assert.ok(compared > 300);
  });

  test(`${year}: genders, races and programs add up to all students where nothing is suppressed`, () => {
    for (const row of enrollment(year)) {
      assert.equal(add(row, genders), count(row, 'All Students'));
      if (row.DAT !== 'DAT Applied: > 95%') {
        for (const pair of programs) assert.equal(add(row, pair), count(row, 'All Students'));
      }
      if (year !== '2020-21') {
        assert.ok(racesHold(row));
        if (!row.DAT && !isTwin(row)) assert.equal(add(row, foster), count(row, 'All Students'));
      }
    }
  });

  test(`${year}: all names are invented and marked as such`, () => {
    for (const row of sound(year).filter((row) => row.OrganizationLevel !== 'State')) {
      assert.match(row.DistrictName ?? '', / School District \(sample\)$/);
      assert.equal(row.County, 'Sample County');
      assert.match(row.DistrictCode ?? '', year === '2019-20' ? /^(99\d{3}|905)$/ : /^(99\d{3}|00905)$/);
    }
  });
}

test('2019-20: zero twins of all 6 districts and 28 of 41 schools, and codes without their zeros', () => {
  const rows = enrollment('2019-20');
  const twins = rows.filter(isTwin);
  assert.equal(twins.filter((row) => row.OrganizationLevel === 'School').length, 28);
  assert.equal(twins.filter((row) => row.OrganizationLevel === 'District').length, 6);
  assert.equal(twins.length, 34);
  for (const twin of twins) assert.equal(add(twin, figures) - count(twin, 'Foster_Care'), 0);
  assert.ok(twins.filter((twin) => count(twin, 'Foster_Care') > 0).length > 1, 'some keep their foster care count');
  const keys = rows.map((row) => `${row.DistrictCode}|${row.SchoolCode}|${row.GradeLevel}`);
  assert.equal(keys.length - new Set(keys).size, twins.length);
  assert.ok(rows.some((row) => row.DistrictCode === '905' && row.SchoolCode === '912'));
});

test('2020-21: races are off in 5 rows, foster care in a third; 6 rows have no level; 99801 repeats the state', () => {
  const rows = enrollment('2020-21');
  const off = rows.filter((row) => !racesHold(row));
  assert.equal(off.length, 5);
  for (const row of off) {
    const low = count(row, 'All Students') - add(row, races);
    assert.ok(low >= 1 && low <= 3);
    assert.ok(row.OrganizationLevel === 'School' || !isTotal(row));
  }
  const fosterOff = rows.filter((row) => add(row, foster) !== count(row, 'All Students')).length;
  assert.ok(fosterOff > rows.length * 0.28 && fosterOff < rows.length * 0.4, `${fosterOff} of ${rows.length}`);

  const lost = rows.filter((row) => row.OrganizationLevel === '');
  assert.equal(lost.length, 6);
  for (const row of lost) assert.equal(`${row.DistrictCode}${row.DistrictName}${row.SchoolCode}${row.SchoolName}`, '');

  const state = rows.filter((row) => row.OrganizationLevel === 'State');
  const esd = rows.filter(ofEsd);
  assert.deepEqual([...new Set(esd.map((row) => row.OrganizationLevel))], ['District']);
  const repeated = (row: Row) => [row.GradeLevel, ...figures.map((column) => row[column])];
  assert.deepEqual(esd.map(repeated), state.map(repeated));
});

test('2022-23: suppressed figures are 0 and marked in DAT', () => {
  const rows = enrollment('2022-23');
  assert.deepEqual(
    Object.fromEntries(groupBy(rows, (row) => row.DAT ?? '').map(([dat, group]) => [dat, group?.length])),
    {'': 110, 'DAT Applied: > 95%': 105, 'DAT Applied: Foster Care - N < 10': 130, 'DAT Applied: N < 10': 13},
  );
  for (const row of rows) {
    if (row.DAT === 'DAT Applied: N < 10') assert.equal(add(row, figures), 0);
    else assert.ok(count(row, 'All Students') >= 10);
    if (row.DAT === 'DAT Applied: Foster Care - N < 10') assert.equal(add(row, foster), 0);
    if (row.DAT === 'DAT Applied: > 95%') assert.ok([...programs, foster].some((pair) => add(row, pair) === 0));
  }
  const transition = rows.filter((row) => row.GradeLevel === 'Transition to Kindergarten');
  assert.deepEqual(
    transition.filter((row) => row.OrganizationLevel === 'School').map((row) => row.SchoolCode),
    ['9001', '0912'],
  );
});

test('each file has the format of its year', () => {
  const manners = Object.fromEntries(
    [...makeSampleFiles().keys()].map((name) => {
      const contents = contentsOf(name);
      const [first] = parse(contents);
      return [
        name.replace(/^Report_Card_|(_School_Year)?\.\w+$/g, ''),
        [contents.startsWith('\uFEFF') ? 'BOM' : '-', contents.includes('\r\n') ? 'CRLF' : 'LF', first?.DataAsOf],
      ];
    }),
  );
  assert.deepEqual(manners, {
    'Enrollment_2018-19': ['-', 'LF', '2019-06-01T00:00:00.000'],
    'Enrollment_2019-20': ['-', 'CRLF', '4/22/22 0:00'],
    'Enrollment_2020-21': ['BOM', 'CRLF', '2022 Mar 01 12:00:00 AM'],
    'Enrollment_2021-22': ['-', 'LF', '2022-06-01'],
    'Enrollment_2022-23': ['BOM', 'CRLF', '2023 Jun 01 12:00:00 AM'],
    'Teacher_Demographics_2020-21': ['BOM', 'CRLF', '2021-12-01'],
    'Teacher_Demographics_2017-18_to_2022-23': ['-', 'LF', '2023-11-01'],
    SampleSchoolList: ['BOM', 'CRLF', undefined],
  });

  const header = (year: string) =>
    Object.keys(parse(contentsOf(`Report_Card_Enrollment_${year}_School_Year.csv`))[0] ?? {});
  assert.deepEqual(header('2018-19').slice(-3), ['DataAsOf', 'FosterCare', 'Non_FosterCare']);
  assert.deepEqual(header('2019-20').slice(-3), ['DataAsOf', 'Foster_Care', 'Non_Foster_Care']);
  assert.deepEqual(header('2020-21').slice(-3), ['DataAsOf', 'Foster_Care', 'Non_Foster_Care']);
  assert.deepEqual(header('2021-22').slice(30, 34), ['Mobile', 'Foster_Care', 'Non_Foster_Care', 'Section 504']);
  assert.deepEqual(header('2022-23').slice(-4), ['DataAsOf', 'DAT', 'FosterCare', 'Non_FosterCare']);
  assert.match(contentsOf('Report_Card_Enrollment_2021-22_School_Year.csv'), /,"\d{1,2},\d{3}",/);
});

test('one school opens, one closes, one is renamed, and two share a name', () => {
  const names = (code: string) =>
    years.map((year) => enrollment(year).find((row) => row.SchoolCode === code)?.SchoolName);
  assert.deepEqual(names('9018'), [undefined, undefined, undefined, 'Tarazed Elementary', 'Tarazed Elementary']);
  const closed = 'Minkar Elementary (Closed after 2020-2021 school year)';
  assert.deepEqual(names('9025'), ['Minkar Elementary', 'Minkar Elementary', closed, undefined, undefined]);
  assert.deepEqual(names('9031'), [...Array(3).fill('Rastaban Middle'), ...Array(2).fill('Edasich Middle')]);
  assert.deepEqual(names('9015'), names('9028'));
});

const oneYear = () => parse(contentsOf('Report_Card_Teacher_Demographics_2020-21_School_Year.csv'));
const allYears = () => parse(contentsOf('Report_Card_Teacher_Demographics_2017-18_to_2022-23.csv'));
const teacherFigures = ['TeacherCount', 'SumYearsExperience', 'MAPlusCount'];
const number = (row: Row, column: string) => (row[column] === 'NULL' ? 0 : Number(row[column]));

test('teachers: categories add up to the total, within race and within gender', () => {
  for (const {rows, categories} of [
    {rows: oneYear(), categories: 12},
    {rows: allYears(), categories: 13},
  ]) {
    for (const [key, group = []] of groupBy(rows, (row) => `${row.SchoolYear}|${row.OrganizationID}`)) {
      assert.equal(group.length, categories, key);
      for (const type of ['All', 'RaceEthnicity', 'Gender']) {
        const parts = group.filter((row) => row.DemographicCategoryType === type);
        const total = parts.reduce((sum, row) => sum + number(row, 'TeacherCount'), 0);
        assert.equal(total, number(parts[0] ?? {}, 'TeacherTotalCount'), `${key} ${type}`);
      }
    }
  }
});

test('teachers of 2020-21: two schools are NULL throughout, and districts have a few more than their schools', () => {
  const rows = oneYear();
  const untold = rows.filter((row) => row.TeacherTotalCount === 'NULL');
  assert.deepEqual([...new Set(untold.map((row) => row.SchoolCode))], ['9003', '9033']);
  assert.equal(untold.length, 24);
  for (const row of untold) assert.ok(row.IsEEValidated === '0' && row.TeacherCount === 'NULL');

  for (const total of rows.filter((row) => row.OrganizationLevel === 'District')) {
    const schools = rows.filter(
      (row) =>
        row.OrganizationLevel === 'School' &&
        row.DistrictCode === total.DistrictCode &&
        row.DemographicCategoryID === total.DemographicCategoryID,
    );
    for (const column of teacherFigures) {
      const sum = schools.reduce((all, row) => all + number(row, column), 0);
      assert.ok(number(total, column) >= sum - 0.001, `${total.DistrictCode} ${total.DemographicCategory} ${column}`);
    }
    if (total.DemographicCategory === 'All') {
      const few = number(total, 'TeacherCount') - schools.reduce((all, row) => all + number(row, 'TeacherCount'), 0);
      assert.ok(few >= 2 && few <= 7);
    }
  }
});

test('teachers of 2020-21: the file has every school with students, and one organization without', () => {
  const withStudents = new Set(
    enrollment('2020-21')
      .filter((row) => row.OrganizationLevel === 'School')
      .map((row) => row.SchoolCode),
  );
  const withTeachers = new Set(
    oneYear()
      .filter((row) => row.OrganizationLevel === 'School')
      .map((row) => row.SchoolCode),
  );
  assert.deepEqual([...withStudents.difference(withTeachers)], []);
  assert.deepEqual([...withTeachers.difference(withStudents)], ['9099']);
});

test('teachers of 2020-21: counts tie at the fifth place, and two schools of different size have equal shares', () => {
  const rows = oneYear();
  const of = (code: string, category: string) =>
    rows.find((row) => row.SchoolCode === code && row.DemographicCategory === category) ?? {};
  const black = ['9016', '9001', '9023', '0913', '9024', '9028', '9030'].map((code) =>
    of(code, 'Black/African American'),
  );
  assert.deepEqual(
    black.map((row) => row.TeacherCount),
    ['6', '5', '5', '4', '4', '4', '4'],
  );
  for (const [category, percent] of [
    ['Black/African American', '0.125'],
    ['White', '0.750'],
  ] as const) {
    assert.deepEqual([of('9015', category).TeacherPercent, of('9030', category).TeacherPercent], [percent, percent]);
    assert.notEqual(of('9015', category).TeacherCount, of('9030', category).TeacherCount);
  }
});

test('teachers of all years: 2020-21 repeats the release of that year', () => {
  const key = (row: Row) => `${row.OrganizationID}|${row.DemographicCategoryType}|${row.DemographicCategoryID}`;
  const single = new Map(oneYear().map((row) => [key(row), row]));
  const repeated = allYears().filter((row) => row.SchoolYear === '2020-21' && row.DemographicCategory !== 'Gender X');
  assert.deepEqual([...new Set(allYears().map((row) => row.SchoolYear))], years);
  for (const row of repeated) {
    const same = single.get(key(row)) ?? {};
    for (const column of ['TeacherTotalCount', 'TeacherCount', 'TeacherPercent', 'SumYearsExperience']) {
      assert.equal(row[column], same[column]?.replace('NULL', ''), `${key(row)} ${column}`);
    }
  }
});

test('students of color are a larger share than teachers of color', () => {
  const state = enrollment('2020-21').find((row) => row.OrganizationLevel === 'State' && isTotal(row)) ?? {};
  const whiteStudents = count(state, 'White') / count(state, 'All Students');
  const districts = oneYear().filter((row) => row.OrganizationLevel === 'District');
  const teachers = (name: string) =>
    districts
      .filter((row) => row.DemographicCategory === name)
      .reduce((sum, row) => sum + number(row, 'TeacherCount'), 0);
  assert.ok(teachers('White') / teachers('All') - whiteStudents > 0.3);
});

test('the school list states its number of schools, and its codes have their leading zeros', () => {
  const lines = contentsOf('SampleSchoolList.txt')
    .replace(/^\uFEFF/, '')
    .split('\r\n');
  const [header = '', rule = '', ...rest] = lines;
  const rows = rest.slice(0, rest.indexOf(''));
  assert.ok(rest.includes(`(${rows.length} rows affected)`));
  assert.equal(rows.length, 32);

  const starts = [...rule.matchAll(/-+/g)].map((dashes) => dashes.index);
  const cut = (line: string) => starts.map((start, index) => line.slice(start, starts[index + 1]).trim());
  const schools = rows.map(cut);
  const [place, first, last] = ['SchoolCode', 'ElementarySchoolFlag', 'HighSchoolFlag'].map((c) =>
    cut(header).indexOf(c),
  );
  const kinds = Object.groupBy(schools, (school) => school.slice(first, (last ?? 0) + 1).join(''));
  assert.deepEqual(Object.fromEntries(Object.entries(kinds).map(([flags, group]) => [flags, group?.length])), {
    '100': 14,
    '010': 7,
    '001': 8,
    '110': 1,
    '011': 1,
    '111': 1,
  });
  assert.ok(schools.some((school) => school[place ?? 0] === '0912'));
  assert.equal(rows.filter((row) => row.includes('NULL')).length, 1);
});
