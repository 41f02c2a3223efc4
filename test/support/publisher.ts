import {writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {ospiEnrollment} from '../../src/sources/ospi-enrollment.ts';
import type {Source} from '../../src/sources/source.ts';
import {makeTemporaryFolder} from './temporary.ts';

/** Small files in the publisher's layout, written by hand for one test. */

const labels = (source: Source) =>
  new Map(source.columns.filter(({optional}) => !optional).map(({id, label}) => [id, label]));

export type Cells = Record<string, string | number>;

/**
 * Makes an enrollment file. A row has its cells by column id. Omitted counts are 0, unless they follow from the
 * others: All Students is the sum of the races, male the rest of the genders, a complement the rest of its program.
 */
export function makeEnrollmentFile(rows: Cells[], options: {extraColumns?: string[]; lineEnd?: string} = {}): string {
  const columns = labels(ospiEnrollment);
  const {extraColumns = [], lineEnd = '\n'} = options;
  const measures = ospiEnrollment.pivot?.measures ?? [];
  const lines = rows.map((row) => {
    const count = (id: string) => Number(row[id] ?? 0);
    const races = ospiEnrollment.pivot?.breakdowns.find(({name}) => name === 'race_ethnicity')?.parts ?? [];
    const whole = Number(row['all_students'] ?? races.reduce((sum, id) => sum + count(id), 0));
    const follows: Cells = {all_students: whole, male: whole - count('female') - count('gender_x')};
    for (const {name, parts} of ospiEnrollment.pivot?.breakdowns ?? []) {
      const [program, complement] = parts;
      if (name !== 'gender' && name !== 'race_ethnicity' && program && complement)
        follows[complement] = whole - count(program);
    }
    const defaults: Cells = {
      school_year: '2020-21',
      organization_level: 'School',
      county: 'Sample',
      // After the final release of any year in the tests.
      data_as_of: '2030-03-01',
    };
    return [
      ...[...columns.keys()].map((id) => row[id] ?? defaults[id] ?? (measures.includes(id) ? (follows[id] ?? 0) : '')),
      ...extraColumns.map((label) => row[label] ?? ''),
    ];
  });
  return formatCsv([[...columns.values(), ...extraColumns], ...lines], lineEnd);
}

/** Teachers of each race: none. */
export const noRaces = {
  'American Indian/Alaskan Native': 0,
  Asian: 0,
  'Black/African American': 0,
  'Hispanic/Latino of any race(s)': 0,
  'Native Hawaiian/Other Pacific Islander': 0,
  'Not Provided': 0,
  'Two or more races': 0,
  White: 0,
};

/** Makes a teacher file from the categories of each organization. The total is the sum of the races. */
export function makeTeacherFile(
  organizations: {cells: Cells; races: Record<string, number>; genders: Record<string, number>}[],
): string {
  const header = [
    'SchoolYear',
    'OrganizationLevel',
    'DistrictCode',
    'DistrictName',
    'SchoolCode',
    'SchoolName',
    'TeacherTotalCount',
    'DemographicCategoryType',
    'DemographicCategory',
    'TeacherCount',
  ];
  const rows = organizations.flatMap(({cells, races, genders}) => {
    const total = Object.values(races).reduce((sum, count) => sum + count, 0);
    const organization = [
      cells['school_year'] ?? '2020-21',
      cells['organization_level'] ?? 'School',
      cells['district_code'] ?? '',
      cells['district_name'] ?? '',
      cells['school_code'] ?? '',
      cells['school_name'] ?? '',
      total,
    ];
    return [
      [...organization, 'All', 'All', total],
      ...Object.entries(races).map(([label, count]) => [...organization, 'RaceEthnicity', label, count]),
      ...Object.entries(genders).map(([label, count]) => [...organization, 'Gender', label, count]),
    ];
  });
  return formatCsv([header, ...rows], '\n');
}

/** Makes a school list in the comma-delimited layout. */
export function makeListFile(
  schools: {district: string; school: string; types: ('e' | 'm' | 'h')[]; year?: number; city?: string}[],
): string {
  const header = [
    'AcademicYear',
    'SchoolCode',
    'DistrictCode',
    'dRoadMapRegionFlag',
    'ElementarySchoolFlag',
    'MiddleSchoolFlag',
    'HighSchoolFlag',
    'City',
  ];
  return formatCsv(
    [
      header,
      ...schools.map(({district, school, types, year = 2021, city = ''}) => [
        year,
        school,
        district,
        1,
        ...(['e', 'm', 'h'] as const).map((type) => (types.includes(type) ? 1 : 0)),
        city,
      ]),
    ],
    '\n',
  );
}

function formatCsv(rows: (string | number)[][], lineEnd: string): string {
  const cell = (value: string | number) =>
    /[",\n]/.test(String(value)) ? `"${String(value).replaceAll('"', '""')}"` : String(value);
  return rows.map((row) => row.map(cell).join(',') + lineEnd).join('');
}

/** Writes these files into a new folder, and returns the folder. */
export async function makeFolder(files: Record<string, string | Uint8Array>): Promise<string> {
  const folder = makeTemporaryFolder('files');
  for (const [name, contents] of Object.entries(files)) await writeFile(join(folder, name), contents);
  return folder;
}
