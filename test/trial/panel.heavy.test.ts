/**
 * Compares changes on the same schools with ones worked out from three real years of Seattle's files (plain objects and loops).
 * The teachers of two schools are taken out of one year, so that the schools of the two years differ.
 */
import assert from 'node:assert/strict';
import {copyFileSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {after, before, test} from 'node:test';
import {gunzipSync} from 'node:zlib';
import {parse} from 'csv-parse/sync';
import type {Answer} from './expected.ts';
import {makeTemporaryFolder, query, removeTemporaryFolders, requireRollcall} from './rollcall.ts';
import type {Row} from './source-files.ts';

const folder = join(import.meta.dirname, '../../examples/south-seattle');
/** Without teachers in 2020-21. */
let taken: string[] = [];

interface Side {
  ofColor: number;
  all: number;
}
/** By school year and school code. */
const students = new Map<string, Side & {grades: string}>();
const teachers = new Map<string, Side>();
let home = '';
let listed: string[] = [];

const readFile = (name: string) => gunzipSync(readFileSync(join(folder, name))).toString('utf8');

before(async () => {
  const from = makeTemporaryFolder();
  const list = readFileSync(join(folder, 'Road_Map_Project_School_List.txt'), 'utf8');
  copyFileSync(join(folder, 'Road_Map_Project_School_List.txt'), join(from, 'list.txt'));
  listed = (parse(list, {columns: true, bom: true, delimiter: '\t'}) as Row[]).map((row) => row['SchoolCode'] ?? '');
  taken = listed.slice(0, 2);
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.csv.gz'))) {
    const rows = parse(readFile(name), {columns: true, bom: true}) as Row[];
    if (name.includes('Enrollment')) {
      copyFileSync(join(folder, name), join(from, name));
      readStudents(rows);
    } else {
      const [header = '', ...lines] = readFile(name).split(/\r?\n/);
      const isTaken = (row: Row) => row['SchoolYear'] === '2020-21' && taken.includes(row['SchoolCode'] ?? '');
      const kept = lines.filter((_, at) => !(rows[at] && isTaken(rows[at])));
      writeFileSync(join(from, name.replace('.gz', '')), [header, ...kept].join('\n'));
      readTeachers(rows.filter((row) => !isTaken(row)));
    }
  }
  home = makeTemporaryFolder();
  await requireRollcall(home, 'run', '--from', from);
});
after(removeTemporaryFolders);

function readStudents(rows: Row[]) {
  const ofSchools = rows.filter((row) => row['OrganizationLevel'] === 'School' && Number(row['All Students']) > 0);
  for (const [key, ofSchool] of Map.groupBy(ofSchools, (row) => `${row['SchoolYear']} ${row['SchoolCode']}`)) {
    const isTotal = (row: Row) => row['GradeLevel']?.replace(' ', '') === 'AllGrades';
    const total = ofSchool.find(isTotal) ?? {};
    const columns = Object.keys(total);
    const races = columns.slice(
      columns.findIndex((name) => name.startsWith('American Indian')),
      columns.indexOf('White'),
    );
    assert.equal(races.length, 6);
    students.set(key, {
      ofColor: races.reduce((sum, race) => sum + Number(total[race]), 0),
      all: Number(total['All Students']),
      grades: ofSchool
        .flatMap((row) => (isTotal(row) ? [] : (row['GradeLevel']?.replace('Half-day ', '') ?? '')))
        .sort()
        .join(),
    });
  }
}

function readTeachers(rows: Row[]) {
  for (const row of rows) {
    if (row['OrganizationLevel'] !== 'School' || row['DemographicCategoryType'] !== 'RaceEthnicity') continue;
    if (row['TeacherTotalCount'] === 'NULL') continue;
    const key = `${row['SchoolYear']} ${row['SchoolCode']}`;
    const isOfColor = !['White', 'Not Provided'].includes(row['DemographicCategory'] ?? '');
    teachers.set(key, {
      ofColor: (teachers.get(key)?.ofColor ?? 0) + (isOfColor ? Number(row['TeacherCount']) : 0),
      all: Number(row['TeacherTotalCount']),
    });
  }
}

const isCompared = (year: string, school: string) =>
  students.has(`${year} ${school}`) && (teachers.get(`${year} ${school}`)?.all ?? 0) > 0;

