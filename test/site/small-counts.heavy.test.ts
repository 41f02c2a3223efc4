import assert from 'node:assert/strict';
import {mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {dirname, extname, join} from 'node:path';
import {before, test} from 'node:test';
import {downloadedMarts} from '../../site/downloads.ts';
import {open} from '../../src/duckdb/database.ts';
import {limitExperience} from '../../src/report/public.ts';
import {type Cells, makeEnrollmentFile, makeListFile, makeTeacherFile} from '../support/publisher.ts';
import {listFiles, makeSite, resolveFile, type Site} from '../support/site.ts';
import {makeTemporaryFolder} from '../support/temporary.ts';
import {unzip} from '../support/unzip.ts';

/**
 * Two builds that differ only in counts that a public report must not give: small ones, withheld ones, and what those are the rest
 * of, and that fail the same checks either way. Their reports must not differ at all.
 */
const few = {
  gender_x: [3, 5],
  low_income: [4, 6],
  /** The complement is the small one. */
  homeless: [95, 93],
  /** 0 in foster care: withheld, and the complement tells how many. */
  non_foster_care: [97, 95],
  /** A partial sum, in a pair that doesn't add up. */
  migrant: [21, 22],
  teachersGenderX: [4, 5],
  years: [31, 47],
  degrees: [0, 1],
} as const;

let sites: Site[];

before(async () => {
  sites = [];
  for (const variant of [0, 1] as const) sites.push(await makeSite(makeFiles(variant)));
});

function makeFiles(variant: 0 | 1): Record<string, string> {
  const row = (year: string, school: string, cells: Cells): Cells => ({
    school_year: year,
    district_code: '99001',
    district_name: 'Lyra',
    school_code: school,
    school_name: `School ${school}`,
    grade_level: 'All Grades',
    white: 60,
    asian: 38,
    native_hawaiian_pacific_islander: 2,
    mobile: 30,
    female: 50,
    ...cells,
  });
  const students = makeEnrollmentFile([
    // A small count before a large one, which a change would give away.
    row('2018-19', '9001', {male: 40, gender_x: few.gender_x[variant]}),
    row('2019-20', '9001', {gender_x: 14, low_income: 24}),
    row('2019-20', '9002', {low_income: 50}),
    row('2020-21', '9001', {
      male: 40,
      gender_x: few.gender_x[variant],
      low_income: few.low_income[variant],
      homeless: few.homeless[variant],
      non_foster_care: few.non_foster_care[variant],
      migrant: few.migrant[variant],
      non_migrant: 66,
      military_parent: 0,
      non_military_parent: 0,
    }),
    row('2020-21', '9002', {low_income: 50, homeless: 20}),
  ]);
  const organization = (year: string, school: string) => ({
    school_year: year,
    district_code: '99001',
    district_name: 'Lyra',
    school_code: school,
    school_name: `School ${school}`,
  });
  const races = {White: 40, Asian: 17, 'Native Hawaiian/ Other Pacific Islander': 3};
  const genders = {Female: 41, Male: 19, 'Gender X': 0};
  const teachers = makeTeacherFile([
    {cells: organization('2018-19', '9001'), races, genders},
    {cells: organization('2019-20', '9001'), races, genders: {Female: 41, Male: 8, 'Gender X': 11}},
    {
      cells: organization('2020-21', '9001'),
      races,
      genders: {...genders, Male: 10, 'Gender X': few.teachersGenderX[variant]},
    },
    {
      cells: organization('2020-21', '9002'),
      races: {White: 12, Asian: 8},
      genders: {Female: 10, Male: 10, 'Gender X': 0},
    },
  ]);
  const [header = '', ...lines] = teachers.trim().split('\n');
  const experienced = lines.map((line) => {
    const count = Number(line.split(',').at(-1));
    const isFew = line.startsWith('2020-21') && line.includes('Pacific Islander');
    return `${line},${isFew ? few.years[variant] : count * 9},${isFew ? few.degrees[variant] : Math.floor(count / 2)}`;
  });
  return {
    's.csv': students,
    't.csv': [`${header},SumYearsExperience,MAPlusCount`, ...experienced, ''].join('\n'),
    'l.csv': makeListFile(['9001', '9002'].map((school) => ({district: '99001', school, types: ['e' as const]}))),
  };
}

/** Reads a file of a report without what tells every two builds apart: their ids, hashes and times. */
async function readComparable(site: Site, path: string): Promise<string> {
  const file = resolveFile(site.folder, path);
  const contents = readFileSync(file);
  if (['.zip', '.xlsx'].includes(extname(path))) {
    const folder = makeTemporaryFolder('unzipped');
    for (const [name, part] of Object.entries(unzip(contents))) {
      mkdirSync(dirname(join(folder, name)), {recursive: true});
      writeFileSync(join(folder, name), part);
    }
    const parts = await Promise.all(listFiles(folder).map((name) => readComparable({...site, folder}, name)));
    return parts.join('\n');
  }
  if (extname(path) === '.parquet') return readRows([`select * from '${file}' order by all`]);
  if (extname(path) === '.duckdb') {
    const tables = downloadedMarts.map((name) => `select * from marts.${name} order by all`);
    return readRows(tables, file);
  }
  const {manifest} = site;
  // Pages show beginnings of different length.
  const hashes = manifest.inputs.map(({sha256}) => `${sha256.slice(0, 8)}[0-9a-f]*`);
  return (
    contents
      .toString('latin1')
      // A file with the build's id in it differs in its hash, and compressed by a few bytes in its size.
      .replaceAll(/"hash": "sha256:\w+"/g, 'hash')
      .replaceAll(/(?<=rollcall\.(?:zip|xlsx|duckdb\.zip)" download.*<\/a> )[\d.]+ [kM]B/g, 'size')
      .replaceAll(new RegExp(hashes.join('|'), 'g'), 'hash')
      .replaceAll(manifest.build, 'build')
      .replaceAll(/\d{1,2} \w+ \d{4}, \d\d:\d\d|\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?/g, 'time')
      .replaceAll(/"stamp": "\w+"/g, 'stamp')
  );
}

async function readRows(queries: readonly string[], file?: string): Promise<string> {
  const db = await open(file, {readOnly: file !== undefined});
  const rows: unknown[] = [];
  for (const query of queries) rows.push(await db.rows(query));
  db.close();
  return JSON.stringify(rows, null, 1);
}

test('a report is the same whatever the small and the withheld counts are', async () => {
  const [one, other] = sites;
  assert.ok(one && other);
  assert.deepEqual(listFiles(one.folder), listFiles(other.folder));
  const differing: string[] = [];
  for (const path of listFiles(one.folder)) {
    const [a, b] = [await readComparable(one, path), await readComparable(other, path)];
    if (a === b) continue;
    const lines = b.split('\n');
    differing.push(`${path}: ${a.split('\n').find((line, index) => line !== lines[index])}`);
  }
  assert.deepEqual(differing, []);
});

test('counts of 10 and more are there, and say that the others are left out', () => {
  const [site] = sites;
  assert.ok(site);
  const [header = '', ...lines] = readFileSync(resolveFile(site.folder, '/data/files/school_demographics.csv'), 'utf8')
    .trim()
    .split('\n');
  const names = header.split(',');
  assert.ok(!names.includes('printed_student_count'));
  const read = (year: string, group: string) => {
    const cells = lines
      .map((line) => line.split(','))
      .find((cells) => cells.join(',').startsWith(`${year},99001-9001,${group},`));
    return ['student_count', 'student_count_status', 'student_share']
      .map((name) => cells?.[names.indexOf(name)])
      .join(' ');
  };
  assert.equal(read('2020-21', 'mobile'), '30 value 0.3');
  assert.equal(read('2019-20', 'gender_x'), '14 value 0.14');
  assert.equal(read('2020-21', 'gender_x'), ' left_out ');
  assert.equal(read('2020-21', 'low_income'), ' left_out ');
  assert.equal(read('2020-21', 'non_homeless'), ' left_out ');
  assert.equal(read('2020-21', 'homeless'), ' left_out ');
  assert.equal(read('2020-21', 'foster_care'), ' suppressed ');
  assert.equal(read('2020-21', 'non_foster_care'), ' unknown ');
  assert.equal(read('2020-21', 'military_parent'), ' suppressed ');
  assert.equal(read('2020-21', 'native_hawaiian_pacific_islander'), '2 value 0.02');
});

test('a ranking with a small count is left out as a whole, and others are not', () => {
  const [site] = sites;
  assert.ok(site);
  const read = (file: string, group: string) =>
    readFileSync(resolveFile(site.folder, `/data/files/${file}.csv`), 'utf8')
      .split('\n')
      .filter((line) => line.includes(`,${group},`))
      .map((line) => line.slice(0, 7));
  assert.deepEqual(read('top_elementary_schools_by_teacher_group', 'gender_x'), ['2019-20']);
  assert.deepEqual(read('top_schools_by_student_group', 'low_income'), ['2018-19', '2019-20', '2019-20']);
  assert.deepEqual(read('top_schools_by_student_group', 'mobile'), [
    '2018-19',
    '2019-20',
    '2019-20',
    '2020-21',
    '2020-21',
  ]);
});

test('the warehouse has what the state prints, with its status', async () => {
  const [site] = sites;
  assert.ok(site);
  const db = await open(site.warehouse, {readOnly: true});
  const rows =
    await db.rows(`select demographic_group_id as id, student_count as n, student_count_status as status, printed_student_count as printed
    from marts.school_demographics where school_year = '2020-21' and school_id = '99001-9001'
      and demographic_group_id in ('gender_x', 'foster_care', 'non_foster_care', 'migrant') order by 1`);
  db.close();
  assert.deepEqual(rows, [
    {id: 'foster_care', n: null, status: 'suppressed', printed: 0},
    {id: 'gender_x', n: 3, status: 'value', printed: 3},
    {id: 'migrant', n: null, status: 'unknown', printed: 21},
    {id: 'non_foster_care', n: null, status: 'unknown', printed: 97},
  ]);
});

test('experience and degrees of fewer than 10 are left out, and rounding hides them from subtraction', () => {
  assert.deepEqual(
    limitExperience([
      {demographic_group: 'white', teacher_count: 10, average_years: 12.34, masters_share: 0.4567},
      {demographic_group: 'asian', teacher_count: 9, average_years: 12.34, masters_share: 0.4567},
      {demographic_group: 'gender_x', teacher_count: 10, average_years: null, masters_share: null},
    ]),
    [
      {demographic_group: 'white', teacher_count: 10, average_years: 12.3, masters_share: 0.46},
      {demographic_group: 'gender_x', teacher_count: 10, average_years: null, masters_share: null},
    ],
  );
  assert.deepEqual(limitExperience([{teacher_count: 3, teacher_share: 0.5}]), [{teacher_count: 3, teacher_share: 0.5}]);
});
