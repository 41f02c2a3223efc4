/** The enrollment files, one for each year, with the habits and the defects of that year. */

import {formatCsv} from './csv.ts';
import {addRowsWithoutLevel, addZeroTwins, dropWhite, repeatAsEsd, suppress} from './enrollment-defects.ts';
import type {EnrollmentRow} from './enrollment-row.ts';
import {county, districts, esd, findName, isOpen, type School, schools, type Year, years} from './schools.ts';
import {type Counts, countStudentsByGrade, measures, sum} from './students.ts';

type Habits = {
  totalGrade: 'AllGrades' | 'All Grades';
  asOf: string;
  bom: boolean;
  lineEnd: 'unix' | 'windows';
  /** The spelling of columns that differ from 2020-21. */
  spelling?: Record<string, string>;
  fosterAfterMobile?: boolean;
  datColumn?: boolean;
  /** A spreadsheet has turned codes into numbers, without leading zeros. */
  codesAsNumbers?: boolean;
  thousandsSeparators?: boolean;
  /** Missing names and types are the letters NULL. Missing codes and ids are still blank. */
  missingNamesAsNull?: boolean;
  defects?: (rows: EnrollmentRow[]) => EnrollmentRow[];
};

const habits: Record<Year, Habits> = {
  '2018-19': {
    totalGrade: 'All Grades',
    asOf: '2019-06-01T00:00:00.000',
    bom: false,
    lineEnd: 'unix',
    spelling: {
      ESDOrganizationId: 'ESDOrganizationID',
      SchoolOrganizationId: 'SchoolOrganizationid',
      Foster_Care: 'FosterCare',
      Non_Foster_Care: 'Non_FosterCare',
    },
  },
  '2019-20': {
    totalGrade: 'AllGrades',
    asOf: '4/22/22 0:00',
    bom: false,
    lineEnd: 'windows',
    spelling: {ESDOrganizationId: 'ESDOrganizationID', SchoolOrganizationId: 'SchoolOrganizationid'},
    codesAsNumbers: true,
    defects: addZeroTwins,
  },
  '2020-21': {
    totalGrade: 'AllGrades',
    asOf: '2022 Mar 01 12:00:00 AM',
    bom: true,
    lineEnd: 'windows',
    missingNamesAsNull: true,
    defects: (rows) => addRowsWithoutLevel(repeatAsEsd(dropWhite(rows))),
  },
  '2021-22': {
    totalGrade: 'All Grades',
    asOf: '2022-06-01',
    bom: false,
    lineEnd: 'unix',
    fosterAfterMobile: true,
    thousandsSeparators: true,
  },
  '2022-23': {
    totalGrade: 'All Grades',
    asOf: '2023 Jun 01 12:00:00 AM',
    bom: true,
    lineEnd: 'windows',
    spelling: {Foster_Care: 'FosterCare', Non_Foster_Care: 'Non_FosterCare'},
    datColumn: true,
    defects: suppress,
  },
};

export function makeEnrollmentFiles(): [name: string, contents: string][] {
  return years.map((year) => [`Report_Card_Enrollment_${year}_School_Year.csv`, makeEnrollmentFile(year)]);
}

function makeEnrollmentFile(year: Year): string {
  const habit = habits[year];
  const rows = habit.defects ? habit.defects(makeSoundRows(year)) : makeSoundRows(year);
  const columns = listColumns(habit);
  return formatCsv(
    [
      columns.map((column) => habit.spelling?.[column] ?? column),
      ...rows.map((row) => {
        const fields = formatFields(row, year, habit);
        return columns.map((column) => fields.get(column) ?? '');
      }),
    ],
    habit,
  );
}

/** Makes the rows of a year without defects: schools, then districts as sums of schools, then the state as sum of districts. */
function makeSoundRows(year: Year): EnrollmentRow[] {
  const students = new Map(
    schools.filter((school) => isOpen(school, year)).map((school) => [school, countStudentsByGrade(school, year)]),
  );
  const ofSchools = [...students].flatMap(([school, byGrade]) =>
    addTotal(byGrade).map(([grade, counts]) => makeSchoolRow(school, year, grade, counts)),
  );
  const byDistrict = districts.map((district) => {
    const own = [...students].filter(([school]) => school.district === district).map(([, byGrade]) => byGrade);
    return {district, byGrade: sumByGrade(own)};
  });
  const ofDistricts = byDistrict.flatMap(({district, byGrade}) =>
    addTotal(byGrade).map(
      ([grade, counts]): EnrollmentRow => ({
        level: 'District',
        county,
        esd,
        district,
        school: {name: 'District Total'},
        grade,
        counts,
      }),
    ),
  );
  const ofState = addTotal(sumByGrade(byDistrict.map(({byGrade}) => byGrade))).map(
    ([grade, counts]): EnrollmentRow => ({level: 'State', school: {name: 'State Total'}, grade, counts}),
  );
  return [...ofSchools, ...ofDistricts, ...ofState];
}

