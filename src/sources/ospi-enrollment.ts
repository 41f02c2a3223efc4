import type {Breakdown, Column, Source} from './source.ts';

/** Programs, each with a complement in a column of its own. The two add up to all students. */
const programs: {
  id: string;
  label: string;
  aliases?: string[];
  complement: Omit<Column, 'kind'>;
  tolerance?: number;
}[] = [
  {
    id: 'english_language_learners',
    label: 'English Language Learners',
    complement: {id: 'non_english_language_learners', label: 'Non-English Language Learners'},
  },
  {id: 'highly_capable', label: 'Highly Capable', complement: {id: 'non_highly_capable', label: 'Non-Highly Capable'}},
  {id: 'homeless', label: 'Homeless', complement: {id: 'non_homeless', label: 'Non-Homeless'}},
  {id: 'low_income', label: 'Low-Income', complement: {id: 'non_low_income', label: 'Non-Low Income'}},
  {id: 'migrant', label: 'Migrant', complement: {id: 'non_migrant', label: 'Non Migrant'}},
  {
    id: 'military_parent',
    label: 'Military Parent',
    complement: {id: 'non_military_parent', label: 'Non Military Parent'},
  },
  {id: 'mobile', label: 'Mobile', complement: {id: 'non_mobile', label: 'Non Mobile'}},
  {id: 'section_504', label: 'Section 504', complement: {id: 'non_section_504', label: 'Non Section 504'}},
  {
    id: 'students_with_disabilities',
    label: 'Students with Disabilities',
    complement: {id: 'students_without_disabilities', label: 'Students without Disabilities'},
  },
  {
    id: 'foster_care',
    label: 'Foster_Care',
    complement: {id: 'non_foster_care', label: 'Non_Foster_Care'},
    // The publisher's figures don't add up in 7,079 of the 20,357 rows of 2020-21.
    tolerance: 1,
  },
];

const genders: Column[] = [
  {id: 'female', label: 'Female', kind: 'count'},
  {id: 'gender_x', label: 'Gender X', kind: 'count'},
  {id: 'male', label: 'Male', kind: 'count'},
];

/** Mutually exclusive: Hispanic/Latino of any race is one of the seven. */
const races: Column[] = [
  {id: 'american_indian_alaskan_native', label: 'American Indian/ Alaskan Native', kind: 'count'},
  {id: 'asian', label: 'Asian', kind: 'count'},
  {id: 'black_african_american', label: 'Black/ African American', kind: 'count'},
  {
    id: 'hispanic_latino',
    label: 'Hispanic/ Latino of any race(s)',
    aliases: ['hispanic_latino_of_any_race'],
    kind: 'count',
  },
  {
    id: 'native_hawaiian_pacific_islander',
    label: 'Native Hawaiian/ Other Pacific Islander',
    aliases: ['native_hawaiian_other_pacific', 'native_hawaiian_pacific_islander'],
    kind: 'count',
  },
  {id: 'two_or_more_races', label: 'Two or More Races', kind: 'count'},
  {id: 'white', label: 'White', kind: 'count'},
];

const programColumns: Column[] = programs.flatMap(({complement, ...program}) => [
  {id: program.id, label: program.label, kind: 'count' as const},
  {...complement, kind: 'count' as const},
]);

const measures = ['all_students', ...[...genders, ...races, ...programColumns].map((column) => column.id)];

const breakdowns: Breakdown[] = [
  {name: 'gender', parts: genders.map((column) => column.id), tolerance: 0.01},
  // The races don't add up to the whole in 100 of the 20,357 rows of 2020-21.
  {name: 'race_ethnicity', parts: races.map((column) => column.id), tolerance: 0.05},
  ...programs.map(({id, complement, tolerance}) => ({
    name: id,
    parts: [id, complement.id],
    isPair: true as const,
    ...(id === 'foster_care' && {note: 'foster care'}),
    tolerance: tolerance ?? 0.01,
  })),
];

