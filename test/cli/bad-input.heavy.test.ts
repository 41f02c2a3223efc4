import assert from 'node:assert/strict';
import {cpSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, test} from 'node:test';
import {expectError, rollcall} from '../support/command.ts';
import {
  addColumn,
  dropColumn,
  findColumn,
  readCell,
  readRow,
  readSheet,
  renameColumn,
  type Sheet,
  setCell,
  setColumn,
  writeSheet,
} from '../support/sheet.ts';
import {
  enrollment,
  list,
  makeWorkspace,
  query,
  readPublishedState,
  sampleFolder,
  teachers,
  type Workspace,
} from '../support/workspace.ts';
import {makeRefusals, testRefusals, wayOut} from './refuses.ts';

const landingPage = '<!DOCTYPE html>\n<html><head><title>Down for maintenance</title></head><body></body></html>\n';
const replies: Record<string, string | Uint8Array> = {
  'a web page': landingPage,
  'a web page after a byte order mark and an empty line': `\uFEFF\r\n${landingPage}`,
  'an error in XML': '<?xml version="1.0"?>\n<Error><Code>AccessDenied</Code></Error>\n',
};

testRefusals('a file without a table', [
  ...makeRefusals(
    {'0 bytes': '', 'a line break': '\n', 'CRLF, twice': '\r\n\r\n', 'a byte order mark': '\uFEFF', blanks: '  \n \n'},
    (name, contents) => ({
      name: `an empty file: ${name}`,
      spoil: ({write}) => write(enrollment, contents),
      code: 1,
      says: [enrollment, 'empty', wayOut],
    }),
  ),
  ...makeRefusals(replies, (name, contents) => ({
    name: `${name}, saved as .csv`,
    spoil: ({write}: Workspace) => write(enrollment, contents),
    code: 1 as const,
    says: [enrollment, 'web page', wayOut],
  })),
  {
    name: "the publisher's error in JSON, saved as .csv",
    spoil: ({write}) =>
      write(teachers, '{"code":"not_found","error":true,"message":"Cannot find view with id abcd-1234"}'),
    code: 1,
    says: [teachers, 'JSON', 'Cannot find view', wayOut],
  },
  {
    name: 'rows in JSON, saved as .csv',
    spoil: ({write}) => write(enrollment, JSON.stringify([{schoolyear: '2020-21', all_students: '66'}])),
    code: 1,
    says: [enrollment, 'JSON', wayOut],
  },
  {
    name: 'a workbook, named .csv',
    spoil: ({write}) => write(enrollment, Buffer.from('504b0304140006000800000021006264ee9d', 'hex')),
    code: 1,
    says: [enrollment, 'Excel', /Save|unpack/],
  },
  {
    name: 'a PDF, named .csv',
    spoil: ({write}) => write(enrollment, Buffer.from('%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n', 'latin1')),
    code: 1,
    says: [enrollment, wayOut],
  },
  ...makeRefusals(
    {
      'little endian': (text: string) => Buffer.from(`\uFEFF${text}`, 'utf16le'),
      'little endian, no mark': (text: string) => Buffer.from(text, 'utf16le'),
      'big endian': (text: string) => Buffer.from(`\uFEFF${text}`, 'utf16le').swap16(),
      'big endian, no mark': (text: string) => Buffer.from(text, 'utf16le').swap16(),
    },
    (name, encode) => ({
      name: `UTF-16, ${name}`,
      spoil: ({edit}) => edit(enrollment, (text) => encode(text.replace(/^\uFEFF/, ''))),
      code: 1,
      says: [enrollment, 'UTF-16', 'UTF-8'],
    }),
  ),
  {
    name: 'a school list in UTF-16, as SQL Server Management Studio saves it',
    spoil: ({edit}) => edit(list, (text) => Buffer.from(text, 'utf16le')),
    code: 1,
    says: [list, 'UTF-16', 'UTF-8'],
  },
]);

const columns: {file: string; column: string; declaration: string}[] = [
  {file: enrollment, column: 'All Students', declaration: 'src/sources/ospi-enrollment.ts'},
  {file: enrollment, column: 'GradeLevel', declaration: 'src/sources/ospi-enrollment.ts'},
  {file: enrollment, column: 'Foster_Care', declaration: 'src/sources/ospi-enrollment.ts'},
  {file: enrollment, column: 'SchoolYear', declaration: 'src/sources/ospi-enrollment.ts'},
  {file: teachers, column: 'TeacherCount', declaration: 'src/sources/ospi-teachers.ts'},
  {file: teachers, column: 'SchoolYear', declaration: 'src/sources/ospi-teachers.ts'},
];

