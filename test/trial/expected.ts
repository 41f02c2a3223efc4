/**
 * The answers, worked out from the files independently of the models: plain objects and loops, shares
 * compared as fractions (never as rounded numbers), nothing of Rollcall imported.
 */
import {averageDistance, enumerateDraws, enumerateTopProbabilities, enumerateTrials} from '../support/chance.ts';
import {
  type Row,
  readCount,
  readText,
  requireCount,
  requireText,
  type SourceFile,
  type TrialFiles,
} from './source-files.ts';

export type Value = string | number | boolean | null;
export type Answer = Record<string, Value>;
type SchoolType = 'elementary' | 'middle' | 'high';

const bare = (label: string) => label.toLowerCase().replace(/[^a-z0-9]/g, '');

/** Labels whose ids are more than the label in lower case. Keys are without case, spaces and punctuation. */
const GROUP_IDS: Record<string, string> = {
  allstudents: 'total',
  americanindianalaskannative: 'american_indian_alaskan_native',
  blackafricanamerican: 'black_african_american',
  hispaniclatinoofanyraces: 'hispanic_latino',
  nativehawaiianotherpacificislander: 'native_hawaiian_pacific_islander',
};
export const groupId = (label: string) => GROUP_IDS[bare(label)] ?? label.toLowerCase().replace(/[^a-z0-9]+/g, '_');

const OF_COLOR = [
  'american_indian_alaskan_native',
  'asian',
  'black_african_american',
  'hispanic_latino',
  'native_hawaiian_pacific_islander',
  'two_or_more_races',
];
export const RACES = [...OF_COLOR, 'white'];
export const GENDERS = ['female', 'male', 'gender_x'];
/** The groups that question 7a names. */
export const ASKED_GROUPS = ['black_african_american', 'american_indian_alaskan_native', 'hispanic_latino'];
const CATEGORIES = {race_ethnicity: [...RACES, 'not_provided'], gender: [...GENDERS, 'not_provided']};
type CategoryType = keyof typeof CATEGORIES;
const idOf = (type: CategoryType, group: string) =>
  type === 'gender' && group === 'not_provided' ? 'gender_not_provided' : group;
const LABELS: Record<string, string> = {
  american_indian_alaskan_native: 'American Indian/Alaskan Native',
  asian: 'Asian',
  black_african_american: 'Black/African American',
  hispanic_latino: 'Hispanic/Latino of any race(s)',
  native_hawaiian_pacific_islander: 'Native Hawaiian/Other Pacific Islander',
  two_or_more_races: 'Two or More Races',
  white: 'White',
  female: 'Female',
  male: 'Male',
  gender_x: 'Gender X',
  not_provided: 'Not Provided',
};
const SMALL = 10;
/** A school with fewer has a rank that is marked. */
const FEW = {students: 30, teachers: 10};

export interface School {
  code: string;
  name: string;
  districtCode: string;
  districtName: string;
  city: string | null;
  types: SchoolType[];
  /** The known counts by group id. Students have no Not Provided. */
  students: Map<string, number>;
  allStudents: number;
  /** By category type and group id: null if the state gives no figure, absent if it has no such row. */
  teachers: Record<CategoryType, Map<string, number | null>>;
  allTeachers: number | null;
}

/** The enrollment columns that hold a count of students. */
export const countColumns = (file: SourceFile) => {
  const columns = Object.keys(file.rows[0] ?? {});
  return columns.slice(columns.indexOf('All Students')).filter((column) => column !== 'DataAsOf');
};

export const isTotalRow = (row: Row) => bare(row['GradeLevel'] ?? '') === 'allgrades';
export const keyOf = (row: Row) =>
  [row['OrganizationLevel'], row['DistrictCode'], row['SchoolCode'], bare(row['GradeLevel'] ?? '')].join('|');

