/**
 * The answers once more, worked out from the files by another route than the models: plain objects and loops, shares
 * compared as fractions (never as rounded numbers), nothing of Rollcall imported.
 */
import {count, mustCount, mustText, type Row, type SourceFile, type TrialFiles, text} from './source-files.ts';

export type Value = string | number | boolean | null;
export type Answer = Record<string, Value>;
export type SchoolType = 'elementary' | 'middle' | 'high';
export type CategoryType = 'race' | 'gender' | 'program';

/** The groups' ids (DESIGN.md), by the label with case, spaces and punctuation taken off. */
const RACES: Record<string, string> = {
  americanindianalaskannative: 'american_indian_alaskan_native',
  asian: 'asian',
  blackafricanamerican: 'black_african_american',
  hispaniclatinoofanyraces: 'hispanic_latino',
  nativehawaiianotherpacificislander: 'native_hawaiian_pacific_islander',
  twoormoreraces: 'two_or_more_races',
  white: 'white',
};
const GENDERS: Record<string, string> = {female: 'female', male: 'male', genderx: 'gender_x'};
export const RACE_IDS = Object.values(RACES);
const OF_COLOR = RACE_IDS.filter((id) => id !== 'white');
const SMALL = 10;

const bare = (label: string) => label.toLowerCase().replace(/[^a-z0-9]/g, '');

interface School {
  code: string;
  name: string;
  districtCode: string;
  districtName: string;
  city: string | null;
  types: SchoolType[];
  students: number;
  studentRows: Row;
  studentsByRace: Map<string, number>;
  /** null where the state gives none. */
  teachers: number | null;
  teachersByRace: Map<string, number>;
  teachersByGender: Map<string, number>;
}

interface Fraction {
  part: number;
  whole: number;
}
const share = ({part, whole}: Fraction) => part / whole;
/** Larger share first, without a division. */
const byShare = (a: Fraction, b: Fraction) => b.part * a.whole - a.part * b.whole;
const byText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
const byNameAndCode = (a: School, b: School) => byText(a.name, b.name) || byText(a.code, b.code);

const sum = (numbers: Iterable<number>) => [...numbers].reduce((total, n) => total + n, 0);
const sumOf = (counts: Map<string, number>, ids: string[]) => sum(ids.map((id) => counts.get(id) ?? 0));

/** Cities are in mixed case in the list: those in capitals are set as names. */
function cityName(city: string | null): string | null {
  if (city === null || city !== city.toUpperCase()) return city;
  return city.toLowerCase().replace(/\b[a-z]/g, (letter) => letter.toUpperCase());
}

/** The total row of each school: "AllGrades" or "All Grades", and where it occurs twice the one that is not all zero. */
function totalRows(file: SourceFile): Map<string, Row> {
  const totals = new Map<string, Row>();
  for (const row of file.rows) {
    if (row['OrganizationLevel'] !== 'School' || bare(row['GradeLevel'] ?? '') !== 'allgrades') continue;
    const code = mustText(row, 'SchoolCode');
    const twin = totals.get(code);
    if (twin !== undefined && mustCount(twin, 'All Students') > 0 && mustCount(row, 'All Students') > 0)
      throw new Error(`school ${code} has two totals in ${file.path}`);
    if (twin === undefined || mustCount(row, 'All Students') > 0) totals.set(code, row);
  }
  return totals;
}