const commaList = ({readList}: Workspace, change: (sheet: Sheet) => void) => {
  const sheet = readList();
  change(sheet);
  return writeSheet(sheet);
};

testRefusals('a column', [
  ...columns.map(({file, column, declaration}) => ({
    name: `missing: ${column} of ${file}`,
    spoil: ({editSheet}: Workspace) => editSheet(file, (sheet) => dropColumn(sheet, column)),
    code: 1 as const,
    says: [file, 'line 1', `"${column}"`, 'missing', declaration],
  })),
  {
    name: 'missing: SchoolCode of a school list',
    spoil: (space) =>
      space.write(
        list,
        commaList(space, (sheet) => dropColumn(sheet, 'SchoolCode')),
      ),
    code: 1,
    says: [list, 'line 1', '"SchoolCode"', 'missing', 'src/sources/school-list.ts'],
  },
  {
    name: 'missing: three at once, all named',
    spoil: ({editSheet}) =>
      editSheet(enrollment, (sheet) => {
        for (const column of ['Asian', 'White', 'Homeless']) dropColumn(sheet, column);
      }),
    code: 1,
    says: [enrollment, 'line 1', '"Asian"', '"White"', '"Homeless"', 'missing'],
  },
  ...(
    [
      [enrollment, 'All Students', 'Total Enrollment'],
      [enrollment, 'Non_Foster_Care', 'Not In Foster Care'],
      [enrollment, 'SchoolYear', 'Academic Year'],
      [teachers, 'TeacherCount', 'Teachers'],
    ] as const
  ).map(([file, from, to]) => ({
    name: `renamed: ${from} to ${to}`,
    spoil: ({editSheet}: Workspace) => editSheet(file, (sheet) => renameColumn(sheet, from, to)),
    code: 1 as const,
    says: [file, 'line 1', `"${from}"`, 'missing', `"${to}"`, /If the publisher renamed it, add the name to src/],
  })),
  {
    name: 'twice, under one name',
    spoil: ({editSheet}) => editSheet(enrollment, (sheet) => addColumn(sheet, 'Asian', () => '7')),
    code: 1,
    says: [enrollment, 'line 1', '"Asian"', 'twice', wayOut],
  },
  {
    name: 'twice, under two of its names, with different figures',
    spoil: ({editSheet}) => editSheet(enrollment, (sheet) => addColumn(sheet, 'FosterCare', () => '4321')),
    code: 1,
    says: [enrollment, /374 of 374 rows/, 'line 2', /Foster_Care is "\d*" and FosterCare is "4321"/],
  },
  {
    name: 'of counts with nothing but text',
    spoil: ({editSheet}) => editSheet(enrollment, (sheet) => setColumn(sheet, 'Homeless', () => 'many')),
    code: 1,
    says: [
      enrollment,
      /\b374 of 374 rows\b/,
      'line 2',
      'Homeless',
      '"many"',
      'not a whole number',
      'ospi-enrollment.ts',
    ],
  },
  {
    name: 'of teacher counts with nothing but fractions',
    spoil: ({editSheet}) => editSheet(teachers, (sheet) => setColumn(sheet, 'TeacherCount', (cell) => `${cell}.5`)),
    code: 1,
    says: [teachers, /\b576 of 576 rows\b/, 'line 2', 'TeacherCount', '"526.5"', 'not a whole number'],
  },
  {
    name: 'of unreadable school years',
    spoil: ({editSheet}) => editSheet(enrollment, (sheet) => setColumn(sheet, 'SchoolYear', () => '2020-22')),
    code: 1,
    says: [enrollment, 'line 2', 'SchoolYear', '"2020-22"'],
  },
  {
    name: 'of school years that is empty',
    spoil: ({editSheet}) => editSheet(teachers, (sheet) => setColumn(sheet, 'SchoolYear', () => '')),
    code: 1,
    says: [teachers, 'line 2', 'SchoolYear', 'empty'],
  },
  {
    name: 'of organization levels in another language',
    spoil: ({editSheet}) => editSheet(enrollment, (sheet) => setColumn(sheet, 'OrganizationLevel', () => 'Escuela')),
    code: 1,
    says: [enrollment, 'line 2', 'OrganizationLevel', '"Escuela"'],
  },
]);