/**
 * Finds the lines that are a zero twin, with the line they repeat: no students, and every count either 0 or the other line's. (Six
 * district twins of 2019-20 repeat the foster care figure, so "every count is 0" would be too narrow.)
 */
export function findZeroTwins(file: SourceFile): Map<number, number> {
  const columns = countColumns(file);
  const lines = file.rows.map((row, index) => ({row, number: index + 2}));
  const twins = new Map<number, number>();
  for (const [key, same] of Map.groupBy(lines, ({row}) => keyOf(row))) {
    if (same.length === 1) continue;
    const [real, ...more] = same.filter(({row}) => requireCount(row, 'All Students') > 0);
    if (real === undefined || more.length > 0) throw new Error(`${file.path}: ${key} has not just one row of figures`);
    for (const {row, number} of same) {
      if (row === real.row) continue;
      const news = columns.filter((column) => requireCount(row, column) > 0 && row[column] !== real.row[column]);
      if (news.length > 0) throw new Error(`${file.path}: line ${number} is no twin, it has ${news.join(', ')}`);
      twins.set(number, real.number);
    }
  }
  return twins;
}

/**
 * Says which counts of a row are known, by column: `value`; `suppressed` for a 0, and `unknown` for more, where a program and its
 * complement don't add up to all students. (The trial files have no blank counts, no marks and no notes.)
 */
export function readStatuses(file: SourceFile, row: Row): Map<string, string> {
  const columns = countColumns(file);
  const complements = columns.filter((column) => /^non|without/i.test(column));
  const statuses = new Map(columns.map((column) => [column, 'value']));
  for (const complement of complements) {
    const program = columns.find((column) => bare(column) === bare(complement).replace(/^non|out/, ''));
    if (program === undefined) throw new Error(`${file.path}: ${complement} complements no column`);
    if (requireCount(row, program) + requireCount(row, complement) === requireCount(row, 'All Students')) continue;
    for (const column of [program, complement])
      statuses.set(column, requireCount(row, column) === 0 ? 'suppressed' : 'unknown');
  }
  return statuses;
}

/** Returns all rows but the zero twins. */
export function selectUsableRows(file: SourceFile): Row[] {
  const twins = findZeroTwins(file);
  return file.rows.filter((_, index) => !twins.has(index + 2));
}

/** Turns a city in capitals into mixed case. */
function formatCity(city: string | null): string | null {
  if (city === null || city !== city.toUpperCase()) return city;
  return city.toLowerCase().replace(/\b[a-z]/g, (letter) => letter.toUpperCase());
}

function readSchoolTypes(entry: Row): SchoolType[] {
  const types: SchoolType[] = [];
  if (entry['ElementarySchoolFlag'] === '1') types.push('elementary');
  if (entry['MiddleSchoolFlag'] === '1') types.push('middle');
  if (entry['HighSchoolFlag'] === '1') types.push('high');
  return types;
}