/** Student enrollment on the first school day of October: a row for each organization and grade, a column for each group. */
export const ospiEnrollment: Source = {
  id: 'ospi-enrollment',
  title: 'Report Card Enrollment',
  publisher: 'Washington Office of Superintendent of Public Instruction (OSPI)',
  state: 'Washington',
  subject: 'enrollment',
  table: 'ospi_enrollment',
  // Preliminary until June, final after.
  releases: [
    {name: 'preliminary', from: '01-01', by: '02-28'},
    {name: 'final', from: '06-01', by: '07-31'},
  ],
  datasets: {
    '2014-15': 'i9gq-g35m',
    '2015-16': 'ajpq-2bg9',
    '2016-17': 'y85c-tmgt',
    '2017-18': 'fs63-sd8y',
    '2018-19': 'u4gd-6wxx',
    '2019-20': 'gtd3-scga',
    '2020-21': 'nvpc-yr7b',
    '2021-22': 'ymi4-syjv',
    '2022-23': 'dij7-mbxg',
    '2023-24': 'q4ba-s3jc',
    '2024-25': '2rwv-gs2e',
  },
  catalogue: {
    words: 'Report Card Enrollment',
    year: String.raw`^Report Card Enrollment (\d{4}-\d{2}) School Year( - Preliminary)?$`,
    allYears: {name: String.raw`^Report Card Enrollment (?:from )?\d{4}-\d{2}(?: to .+)?$`, id: 'rxjk-6ieq'},
    attribution: 'Superintendent of Public Instruction|OSPI',
  },
  columns: [
    {id: 'school_year', label: 'SchoolYear', kind: 'school_year', needed: true},
    {id: 'organization_level', label: 'OrganizationLevel', kind: 'level', needed: true},
    {id: 'county', label: 'County', kind: 'text'},
    {id: 'esd_name', label: 'ESDName', kind: 'text'},
    {id: 'esd_organization_id', label: 'ESDOrganizationId', kind: 'text'},
    {id: 'district_code', label: 'DistrictCode', kind: 'code', width: 5},
    {id: 'district_name', label: 'DistrictName', kind: 'text'},
    {id: 'district_organization_id', label: 'DistrictOrganizationId', kind: 'text'},
    {id: 'school_code', label: 'SchoolCode', kind: 'code', width: 4},
    {id: 'school_name', label: 'SchoolName', kind: 'text'},
    {id: 'school_organization_id', label: 'SchoolOrganizationId', kind: 'text'},
    {id: 'current_school_type', label: 'CurrentSchoolType', kind: 'text'},
    {id: 'grade_level', label: 'GradeLevel', kind: 'label', needed: true},
    {id: 'all_students', label: 'All Students', kind: 'count'},
    ...genders,
    ...races,
    ...programColumns,
    {id: 'suppression_note', label: 'DAT', kind: 'suppression', optional: true},
    {id: 'data_as_of', label: 'DataAsOf', kind: 'date'},
  ],
  recognizedBy: [
    'grade_level',
    'all_students',
    'low_income',
    'non_low_income',
    'section_504',
    'non_section_504',
    'mobile',
  ],
  key: ['school_year', 'organization_level', 'district_code', 'school_code', 'grade_level'],
  pivot: {
    measures,
    labelColumn: 'demographic_label',
    countColumn: 'student_count',
    printedColumn: 'printed_student_count',
    rowTable: 'ospi_enrollment_row',
    whole: 'all_students',
    grade: {column: 'grade_level', total: 'All Grades'},
    breakdowns,
  },
  feeds: ['stg_ospi__enrollment'],
  checks: [
    {kind: 'total_given'},
    {kind: 'grades_add_up', tolerance: 0.05},
    // In some years, schools with few students have no row of their own but count in the district's row.
    {kind: 'schools_add_up', tolerance: 1},
    {kind: 'groups_vary', least: 20},
    {kind: 'totals_steady', change: 0.5, least: 20},
    {kind: 'shares_steady', points: 15, least: 100},
    // Mobile was 4.4% of the region's students, 2.5% a year later, and then 4.6%. Few other groups move by a tenth of themselves.
    {kind: 'levels_steady', change: 0.25, points: 0.5, least: 1000},
  ],
};
