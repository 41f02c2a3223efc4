import assert from 'node:assert/strict';
import {execFile} from 'node:child_process';
import {appendFile, cp, mkdir, readFile, symlink, writeFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {before, test} from 'node:test';
import {promisify} from 'node:util';
import {projectFolder} from '../src/project-folder.ts';
import {makeTeacherFile} from './support/publisher.ts';
import {list, makeStudents} from './support/small.ts';
import {makeTemporaryFolder} from './support/temporary.ts';

/*
 * A second publisher beside OSPI: the schools of Hesperia. The state and all its figures are invented. Its files have other
 * columns, codes of other widths, and swapped shapes: students are long, teachers are wide. It is added to a copy of
 * the project by declarations, seeds, staging models, and its name in the lists of publishers in dbt_project.yml.
 */

const folder = makeTemporaryFolder('hesperia');
const write = async (path: string, text: string) => {
  await mkdir(dirname(join(folder, path)), {recursive: true});
  await writeFile(join(folder, path), text);
};
const add = (path: string, lines: string) => appendFile(join(folder, path), lines);
const replace = async (path: string, ...pairs: [string, string][]) => {
  let text = await readFile(join(folder, path), 'utf8');
  for (const [old, now] of pairs) {
    assert.ok(text.includes(old), `${path}: ${old}`);
    text = text.replace(old, now);
  }
  await writeFile(join(folder, path), text);
};

/** Each school's students and teachers, in total and by heritage (African, First Peoples, Latine, European, undeclared). */
const alpha = {campus: 12, name: 'Alpha', stage: 'P1', students: [100, 40, 5, 15, 40], staff: [10, 2, 0, 1, 6, 1]};
const beta = {campus: 345, name: 'Beta', stage: 'S2', students: [50, 5, 5, 10, 30], staff: [8, 2, 1, 0, 5, 0]};
const heritages = ['Everyone', 'African', 'First Peoples', 'Latine', 'European'];

function headcounts(): string {
  const rows = [alpha, beta].flatMap(({campus, name, stage, students: counts}) =>
    [stage, 'All Stages'].flatMap((each) =>
      heritages.map(
        (heritage, index) =>
          `2020-21,School,East Shire,7,Orchard,${campus},${name},${each},${heritage},${counts[index]}`,
      ),
    ),
  );
  const all = heritages.map((_, index) => (alpha.students[index] ?? 0) + (beta.students[index] ?? 0));
  const whole = heritages.map(
    (heritage, index) => `2020-21,District,East Shire,7,Orchard,,,All Stages,${heritage},${all[index]}`,
  );
  return `${['Session,Tier,Shire,Unit,UnitName,Campus,CampusName,Stage,Heritage,Headcount', ...rows, ...whole].join('\n')}\n`;
}

function staff(): string {
  const rows = [alpha, beta].map(
    ({campus, name, staff: counts}) => `2020-21,School,East Shire,7,Orchard,${campus},${name},${counts}`,
  );
  return `${['Session,Tier,Shire,Unit,UnitName,Campus,CampusName,Everyone,African Staff,First Peoples Staff,Latine Staff,European Staff,Undeclared Staff', ...rows].join('\n')}\n`;
}

const organization = `
    {id: 'school_year', label: 'Session', kind: 'school_year', needed: true},
    {id: 'organization_level', label: 'Tier', kind: 'level', needed: true},
    {id: 'shire', label: 'Shire', kind: 'text'},
    {id: 'district_code', label: 'Unit', kind: 'code', width: 3},
    {id: 'district_name', label: 'UnitName', kind: 'text'},
    {id: 'school_code', label: 'Campus', kind: 'code', width: 6},
    {id: 'school_name', label: 'CampusName', kind: 'text'},`;
const common = `publisher: 'Schools of Hesperia (invented)',
  state: 'Hesperia',`;

const declarations = {
  'src/sources/hesperia-headcount.ts': `import type {Source} from './source.ts';

export const hesperiaHeadcount: Source = {
  id: 'hesperia-headcount',
  title: 'Hesperia Headcount',
  ${common}
  subject: 'enrollment',
  table: 'hesperia_headcount',
  columns: [${organization}
    {id: 'stage', label: 'Stage', kind: 'label', needed: true},
    {id: 'heritage', label: 'Heritage', kind: 'label', needed: true},
    {id: 'headcount', label: 'Headcount', kind: 'count'},
  ],
  recognizedBy: ['stage', 'heritage', 'headcount'],
  key: ['school_year', 'organization_level', 'district_code', 'school_code', 'stage', 'heritage'],
  feeds: ['stg_hesperia__enrollment'],
  checks: [],
};
`,
  'src/sources/hesperia-staff.ts': `import type {Source} from './source.ts';

const heritages = ['african_staff', 'first_peoples_staff', 'latine_staff', 'european_staff', 'undeclared_staff'];

export const hesperiaStaff: Source = {
  id: 'hesperia-staff',
  title: 'Hesperia Staff',
  ${common}
  subject: 'teachers',
  table: 'hesperia_staff',
  columns: [${organization}
    {id: 'everyone', label: 'Everyone', kind: 'count'},
    {id: 'african_staff', label: 'African Staff', kind: 'count'},
    {id: 'first_peoples_staff', label: 'First Peoples Staff', kind: 'count'},
    {id: 'latine_staff', label: 'Latine Staff', kind: 'count'},
    {id: 'european_staff', label: 'European Staff', kind: 'count'},
    {id: 'undeclared_staff', label: 'Undeclared Staff', kind: 'count'},
  ],
  recognizedBy: heritages,
  key: ['school_year', 'organization_level', 'district_code', 'school_code'],
  pivot: {
    measures: ['everyone', ...heritages],
    labelColumn: 'staff_label',
    countColumn: 'staff_count',
    printedColumn: 'printed_staff_count',
    rowTable: 'hesperia_staff_row',
    whole: 'everyone',
    breakdowns: [{name: 'heritage', parts: heritages, tolerance: 0}],
  },
  feeds: ['stg_hesperia__teachers'],
  checks: [],
};
`,
};

const ospiRaces = [
  'American Indian/Alaskan Native',
  'Asian',
  'Black/African American',
  'Hispanic/Latino of any race(s)',
  'Native Hawaiian/Other Pacific Islander',
  'Two or More Races',
  'White',
  'Not Provided',
];

/** The columns of every row's organization. The ids begin with letters of the publisher, since another may use the same codes. */
const described = `
    source_rows.school_year,
    source_rows.organization_level,
    false as is_regional_total,
    'hes-' || source_rows.shire as county_id,
    source_rows.shire as county_code,
    source_rows.shire as county_name,
    cast(null as {{ type_text() }}) as esd_id,
    cast(null as {{ type_text() }}) as esd_name,
    'hes-' || source_rows.district_code as district_id,
    source_rows.district_code,
    source_rows.district_name,
    'hes-' || source_rows.district_code || '-' || source_rows.school_code as school_id,
    source_rows.school_code,
    source_rows.school_name,
    cast(null as {{ type_text() }}) as school_type_code`;
const describedColumns = [...described.matchAll(/(?:as|\.)[ ]?(\w+),?$/gm)].map(([, name]) => String(name));

const models: Record<string, {sql: string; columns: string[]}> = {
  stg_hesperia__enrollment_row: {
    sql: `select${described}\nfrom {{ source('hesperia', 'hesperia_headcount') }} as source_rows\n`,
    columns: describedColumns,
  },
  stg_hesperia__enrollment: {
    sql: `select${described},
    grade_labels.grade_id,
    labels.demographic_group_id,
    source_rows.headcount as student_count,
    source_rows.headcount_status as student_count_status,
    source_rows.headcount as printed_student_count,
    source_rows.landed_sha256,
    source_rows.line_number
from {{ source('hesperia', 'hesperia_headcount') }} as source_rows
left join {{ ref('grade_labels') }} as grade_labels
    on grade_labels.source_id = 'hesperia-headcount'
    and {{ label_key('source_rows.stage') }} = grade_labels.label_key
left join {{ ref('demographic_labels') }} as labels
    on labels.source_id = 'hesperia-headcount'
    and {{ label_key('source_rows.heritage') }} = labels.label_key
`,
    columns: [
      ...describedColumns,
      ...[
        'grade_id',
        'demographic_group_id',
        'student_count',
        'student_count_status',
        'printed_student_count',
        'landed_sha256',
        'line_number',
      ],
    ],
  },
  stg_hesperia__teachers: {
    sql: `select${described},
    labels.demographic_group_id,
    totals.staff_count as teacher_total_count,
    figures.staff_count as teacher_count,
    figures.staff_count_status as teacher_count_status,
    cast(null as {{ type_double() }}) as years_of_experience_sum,
    cast(null as integer) as masters_or_higher_count,
    figures.landed_sha256,
    figures.line_number
from {{ source('hesperia', 'hesperia_staff') }} as figures
inner join {{ source('hesperia', 'hesperia_staff_row') }} as source_rows
    on figures.landed_sha256 = source_rows.landed_sha256
    and figures.line_number = source_rows.line_number
inner join {{ source('hesperia', 'hesperia_staff') }} as totals
    on figures.landed_sha256 = totals.landed_sha256
    and figures.line_number = totals.line_number
    and totals.staff_label = 'Everyone'
left join {{ ref('demographic_labels') }} as labels
    on labels.source_id = 'hesperia-staff'
    and {{ label_key('figures.staff_label') }} = labels.label_key
`,
    columns: [
      ...describedColumns,
      ...['demographic_group_id', 'teacher_total_count', 'teacher_count', 'teacher_count_status'],
      ...['years_of_experience_sum', 'masters_or_higher_count', 'landed_sha256', 'line_number'],
    ],
  },
};

const labels: [heritage: string, group: string][] = [
  ['african', 'black_african_american'],
  ['firstpeoples', 'american_indian_alaskan_native'],
  ['latine', 'hispanic_latino'],
  ['european', 'white'],
  ['undeclared', 'not_provided'],
];

const rollcall = (...args: string[]) =>
  promisify(execFile)(process.execPath, [join(folder, 'bin/rollcall.js'), ...args, '--home', join(folder, 'home')], {
    cwd: folder,
    env: {...process.env, NO_COLOR: '1'},
  });
const asked = async (name: string, ...options: string[]) =>
  JSON.parse((await rollcall('answer', name, '--json', ...options)).stdout) as Record<string, unknown>[];
const columns = (rows: Record<string, unknown>[], ...names: string[]) =>
  rows.map((row) => names.map((name) => row[name]));

before(async () => {
  const left = ['node_modules', '.git', 'data', 'docs', 'test', 'bench'].map((name) => join(projectFolder, name));
  await cp(projectFolder, folder, {recursive: true, filter: (path) => !left.includes(path)});
  await symlink(join(projectFolder, 'node_modules'), join(folder, 'node_modules'));
  for (const [path, text] of Object.entries(declarations)) await write(path, text);
  await replace(
    'src/sources/sources.ts',
    [
      'import {ospiEnrollment}',
      "import {hesperiaHeadcount} from './hesperia-headcount.ts';\nimport {hesperiaStaff} from './hesperia-staff.ts';\nimport {ospiEnrollment}",
    ],
    ['ospiTeachers, schoolList];', 'ospiTeachers, schoolList, hesperiaHeadcount, hesperiaStaff];'],
  );
  for (const [name, {sql, columns: names}] of Object.entries(models)) {
    await write(`dbt/models/staging/hesperia/${name}.sql`, sql);
    const described = names.map((column) => `      - name: ${column}\n`).join('');
    await write(
      `dbt/models/staging/hesperia/${name}.yml`,
      `models:\n  - name: ${name}\n    description: One row = invented.\n    columns:\n${described}`,
    );
  }
  const tables = ['hesperia_headcount', 'hesperia_staff', 'hesperia_staff_row'].map(
    (name) => `      - name: ${name}\n`,
  );
  await write(
    'dbt/models/staging/hesperia/_hesperia__sources.yml',
    `sources:\n  - name: hesperia\n    schema: raw\n    tables:\n${tables.join('')}`,
  );
  await add('dbt/seeds/regions.csv', 'orchard_country,Orchard Country (invented),East Shire,Hesperia,,2\n');
  await add('dbt/seeds/region_districts.csv', 'orchard_country,hes-007,Orchard,true\n');
  await add(
    'dbt/seeds/grade_labels.csv',
    [
      ['p1', 'grade_01'],
      ['s2', 'grade_10'],
      ['allstages', 'all_grades'],
    ]
      .map(([label, grade]) => `hesperia-headcount,${label},${grade}\n`)
      .join(''),
  );
  await add(
    'dbt/seeds/demographic_labels.csv',
    labels
      .map(([label, group]) => `hesperia-headcount,,${label},${group}\nhesperia-staff,,${label}staff,${group}\n`)
      .join(''),
  );
  await add('dbt/seeds/demographic_labels.csv', 'hesperia-headcount,,everyone,total\nhesperia-staff,,everyone,total\n');
  await replace(
    'dbt/dbt_project.yml',
    ['enrollment_publishers: [ospi]', 'enrollment_publishers: [ospi, hesperia]'],
    ['teacher_publishers: [ospi]', 'teacher_publishers: [ospi, hesperia]'],
  );
  await write('files/headcounts.csv', headcounts());
  await write('files/staff.csv', staff());
  await write('files/ospi-students.csv', makeStudents(20));
  const races = Object.fromEntries(ospiRaces.map((race) => [race, race === 'White' ? 3 : 0]));
  const vega = {district_code: '99001', district_name: 'Lyra', school_code: '9001', school_name: 'Vega'};
  await write('files/ospi-teachers.csv', makeTeacherFile([{cells: vega, races, genders: {Female: 2, Male: 1}}]));
  await write('files/list.txt', list);
  await rollcall('run', '--no-site', '--from', join(folder, 'files'));
});

const hesperia = ['--region', 'orchard_country'];

test("the second publisher's region has the five answers", async () => {
  assert.deepEqual(
    columns(
      await asked('student-groups', ...hesperia),
      'demographic_group_id',
      'school_type',
      'rank',
      'school_name',
      'student_count',
      'student_share',
    ),
    [
      ['black_african_american', 'high', 1, 'Beta', 5, 0.1],
      ['black_african_american', 'elementary', 1, 'Alpha', 40, 0.4],
      ['american_indian_alaskan_native', 'high', 1, 'Beta', 5, 0.1],
      ['american_indian_alaskan_native', 'elementary', 1, 'Alpha', 5, 0.05],
      ['hispanic_latino', 'high', 1, 'Beta', 10, 0.2],
      ['hispanic_latino', 'elementary', 1, 'Alpha', 15, 0.15],
    ],
  );
  assert.deepEqual(
    columns(
      await asked('schools', ...hesperia),
      'school_code',
      'school_name',
      'district_code',
      'district_name',
      'school_types',
      'all_students_count',
      'teacher_count',
    ),
    [
      ['000012', 'Alpha', '007', 'Orchard', 'elementary', 100, 10],
      ['000345', 'Beta', '007', 'Orchard', 'high', 50, 8],
    ],
  );
  assert.deepEqual(
    columns(
      await asked('teacher-groups', ...hesperia),
      'demographic_group_id',
      'rank',
      'school_name',
      'teacher_count',
      'teacher_share',
    ),
    [
      ['black_african_american', 1, 'Alpha', 2, 0.2],
      ['hispanic_latino', 1, 'Alpha', 1, 0.1],
      ['white', 1, 'Alpha', 6, 0.6],
      ['not_provided', 1, 'Alpha', 1, 0.1],
    ],
  );
  // Alpha: 60 of 100 students and 3 of 10 teachers are of color. The shares of the teachers differ from those of the students by
  // 20 (African), 5, 5, 20 and 10 (undeclared) points, half of which is 30. Beta: 20 of 50 and 3 of 8; 15, 2.5, 20 and 2.5.
  const measured = await asked('representation', ...hesperia);
  assert.deepEqual(
    columns(
      measured,
      'school_name',
      'students_of_color_share',
      'teachers_of_color_share',
      'teachers_not_provided_count',
      'groups_without_a_teacher',
    ),
    [
      ['Beta', 0.4, 0.375, 0, 1],
      ['Alpha', 0.6, 0.3, 1, 1],
    ],
  );
  for (const [index, [gap, parity, overlap]] of [
    [-2.5, 0.9375, 0.8],
    [-30, 0.5, 0.7],
  ].entries()) {
    const row = measured[index];
    for (const [name, expected] of [
      ['gap_pp', gap],
      ['parity_ratio', parity],
      ['overlap', overlap],
    ] as const)
      assert.ok(
        Math.abs(Number(row?.[name]) - Number(expected)) < 1e-9,
        `${row?.['school_name']} ${name} ${row?.[name]}`,
      );
  }
  assert.deepEqual(
    columns(
      await asked('teachers-of-color', ...hesperia),
      'rank',
      'school_name',
      'teachers_of_color_share',
      'students_of_color_share',
    ),
    [
      [1, 'Beta', 0.375, 0.4],
      [2, 'Alpha', 0.3, 0.6],
    ],
  );
});

test("the five answers of OSPI's region contain nothing of the second publisher, with or without --region", async () => {
  for (const options of [[], ['--region', 'road_map']]) {
    // One elementary school with 20 students and 3 teachers, all White.
    assert.deepEqual(
      columns(
        await asked('student-groups', ...options),
        'demographic_group_id',
        'school_type',
        'school_name',
        'student_count',
        'student_share',
      ),
      [
        ['black_african_american', 'elementary', 'Vega', 0, 0],
        ['american_indian_alaskan_native', 'elementary', 'Vega', 0, 0],
        ['hispanic_latino', 'elementary', 'Vega', 0, 0],
      ],
    );
    assert.deepEqual(
      columns(
        await asked('schools', ...options),
        'school_code',
        'district_code',
        'all_students_count',
        'teacher_count',
      ),
      [['9001', '99001', 20, 3]],
    );
    const white = (await asked('teacher-groups', ...options)).filter(
      ({demographic_group_id}) => demographic_group_id === 'white',
    );
    assert.deepEqual(columns(white, 'rank', 'school_name', 'teacher_count'), [[1, 'Vega', 3]]);
    assert.deepEqual(
      columns(await asked('representation', ...options), 'school_name', 'gap_pp', 'parity_ratio', 'overlap'),
      [['Vega', 0, null, 1]],
    );
    assert.deepEqual(
      columns(await asked('teachers-of-color', ...options), 'rank', 'school_name', 'teachers_of_color_share'),
      [[1, 'Vega', 0]],
    );
  }
});

test('a region is the sum of its own schools, and says where their list comes from', async () => {
  const {stdout} = await rollcall(
    'sql',
    'select region_id, school_count, all_students_count, all_teachers_count, gap_pp from region_representation order by region_id',
    '--json',
  );
  assert.deepEqual(JSON.parse(stdout), [
    // 80 of 150 students, 6 of 18 teachers.
    {region_id: 'orchard_country', school_count: 2, all_students_count: 150, all_teachers_count: 18, gap_pp: -20},
    {region_id: 'road_map', school_count: 1, all_students_count: 20, all_teachers_count: 3, gap_pp: 0},
  ]);
  const {stdout: table, stderr} = await rollcall('answer', 'schools', ...hesperia);
  assert.match(stderr, /no school list is given: the region is 1 district whole, as declared/);
  assert.match(table, /Orchard Country \(invented\), 2020-21/);
});

test('an unknown region is refused', async () => {
  await assert.rejects(
    rollcall('answer', 'schools', '--region', 'nowhere'),
    (error: Error & {code?: number; stderr?: string}) => {
      assert.equal(error.code, 2);
      assert.match(
        error.stderr ?? '',
        /--region nowhere: there is no such region\. There are: road_map, orchard_country\./,
      );
      return true;
    },
  );
});

test('a source that feeds a model that is not there is refused before anything lands', async () => {
  await replace('src/sources/hesperia-staff.ts', ['stg_hesperia__teachers', 'stg_hesperia__staff']);
  await assert.rejects(rollcall('plan', '--from', join(folder, 'files')), {
    stderr: /hesperia-staff\.ts: feeds names the model stg_hesperia__staff, which is not in dbt\/models\//,
  });
});