/** Cuts a file after the given text in the given line. */
function cutAfter(text: string, line: number, last: string): string {
  const lines = text.split('\r\n').slice(0, line);
  const cut = lines.pop() ?? '';
  const end = cut.indexOf(last);
  if (end === -1) throw new Error(`no ${last} in ${cut}`);
  return [...lines, cut.slice(0, end + last.length)].join('\r\n');
}

const quoteNames = (sheet: Sheet) => setColumn(sheet, 'SchoolName', (name) => `${name}, Main Campus`);

testRefusals('a file cut off', [
  {
    name: 'in the middle of a name',
    spoil: ({edit}) => edit(enrollment, (text) => cutAfter(text, 200, 'Grumium')),
    code: 1,
    says: [enrollment, 'line 200', 'cut off', /Grumium|2020-21,School/, wayOut],
  },
  {
    name: 'right after a comma',
    spoil: ({edit}) => edit(enrollment, (text) => cutAfter(text, 200, 'A,6th Grade,')),
    code: 1,
    says: [enrollment, 'line 200', 'cut off', wayOut],
  },
  {
    name: 'in the middle of the first row',
    spoil: ({edit}) => edit(enrollment, (text) => cutAfter(text, 2, 'Sample County')),
    code: 1,
    says: [enrollment, /line 2|no rows/, wayOut],
  },
  {
    name: 'in the middle of the header',
    spoil: ({edit}) => edit(enrollment, (text) => cutAfter(text, 1, 'Two or M')),
    code: 1,
    says: [enrollment, 'line 1', wayOut],
  },
  {
    name: 'in the middle of a quoted cell',
    spoil: ({editSheet, edit}) => {
      editSheet(enrollment, quoteNames);
      edit(enrollment, (text) => cutAfter(text, 200, 'Main'));
    },
    code: 1,
    says: [enrollment, 'line 200', /cut off|quotation mark/, wayOut],
  },
  {
    name: 'in the middle of a row of teachers',
    spoil: ({edit}) => edit(teachers, (text) => cutAfter(text, 300, 'Gend')),
    code: 1,
    says: [teachers, 'line 300', 'cut off', wayOut],
  },
  {
    name: 'in a fixed-width school list',
    spoil: ({edit}) => edit(list, (text) => cutAfter(text, 20, '99')),
    code: 1,
    says: [list, 'line 20', 'cut off', wayOut],
  },
  {
    name: 'in a school list whose last line gives the number of rows',
    spoil: ({edit}) => edit(list, (text) => text.split('\r\n').toSpliced(9, 1).join('\r\n')),
    code: 1,
    says: [list, '32', '31'],
  },
]);

testRefusals('contradicting rows or files', [
  {
    name: 'a key twice in an enrollment file, with different figures',
    spoil: ({editSheet}) =>
      editSheet(enrollment, (sheet) => {
        sheet.rows.splice(99, 0, [...readRow(sheet, 10)]);
        setCell(sheet, 101, 'All Students', '999');
      }),
    code: 1,
    says: [enrollment, 'lines 10 and 101', '9002', /2nd Grade/, /Download|take the wrong row out/],
  },
  {
    name: 'a key twice in a teacher file, with different figures',
    spoil: ({editSheet}) =>
      editSheet(teachers, (sheet) => {
        sheet.rows.push([...readRow(sheet, 15)]);
        setCell(sheet, 578, 'TeacherCount', '11');
      }),
    code: 1,
    says: [teachers, 'lines 15 and 578', '9001', /American Indian/],
  },
  {
    name: 'a row with zero in All Students alone is not a zero twin',
    spoil: ({editSheet}) =>
      editSheet(enrollment, (sheet) => {
        sheet.rows.push([...readRow(sheet, 7)]);
        setCell(sheet, 376, 'All Students', '0');
        setCell(sheet, 376, 'White', '1');
      }),
    code: 1,
    says: [enrollment, 'lines 7 and 376', '9001'],
  },
  {
    name: 'a school twice in the list, with different types',
    spoil: (space) =>
      space.write(
        list,
        commaList(space, (sheet) => {
          sheet.rows.push([...readRow(sheet, 2)]);
          setCell(sheet, 34, 'ElementarySchoolFlag', '0');
          setCell(sheet, 34, 'HighSchoolFlag', '1');
        }),
      ),
    code: 1,
    says: [list, 'lines 2 and 34', '9001'],
  },
  {
    name: 'two different files of students for one year',
    spoil: ({folder, write}) => {
      const other = readFileSync(join(folder, enrollment), 'utf8').replace(',66,29,', ',67,30,');
      write('enrollment (1).csv', other);
    },
    code: 1,
    says: [enrollment, 'enrollment (1).csv', '2020-21', 'Take one of them out'],
  },
  {
    name: 'two different school lists for one year',
    spoil: (space) =>
      space.write(
        'other list.csv',
        commaList(space, (sheet) => sheet.rows.pop()),
      ),
    code: 1,
    says: [list, 'other list.csv', '2020-21', 'Take one of them out'],
  },
]);

