/**
 * The trial's schools with invented figures: every figure is a quarter of 40, 80, 120 or 160 students or of 4, 8, 12 or 16
 * teachers. Real figures rarely tie. These tie everywhere, reach exact parity, and include schools without a student or
 * a teacher of color. Schools that share a name get the same figures, and more students than others, so that they lead some
 * lists and only their codes differ.
 */
import {copyFileSync, mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {countColumns, GENDERS, groupId, isTotalRow, RACES} from './expected.ts';
import {type Row, readText, requireText, type TrialFiles} from './source-files.ts';

const OF_COLOR = RACES.filter((race) => race !== 'white');

/** A number that depends on the school's name alone. */
const numberOf = (name: string) => [...name].reduce((total, letter) => total + letter.charCodeAt(0), 0);

/** Splits a number into four quarters: the first go to `groups` from index `start` on, the others to `rest`. */
function inQuarters(whole: number, groups: string[], start: number, given: number, rest: string): Map<string, number> {
  const parts = new Map([[rest, whole]]);
  for (let quarter = 0; quarter < given; quarter += 1) {
    const group = groups[(start + quarter) % groups.length] ?? rest;
    parts.set(group, (parts.get(group) ?? 0) + whole / 4);
    parts.set(rest, (parts.get(rest) ?? 0) - whole / 4);
  }
  return parts;
}

function studentsOf(name: string, isShared: boolean, columns: string[]): Map<string, number> {
  const n = numberOf(name);
  const whole = isShared ? 160 : 40 * (1 + (n % 3));
  const parts = new Map([
    ...inQuarters(whole, OF_COLOR, n, Math.floor(n / 3) % 5, 'white'),
    ...inQuarters(whole, GENDERS, n, 3, 'male'),
  ]);
  parts.set('total', whole);
  const groups = columns.map(groupId);
  for (const [index, group] of groups.entries()) {
    const complement = group.startsWith('students_with_') ? 'students_without_disabilities' : `non_${group}`;
    if (!groups.includes(complement)) continue;
    const part = (whole / 4) * ((n + index) % 5);
    parts.set(group, part).set(complement, whole - part);
  }
  return parts;
}

function teachersOf(name: string): {whole: number; race: Map<string, number>; gender: Map<string, number>} {
  const n = numberOf(name);
  const whole = 4 * (1 + (Math.floor(n / 5) % 4));
  const race = inQuarters(
    whole,
    n % 2 === 0 ? OF_COLOR : [...OF_COLOR, 'not_provided'],
    n,
    Math.floor(n / 7) % 5,
    'white',
  );
  return {whole, race, gender: inQuarters(whole, ['male', 'not_provided'], n, n % 3, 'female')};
}

const asCsv = (columns: string[], rows: Row[]) =>
  `${[columns, ...rows.map((row) => columns.map((column) => row[column] ?? ''))].map((fields) => fields.join(',')).join('\n')}\n`;

/** Writes enrollment, teachers and list for 2020-21 to a folder laid out as the trial's own. */
export function writeCoarseFiles(files: TrialFiles, folder: string) {
  const enrollment = files.enrollment.get('2020-21');
  if (enrollment === undefined) throw new Error('no enrollment file for 2020-21');
  const listed = new Set(files.list.map((entry) => entry['SchoolCode']));
  const columns = countColumns(enrollment);
  const totals = enrollment.rows.filter((row) => isTotalRow(row) && listed.has(row['SchoolCode']));
  const byName = Map.groupBy(totals, (row) => requireText(row, 'SchoolName'));
  const students: Row[] = [];
  for (const row of totals) {
    const name = requireText(row, 'SchoolName');
    const parts = studentsOf(name, (byName.get(name)?.length ?? 0) > 1, columns);
    const figures = Object.fromEntries(columns.map((column) => [column, String(parts.get(groupId(column)) ?? 0)]));
    students.push({...row, ...figures, GradeLevel: '1st Grade'}, {...row, ...figures});
  }

  const teachers: Row[] = [];
  for (const row of files.teachers.rows) {
    if (row['OrganizationLevel'] !== 'School') continue;
    if (readText(row, 'TeacherTotalCount') === null) {
      teachers.push(row);
      continue;
    }
    const {whole, race, gender} = teachersOf(requireText(row, 'SchoolName'));
    const group = groupId(requireText(row, 'DemographicCategory'));
    const ofType = {All: new Map([['all', whole]]), RaceEthnicity: race, Gender: gender};
    const part = ofType[row['DemographicCategoryType'] as keyof typeof ofType].get(group) ?? 0;
    teachers.push({
      ...row,
      TeacherTotalCount: String(whole),
      TeacherCount: String(part),
      TeacherPercent: (part / whole).toFixed(3),
      SumYearsExperience: 'NULL',
      AvgYearsExperience: 'NULL',
      MAPlusCount: 'NULL',
      MAPlusPercent: 'NULL',
    });
  }

  mkdirSync(join(folder, 'ospi'));
  writeFileSync(join(folder, 'ospi/enrollment.csv'), asCsv(Object.keys(enrollment.rows[0] ?? {}), students));
  writeFileSync(join(folder, 'ospi/teachers.csv'), asCsv(Object.keys(files.teachers.rows[0] ?? {}), teachers));
  copyFileSync(files.listPath, join(folder, 'RoadMapProjectSchoolList.txt'));
}