/** The region's schools in a year, in the order of their codes. A school without a total row in that year is left out. */
export function schoolsOf(files: TrialFiles, schoolYear: string): School[] {
  const file = files.enrollment.get(schoolYear);
  if (file === undefined) throw new Error(`no enrollment file for ${schoolYear}`);
  const totals = totalRows(file);
  const teacherRows = Map.groupBy(
    files.teachers.rows.filter((row) => row['SchoolYear'] === schoolYear && row['OrganizationLevel'] === 'School'),
    (row) => row['SchoolCode'] ?? '',
  );
  const schools: School[] = [];
  for (const entry of files.list) {
    const code = mustText(entry, 'SchoolCode');
    const total = totals.get(code);
    if (total === undefined) continue;
    const types: SchoolType[] = [];
    if (entry['ElementarySchoolFlag'] === '1') types.push('elementary');
    if (entry['MiddleSchoolFlag'] === '1') types.push('middle');
    if (entry['HighSchoolFlag'] === '1') types.push('high');
    const school: School = {
      code,
      name: mustText(total, 'SchoolName'),
      districtCode: mustText(total, 'DistrictCode'),
      districtName: mustText(total, 'DistrictName'),
      city: cityName(text(entry, 'City')),
      types,
      students: mustCount(total, 'All Students'),
      studentRows: total,
      studentsByRace: new Map(),
      teachers: null,
      teachersByRace: new Map(),
      teachersByGender: new Map(),
    };
    for (const column of Object.keys(total)) {
      const race = RACES[bare(column)];
      if (race !== undefined) school.studentsByRace.set(race, mustCount(total, column));
    }
    for (const row of teacherRows.get(code) ?? []) {
      const category = mustText(row, 'DemographicCategory');
      const teachers = count(row, 'TeacherCount');
      switch (mustText(row, 'DemographicCategoryType')) {
        case 'All':
          school.teachers = count(row, 'TeacherTotalCount');
          break;
        case 'RaceEthnicity':
          if (teachers !== null) school.teachersByRace.set(RACES[bare(category)] ?? notProvided(category), teachers);
          break;
        case 'Gender':
          if (teachers !== null) school.teachersByGender.set(GENDERS[bare(category)] ?? notProvided(category), teachers);
          break;
        default:
          throw new Error(`unknown category type: ${JSON.stringify(row)}`);
      }
    }
    schools.push(school);
  }
  return schools.sort((a, b) => byText(a.code, b.code));
}

function notProvided(category: string): string {
  if (bare(category) !== 'notprovided') throw new Error(`unknown category: ${category}`);
  return 'not_provided';
}

/** The enrollment file's column of a demographic group: races by the table above, the others by the rule of names. */
function columnOf(row: Row, group: string): string {
  const column = Object.keys(row).find((name) => groupOf(name) === group);
  if (column === undefined) throw new Error(`no column for ${group}`);
  return column;
}
const groupOf = (column: string) =>
  RACES[bare(column)] ??
  GENDERS[bare(column)] ??
  column
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_|_$/g, '');

export const TYPES: SchoolType[] = ['elementary', 'middle', 'high'];

/** 7a: the five schools of each type with the highest share of a group's students. */
export function studentGroups(schools: School[], schoolYear: string, groups: string[]): Answer[] {
  return TYPES.flatMap((type) =>
    groups.flatMap((group) => {
      const ranked = schools
        .filter((school) => school.types.includes(type) && school.students > 0)
        .map((school) => ({
          school,
          part: mustCount(school.studentRows, columnOf(school.studentRows, group)),
          whole: school.students,
        }))
        .sort((a, b) => byShare(a, b) || b.part - a.part || byNameAndCode(a.school, b.school));
      const first = ranked.slice(0, 5);
      const last = first.at(-1);
      return first.map(({school, part, whole}, index) => ({
        school_year: schoolYear,
        school_type: type,
        demographic_group: group,
        rank: index + 1,
        school_code: school.code,
        school_name: school.name,
        district_name: school.districtName,
        city: school.city,
        student_count: part,
        all_students_count: whole,
        student_share: share({part, whole}),
        tied_beyond: ranked.slice(5).filter((other) => last && byShare(other, last) === 0).length,
      }));
    }),
  );
}

/** 7b: the schools with their teachers. */
export function schoolsAnswer(schools: School[], schoolYear: string): Answer[] {
  return schools.map((school) => ({
    school_year: schoolYear,
    school_code: school.code,
    school_name: school.name,
    district_code: school.districtCode,
    district_name: school.districtName,
    city: school.city,
    school_types: school.types.join(', '),
    all_students_count: school.students,
    teacher_count: school.teachers,
  }));
}

/** 7c: the five elementary schools with most teachers of each category, Not Provided included. */
export function teacherGroups(schools: School[], schoolYear: string): Answer[] {
  const known = schools.filter((school) => school.types.includes('elementary') && school.teachers !== null);
  const answer: Answer[] = [];
  for (const [categoryType, counts] of [
    ['race', (school: School) => school.teachersByRace],
    ['gender', (school: School) => school.teachersByGender],
  ] as const) {
    const groups = new Set(schools.flatMap((school) => [...counts(school).keys()]));
    for (const group of groups) {
      const ranked = known
        .map((school) => ({school, part: counts(school).get(group) ?? 0, whole: school.teachers ?? 0}))
        .sort((a, b) => b.part - a.part || byShare(a, b) || byNameAndCode(a.school, b.school));
      const last = ranked[4];
      ranked.slice(0, 5).forEach(({school, part, whole}, index) => {
        answer.push({
          school_year: schoolYear,
          category_type: categoryType,
          demographic_group: group,
          rank: index + 1,
          school_code: school.code,
          school_name: school.name,
          district_name: school.districtName,
          teacher_count: part,
          all_teachers_count: whole,
          teacher_share: share({part, whole}),
          tied_beyond: ranked.slice(5).filter((other) => other.part === last?.part).length,
        });
      });
    }
  }
  return answer;
}

