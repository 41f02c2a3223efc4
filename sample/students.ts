/** Students: counts for each school, year and grade, before any defect. */

import {apportion, type Random, roundAtRandom, seedRandom} from './random.ts';
import {type District, listGrades, type School, type Year, years} from './schools.ts';

const genders = ['Female', 'Gender X', 'Male'] as const;

const races = [
  'American Indian/ Alaskan Native',
  'Asian',
  'Black/ African American',
  'Hispanic/ Latino of any race(s)',
  'Native Hawaiian/ Other Pacific Islander',
  'Two or More Races',
  'White',
] as const;

/** Each program with its complement, and the share of students in it at the lowest and at the highest need. */
export const programs = [
  {name: 'English Language Learners', complement: 'Non-English Language Learners', share: [0.04, 0.36]},
  {name: 'Highly Capable', complement: 'Non-Highly Capable', share: [0.16, 0.03]},
  {name: 'Homeless', complement: 'Non-Homeless', share: [0.005, 0.06]},
  {name: 'Low-Income', complement: 'Non-Low Income', share: [0.12, 0.82]},
  {name: 'Migrant', complement: 'Non Migrant', share: [0, 0.025]},
  {name: 'Military Parent', complement: 'Non Military Parent', share: [0.015, 0.01]},
  {name: 'Mobile', complement: 'Non Mobile', share: [0.02, 0.07]},
  {name: 'Section 504', complement: 'Non Section 504', share: [0.07, 0.03]},
  {name: 'Students with Disabilities', complement: 'Students without Disabilities', share: [0.11, 0.18]},
  {name: 'Foster_Care', complement: 'Non_Foster_Care', share: [0.002, 0.007]},
] as const;

type Measure =
  | 'All Students'
  | (typeof genders)[number]
  | (typeof races)[number]
  | (typeof programs)[number]['name']
  | (typeof programs)[number]['complement'];

/** The columns with figures, in the publisher's order of 2020-21, when foster care was new and stood last. */
export const measures: readonly Measure[] = [
  'All Students',
  ...genders,
  ...races,
  ...programs.slice(0, -1).map((program) => program.name),
  ...programs.slice(0, -1).map((program) => program.complement),
  'Foster_Care',
  'Non_Foster_Care',
];

export type Counts = Record<Measure, number>;

/** Enrollment relative to the first year. It dropped in 2020-21. */
const sizes: Record<Year, number> = {
  '2018-19': 1,
  '2019-20': 1.01,
  '2020-21': 0.965,
  '2021-22': 0.95,
  '2022-23': 0.955,
};

/** The yearly change of each race's weight, in the order of the races. */
const drift = [-0.01, 0.015, 0.005, 0.025, 0.01, 0.03, -0.025];

const tiny = 30;

/** Counts the students of a school in a year by grade, without empty grades. */
export function countStudentsByGrade(school: School, year: Year): Map<string, Counts> {
  const lasting = seedRandom('students', school.code);
  const passing = seedRandom('students', school.code, year);
  const racesHere = school.district.races.map((weight) => weight * lasting.between(0.6, 1.6));
  const sharesHere = programs.map(({share}) => interpolateShare(share, school.district) * lasting.between(0.75, 1.2));

  const grades = listGrades(school, year);
  const enrolled =
    school.students < tiny ? school.students : school.students * sizes[year] * passing.between(0.98, 1.02);
  const sizesOfGrades = apportion(
    Math.round(enrolled),
    grades.map((grade) => weighGrade(grade) * passing.between(0.9, 1.1)),
    passing,
  );

  const age = years.indexOf(year);
  const racesNow = racesHere.map((weight, index) => weight * (1 + age * (drift[index] ?? 0)));
  const students = new Map<string, Counts>();
  for (const [index, grade] of grades.entries()) {
    const all = sizesOfGrades[index] ?? 0;
    if (all > 0) students.set(grade, describe(all, grade, year, racesNow, sharesHere, passing));
  }
  return students;
}

export function sum(parts: Iterable<Counts>): Counts {
  const total = makeZeroCounts();
  for (const part of parts) for (const measure of measures) total[measure] += part[measure];
  return total;
}

export function makeZeroCounts(): Counts {
  return Object.fromEntries(measures.map((measure) => [measure, 0])) as Counts;
}

/** Splits the students of one grade by everything the publisher counts. */
export function describe(
  all: number,
  grade: string,
  year: Year,
  raceWeights: readonly number[],
  programShares: readonly number[],
  random: Random,
): Counts {
  const counts = makeZeroCounts();
  counts['All Students'] = all;

  const older = /^(9|10|11|12)th/.test(grade);
  const genderWeights = [0.485 * random.between(0.9, 1.1), older ? 0.004 : 0.0005, 0.51 * random.between(0.9, 1.1)];
  const byGender = apportion(all, genderWeights, random);
  for (const [index, gender] of genders.entries()) counts[gender] = byGender[index] ?? 0;

  const byRace = apportion(
    all,
    raceWeights.map((weight) => weight * random.between(0.88, 1.12)),
    random,
  );
  for (const [index, race] of races.entries()) counts[race] = byRace[index] ?? 0;

  for (const [index, {name, complement}] of programs.entries()) {
    const share = name === 'Highly Capable' && /Kindergarten/.test(grade) ? 0 : (programShares[index] ?? 0);
    counts[name] = Math.min(all, roundAtRandom(all * Math.min(share, 0.99) * random.between(0.9, 1.1), random));
    counts[complement] = all - counts[name];
  }

  // In 2020-21 some students are in neither column of foster care. The defect is applied here, so that the
  // sums over grades, schools and districts still add up.
  if (year === '2020-21' && counts.Non_Foster_Care > 1 && random.happens(fosterUnknown)) {
    counts.Non_Foster_Care -= random.whole(1, 2);
    if (counts.Non_Foster_Care < 0) throw new Error(`More students without foster status than students in ${grade}.`);
  }
  return counts;
}

/** Chosen so that about a third of all rows, totals included, do not add up. */
const fosterUnknown = 0.23;

function interpolateShare([lowest, highest]: readonly [number, number], {need}: District): number {
  return lowest + (highest - lowest) * need;
}

function weighGrade(grade: string): number {
  if (grade === 'Pre-Kindergarten') return 0.3;
  if (grade === 'Transition to Kindergarten') return 0.28;
  if (grade === 'Half-day Kindergarten') return 0.4;
  if (grade === '9th Grade') return 1.06;
  return grade === '12th Grade' ? 0.93 : 1;
}