function makeSchoolRow(school: School, year: Year, grade: string | undefined, counts: Counts): EnrollmentRow {
  const {code, organization, type, district} = school;
  const name = findName(school, year) + (school.closesAfter === year ? formatClosed(year) : '');
  return {level: 'School', county, esd, district, school: {code, name, organization, type}, grade, counts};
}

/** Formats the end of a closed school's name. The publisher writes the year in full. */
function formatClosed(year: Year): string {
  const start = Number(year.slice(0, 4));
  return ` (Closed after ${start}-${start + 1} school year)`;
}

function sumByGrade(parts: readonly Map<string, Counts>[]): Map<string, Counts> {
  const grades = new Set(parts.flatMap((part) => [...part.keys()]));
  return new Map(
    [...grades].map((grade) => [
      grade,
      sum(parts.map((part) => part.get(grade)).filter((counts) => counts !== undefined)),
    ]),
  );
}

/** Adds the all-grades row. Rows are in the publisher's order: sorted as text, so the total follows the numbered grades. */
function addTotal(byGrade: Map<string, Counts>): [grade: string | undefined, counts: Counts][] {
  const rows: [string | undefined, Counts][] = [...byGrade, [undefined, sum(byGrade.values())]];
  const place = (grade: string | undefined) => grade ?? 'All';
  return rows.sort(([a], [b]) => (place(a) < place(b) ? -1 : 1));
}

function listColumns({datColumn, fosterAfterMobile}: Habits): string[] {
  const foster = ['Foster_Care', 'Non_Foster_Care'];
  const figures = measures.filter((measure) => !foster.includes(measure));
  const mobile = figures.indexOf('Mobile') + 1;
  return [
    'SchoolYear',
    'OrganizationLevel',
    'County',
    'ESDName',
    'ESDOrganizationId',
    'DistrictCode',
    'DistrictName',
    'DistrictOrganizationId',
    'SchoolCode',
    'SchoolName',
    'SchoolOrganizationId',
    'CurrentSchoolType',
    'GradeLevel',
    ...(fosterAfterMobile ? [...figures.slice(0, mobile), ...foster, ...figures.slice(mobile)] : figures),
    'DataAsOf',
    ...(datColumn ? ['DAT'] : []),
    ...(fosterAfterMobile ? [] : foster),
  ];
}

function formatFields(row: EnrollmentRow, year: Year, habit: Habits): Map<string, string> {
  // Rows without a level are blank throughout.
  const missing = habit.missingNamesAsNull && row.level ? 'NULL' : '';
  const code = (text = '') => (habit.codesAsNumbers ? text.replace(/^0+/, '') : text);
  const figure = (count: number) => (habit.thousandsSeparators ? formatThousands(count) : String(count));
  return new Map<string, string>([
    ['SchoolYear', year],
    ['OrganizationLevel', row.level ?? ''],
    ['County', row.county ?? missing],
    ['ESDName', row.esd?.name ?? missing],
    ['ESDOrganizationId', String(row.esd?.organization ?? '')],
    ['DistrictCode', code(row.district?.code)],
    ['DistrictName', row.district?.name ?? missing],
    ['DistrictOrganizationId', String(row.district?.organization ?? '')],
    ['SchoolCode', code(row.school?.code)],
    ['SchoolName', row.school?.name ?? missing],
    ['SchoolOrganizationId', String(row.school?.organization ?? '')],
    ['CurrentSchoolType', row.school?.type ?? missing],
    ['GradeLevel', row.grade ?? habit.totalGrade],
    ...measures.map((measure): [string, string] => [measure, figure(row.counts[measure])]),
    ['DataAsOf', habit.asOf],
    ['DAT', row.dat ?? ''],
  ]);
}

/** Formats 1234 as 1,234. */
function formatThousands(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}