/** Returns the list's schools as they were in a year, without those missing in the year's enrollment file. */
export function readSchools(files: TrialFiles, schoolYear: string): School[] {
  const file = files.enrollment.get(schoolYear);
  if (file === undefined) throw new Error(`no enrollment file for ${schoolYear}`);
  const totals = selectUsableRows(file).filter((row) => row['OrganizationLevel'] === 'School' && isTotalRow(row));
  const teacherRows = files.teachers.rows.filter(
    (row) => row['SchoolYear'] === schoolYear && row['OrganizationLevel'] === 'School',
  );
  const schools: School[] = [];
  for (const entry of files.list) {
    const code = requireText(entry, 'SchoolCode');
    const total = totals.find((row) => row['SchoolCode'] === code);
    if (total === undefined) continue;
    const school: School = {
      code,
      name: requireText(total, 'SchoolName'),
      districtCode: requireText(total, 'DistrictCode'),
      districtName: requireText(total, 'DistrictName'),
      city: formatCity(readText(entry, 'City')),
      types: readSchoolTypes(entry),
      students: new Map(
        [...readStatuses(file, total)]
          .filter(([, status]) => status === 'value')
          .map(([column]) => [groupId(column), requireCount(total, column)]),
      ),
      allStudents: requireCount(total, 'All Students'),
      teachers: {race_ethnicity: new Map(), gender: new Map()},
      allTeachers: null,
    };
    for (const row of teacherRows.filter((candidate) => candidate['SchoolCode'] === code)) {
      const group = groupId(requireText(row, 'DemographicCategory'));
      switch (requireText(row, 'DemographicCategoryType')) {
        case 'All':
          school.allTeachers = readCount(row, 'TeacherTotalCount');
          break;
        case 'RaceEthnicity':
          school.teachers.race_ethnicity.set(group, readCount(row, 'TeacherCount'));
          break;
        case 'Gender':
          school.teachers.gender.set(group, readCount(row, 'TeacherCount'));
          break;
        default:
          throw new Error(`unknown category type in ${JSON.stringify(row)}`);
      }
    }
    schools.push(school);
  }
  return schools;
}

/** A school's part of a whole, such as 12 of 40 teachers. Shares are compared by cross-multiplication, so that rounding can't break a tie. */
interface Candidate {
  school: School;
  part: number;
  whole: number;
}
const share = (part: number, whole: number) => part / whole;
const largerShare = (a: Candidate, b: Candidate) => b.part * a.whole - a.part * b.whole;
const largerCount = (a: Candidate, b: Candidate) => b.part - a.part;
const earlierText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
const earlierName = (a: Candidate, b: Candidate) =>
  earlierText(a.school.name, b.school.name) || earlierText(a.school.code, b.school.code);

/** Returns the first rows of a ranking, and the further schools with the last one's value: how many, and which. */
function rankTop(candidates: Candidate[], limit: number, value: typeof largerShare, second: typeof largerShare) {
  const ranked = candidates.toSorted((a, b) => value(a, b) || second(a, b) || earlierName(a, b));
  const last = ranked[Math.min(limit, ranked.length) - 1];
  const tied = ranked.slice(limit).filter((other) => last && value(other, last) === 0);
  const named = tied.slice(0, 5).map(({school}) => school.name);
  const others = tied.length - named.length;
  const ties = {
    tied_beyond: tied.length,
    tied_schools:
      tied.length === 0
        ? null
        : `${named.join(', ')}${others === 0 ? '' : ` and ${others} other${others === 1 ? '' : 's'}`}`,
  };
  return ranked.slice(0, limit).map((candidate, index) => ({...candidate, rank: index + 1, ties}));
}

/** 7a: the five schools of each type with the highest share of a group's students. */
export function rankByStudentGroup(schools: School[], schoolYear: string, groups: string[]): Answer[] {
  const answer: Answer[] = [];
  for (const type of ['high', 'middle', 'elementary'] as const) {
    for (const group of groups) {
      const candidates: Candidate[] = [];
      for (const school of schools) {
        const part = school.students.get(group);
        if (part !== undefined && school.types.includes(type))
          candidates.push({school, part, whole: school.allStudents});
      }
      if (candidates.length === 0) throw new Error(`no students of the group ${group}`);
      for (const {school, part, whole, rank, ties} of rankTop(candidates, 5, largerShare, largerCount)) {
        answer.push({
          school_year: schoolYear,
          school_type: type,
          demographic_group_id: group,
          rank,
          school_code: school.code,
          school_name: school.name,
          district_name: school.districtName,
          city: school.city,
          student_count: part,
          all_students_count: whole,
          student_share: share(part, whole),
          is_small: part < SMALL || whole < SMALL,
          is_rank_small: whole < FEW.students,
          ...ties,
        });
      }
    }
  }
  return answer;
}