/** What 7d, 7e and 7f say of a school; null throughout where its teachers are not known. */
export interface Representation {
  students_of_color_count: number;
  students_of_color_share: number;
  teachers_of_color_count: number | null;
  teachers_of_color_share: number | null;
  teachers_of_color_share_high: number | null;
  gap_pp: number | null;
  parity_ratio: number | null;
  overlap: number | null;
  groups_without_a_teacher: string[] | null;
  teachers_to_parity: number | null;
  is_small: boolean;
}

export function representationOf(school: School): Representation {
  const students = sumOf(school.studentsByRace, OF_COLOR);
  const s = share({part: students, whole: school.students});
  if (school.teachers === null) {
    return {
      students_of_color_count: students,
      students_of_color_share: s,
      teachers_of_color_count: null,
      teachers_of_color_share: null,
      teachers_of_color_share_high: null,
      gap_pp: null,
      parity_ratio: null,
      overlap: null,
      groups_without_a_teacher: null,
      teachers_to_parity: null,
      is_small: school.students < SMALL,
    };
  }
  const teachers = sumOf(school.teachersByRace, OF_COLOR);
  const t = share({part: teachers, whole: school.teachers});
  const undisclosed = school.teachersByRace.get('not_provided') ?? 0;
  let differences = share({part: undisclosed, whole: school.teachers});
  for (const race of RACE_IDS) {
    const ofTeachers = share({part: school.teachersByRace.get(race) ?? 0, whole: school.teachers});
    const ofStudents = share({part: school.studentsByRace.get(race) ?? 0, whole: school.students});
    differences += Math.abs(ofTeachers - ofStudents);
  }
  return {
    students_of_color_count: students,
    students_of_color_share: s,
    teachers_of_color_count: teachers,
    teachers_of_color_share: t,
    teachers_of_color_share_high: share({part: teachers + undisclosed, whole: school.teachers}),
    gap_pp: (t - s) * 100,
    parity_ratio: students === 0 ? null : t / s,
    overlap: 1 - differences / 2,
    groups_without_a_teacher: RACE_IDS.filter(
      (race) => (school.studentsByRace.get(race) ?? 0) > 0 && (school.teachersByRace.get(race) ?? 0) === 0,
    ),
    teachers_to_parity: wantedTeachers(students, school.students, teachers, school.teachers),
    is_small: school.students < SMALL || school.teachers < SMALL,
  };
}

/** The smallest whole number n with (teachers + n) / all teachers at or above students / all students, by trying. */
function wantedTeachers(students: number, allStudents: number, teachers: number, allTeachers: number): number {
  let more = 0;
  while ((teachers + more) * allStudents < students * allTeachers) more += 1;
  return more;
}

/** 7e and 7f: the ten schools with the highest share of teachers of color, beside their students. */
export function teachersOfColor(schools: School[]): Answer[] {
  const ranked = schools
    .filter((school) => school.teachers !== null && school.teachers > 0)
    .map((school) => ({school, part: sumOf(school.teachersByRace, OF_COLOR), whole: school.teachers ?? 0}))
    .sort((a, b) => byShare(a, b) || b.part - a.part || byNameAndCode(a.school, b.school));
  const last = ranked[9];
  return ranked.slice(0, 10).map(({school, part, whole}, index) => {
    const measures = representationOf(school);
    return {
      rank: index + 1,
      school_code: school.code,
      school_name: school.name,
      district_name: school.districtName,
      all_teachers_count: whole,
      teachers_of_color_count: part,
      teachers_of_color_share: share({part, whole}),
      teachers_of_color_share_high: measures.teachers_of_color_share_high,
      students_of_color_share: measures.students_of_color_share,
      gap_pp: measures.gap_pp,
      parity_ratio: measures.parity_ratio,
      is_small: measures.is_small,
      tied_beyond: ranked.slice(10).filter((other) => last && byShare(other, last) === 0).length,
    };
  });
}