const lists: Record<string, (sheet: Sheet) => void> = {
  'whose codes are all unknown': (sheet) => setColumn(sheet, 'SchoolCode', (code) => `8${code.slice(1)}`),
  'whose districts are all unknown': (sheet) => setColumn(sheet, 'DistrictCode', () => '88888'),
};

testRefusals('a school list', [
  ...makeRefusals(lists, (name, change) => ({
    name,
    spoil: (space) => space.write(list, commaList(space, change)),
    code: 1,
    says: [list, /school|code/],
  })),
  {
    name: 'whose codes are all blank',
    spoil: (space) =>
      space.write(
        list,
        commaList(space, (sheet) => setColumn(sheet, 'SchoolCode', () => '')),
      ),
    code: 1,
    says: [list, 'line 2', 'SchoolCode is empty'],
    neverSays: /OSPI/,
  },
  {
    name: 'whose codes are all blank, in fixed width',
    spoil: ({edit}) => edit(list, (text) => text.replaceAll(/^(2021 +)\d{4}/gm, '$1    ')),
    code: 1,
    says: [list, 'line 3', 'SchoolCode is empty'],
  },
  {
    name: 'whose codes are names',
    spoil: (space) =>
      space.write(
        list,
        commaList(space, (sheet) => setColumn(sheet, 'SchoolCode', () => 'Vega')),
      ),
    code: 1,
    says: [list, 'line 2', 'SchoolCode', '"Vega"'],
  },
  {
    name: 'without a year',
    spoil: (space) =>
      space.write(
        list,
        commaList(space, (sheet) => setColumn(sheet, 'AcademicYear', () => '')),
      ),
    code: 1,
    says: [list, 'line 2', 'AcademicYear'],
  },
  {
    name: 'with school years instead of ending years',
    spoil: (space) =>
      space.write(
        list,
        commaList(space, (sheet) => setColumn(sheet, 'AcademicYear', () => '2020-21')),
      ),
    code: 1,
    says: [list, 'line 2', 'AcademicYear', '"2020-21"'],
  },
  {
    name: 'that has no school in the region',
    spoil: (space) =>
      space.write(
        list,
        commaList(space, (sheet) => setColumn(sheet, 'dRoadMapRegionFlag', () => '0')),
      ),
    code: 1,
    says: [list, /region/i],
  },
]);