/** 7b: the schools data set. */
export function listSchools(schools: School[], schoolYear: string): Answer[] {
  return schools.map((school) => ({
    school_year: schoolYear,
    school_code: school.code,
    school_name: school.name,
    district_code: school.districtCode,
    district_name: school.districtName,
    city: school.city,
    school_types: school.types.join(', '),
    all_students_count: school.allStudents,
    teacher_count: school.allTeachers,
  }));
}

/** 7c: the five elementary schools with the most teachers of each category in the file, including Not Provided; fewer if fewer have any. */
export function rankByTeacherGroup(schools: School[], schoolYear: string): Answer[] {
  const answer: Answer[] = [];
  for (const categoryType of ['race_ethnicity', 'gender'] as const) {
    const inTheFile = new Set(schools.flatMap((school) => [...school.teachers[categoryType].keys()]));
    for (const group of inTheFile) {
      const candidates: Candidate[] = [];
      for (const school of schools) {
        const part = school.teachers[categoryType].get(group) ?? null;
        // A school without a teacher of the category is not listed.
        if (!school.types.includes('elementary') || part === null || part === 0 || school.allTeachers === null)
          continue;
        candidates.push({school, part, whole: school.allTeachers});
      }
      for (const {school, part, whole, rank, ties} of rankTop(candidates, 5, largerCount, largerShare)) {
        answer.push({
          school_year: schoolYear,
          category_type: categoryType,
          demographic_group_id: idOf(categoryType, group),
          rank,
          school_code: school.code,
          school_name: school.name,
          district_name: school.districtName,
          teacher_count: part,
          all_teachers_count: whole,
          teacher_share: share(part, whole),
          is_small: whole < SMALL,
          is_rank_small: whole < FEW.teachers,
          ...ties,
        });
      }
    }
  }
  return answer;
}

const sumOf = (counts: Map<string, number | null>, groups: string[]) =>
  groups.reduce((total, group) => total + (counts.get(group) ?? 0), 0);

/** Null where no count is known to be small and one is not known: nothing is compared then. */
function isSmall(...counts: (number | null)[]): boolean | null {
  if (counts.some((count) => count !== null && count < SMALL)) return true;
  return counts.includes(null) ? null : false;
}

/** 7d: the measures of a school. Those that need teachers are null if the state gives none. */
function computeMeasures(school: School) {
  const studentsOfColor = sumOf(school.students, OF_COLOR);
  const s = share(studentsOfColor, school.allStudents);
  const students = {count: studentsOfColor, share: s};
  if (school.allTeachers === null) return {students, teachers: null};

  const staff = school.teachers.race_ethnicity;
  const allTeachers = school.allTeachers;
  const rankByTeachersOfColor = sumOf(staff, OF_COLOR);
  const notProvided = sumOf(staff, ['not_provided']);
  const t = share(rankByTeachersOfColor, allTeachers);

  // Overlap is over the seven races and Not Provided, which students do not have.
  let differences = share(notProvided, allTeachers);
  for (const race of RACES) {
    differences += Math.abs(
      share(staff.get(race) ?? 0, allTeachers) - share(sumOf(school.students, [race]), school.allStudents),
    );
  }

  // Teachers to parity: add teachers one by one until their share reaches that of students.
  let toParity = 0;
  while ((rankByTeachersOfColor + toParity) * school.allStudents < studentsOfColor * allTeachers) toParity += 1;

  const withoutATeacher = RACES.filter((race) => sumOf(school.students, [race]) > 0 && sumOf(staff, [race]) === 0);
  return {
    students,
    teachers: {
      count: rankByTeachersOfColor,
      share: t,
      shareHigh: share(rankByTeachersOfColor + notProvided, allTeachers),
      notProvided,
      gapPp: (t - s) * 100,
      parityRatio: studentsOfColor === 0 ? null : t / s,
      overlap: 1 - differences / 2,
      groupsWithoutATeacher: withoutATeacher.length,
      toParity,
    },
  };
}

