/** Teachers: figures for each organization and year, before they are formatted. */

import {apportion, type Random, seedRandom} from './random.ts';
import {type District, findName, isOpen, type School, schools, serviceCenter, type Year, years} from './schools.ts';
import {countStudentsByGrade} from './students.ts';

/** In the order of the publisher's categories; `Not Provided` occurs under both types. */
export const teacherRaces = [
  'American Indian/Alaskan Native',
  'Asian',
  'Black/African American',
  'Hispanic/Latino of any race(s)',
  'Native Hawaiian/Other Pacific Islander',
  'Not Provided',
  'Two or more races',
  'White',
] as const;
export const teacherGenders = ['Female', 'Male', 'Gender X', 'Not Provided'] as const;

export type TeacherFigures = {
  teachers: number;
  /** Years of experience, in tenths, so that sums stay whole. */
  experience: number;
  /** With a master's degree or more. */
  masters: number;
};

export type Staff = {
  all: TeacherFigures;
  races: TeacherFigures[];
  genders: TeacherFigures[];
};

export type OrganizationTeachers = {
  district: District;
  /** Absent for the district itself. */
  school?: {code: string; name: string; organization: number; type: string; inRegion: boolean};
  /** Undefined if the publisher has `NULL`. */
  staff: Staff | undefined;
};

/**
 * The races of some schools' teachers in 2020-21, chosen for ties. Among the elementary schools, Sadr has 6 Black teachers,
 * Vega and Algorab 5, and Andromeda (Draco), Kraz, Mimosa and Eltanin 4: a list of five cuts through them. Andromeda
 * (Cygnus) and Eltanin have equal shares at different sizes: 3 of 24 and 4 of 32 Black, 18 of 24 and 24 of 32 White. The
 * middle schools Gienah and Altair have 5 Asian and 4 Black teachers each.
 */
const given: Record<string, readonly number[]> = {
  '9016': [0, 3, 6, 1, 0, 0, 1, 17],
  '9001': [0, 2, 5, 2, 0, 0, 1, 15],
  '9023': [0, 4, 5, 1, 0, 0, 0, 16],
  '9028': [1, 1, 4, 4, 0, 0, 1, 15],
  '9024': [0, 3, 4, 0, 0, 1, 1, 13],
  '0913': [1, 0, 4, 2, 0, 0, 0, 10],
  '9015': [0, 1, 3, 2, 0, 0, 0, 18],
  '9030': [0, 2, 4, 1, 0, 0, 1, 24],
  '9019': [0, 5, 4, 3, 1, 0, 1, 28],
  '9004': [0, 5, 4, 2, 0, 1, 1, 31],
};

/** Schools whose teacher figures are missing, with the years. */
const unpublished: Record<string, readonly Year[]> = {'9003': ['2020-21'], '9033': years};

const studentsPerTeacher = 16;

/** Counts the teachers of every organization in a year: each district followed by its schools, in the publisher's order. */
export function countTeachers(year: Year, district: District): OrganizationTeachers[] {
  const own = schools
    .filter((school) => school.district === district && isOpen(school, year))
    .map((school) => ({
      district,
      school: {...school, name: findName(school, year)},
      staff: unpublished[school.code]?.includes(year) ? undefined : makeStaff(school, year),
    }));
  const center = serviceCenter.district === district ? [makeServiceCenterTeachers(year)] : [];
  const elsewhere = makeTeachersWithoutSchool(year, district);
  const parts = [...own, ...center].flatMap(({staff}) => staff ?? []);
  return [{district, staff: addUp([...parts, elsewhere])}, ...own, ...center];
}

function makeStaff(school: School, year: Year): Staff {
  const lasting = seedRandom('teachers', school.code);
  const passing = seedRandom('teachers', school.code, year);
  const composition =
    given[school.code] ?? school.district.teacherRaces.map((weight) => weight * lasting.between(0.4, 1.8));
  const fullness = lasting.between(0.9, 1.1);

  if (year === '2020-21' && given[school.code]) return describe(composition, school, year, passing);

  const students = [...countStudentsByGrade(school, year).values()].reduce(
    (all, part) => all + part['All Students'],
    0,
  );
  const teachers = Math.max(1, Math.round((students / studentsPerTeacher) * fullness));
  const shifted = composition.map((weight) => weight * passing.between(0.92, 1.08));
  return describe(apportion(teachers, shifted, passing), school, year, passing);
}

function makeServiceCenterTeachers(year: Year): OrganizationTeachers {
  const random = seedRandom('teachers', serviceCenter.code, year);
  const races = apportion(random.whole(8, 11), serviceCenter.district.teacherRaces, random);
  return {
    district: serviceCenter.district,
    school: {...serviceCenter, inRegion: false},
    staff: describe(races, undefined, year, random),
  };
}

/** Makes teachers who work for the district but for none of its schools, so that it has more than its schools together. */
function makeTeachersWithoutSchool(year: Year, district: District): Staff {
  const random = seedRandom('teachers', district.code, year);
  return describe(apportion(random.whole(2, 7), district.teacherRaces, random), undefined, year, random);
}

function describe(byRace: readonly number[], school: School | undefined, year: Year, random: Random): Staff {
  const teachers = byRace.reduce((all, count) => all + count, 0);
  const women = school?.level === 'elementary' ? 0.87 : school?.level === 'high' ? 0.58 : 0.68;
  // The publisher counts Gender X among teachers from 2021-22 on.
  const genderX = year >= '2021-22' ? 0.003 : 0;
  const byGender = apportion(teachers, [women, 1 - women, genderX, 0.002], random);

  const experience = Math.round(teachers * random.between(95, 155));
  const masters = Math.round(teachers * random.between(0.55, 0.85));
  const figures = (counts: readonly number[]): TeacherFigures[] => {
    const experiences = apportion(
      experience,
      counts.map((count) => count * random.between(0.8, 1.2)),
      random,
    );
    const degrees = apportion(masters, counts, random);
    return counts.map((count, index) => ({
      teachers: count,
      experience: experiences[index] ?? 0,
      masters: degrees[index] ?? 0,
    }));
  };
  return {all: {teachers, experience, masters}, races: figures(byRace), genders: figures(byGender)};
}

function addUp(staffs: readonly Staff[]): Staff {
  const add = (parts: readonly (TeacherFigures | undefined)[]): TeacherFigures => {
    const total = {teachers: 0, experience: 0, masters: 0};
    for (const part of parts) {
      total.teachers += part?.teachers ?? 0;
      total.experience += part?.experience ?? 0;
      total.masters += part?.masters ?? 0;
    }
    return total;
  };
  return {
    all: add(staffs.map((staff) => staff.all)),
    races: teacherRaces.map((_, index) => add(staffs.map((staff) => staff.races[index]))),
    genders: teacherGenders.map((_, index) => add(staffs.map((staff) => staff.genders[index]))),
  };
}