testRefusals('--school-list', [
  {
    name: 'that does not exist',
    spoil: () => {},
    options: ({root}) => ['--school-list', join(root, 'nowhere.txt')],
    code: 2,
    says: ['nowhere.txt', 'no such file'],
  },
  {
    name: 'that is a folder',
    spoil: () => {},
    options: ({folder}) => ['--school-list', folder],
    code: 2,
    says: ['folder', /is a folder|can't be read/],
  },
  {
    name: 'that is an enrollment file',
    spoil: () => {},
    options: ({folder}) => ['--school-list', join(folder, enrollment)],
    code: 1,
    says: [enrollment, 'line 1', 'Road Map Project school list'],
    neverSays: /out of the folder/,
  },
  {
    name: 'that is empty',
    spoil: ({root}) => writeFileSync(join(root, 'list.txt'), ''),
    options: ({root}) => ['--school-list', join(root, 'list.txt')],
    code: 1,
    says: ['list.txt', 'empty'],
  },
]);

testRefusals('--years', [
  ...['soon', '2020', '2020-22', '2020-21;2021-22', '2020-21,x', '', ','].map((years) => ({
    name: `"${years}"`,
    spoil: () => {},
    options: () => ['--years', years],
    code: 2 as const,
    says: ['--years', 'not a school year', '--years 2019-20,2020-21'],
  })),
  {
    name: 'with a year that no file has',
    spoil: () => {},
    options: () => ['--years', '2020-21,2018-19'],
    code: 2,
    says: ['--years', '2018-19', 'there are: 2020-21'],
  },
]);

testRefusals('an unknown label', [
  {
    name: 'of a grade, in every row',
    spoil: ({editSheet}) =>
      editSheet(enrollment, (sheet) => setColumn(sheet, 'GradeLevel', (grade) => `Level ${grade}`)),
    code: 1,
    says: [/GradeLevel|grade/, /"?Level \w+/, /grade_labels\.csv/],
  },
  {
    name: 'of a category of teachers, in every row',
    spoil: ({editSheet}) =>
      editSheet(teachers, (sheet) =>
        setColumn(sheet, 'DemographicCategory', (category) => (category === 'Asian' ? 'Martian' : category)),
      ),
    code: 1,
    says: [/"?Martian/, /demographic_labels\.csv/],
  },
  {
    name: 'of a type of category, in every row',
    spoil: ({editSheet}) =>
      editSheet(teachers, (sheet) =>
        setColumn(sheet, 'DemographicCategoryType', (type) => (type === 'Gender' ? 'Sex' : type)),
      ),
    code: 1,
    says: [/"?Sex\b/, /demographic_labels\.csv/],
  },
]);

describe('after a bad input', {concurrency: 3}, () => {
  test('a bad file that returns under another name is reported under its new name', async (t) => {
    const space = await makeWorkspace(t);
    space.editSheet(enrollment, (sheet) => dropColumn(sheet, 'Asian'));
    assert.ok(expectError(await space.run()).includes(enrollment));
    space.write('enrollment-2021.csv', space.read(enrollment));
    space.remove(enrollment);
    const error = expectError(await space.run());
    assert.ok(error.includes('enrollment-2021.csv'), error);
    assert.ok(!error.includes(enrollment), error);
  });

  test('a bad input fails again in the second run, and a corrected one is loaded', async (t) => {
    const space = await makeWorkspace(t);
    const good = space.read(enrollment);
    space.editSheet(enrollment, (sheet) => setColumn(sheet, 'Homeless', () => 'many'));
    const first = expectError(await space.run());
    assert.equal(expectError(await space.run()), first);
    space.write(enrollment, good);
    const mended = await space.run();
    assert.equal(mended.code, 0, mended.stderr);
    assert.match(mended.stdout, /Nothing to do/);
  });

  test('if the first run of a home directory fails, nothing is published, and the next good run publishes', async (t) => {
    const space = await makeWorkspace(t);
    const home = join(space.root, 'new home');
    const good = space.read(teachers);
    space.edit(teachers, (text) => cutAfter(text, 300, 'Gend'));
    expectError(await rollcall(['run', '--from', space.folder, '--home', home]));
    assert.match(expectError(await rollcall(['answer', 'schools', '--home', home])), /nothing is published here yet/);
    space.write(teachers, good);
    assert.equal((await rollcall(['run', '--from', space.folder, '--home', home])).code, 0);
    assert.equal((await query(home, 'select * from marts.schools')).length, 32);
  });

  test('a home directory that is a file is refused', async (t) => {
    const {root, folder} = await makeWorkspace(t);
    const home = join(root, 'file');
    writeFileSync(home, 'a letter');
    for (const args of [
      ['run', '--from', folder],
      ['answer', 'schools'],
      ['sql', 'select 1'],
    ]) {
      const error = expectError(await rollcall([...args, '--home', home]));
      assert.ok(error.includes(home), error);
      assert.match(error, /--home|run --from|give another path/);
    }
    assert.equal(readFileSync(home, 'utf8'), 'a letter');
  });

  test("a bad file fails the run even if the year's other source is good, and the error names that file", async (t) => {
    const space = await makeWorkspace(t);
    const before = readPublishedState(space.home);
    for (const name of [
      'Report_Card_Enrollment_2018-19_School_Year.csv',
      'Report_Card_Enrollment_2022-23_School_Year.csv',
    ]) {
      cpSync(join(sampleFolder, name), join(space.folder, name));
    }
    space.editSheet('Report_Card_Enrollment_2018-19_School_Year.csv', (sheet) => dropColumn(sheet, 'Migrant'));
    const error = expectError(await space.run());
    assert.match(error, /2018-19/);
    assert.match(error, /"Migrant"/);
    assert.deepEqual(readPublishedState(space.home), before);
  });

  test('the sample rows have the keys that these tests assume', async (t) => {
    const space = await makeWorkspace(t);
    const sheet = readSheet(space.read(enrollment));
    assert.equal(readCell(sheet, 10, 'GradeLevel'), '2nd Grade');
    assert.equal(readCell(sheet, 7, 'GradeLevel'), 'AllGrades');
    assert.equal(findColumn(sheet, 'SchoolYear'), 0);
  });
});