/** A school's teachers of known race, and how close they are to its students. */
function compareKnown(school: School) {
  const known = sumOf(school.teachers.race_ethnicity, RACES);
  if (school.allTeachers === null || known === 0) return undefined;
  const students = (race: string) => sumOf(school.students, [race]) / school.allStudents;
  const teachers = (race: string) => sumOf(school.teachers.race_ethnicity, [race]);
  const overlap = (distance: (race: string) => number) => 1 - RACES.reduce((sum, race) => sum + distance(race), 0) / 2;
  const reached = overlap((race) => Math.abs(teachers(race) / known - students(race)));
  const trials = (race: string) => enumerateTrials(Array.from({length: known}, () => students(race)));
  return {
    known,
    reached,
    representation: reached / overlap((race) => averageDistance(trials(race), students(race))),
    ofPool: (pool: School[]) => {
      const count = (races: string[]) =>
        pool.reduce((sum, each) => sum + sumOf(each.teachers.race_ethnicity, races), 0);
      return overlap((race) => averageDistance(enumerateDraws(count(RACES), count([race]), known), students(race)));
    },
  };
}

/** 7d: how well the teachers represent the students, beside chance. */
function judge(school: School, compared: Map<School, ReturnType<typeof compareKnown>>) {
  const judged = compared.get(school);
  if (judged === undefined) return undefined;
  const {known, reached, representation} = judged;
  const pool = [...compared].flatMap(([each, of]) =>
    of && of.known > 0 && hasTypesOf(each, school) && each.districtCode === school.districtCode ? [each] : [],
  );
  const bands = {close: 0.85, 'fairly close': 0.7, far: 0.5, 'very far': 0};
  return {
    known,
    representation,
    band:
      known < SMALL
        ? 'too few to tell'
        : (Object.entries(bands).find(([, least]) => representation >= least)?.[0] ?? null),
    beyondPool: pool.length > 1 ? 100 * (reached - judged.ofPool(pool)) : null,
  };
}

const hasTypesOf = (one: School, other: School) => one.types.join() === other.types.join();

/** The median representation of the ten schools whose students are most like the school's, or of fewer. */
function compareWithSimilar(school: School, compared: Map<School, ReturnType<typeof compareKnown>>): number | null {
  const part = (each: School, race: string) => sumOf(each.students, [race]) / each.allStudents;
  const similar = [...compared]
    .flatMap(([each, of]) => {
      const size = each.allStudents / school.allStudents;
      if (of === undefined || of.known < SMALL || each === school || size < 0.5 || size > 2) return [];
      const inCommon = RACES.reduce((sum, race) => sum + Math.min(part(each, race), part(school, race)), 0);
      if (!hasTypesOf(each, school) || inCommon < 0.75 - 1e-12) return [];
      return {each, inCommon: Number(inCommon.toFixed(12)), representation: of.representation};
    })
    .sort(
      (a, b) =>
        b.inCommon - a.inCommon ||
        Math.abs(a.each.allStudents - school.allStudents) - Math.abs(b.each.allStudents - school.allStudents) ||
        (`${a.each.districtCode}-${a.each.code}` < `${b.each.districtCode}-${b.each.code}` ? -1 : 1),
    )
    .slice(0, 10)
    .map(({representation}) => representation)
    .sort((a, b) => a - b);
  const [low, high] = [similar[Math.ceil(similar.length / 2) - 1], similar[Math.floor(similar.length / 2)]];
  return low === undefined || high === undefined ? null : (low + high) / 2;
}

