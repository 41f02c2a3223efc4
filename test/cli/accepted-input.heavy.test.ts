import assert from 'node:assert/strict';
import {cpSync, mkdirSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, type TestContext, test} from 'node:test';
import type {Row} from '../../src/duckdb/database.ts';
import {type Outcome, rollcall} from '../support/command.ts';
import {
  addColumn,
  type Dress,
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
import {enrollment, list, makeWorkspace, query, sampleFolder, teachers, type Workspace} from '../support/workspace.ts';

/** Lines of the sample's enrollment file that are always rejects: their organization level is empty. */
const withoutLevel = [370, 371, 372, 373, 374, 375];
const rowsOfTheSample = 374;

function assertPublished({code, stdout, stderr}: Outcome): void {
  assert.equal(code, 0, stderr);
  assert.match(stdout, /Published build/);
  assert.doesNotMatch(stderr, /rollcall:/);
}

interface Reject {
  line_number: number;
  reason: string;
}

/** Reads the rejects of a source, without those of the unspoiled sample. */
async function rejects({query}: Workspace, source = 'ospi-enrollment'): Promise<Reject[]> {
  const rows = await query(
    `select line_number, reason from raw.rejected_row where source_id = '${source}'
      and reason <> 'OrganizationLevel is empty' order by line_number`,
  );
  return rows.map(({line_number, reason}) => ({line_number: Number(line_number), reason: String(reason)}));
}

/** Reads the lines of the enrollment file whose rows were loaded, each with its district, school and grade. */
async function loadedLines({query}: Workspace): Promise<Map<number, string>> {
  const rows = await query('select line_number, district_code, school_code, grade_level from raw.ospi_enrollment_row');
  return new Map(
    rows.map(({line_number, district_code, school_code, grade_level}) => [
      Number(line_number),
      [district_code, school_code, grade_level].map((value) => value ?? '').join(' '),
    ]),
  );
}

function keyOf(sheet: Sheet, row: readonly string[]): string {
  return ['DistrictCode', 'SchoolCode', 'GradeLevel'].map((label) => row[findColumn(sheet, label)] ?? '').join(' ');
}

describe('unusable rows', {concurrency: 3}, () => {
  test('an unreadable count rejects its own row and no other', async (t) => {
    const space = await makeWorkspace(t);
    // Rows of all grades: without one of these, the sums over grades can't be compared with anything.
    const bad: [line: number, column: string, text: string][] = [
      [7, 'All Students', 'sixty-six'],
      [14, 'Female', '-4'],
      [22, 'Gender X', '0.5'],
      [27, 'White', '99999999999'],
      [31, 'Asian', '1e3'],
      [36, 'Homeless', '#REF!'],
      [41, 'Non_Foster_Care', '１２'],
      [50, 'Migrant', '1,23'],
      [57, 'Mobile', '-1'],
      [64, 'Section 504', '12 345'],
    ];
    space.editSheet(enrollment, (sheet) => {
      for (const [line, column, text] of bad) setCell(sheet, line, column, text);
    });
    const outcome = await space.run();
    assertPublished(outcome);
    const found = await rejects(space);
    assert.deepEqual(
      found.map(({line_number}) => line_number),
      bad.map(([line]) => line),
    );
    for (const [index, [, column, text]] of bad.entries()) {
      const reason = found[index]?.reason ?? '';
      assert.ok(reason.includes(column) && reason.includes(`"${text}"`), reason);
      assert.match(reason, /not a whole number/);
    }
    assert.equal((await loadedLines(space)).size, rowsOfTheSample - withoutLevel.length - bad.length);
    const [partition] = await space.query(`select * from raw.source_partition where source_id = 'ospi-enrollment'`);
    assert.equal(partition?.['rows_in'], rowsOfTheSample);
    assert.equal(partition?.['rows_rejected'], withoutLevel.length + bad.length);
    assert.match(outcome.stderr, /rows_usable · 2020-21: 16 of 374/);
  });

  test('a single reject is no error, even if it removes a grade from a sum over grades', async (t) => {
    const space = await makeWorkspace(t);
    space.editSheet(enrollment, (sheet) => setCell(sheet, 2, 'All Students', 'sixty-six'));
    assertPublished(await space.run());
    const found = await rejects(space);
    assert.deepEqual(
      found.map(({line_number}) => line_number),
      [2],
    );
  });

  test('an unreadable count in a teacher file rejects its own row', async (t) => {
    const space = await makeWorkspace(t);
    space.editSheet(teachers, (sheet) => {
      setCell(sheet, 15, 'TeacherCount', 'none');
      setCell(sheet, 577, 'TeacherTotalCount', '-37');
    });
    assertPublished(await space.run());
    const found = await rejects(space, 'ospi-teachers');
    assert.deepEqual(
      found.map(({line_number}) => line_number),
      [15, 577],
    );
    assert.match(found[0]?.reason ?? '', /TeacherCount is "none"/);
    assert.match(found[1]?.reason ?? '', /TeacherTotalCount is "-37"/);
    const [loaded] = await space.query('select count(*) as n from raw.ospi_teachers');
    assert.equal(loaded?.['n'], 574);
  });

  test('an unreadable value in a school list rejects its own row', async (t) => {
    const space = await makeWorkspace(t);
    const sheet = space.readList();
    setCell(sheet, 5, 'SchoolCode', '90045');
    setCell(sheet, 9, 'MiddleSchoolFlag', '2');
    setCell(sheet, 11, 'AcademicYear', 'MMXXI');
    space.write(list, writeSheet(sheet));
    assertPublished(await space.run());
    const found = await rejects(space, 'school-list');
    assert.deepEqual(
      found.map(({line_number}) => line_number),
      [5, 9, 11],
    );
    assert.match(found[0]?.reason ?? '', /SchoolCode is "90045"/);
    assert.match(found[1]?.reason ?? '', /MiddleSchoolFlag is "2"/);
    assert.match(found[2]?.reason ?? '', /AcademicYear is "MMXXI"/);
    const [loaded] = await space.query('select count(*) as n from raw.school_list');
    assert.equal(loaded?.['n'], 29);
  });

  test('a line of another shape is a reject under its own line number, and the rows after it keep theirs', async (t) => {
    const space = await makeWorkspace(t);
    const sheet = readSheet(space.read(enrollment));
    const lines = writeSheet(sheet, {mark: ''}).split('\r\n').slice(0, -1);
    const spoil = (line: number, change: (text: string) => string) => {
      lines[line - 1] = change(lines[line - 1] ?? '');
    };
    spoil(22, (text) => text.split(',').slice(0, 30).join(','));
    spoil(27, (text) => `${text},1,2`);
    spoil(89, (text) => text.replace('Rhea High', 'Rh\u00e9a High'));
    spoil(150, (text) => text.split(',').slice(0, 3).join(','));
    spoil(155, (text) => `${text},x`);
    for (const line of [40, 41, 100, 200]) lines.splice(line - 1, 0, '');
    const expected = new Map(
      lines.flatMap((line, index): [number, string][] =>
        index > 0 && line.split(',').length === sheet.header.length && line.split(',')[1] !== ''
          ? [[index + 1, keyOf(sheet, line.split(','))]]
          : [],
      ),
    );
    // The letter is one byte of Windows-1252.
    space.write(enrollment, Buffer.from(lines.map((line) => `${line}\r\n`).join(''), 'latin1'));
    assertPublished(await space.run());
    const found = await rejects(space);
    assert.deepEqual(
      found.map(({line_number}) => line_number),
      [22, 27, 153, 158],
    );
    assert.match(found[0]?.reason ?? '', /fewer cells/);
    assert.match(found[1]?.reason ?? '', /more cells/);
    assert.match(found[2]?.reason ?? '', /fewer cells/);
    assert.match(found[3]?.reason ?? '', /more cells/);
    assert.deepEqual(await loadedLines(space), expected);
  });

  test('the reject of a line of another shape keeps the text of the line', async (t) => {
    const space = await makeWorkspace(t);
    space.edit(enrollment, (text) => {
      const lines = text.split('\r\n');
      lines[21] = 'half a row,School';
      return lines.join('\r\n');
    });
    assertPublished(await space.run());
    const [row] = await space.query('select content from raw.rejected_row where line_number = 22');
    assert.match(String(row?.['content']), /half a row,School/);
  });

  test('lines with only blanks or commas are not rows, and the rows after them keep their line numbers', async (t) => {
    const space = await makeWorkspace(t);
    const sheet = readSheet(space.read(enrollment));
    space.edit(enrollment, (text) => {
      const lines = text.split('\r\n');
      lines.splice(9, 0, '   ', ','.repeat(sheet.header.length - 1), '\t');
      return lines.join('\r\n');
    });
    assertPublished(await space.run());
    const lines = await loadedLines(space);
    assert.equal(lines.size, rowsOfTheSample - withoutLevel.length);
    assert.equal(lines.get(13), keyOf(sheet, readRow(sheet, 10)));
  });

  test('a blank line before the header is skipped', async (t) => {
    const space = await makeWorkspace(t);
    const sheet = readSheet(space.read(enrollment));
    space.edit(enrollment, (text) => `\uFEFF\r\n${text.slice(1)}`);
    assertPublished(await space.run());
    assert.deepEqual(await rejects(space), []);
    assert.equal((await loadedLines(space)).get(11), keyOf(sheet, readRow(sheet, 10)));
  });

  test('a second copy of a row is a repetition, and one with every figure 0 is a zero twin', async (t) => {
    const space = await makeWorkspace(t);
    const before = await figures(space);
    space.editSheet(enrollment, (sheet) => {
      sheet.rows.push([...readRow(sheet, 30)]);
      sheet.rows.push(
        readRow(sheet, 41).map((cell, index) =>
          index >= findColumn(sheet, 'All Students') && /^\d+$/.test(cell) ? '0' : cell,
        ),
      );
    });
    space.editSheet(teachers, (sheet) => sheet.rows.push([...readRow(sheet, 15)]));
    assertPublished(await space.run());
    assert.deepEqual(await rejects(space), [
      {line_number: 376, reason: 'repeats line 30'},
      {line_number: 377, reason: 'zero twin of line 41'},
    ]);
    assert.deepEqual(await rejects(space, 'ospi-teachers'), [{line_number: 578, reason: 'repeats line 15'}]);
    assert.deepEqual(await figures(space), before);
  });

  test('a zero twin is recognized even if it stands before the row with the figures', async (t) => {
    const space = await makeWorkspace(t);
    const before = await figures(space);
    space.editSheet(enrollment, (sheet) => {
      const twin = readRow(sheet, 41).map((cell, index) =>
        index >= findColumn(sheet, 'All Students') && /^\d+$/.test(cell) ? '0' : cell,
      );
      sheet.rows.unshift(twin);
    });
    assertPublished(await space.run());
    assert.deepEqual(await rejects(space), [{line_number: 2, reason: 'zero twin of line 42'}]);
    assert.deepEqual(await figures(space), before);
  });

  test('rows without names of organizations are loaded', async (t) => {
    const space = await makeWorkspace(t);
    space.editSheet(enrollment, (sheet) => {
      for (const label of ['DistrictName', 'SchoolName', 'County']) setColumn(sheet, label, () => '');
    });
    assertPublished(await space.run());
    assert.deepEqual(await rejects(space), []);
  });

  test('a row without its school, district, year or grade is a reject', async (t) => {
    const space = await makeWorkspace(t);
    space.editSheet(enrollment, (sheet) => {
      setCell(sheet, 14, 'SchoolCode', '');
      setCell(sheet, 22, 'DistrictCode', 'NULL');
      setCell(sheet, 27, 'SchoolYear', 'this year');
      setCell(sheet, 31, 'GradeLevel', '');
    });
    assertPublished(await space.run());
    const found = await rejects(space);
    assert.deepEqual(
      found.map(({line_number}) => line_number),
      [14, 22, 27, 31],
    );
    for (const [index, pattern] of [
      /school code/,
      /district code/,
      /SchoolYear.*"this year"/,
      /GradeLevel/,
    ].entries()) {
      assert.match(found[index]?.reason ?? '', pattern);
    }
  });
});

describe('figures', {concurrency: 3}, () => {
  test('value, suppressed, missing and zero stay distinct', async (t) => {
    const space = await makeWorkspace(t);
    const cells: [text: string, count: number | null, status: string][] = [
      ['', null, 'missing'],
      ['NULL', null, 'missing'],
      ['null', null, 'missing'],
      ['Null', null, 'missing'],
      [' NULL ', null, 'missing'],
      [' ', null, 'missing'],
      ['*', null, 'suppressed'],
      ['**', null, 'suppressed'],
      ['N<10', null, 'suppressed'],
      ['n < 10', null, 'suppressed'],
      ['<10', null, 'suppressed'],
      ['>95%', null, 'suppressed'],
      ['> 95.0%', null, 'suppressed'],
      ['Suppressed', null, 'suppressed'],
      ['0', 0, 'value'],
      ['00', 0, 'value'],
      ['1,234', 1234, 'value'],
      ['12,345,678', 12_345_678, 'value'],
      ['15.0', 15, 'value'],
      ['1,234.00', 1234, 'value'],
      [' 15 ', 15, 'value'],
      ['007', 7, 'value'],
    ];
    const schoolRows = cells.map((_, index) => index + 2);
    space.editSheet(enrollment, (sheet) => {
      for (const [index, [text]] of cells.entries()) {
        setCell(sheet, index + 2, 'Foster_Care', text);
        // Without the other part of the pair, nothing says that a number is withheld.
        setCell(sheet, index + 2, 'Non_Foster_Care', '');
      }
    });
    assertPublished(await space.run());
    assert.deepEqual(await rejects(space), []);
    const rows = await space.query(`select line_number, student_count, student_count_status as status
      from raw.ospi_enrollment where demographic_label = 'Foster_Care' and line_number <= ${schoolRows.at(-1)} order by 1`);
    assert.deepEqual(
      rows.map(({student_count, status}, index) => [cells[index]?.[0], student_count, status]),
      cells,
    );
  });

  test('unreadable dates and decimals become null and are counted', async (t) => {
    const space = await makeWorkspace(t);
    space.editSheet(enrollment, (sheet) => setCell(sheet, 30, 'DataAsOf', 'last Tuesday'));
    space.editSheet(teachers, (sheet) => setCell(sheet, 30, 'AvgYearsExperience', 'plenty'));
    const outcome = await space.run();
    assertPublished(outcome);
    assert.match(outcome.stderr, /descriptions_readable/);
    assert.match(outcome.stderr, /1 × "DataAsOf"/);
    assert.match(outcome.stderr, /1 × "AvgYearsExperience"/);
    assert.equal((await space.query('select * from raw.ospi_enrollment_row where data_as_of is null')).length, 1);
  });
});

describe('undeclared columns', {concurrency: 3}, () => {
  test('a new column is reported, and its cells are kept', async (t) => {
    const space = await makeWorkspace(t);
    const before = await figures(space);
    space.editSheet(enrollment, (sheet) =>
      addColumn(sheet, 'Students\' "Pronouns"', (_, index) => (index % 2 === 0 ? `p${index + 2}` : '')),
    );
    const outcome = await space.run();
    assertPublished(outcome);
    assert.match(outcome.stderr, /new column "Students' "Pronouns""/);
    const kept = await space.query('select * from raw.extra_value order by line_number');
    assert.equal(kept.length, 184);
    assert.deepEqual(
      kept.slice(0, 2).map(({line_number, column_label, value}) => [line_number, column_label, value]),
      [
        [2, 'Students\' "Pronouns"', 'p2'],
        [4, 'Students\' "Pronouns"', 'p4'],
      ],
    );
    assert.deepEqual(await figures(space), before);
  });

  test('two undeclared columns of the same name are both kept', async (t) => {
    const space = await makeWorkspace(t);
    space.editSheet(enrollment, (sheet) => {
      addColumn(sheet, 'Note', (_, index) => (index === 0 ? 'left' : ''));
      addColumn(sheet, 'note', (_, index) => (index === 0 ? 'right' : ''));
    });
    const outcome = await space.run();
    assertPublished(outcome);
    assert.match(outcome.stderr, /new column "Note"/i);
    const kept = await space.query('select line_number, value from raw.extra_value order by value');
    assert.deepEqual(kept, [
      {line_number: 2, value: 'left'},
      {line_number: 2, value: 'right'},
    ]);
  });

  test('two columns without a name, as a spreadsheet leaves them at the end, do no harm', async (t) => {
    const space = await makeWorkspace(t);
    const before = await figures(space);
    space.edit(enrollment, (text) =>
      text
        .trimEnd()
        .split('\r\n')
        .map((line) => `${line},,\r\n`)
        .join(''),
    );
    assertPublished(await space.run());
    assert.deepEqual(await rejects(space), []);
    assert.deepEqual(await figures(space), before);
  });

  test('undeclared columns in a teacher file and in a school list are reported', async (t) => {
    const space = await makeWorkspace(t);
    space.editSheet(teachers, (sheet) => addColumn(sheet, 'Union Member', () => 'y'));
    const sheet = space.readList();
    addColumn(sheet, 'Principal', () => 'Ada');
    space.write(list, writeSheet(sheet));
    const outcome = await space.run();
    assertPublished(outcome);
    assert.match(outcome.stderr, /new column "Union Member"/);
    assert.match(outcome.stderr, /new column "Principal"/);
    assert.equal((await space.query('select * from raw.extra_value')).length, 576 + 32);
  });
});

/** Reads every figure of the core models, without its origin. */
function figures({query}: Pick<Workspace, 'query'>): Promise<Row[]> {
  return query(`select 'students' as of, school_year, school_id, grade_id as detail, demographic_group_id,
      student_count as n, student_count_status as status from core.fct_enrollment
    union all
    select 'teachers', school_year, school_id, null, demographic_group_id, teacher_count, teacher_count_status
      from core.fct_teacher
    union all
    select 'list', school_year, school_id, concat_ws(' ', city, school_types), null, all_students_count, null from marts.schools
    order by all`);
}

const apiNames: Record<string, string> = {
  'American Indian/ Alaskan Native': 'american_indian_alaskan_native',
  'Black/ African American': 'black_african_american',
  'Hispanic/ Latino of any race(s)': 'hispanic_latino_of_any_race',
  'Native Hawaiian/ Other Pacific Islander': 'native_hawaiian_other_pacific',
};

function apiName(label: string): string {
  return (
    apiNames[label] ??
    (/^[A-Z][A-Za-z]*$/.test(label) ? label.toLowerCase() : label.toLowerCase().replaceAll(/[^a-z0-9]+/g, '_'))
  );
}

const forms: Record<string, (text: string) => string> = {
  'no byte order mark, LF, every cell in quotation marks': (text) =>
    dressSheet(text, {mark: '', lineEnd: '\n', quote: 'always'}),
  'LF, tabs': (text) => dressSheet(text, {lineEnd: '\n', delimiter: '\t'}),
  'no byte order mark, semicolons': (text) => dressSheet(text, {mark: '', delimiter: ';'}),
  'the delimiter in a first line of its own': (text) => `sep=;\r\n${dressSheet(text, {mark: '', delimiter: ';'})}`,
  'as a spreadsheet saves it elsewhere: byte order mark, sep=, an empty line, semicolons, quoted figures': (text) =>
    `\uFEFFsep=;\r\n\r\n${dressSheet(text, {mark: '', delimiter: ';', quote: 'always'})}`,
  'codes and counts with thousands separators, quoted': (text) =>
    changeSheet(text, (sheet) => {
      const group = (cell: string) => (/^\d{4,}$/.test(cell) ? Number(cell).toLocaleString('en-US') : cell);
      const numbers = sheet.header.filter((label) => !/year|id$|date|zip|lat|long|address/i.test(label));
      for (const label of numbers) setColumn(sheet, label, group);
    }),
  'bars, no line break at the end': (text) => dressSheet(text, {delimiter: '|'}).trimEnd(),
  'the names of the API, and empty lines at the end': (text) =>
    `${changeSheet(text, (sheet) => (sheet.header = sheet.header.map(apiName)))}\r\n\r\n`,
  'names in capitals, with blanks around': (text) =>
    changeSheet(text, (sheet) => (sheet.header = sheet.header.map((name) => ` ${name.toUpperCase()} `))),
  'columns and rows the other way round': (text) =>
    changeSheet(text, (sheet) => {
      sheet.rows.reverse();
      for (const line of [sheet.header, ...sheet.rows]) line.reverse();
    }),
  'leading zeros stripped': (text) =>
    changeSheet(text, (sheet) => {
      for (const label of ['DistrictCode', 'SchoolCode']) setColumn(sheet, label, (cell) => cell.replace(/^0+/, ''));
    }),
  'codes with a decimal point': (text) =>
    changeSheet(text, (sheet) => {
      for (const label of ['DistrictCode', 'SchoolCode'])
        setColumn(sheet, label, (cell) => cell.replace(/^0*(\d+)$/, '$1.0'));
    }),
  'NULL for every empty cell': (text) =>
    changeSheet(
      text,
      (sheet) => (sheet.rows = sheet.rows.map((row) => row.map((cell) => (cell === '' ? 'NULL' : cell)))),
    ),
  'null, in small letters, for every NULL': (text) => text.replaceAll('NULL', 'null'),
  'blanks for every empty cell': (text) =>
    changeSheet(
      text,
      (sheet) => (sheet.rows = sheet.rows.map((row) => row.map((cell) => (cell === '' ? '  ' : cell)))),
    ),
};

function dressSheet(text: string, dress: Dress): string {
  return writeSheet(readSheet(text), dress);
}

function changeSheet(text: string, change: (sheet: Sheet) => unknown): string {
  const sheet = readSheet(text);
  change(sheet);
  return writeSheet(sheet);
}

describe('the same figures in another form', {concurrency: 3}, () => {
  let published: Promise<Row[]> | undefined;
  const assertSame = async (t: TestContext, change: (space: Workspace) => void) => {
    const space = await makeWorkspace(t);
    published ??= figures(space);
    const expected = await published;
    assert.ok(expected.length > 5000);
    change(space);
    assertPublished(await space.run());
    for (const source of ['ospi-enrollment', 'ospi-teachers', 'school-list']) {
      assert.deepEqual(await rejects(space, source), []);
    }
    assert.deepEqual(await figures(space), expected);
  };

  for (const [name, change] of Object.entries(forms)) {
    test(`${name}: students, teachers and school list`, (t) =>
      assertSame(t, (space) => {
        space.edit(enrollment, change);
        space.edit(teachers, change);
        space.write(list, change(writeSheet(space.readList())));
      }));
  }

  test('a fixed-width list without a byte order mark, with LF, without the lines below its rows', (t) =>
    assertSame(t, ({edit}) =>
      edit(list, (text) =>
        text
          .replace(/^\uFEFF/, '')
          .replaceAll('\r\n', '\n')
          .replace(/\n\n\(\d+ rows.*$/s, '\n'),
      ),
    ));

  test('a list delimited by tabs, with the rule and the footer of SQL Server', (t) =>
    assertSame(t, (space) => {
      const sheet = space.readList();
      sheet.rows.unshift(sheet.header.map((name) => '-'.repeat(name.length)));
      const rows = writeSheet(sheet, {delimiter: '\t'});
      space.write(list, `${rows}\r\n(32 rows affected)\r\n\r\nCompletion time: 2022-01-03T09:15:30-08:00\r\n`);
    }));

  test('school years in full, ending years with a decimal point', (t) =>
    assertSame(t, (space) => {
      space.editSheet(enrollment, (sheet) => setColumn(sheet, 'SchoolYear', () => '2020-2021'));
      space.editSheet(teachers, (sheet) => setColumn(sheet, 'SchoolYear', () => '2020/21'));
      const sheet = space.readList();
      setColumn(sheet, 'AcademicYear', () => '2021.0');
      space.write(list, writeSheet(sheet));
    }));

  test('a teacher file with the column names of the release of all years, LEA rows full of NULL, and four decimals', (t) =>
    assertSame(t, ({editSheet}) =>
      editSheet(teachers, (sheet) => {
        const level = findColumn(sheet, 'OrganizationLevel');
        const ofSchools = ['SchoolCode', 'SchoolName', 'SchoolOrganizationID'].map((label) => findColumn(sheet, label));
        const districts = sheet.rows.filter((row) => row[level] === 'District');
        assert.ok(districts.length > 50);
        for (const row of districts) for (const position of ofSchools) row[position] = 'NULL';
        for (const label of ['TeacherPercent', 'MAPlusPercent'])
          setColumn(sheet, label, (share) => (share === '' || share === 'NULL' ? share : Number(share).toFixed(4)));
        renameColumn(sheet, 'DistrictCode', 'leacode');
        renameColumn(sheet, 'DistrictName', 'leaname');
        renameColumn(sheet, 'DistrictOrganizationID', 'leaorganizationid');
        renameColumn(sheet, 'MAPlusCount', 'ma_count');
        setColumn(sheet, 'OrganizationLevel', (level) => (level === 'District' ? 'LEA' : level));
      }),
    ));

  for (const [students, staff, schools] of [
    ["the state's file (1).CSV", 'staff[1].csv', 'no extension'],
    ['what?*.csv', 'ümlaut – “quoted”.txt', '100%.tab'],
  ] as const) {
    test(`files called ${students}, ${staff}, ${schools}`, (t) =>
      assertSame(t, (space) => {
        // Each file has one more line, so that it has to be read: a file that has landed before is not opened again.
        for (const [from, to] of [
          [enrollment, students],
          [teachers, staff],
          [list, schools],
        ] as const) {
          space.write(to, `${space.read(from)}\r\n`);
          space.remove(from);
        }
      }));
  }

  test('a folder and a home directory may have an apostrophe, blanks and brackets in their names', async (t) => {
    const space = await makeWorkspace(t);
    const folder = join(space.root, "the state's [new] files");
    const home = join(space.root, "today's home [2]");
    cpSync(space.folder, folder, {recursive: true});
    assertPublished(await rollcall(['run', '--from', folder, '--home', home]));
    assert.deepEqual(await figures(space), await figures({query: (sql) => query(home, sql)}));
  });

  test('the same file under two names is used once, and a note says so', async (t) => {
    const space = await makeWorkspace(t);
    space.write('a copy.csv', space.read(enrollment));
    const outcome = await space.run();
    assert.equal(outcome.code, 0, outcome.stderr);
    assert.match(outcome.stdout, /Nothing to do/);
    assert.ok(
      outcome.stderr.includes(`a copy.csv is skipped: it has the same contents as ${enrollment}`),
      outcome.stderr,
    );
  });

  test('files of other kinds are skipped, and a note says so', async (t) => {
    const space = await makeWorkspace(t);
    space.write('notes.pdf', Buffer.from('%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n', 'latin1'));
    space.write('README.md', '# Where the files are from\n\nOSPI, 2021.\n');
    space.write('figures.xlsx', Buffer.from('504b0304140006000800000021006264ee9d', 'hex'));
    space.write('empty.json', '');
    space.write('.DS_Store', Buffer.alloc(4096));
    mkdirSync(join(space.folder, 'old'));
    writeFileSync(join(space.folder, 'old', 'garbage.csv'), 'a,b\n1,2\n');
    const outcome = await space.run();
    assert.equal(outcome.code, 0, outcome.stderr);
    assert.match(outcome.stdout, /Nothing to do/);
    for (const name of ['notes.pdf', 'figures.xlsx', 'empty.json']) {
      assert.ok(outcome.stderr.includes(`${name} is passed over`), outcome.stderr);
    }
    assert.doesNotMatch(outcome.stderr, /DS_Store|README|garbage/);
  });
});

describe('the school list', {concurrency: 3}, () => {
  test('an unknown code among good ones causes a warning that names it', async (t) => {
    const space = await makeWorkspace(t);
    const sheet = space.readList();
    setCell(sheet, 6, 'SchoolCode', '8005');
    space.write(list, writeSheet(sheet));
    const outcome = await space.run();
    assertPublished(outcome);
    assert.match(outcome.stderr, /warned school-list · schools_found_in_ospi_enrollment · 2020-21: 1 of 32/);
    assert.match(outcome.stderr, /warned school-list · schools_found_in_ospi_teachers · 2020-21: 1 of 32/);
    assert.match(outcome.stderr, /school 8005 of district \d{5} \(line 6\)/);
    const answer = await rollcall(['answer', 'schools', '--format', 'json', '--home', space.home]);
    assert.equal(answer.code, 0, answer.stderr);
    const codes = (JSON.parse(answer.stdout) as {school_code: string}[]).map(({school_code}) => school_code);
    assert.ok(codes.includes(readCell(sheet, 2, 'SchoolCode')));
    assert.ok(!codes.includes('9005'));
  });

  test('a school that is listed twice with the same values counts once', async (t) => {
    const space = await makeWorkspace(t);
    const before = await figures(space);
    const sheet = space.readList();
    sheet.rows.push([...readRow(sheet, 2)]);
    space.write(list, writeSheet(sheet));
    assertPublished(await space.run());
    assert.deepEqual(await rejects(space, 'school-list'), [{line_number: 34, reason: 'repeats line 2'}]);
    assert.deepEqual(await figures(space), before);
  });

  test('--school-list takes precedence over the list in the folder', async (t) => {
    const space = await makeWorkspace(t);
    const sheet = space.readList();
    sheet.rows = sheet.rows.slice(0, 10);
    const other = join(space.root, 'my list.tsv');
    writeFileSync(other, writeSheet(sheet, {delimiter: '\t'}));
    assertPublished(await space.run('--school-list', other));
    assert.equal((await space.query('select * from marts.schools')).length, 10);
  });
});

describe('a folder with only some of the files', {concurrency: 3}, () => {
  const names = ['student-groups', 'schools', 'teacher-groups', 'representation', 'teachers-of-color'];
  const missingOf: Record<string, string> = {
    [enrollment]: 'Report Card Enrollment',
    [teachers]: 'Report Card Teacher Demographics',
    [list]: 'Road Map Project school list',
  };
  const cases: [files: string[], answered: string[]][] = [
    [[enrollment], []],
    [[teachers], []],
    [[list], []],
    [[enrollment, list], ['student-groups']],
    [
      [teachers, list],
      ['schools', 'teacher-groups', 'teachers-of-color'],
    ],
    [[enrollment, teachers], []],
  ];
  for (const [files, answered] of cases) {
    test(`${files.length === 1 ? 'one file' : 'two files'}: ${files.map((file) => missingOf[file]).join(', ')}`, async (t) => {
      const space = await makeWorkspace(t);
      const absent = [enrollment, teachers, list].filter((file) => !files.includes(file));
      absent.forEach(space.remove);
      const outcome = await space.run();
      assertPublished(outcome);
      for (const file of absent) assert.ok(outcome.stderr.includes(`no file of ${missingOf[file]}`), outcome.stderr);
      for (const name of names) {
        const {code, stdout, stderr} = await rollcall(['answer', name, '--home', space.home, '--format', 'json']);
        if (answered.includes(name)) {
          assert.equal(code, 0, stderr);
          assert.ok((JSON.parse(stdout) as unknown[]).length > 0, `${name} has rows`);
          continue;
        }
        assert.equal(code, 1, `${name}: ${stderr}`);
        assert.match(stderr, /^rollcall: /m);
        assert.doesNotMatch(stderr, /^ {4}at |this is a bug/m);
        const named = absent.filter((file) => stderr.includes(missingOf[file] ?? ''));
        assert.ok(named.length > 0, `${name} says what is missing: ${stderr}`);
        for (const file of files) {
          assert.ok(!stderr.includes(`no ${missingOf[file]}`), `${name} names only what is missing: ${stderr}`);
        }
        assert.match(stderr, /[Aa]dd/);
      }
    });
  }

  test('a run can use the years of a single file', async (t) => {
    const space = await makeWorkspace(t);
    cpSync(
      join(sampleFolder, 'Report_Card_Enrollment_2018-19_School_Year.csv'),
      join(space.folder, 'Report_Card_Enrollment_2018-19_School_Year.csv'),
    );
    assertPublished(await space.run());
    const students = await rollcall(['answer', 'student-groups', '--year', '2018-19', '--home', space.home]);
    assert.equal(students.code, 0, students.stderr);
    assert.match(students.stderr, /carried over/);
    const both = await rollcall(['answer', 'representation', '--year', '2018-19', '--home', space.home]);
    assert.equal(both.code, 1);
    assert.match(both.stderr, /^rollcall: representation can't be answered for 2018-19.*no Report Card Teacher/m);
    assert.match(both.stderr, /It can be answered for 2020-21/);
  });

  test('an answer without rows says why', async (t) => {
    const space = await makeWorkspace(t);
    space.editSheet(teachers, (sheet) => {
      const level = findColumn(sheet, 'OrganizationLevel');
      sheet.rows = sheet.rows.filter((row) => row[level] !== 'School');
    });
    const list = space.readList();
    for (const label of ['ElementarySchoolFlag', 'MiddleSchoolFlag', 'HighSchoolFlag'])
      setColumn(list, label, () => '0');
    space.write('list.csv', writeSheet(list));
    assertPublished(await space.run('--school-list', join(space.folder, 'list.csv')));
    const noTeachers = await rollcall(['answer', 'teacher-groups', '--home', space.home]);
    assert.match(noTeachers.stderr, /teacher/i, 'no school has teachers');
    const noTypes = await rollcall(['answer', 'student-groups', '--home', space.home]);
    assert.match(noTypes.stderr, /type|elementary/i, 'no school has a type');
  });

  test('--years excludes all other years', async (t) => {
    const space = await makeWorkspace(t);
    const other = 'Report_Card_Teacher_Demographics_2017-18_to_2022-23.csv';
    cpSync(join(sampleFolder, other), join(space.folder, other));
    rmSync(join(space.folder, enrollment));
    assertPublished(await space.run('--years', '2021-22'));
    assert.deepEqual(await space.query('select distinct school_year from raw.ospi_teachers'), [
      {school_year: '2021-22'},
    ]);
  });
});
