import assert from 'node:assert/strict';
import {copyFileSync} from 'node:fs';
import {writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {before, test} from 'node:test';
import {requirePublished} from '../../src/builds/published.ts';
import type {AnswerChange} from '../../src/changes/changed-answers.ts';
import {type Changes, compareBuilds, compareById} from '../../src/changes/compare.ts';
import {open} from '../../src/duckdb/database.ts';
import {Failure} from '../../src/failure.ts';
import {locateHome} from '../../src/home.ts';
import {readEventsAfter} from '../../src/runs/history.ts';
import {describeRestatements} from '../../src/runs/report-step.ts';
import {run} from '../../src/runs/run.ts';
import {rollcall} from '../support/command.ts';
import {recordProgress} from '../support/pipeline.ts';
import {type Cells, makeEnrollmentFile, makeFolder, makeListFile, makeTeacherFile} from '../support/publisher.ts';
import {makeStudents} from '../support/small.ts';
import {makeTemporaryFolder} from '../support/temporary.ts';

/**
 * Figures worked out by hand. Before: Vega (20 White and 10 Black students; 3 White teachers, 1 Black) and Rigel (10 White, 10 Asian; 2 and 2).
 * Then Vega is called Vega Primary, has 18 and 12 students and 2 and 2 teachers; Rigel is gone; Spica (5 White, 15 Hispanic) is
 * new, without teachers.
 */
const lyra = {district_code: '99001', district_name: 'Lyra'};
const vega = {...lyra, school_code: '9001', school_name: 'Vega'};
const rigel = {...lyra, school_code: '9002', school_name: 'Rigel'};
const spica = {...lyra, school_code: '9003', school_name: 'Spica'};
const black = 'black_african_american';

const grades = (school: Cells, counts: Cells): Cells[] =>
  ['1st Grade', 'All Grades'].map((grade_level) => ({...school, grade_level, ...counts}));
const noTeachers = Object.fromEntries(
  [
    'American Indian/Alaskan Native',
    'Asian',
    'Black/African American',
    'Hispanic/Latino of any race(s)',
    'Native Hawaiian/Other Pacific Islander',
    'Two or more races',
    'White',
    'Not Provided',
  ].map((label) => [label, 0]),
);
const staff = (cells: Cells, races: Record<string, number>) => ({
  cells,
  races: {...noTeachers, ...races},
  genders: {Female: 3, Male: 1, 'Not Provided': 0},
});
const types = (...codes: string[]) => makeListFile(codes.map((school) => ({district: '99001', school, types: ['e']})));

const old = {
  's.csv': makeEnrollmentFile([...grades(vega, {white: 20, [black]: 10}), ...grades(rigel, {white: 10, asian: 10})]),
  't.csv': makeTeacherFile([staff(vega, {White: 3, 'Black/African American': 1}), staff(rigel, {White: 2, Asian: 2})]),
  'l.csv': types('9001', '9002'),
};
const primary = {...vega, school_name: 'Vega Primary'};
const now = {
  's.csv': makeEnrollmentFile([
    ...grades(primary, {white: 18, [black]: 12}),
    ...grades(spica, {white: 5, hispanic_latino: 15}),
  ]),
  't.csv': makeTeacherFile([staff(primary, {White: 2, 'Black/African American': 2})]),
  'l.csv': types('9001', '9003'),
};

let folder: string;
let found: Changes;
const home = () => locateHome(join(folder, 'home'));
before(async () => {
  folder = await makeFolder(old);
  await run({home: home(), from: folder}, recordProgress());
  for (const [name, contents] of Object.entries(now)) await writeFile(join(folder, name), contents);
  await run({home: home(), from: folder}, recordProgress());
  found = await compareById(home());
});

test('rows that were added, removed and restated are counted by source and year', () => {
  assert.deepEqual(
    found.rows.partitions.map(({source, schoolYear, kind, rowsAdded, rowsGone, figuresRestated}) => [
      ...[source, schoolYear, kind, rowsAdded, rowsGone, figuresRestated],
    ]),
    [
      // Two rows a school; in each of Vega's two rows the White and the Black students.
      ['ospi-enrollment', '2020-21', 'changed', 2, 2, 4],
      // Rigel's rows: All, eight races, three genders.
      ['ospi-teachers', '2020-21', 'changed', 0, 12, 2],
      ['school-list', '2020-21', 'changed', 1, 1, 0],
    ],
  );
});

test('restated figures are counted by school', () => {
  const [enrollment] = found.rows.partitions;
  assert.deepEqual(
    enrollment?.organizations.map(({schoolName, rowsAdded, rowsGone, figuresRestated}) => [
      ...[schoolName, rowsAdded, rowsGone, figuresRestated],
    ]),
    [
      ['Vega Primary', 0, 0, 4],
      ['Rigel', 0, 2, 0],
      ['Spica', 2, 0, 0],
    ],
  );
});

test('each restated figure is listed with its old and new value', () => {
  assert.deepEqual(
    found.rows.restated.map(({source, schoolName, row, figure, before, after}) => [
      ...[source, schoolName, row, figure, before, after],
    ]),
    [
      ['ospi-enrollment', 'Vega Primary', '1st Grade', 'Black/ African American', '10', '12'],
      ['ospi-enrollment', 'Vega Primary', '1st Grade', 'White', '20', '18'],
      ['ospi-enrollment', 'Vega Primary', 'All Grades', 'Black/ African American', '10', '12'],
      ['ospi-enrollment', 'Vega Primary', 'All Grades', 'White', '20', '18'],
      ['ospi-teachers', 'Vega Primary', 'RaceEthnicity, Black/African American', 'TeacherCount', '1', '2'],
      ['ospi-teachers', 'Vega Primary', 'RaceEthnicity, White', 'TeacherCount', '3', '2'],
    ],
  );
  assert.deepEqual(
    found.rows.added.map(({source, schoolCode, row}) => [source, schoolCode, row]),
    [
      ['ospi-enrollment', '9003', '1st Grade'],
      ['ospi-enrollment', '9003', 'All Grades'],
      ['school-list', '9003', ''],
    ],
  );
  assert.equal(found.rows.gone.length, 2 + 12 + 1);
});

test('schools that opened, closed or were renamed are listed', () => {
  assert.deepEqual(found.schools, [
    {
      kind: 'closed',
      schoolId: '99001-9002',
      districtName: 'Lyra',
      nameBefore: 'Rigel',
      nameAfter: null,
      isInRegion: true,
    },
    {
      kind: 'opened',
      schoolId: '99001-9003',
      districtName: 'Lyra',
      nameBefore: null,
      nameAfter: 'Spica',
      isInRegion: true,
    },
    {
      kind: 'renamed',
      schoolId: '99001-9001',
      districtName: 'Lyra',
      nameBefore: 'Vega',
      nameAfter: 'Vega Primary',
      isInRegion: true,
    },
  ]);
});

const answer = (changes: AnswerChange[], name: string) => changes.find(({answer}) => answer === name)?.rows ?? [];

test('7a: the changes of a list are the schools that entered or left it, and those that stayed with other values', () => {
  const [blackLabel, nativeLabel] = ['Black/African American', 'American Indian/Alaskan Native'];
  const rows = answer(found.answers, 'student-groups').map(({list, schoolName, kind, rankBefore, rankAfter}) => [
    ...[list['demographic_group'], schoolName, kind, rankBefore, rankAfter],
  ]);
  assert.deepEqual(rows, [
    // Vega's 10 of 30 are 12 of 30. Nobody else has Black students; Rigel was second, Spica is.
    [blackLabel, 'Vega Primary', 'changed', 1, 1],
    [blackLabel, 'Spica', 'entered', null, 2],
    // Nobody has any: the order is that of the names, and Vega stays second.
    [nativeLabel, 'Spica', 'entered', null, 1],
    ['Hispanic/Latino of any race(s)', 'Spica', 'entered', null, 1],
    [blackLabel, 'Rigel', 'left', 2, null],
    [nativeLabel, 'Rigel', 'left', 1, null],
    ['Hispanic/Latino of any race(s)', 'Rigel', 'left', 1, null],
  ]);
  const [first] = answer(found.answers, 'student-groups');
  assert.deepEqual(first?.values, [
    {column: 'student_count', before: 10, after: 12},
    {column: 'student_share', before: 10 / 30, after: 0.4},
  ]);
});

test('7e: changed ranks are listed with the values behind them', () => {
  const rows = answer(found.answers, 'teachers-of-color');
  assert.deepEqual(
    rows.map(({schoolName, kind, rankBefore, rankAfter}) => [schoolName, kind, rankBefore, rankAfter]),
    [
      ['Vega Primary', 'moved', 2, 1],
      ['Rigel', 'left', 1, null],
    ],
  );
  const values = new Map(rows[0]?.values.map(({column, before, after}) => [column, [before, after]]));
  assert.deepEqual(values.get('teachers_of_color_count'), [1, 2]);
  assert.deepEqual(values.get('teachers_of_color_share'), [0.25, 0.5]);
  // 12 of 30 students of color instead of 10: the gap was 25 - 33.3 points, and is 50 - 40.
  assert.ok(Math.abs(Number(values.get('gap_pp')?.[0]) + 25 / 3) < 1e-9);
  assert.ok(Math.abs(Number(values.get('gap_pp')?.[1]) - 10) < 1e-9);
});

test('the run that publishes restated figures reports the changed source and the figures', () => {
  const told = readEventsAfter(home(), 0).map(({kind, subject}) => `${kind} ${subject}`);
  for (const source of ['ospi-enrollment', 'ospi-teachers', 'school-list']) {
    assert.ok(told.includes(`source_changed ${source} 2020-21`), source);
  }
  assert.deepEqual(
    readEventsAfter(home(), 0)
      .filter(({kind}) => kind === 'figures_restated')
      .map(({message}) => message),
    [
      'ospi-enrollment 2020-21: 4 figures restated, of 1 organization. The largest changes: schools Vega Primary.',
      'ospi-teachers 2020-21: 2 figures restated, of 1 organization. The largest changes: schools Vega Primary.',
    ],
  );
});

test('a comparison in the other direction swaps old and new', async () => {
  const back = await compareById(home(), found.to.build, found.from.build);
  assert.deepEqual(
    back.rows.restated.map(({before, after}) => [after, before]),
    found.rows.restated.map(({before, after}) => [before, after]),
  );
  assert.deepEqual([back.rows.added.length, back.rows.gone.length], [found.rows.gone.length, found.rows.added.length]);
  assert.deepEqual(back.schools.map(({kind, nameBefore}) => [kind, nameBefore]).sort(), [
    ['closed', 'Spica'],
    ['opened', null],
    ['renamed', 'Vega Primary'],
  ]);
});

test('an entirely new school year is counted, not listed, and nothing else counts as changed', async () => {
  const year = {school_year: '2019-20'};
  await writeFile(join(folder, 'old.csv'), makeEnrollmentFile(grades({...primary, ...year}, {white: 18, [black]: 12})));
  await run({home: home(), from: folder}, recordProgress());
  const {rows, answers, schools} = await compareById(home());
  assert.deepEqual(rows, {
    partitions: [
      {
        source: 'ospi-enrollment',
        schoolYear: '2019-20',
        kind: 'added',
        rowsAdded: 2,
        rowsGone: 0,
        figuresRestated: 0,
        organizations: [],
      },
    ],
    added: [],
    gone: [],
    restated: [],
  });
  assert.deepEqual(
    answers.map(({answer, schoolYear, kind}) => [answer, schoolYear, kind]),
    [['student-groups', '2019-20', 'added']],
  );
  assert.deepEqual(schools, []);
});

test('if two school years change at once, each is compared with itself', async () => {
  const before = (text: string) => text.replaceAll('2020-21', '2019-20');
  const files = (old: number, now: number) => ({'old.csv': before(makeStudents(old)), 's.csv': makeStudents(now)});
  const own = locateHome(makeTemporaryFolder('home'));
  await run({home: own, from: await makeFolder(files(20, 30))}, recordProgress());
  await run({home: own, from: await makeFolder(files(22, 31))}, recordProgress());
  const {rows} = await compareById(own);
  assert.deepEqual(
    rows.restated
      .filter(({figure}) => figure === 'White')
      .map(({schoolYear, row, before: was, after: is}) => [schoolYear, row, was, is]),
    [
      ['2019-20', '1st Grade', '20', '22'],
      ['2019-20', 'All Grades', '20', '22'],
      ['2020-21', '1st Grade', '30', '31'],
      ['2020-21', 'All Grades', '30', '31'],
    ],
  );
  const counts = rows.partitions.map(({schoolYear, figuresRestated, organizations}) => {
    return [schoolYear, figuresRestated, organizations.map((each) => each.figuresRestated)];
  });
  const half = rows.restated.length / 2;
  assert.deepEqual(counts, [
    ['2019-20', half, [half]],
    ['2020-21', half, [half]],
  ]);
});

test('what the publisher withholds now is withheld in every comparison, and its old value is nowhere', async () => {
  const files = (withheld: boolean) => ({
    's.csv': makeEnrollmentFile([
      ...grades(vega, {
        all_students: 3000,
        white: 1987,
        [black]: withheld ? '*' : 1013,
        low_income: withheld ? 0 : 1009,
        non_low_income: 1991,
        migrant: withheld ? '' : 1021,
        non_migrant: 1979,
        homeless: withheld ? 1100 : 0,
        non_homeless: 1900,
      }),
      ...grades(rigel, {white: 10, asian: 10}),
    ]),
    't.csv': makeTeacherFile([
      staff(vega, {White: 3, 'Black/African American': 1}),
      staff(rigel, {White: 2, Asian: 2}),
    ]),
    'l.csv': types('9001', '9002'),
  });
  const own = locateHome(makeTemporaryFolder('home'));
  const first = await run({home: own, from: await makeFolder(files(false))}, recordProgress());
  const second = await run({home: own, from: await makeFolder(files(true))}, recordProgress());
  const changes = await compareById(own);
  assert.deepEqual(
    changes.rows.restated
      .filter(({row}) => row === 'All Grades')
      .map(({figure, before, after}) => [figure, before, after]),
    [
      ['Black/ African American', null, 'suppressed'],
      // What was withheld and is published now has its value.
      ['Homeless', 'suppressed', '1100'],
      ['Low-Income', null, 'suppressed'],
      ['Migrant', null, 'missing'],
      ['Non-Homeless', 'unknown', '1900'],
      ['Non-Low Income', null, 'unknown'],
    ],
  );
  const representation = answer(changes.answers, 'representation').find(({schoolName}) => schoolName === 'Vega');
  assert.deepEqual(
    representation?.values.filter(({column}) => column === 'students_of_color_count' || column === 'gap_pp'),
    [
      {column: 'students_of_color_count', before: null, after: null},
      {column: 'gap_pp', before: null, after: null},
    ],
  );
  const {stdout: printed} = await rollcall(['changes', '--home', own.folder, '--limit', '100']);
  assert.match(printed, /All Grades, Low-Income: now withheld\n/);
  assert.match(printed, /All Grades, Non-Low Income: now not known\n/);
  assert.match(printed, /All Grades, Homeless: withheld → 1100\n/);
  assert.match(printed, /Vega: .*students of color now withheld or missing/);
  const told = [
    printed,
    JSON.stringify(changes),
    // The other way round, the later build is the one that withholds.
    JSON.stringify(await compareById(own, second.build, first.build)),
    JSON.stringify(readEventsAfter(own, 0)),
    JSON.stringify(describeRestatements(changes)),
  ];
  for (const text of told) assert.doesNotMatch(text, /1009|1013|1021|1991|1979|0\.33(6|76)/);
});

test('builds of different models are compared where they have the same tables; a sentence names the rest', async () => {
  const now = await requirePublished(home());
  const code = {...now.manifest.code, models: 'other'};
  const path = join(folder, 'older.duckdb');
  copyFileSync(now.warehouse, path);
  const older = {...now, id: 'older', warehouse: path, manifest: {...now.manifest, code}};
  assert.deepEqual((await compareBuilds(older, now)).code, ['models']);
  const db = await open(path);
  await db.run('drop table core.dim_school_snapshot');
  db.close();
  await assert.rejects(compareBuilds(older, now), (error) => {
    assert.ok(error instanceof Failure);
    assert.match(
      error.message,
      /Builds older and [0-9a-f]{12} can't be compared: their models differ.*dim_school_snapshot/,
    );
    return true;
  });
});