/** 7d: a row a school. */
export function computeRepresentation(schools: School[], schoolYear: string): Answer[] {
  const known = new Map(schools.map((school) => [school, compareKnown(school)]));
  return schools.map((school) => {
    const {students, teachers} = computeMeasures(school);
    const judged = judge(school, known);
    return {
      school_year: schoolYear,
      school_code: school.code,
      school_name: school.name,
      district_name: school.districtName,
      representation: judged?.representation ?? null,
      representation_band: judged?.band ?? null,
      overlap_beyond_pool_pp: judged?.beyondPool ?? null,
      similar_schools_representation: compareWithSimilar(school, known),
      known_teachers_count: judged?.known ?? null,
      all_students_count: school.allStudents,
      students_of_color_count: students.count,
      students_of_color_share: students.share,
      all_teachers_count: school.allTeachers,
      teachers_of_color_count: teachers?.count ?? null,
      teachers_of_color_share: teachers?.share ?? null,
      teachers_not_provided_count: teachers?.notProvided ?? null,
      gap_pp: teachers?.gapPp ?? null,
      parity_ratio: teachers?.parityRatio ?? null,
      overlap: teachers?.overlap ?? null,
      groups_without_a_teacher: teachers?.groupsWithoutATeacher ?? null,
      teachers_to_parity: teachers?.toParity ?? null,
      is_small: isSmall(school.allStudents, school.allTeachers),
    };
  });
}

/** 7d by group: a row a school and group. Null means that a file doesn't say, never 0. */
export function computeRepresentationByGroup(schools: School[], schoolYear: string): Answer[] {
  const answer: Answer[] = [];
  for (const school of schools) {
    for (const categoryType of ['race_ethnicity', 'gender'] as const) {
      for (const group of CATEGORIES[categoryType]) {
        const students = school.students.get(group) ?? null;
        const teachers = school.teachers[categoryType].get(group) ?? null;
        const s = students === null ? null : share(students, school.allStudents);
        const t = teachers === null || school.allTeachers === null ? null : share(teachers, school.allTeachers);
        answer.push({
          school_year: schoolYear,
          school_code: school.code,
          school_name: school.name,
          district_name: school.districtName,
          category_type: categoryType,
          demographic_group_id: idOf(categoryType, group),
          demographic_group: LABELS[group] ?? group,
          student_count: students,
          student_share: s,
          teacher_count: teachers,
          teacher_share: t,
          gap_pp: s === null || t === null ? null : (t - s) * 100,
          parity_ratio: s === null || s === 0 || t === null ? null : t / s,
          students_per_teacher: students === null || teachers === null || teachers === 0 ? null : students / teachers,
          is_small: isSmall(students, school.allStudents, school.allTeachers),
        });
      }
    }
  }
  return answer;
}

/** 7e and 7f: the ten schools with the highest share of teachers of color, beside their students of color. */
export function teachersOfColor(schools: School[]): Answer[] {
  const candidates: Candidate[] = [];
  for (const school of schools) {
    if (school.allTeachers === null) continue;
    candidates.push({school, part: sumOf(school.teachers.race_ethnicity, OF_COLOR), whole: school.allTeachers});
  }
  const probabilities = enumerateTopProbabilities(
    candidates.map(({part, whole}) => [part, whole]),
    10,
  );
  const topProbability = new Map(candidates.map(({school}, index) => [school, probabilities[index] ?? null]));
  return rankTop(candidates, 10, largerShare, largerCount).map(({school, part, whole, rank, ties}) => {
    const {students, teachers} = computeMeasures(school);
    return {
      rank,
      school_code: school.code,
      school_name: school.name,
      district_name: school.districtName,
      all_teachers_count: whole,
      teachers_of_color_count: part,
      teachers_of_color_share: share(part, whole),
      teachers_of_color_share_high: teachers?.shareHigh ?? null,
      all_students_count: school.allStudents,
      students_of_color_share: students.share,
      gap_pp: teachers?.gapPp ?? null,
      parity_ratio: teachers?.parityRatio ?? null,
      top_probability: topProbability.get(school) ?? null,
      is_small: isSmall(school.allStudents, school.allTeachers),
      is_rank_small: whole < FEW.teachers || school.allStudents < FEW.students,
      ...ties,
    };
  });
}
