/** The teacher files: the release of one year, and the release of all years with other names of columns. */

import {formatCsv} from './csv.ts';
import {county, districts, esd, listYear, years} from './schools.ts';
import {
  countTeachers,
  type OrganizationTeachers,
  type Staff,
  type TeacherFigures,
  teacherGenders,
  teacherRaces,
} from './teachers.ts';

type Category = {type: 'All' | 'RaceEthnicity' | 'Gender'; name: string; figuresIn: (staff: Staff) => TeacherFigures};

const nobody: TeacherFigures = {teachers: 0, experience: 0, masters: 0};
const everybody: Category = {type: 'All', name: 'All', figuresIn: (staff) => staff.all};
const byRace = teacherRaces.map(
  (name, index): Category => ({type: 'RaceEthnicity', name, figuresIn: (staff) => staff.races[index] ?? nobody}),
);
const byGender = teacherGenders.map(
  (name, index): Category => ({type: 'Gender', name, figuresIn: (staff) => staff.genders[index] ?? nobody}),
);

/** The release of one year has no Gender X. In the other it comes last. */
const categories = [everybody, ...byRace, ...byGender.filter(({name}) => name !== 'Gender X')];
const allYearsCategories = [...categories, ...byGender.filter(({name}) => name === 'Gender X')];

/** Labels that the release of all years spells differently. */
const allYearsLabels: Record<string, string> = {
  'American Indian/Alaskan Native': 'American Indian/ Alaskan Native',
  'Black/African American': 'Black/ African American',
  'Hispanic/Latino of any race(s)': 'Hispanic/ Latino of any race(s)',
  'Native Hawaiian/Other Pacific Islander': 'Native Hawaiian/ Other Pacific Islander',
  'Two or more races': 'Two or More Races',
};

export function makeTeacherFiles(): [name: string, contents: string][] {
  return [
    ['Report_Card_Teacher_Demographics_2020-21_School_Year.csv', makeOneYear()],
    ['Report_Card_Teacher_Demographics_2017-18_to_2022-23.csv', makeAllYears()],
  ];
}

function makeOneYear(): string {
  const header = [
    'RowID',
    'SchoolYear',
    'OrganizationLevel',
    'OrganizationID',
    'County',
    'ESDName',
    'ESDOrganizationID',
    'DistrictCode',
    'DistrictName',
    'DistrictOrganizationID',
    'SchoolCode',
    'SchoolName',
    'SchoolOrganizationID',
    'CurrentSchoolType',
    'TeacherTotalCount',
    'DemographicCategoryType',
    'DemographicCategoryID',
    'DemographicCategory',
    'TeacherCount',
    'TeacherPercent',
    'SumYearsExperience',
    'AvgYearsExperience',
    'MAPlusCount',
    'MAPlusPercent',
    'IsEEValidated',
    'DataAsOf',
  ];
  const missing = 'NULL';
  const rows = districts
    .flatMap((district) => countTeachers(listYear, district))
    .flatMap((of) =>
      categories.map((category, id) => {
        const {district, school, staff} = of;
        const [total, ...figures] = formatFigures(staff, category, missing);
        return [
          listYear,
          school ? 'School' : 'District',
          String((school ?? district).organization),
          county,
          esd.name,
          String(esd.organization),
          district.code,
          district.name,
          String(district.organization),
          school?.code ?? missing,
          school?.name ?? missing,
          String(school?.organization ?? missing),
          school?.type ?? missing,
          total,
          category.type,
          String(id),
          category.name,
          ...figures,
          staff ? '1' : '0',
          '2021-12-01',
        ];
      }),
    );
  return formatCsv([header, ...numberRows(rows, 990001)], {bom: true, lineEnd: 'windows'});
}

/** Makes the release of all years, in which missing figures are blank. */
function makeAllYears(): string {
  const header = [
    'RowID',
    'SchoolYear',
    'OrganizationLevel',
    'OrganizationLevelID',
    'OrganizationID',
    'OrganizationName',
    'County',
    'ESDName',
    'ESDOrganizationID',
    'LEACode',
    'LEAName',
    'LEAOrganizationID',
    'SchoolCode',
    'SchoolName',
    'SchoolOrganizationID',
    'TeacherTotalCount',
    'DemographicCategoryType',
    'DemographicCategoryID',
    'DemographicCategory',
    'TeacherCount',
    'TeacherPercent',
    'SumYearsExperience',
    'AvgYearsExperience',
    'MA_Count',
    'MA_Percent',
    'IsEEValidated',
    'DataAsOf',
  ];
  const rows = years
    .flatMap((year) => districts.flatMap((district) => countTeachers(year, district)).map((of) => ({year, of})))
    .filter(({of}) => isIncluded(of))
    .flatMap(({year, of: {district, school, staff}}) =>
      allYearsCategories.map((category, id) => {
        const [total, ...figures] = formatFigures(staff, category, '');
        const {name, organization} = school ?? district;
        return [
          year,
          school ? 'School' : 'LEA',
          school ? '3' : '2',
          String(organization),
          name,
          county,
          esd.name,
          String(esd.organization),
          district.code,
          district.name,
          String(district.organization),
          school?.code ?? '',
          school?.name ?? '',
          String(school?.organization ?? ''),
          total,
          category.type,
          String(id),
          allYearsLabels[category.name] ?? category.name,
          ...figures,
          staff ? '1' : '0',
          '2023-11-01',
        ];
      }),
    );
  return formatCsv([header, ...numberRows(rows, 1)], {bom: false, lineEnd: 'unix'});
}

/**
 * Returns whether the file includes an organization. To keep it small, it has only districts and the region's schools. Districts still
 * count the teachers of all their schools.
 */
function isIncluded({school}: OrganizationTeachers): boolean {
  return !school || school.inRegion;
}

/** Formats the organization's total, then the category's count, percent, experience and degrees, as the publisher does. */
function formatFigures(staff: Staff | undefined, category: Category, missing: string): [total: string, ...string[]] {
  if (!staff) return [missing, missing, missing, missing, missing, missing, missing];
  const {teachers, experience, masters} = category.figuresIn(staff);
  const known = (text: string) => (teachers > 0 ? text : missing);
  return [
    String(staff.all.teachers),
    String(teachers),
    (teachers / staff.all.teachers).toFixed(3),
    known((experience / 10).toFixed(1)),
    known((experience / 10 / teachers).toFixed(1)),
    String(masters),
    known((masters / teachers).toFixed(3)),
  ];
}

function numberRows(rows: readonly string[][], first: number): string[][] {
  return rows.map((row, index) => [String(first + index), ...row]);
}