/** The sums of both sides over schools. */
function sum(year: string, schools: readonly string[]) {
  const add = (of: Map<string, Side>) =>
    schools.reduce(
      (total, school) => {
        const side = of.get(`${year} ${school}`) ?? {ofColor: 0, all: 0};
        return {ofColor: total.ofColor + side.ofColor, all: total.all + side.all};
      },
      {ofColor: 0, all: 0},
    );
  const [s, t] = [add(students), add(teachers)];
  return {s, t, gap: 100 * (t.ofColor / t.all - s.ofColor / s.all)};
}

const close = (actual: Answer[string] | undefined, expected: number, what: string) =>
  assert.ok(typeof actual === 'number' && Math.abs(actual - expected) < 1e-8, `${what}: ${actual} is not ${expected}`);

test('the region’s changes are those of the schools compared in both years', async () => {
  const rows = await query(
    home,
    `select * from marts.region_trend where demographic_group_id = 'of_color' order by school_year`,
  );
  const years = ['2018-19', '2019-20', '2020-21'];
  assert.deepEqual(
    rows.map(({school_year}) => school_year),
    years,
  );
  for (const [index, year] of years.entries()) {
    const row = rows[index] ?? {};
    for (const [since, matched, ending] of [
      [years[index - 1], row['matched_school_count'], ''],
      [years[0], row['matched_since_first_school_count'], '_since_first'],
    ] as const) {
      if (since === undefined) continue;
      const panel = listed.filter((school) => isCompared(year, school) && isCompared(since, school));
      const [now, then] = [sum(year, panel), sum(since, panel)];
      const what = `${since} to ${year}`;
      assert.equal(matched, panel.length, what);
      assert.equal(row[`student_count_change${ending}`], now.s.ofColor - then.s.ofColor, what);
      assert.equal(row[`teacher_count_change${ending}`], now.t.ofColor - then.t.ofColor, what);
      close(row[`gap_change${ending}_pp`], now.gap - then.gap, what);
      close(
        row[`teacher_share_change${ending}_pp`],
        100 * (now.t.ofColor / now.t.all - then.t.ofColor / then.t.all),
        what,
      );
    }
  }
  assert.deepEqual(
    rows.map(({compared_school_count}) => compared_school_count),
    [listed.length, listed.length, listed.length - 2],
  );
  const moved = Number(rows[2]?.['gap_pp']) - Number(rows[1]?.['gap_pp']);
  assert.ok(Math.abs(moved - Number(rows[2]?.['gap_change_pp'])) > 0.01, 'the two schools would have moved the gap');
});

/** The Wilson interval as the roots of (p − k/n)² = z² p (1 − p) / n. */
function findWilson({ofColor: k, all: n}: Side): [number, number] {
  const z2 = 1.959963984540054 ** 2;
  const [a, b, c] = [1 + z2 / n, -(2 * k) / n - z2 / n, (k / n) ** 2];
  const root = Math.sqrt(Math.max(0, b * b - 4 * a * c));
  return [(-b - root) / (2 * a), (-b + root) / (2 * a)];
}

test('a school’s interval, its word and its grades', async () => {
  const rows = await query(
    home,
    `select * from marts.school_trend where demographic_group_id = 'of_color' and school_year = '2019-20'`,
  );
  assert.equal(rows.length, listed.length);
  let changedGrades = 0;
  for (const row of rows) {
    const school = String(row['school_code']);
    const [now, then] = [sum('2019-20', [school]), sum('2018-19', [school])];
    const [p, q] = [now.t.ofColor / now.t.all, then.t.ofColor / then.t.all];
    const [[l, u], [m, v]] = [findWilson(now.t), findWilson(then.t)];
    const low = now.gap - then.gap - 100 * Math.hypot(p - l, v - q);
    const high = now.gap - then.gap + 100 * Math.hypot(u - p, q - m);
    close(row['gap_change_low_pp'], low, school);
    close(row['gap_change_high_pp'], high, school);
    const distances = [then.gap + low, then.gap + high].map(Math.abs);
    const isNarrower = distances.every((distance) => distance < Math.abs(then.gap));
    const isWider =
      low * high > 0 && (then.gap + low) * (then.gap + high) > 0 && Math.min(...distances) > Math.abs(then.gap);
    assert.equal(row['gap_change_verdict'], isNarrower ? 'narrowed' : isWider ? 'widened' : 'no clear change', school);
    const changed = students.get(`2019-20 ${school}`)?.grades !== students.get(`2018-19 ${school}`)?.grades;
    assert.equal(row['grade_span_changed'], changed, school);
    if (changed) changedGrades++;
  }
  assert.ok(changedGrades > 0);
});
