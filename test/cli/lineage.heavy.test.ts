import assert from 'node:assert/strict';
import {describe, test} from 'node:test';
import {expectError, rollcall} from '../support/command.ts';

/** Runs `rollcall lineage` without a build, in a home directory that doesn't exist, and returns its output. */
async function lineage(...args: string[]): Promise<string> {
  const {code, stdout, stderr} = await rollcall(['lineage', ...args], {env: {ROLLCALL_HOME: '/nowhere'}});
  assert.equal(stderr, '');
  assert.equal(code, 0);
  return stdout;
}

test("a column's lineage is a tree, with the file of each step, down to the publisher's own column", async () => {
  assert.equal(
    await lineage('fct_teacher.teacher_count'),
    `core.fct_teacher.teacher_count                   dbt/models/core/fct_teacher.sql
└─ intermediate.int_teacher.teacher_count        dbt/models/intermediate/int_teacher.sql
   └─ staging.stg_ospi__teachers.teacher_count   dbt/models/staging/ospi/stg_ospi__teachers.sql
      └─ raw.ospi_teachers.teacher_count         dbt/models/staging/ospi/_ospi__sources.yml
         └─ "TeacherCount" of Report Card Teacher Demographics
`,
  );
});

test('pivoted figures lead to the demographic columns, seeds to their file, constants to the SQL', async () => {
  assert.match(
    await lineage('core.fct_enrollment.student_count'),
    /└─ "All Students", "Female" and 29 more columns of Report Card Enrollment\n$/,
  );
  assert.match(await lineage('dim_grade.grade_name'), /└─ seeds\.grades\.grade_name +dbt\/seeds\/grades\.csv\n$/);
  assert.match(await lineage('int_enrollment.publisher_id'), /└─ a constant in the SQL\n$/);
  assert.match(
    await lineage('stg_rollcall__correction.what'),
    /raw\.correction\.what .*\n +└─ Made by Rollcall\. Description of the mistake\.\n$/,
  );
});

test('if only a condition determines a value, the lineage goes through the condition', async () => {
  assert.match(
    await lineage('dim_school_year.has_teachers'),
    /└─ decided by intermediate\.int_organization\.described_in .*\n {3}└─ a constant in the SQL\n/,
  );
  // In other cases the condition is only mentioned.
  assert.match(
    await lineage('stg_ospi__teachers.school_id'),
    /├─ decided by raw\.ospi_teachers: organization_level\n├─ raw\.ospi_teachers\.(school|district)_code /,
  );
});

test('a path is printed only once', async () => {
  const tree = await lineage('top_schools_by_teachers_of_color.gap_pp');
  const expanded = tree.match(/core\.fct_enrollment_all_grades\.student_count +dbt/g) ?? [];
  const again = tree.match(/core\.fct_enrollment_all_grades\.student_count +as above/g) ?? [];
  assert.deepEqual([expanded.length, again.length], [1, 1]);
});

test('--downstream lists the columns that are made from a column', async () => {
  const tree = await lineage('raw.ospi_teachers.teacher_total_count', '--downstream');
  assert.match(
    tree,
    /^raw\.ospi_teachers\.teacher_total_count .*\n└─ staging\.stg_ospi__teachers\.teacher_total_count /,
  );
  assert.match(tree, /─ marts\.top_schools_by_teachers_of_color\.gap_pp /);
  const both = await lineage('fct_teacher.teacher_total_count', '--downstream', '--upstream');
  assert.match(
    both,
    /"TeacherTotalCount" of Report Card Teacher Demographics\n\ncore\.fct_teacher\.teacher_total_count /,
  );
});

test('a table: its columns, each with its direct inputs', async () => {
  assert.equal(
    await lineage('bridge_school_region'),
    `core.bridge_school_region   dbt/models/core/bridge_school_region.sql
├─ school_year
│  └─ intermediate.int_region_school.school_year
├─ school_id
│  └─ intermediate.int_region_school.school_id
├─ region_id
│  └─ intermediate.int_region_school.region_id
├─ list_school_year
│  └─ intermediate.int_region_school.list_school_year
└─ is_carried_over
   └─ intermediate.int_region_school.is_carried_over
`,
  );
});

test('--json prints every step once, and the columns on the way', async () => {
  const {column, upstream} = JSON.parse(await lineage('fct_teacher.teacher_count', '--json'));
  assert.equal(column, 'core.fct_teacher.teacher_count');
  assert.deepEqual(upstream.steps, [
    {from: 'intermediate.int_teacher.teacher_count', to: 'core.fct_teacher.teacher_count', decides: false},
    {from: 'staging.stg_ospi__teachers.teacher_count', to: 'intermediate.int_teacher.teacher_count', decides: false},
    {from: 'raw.ospi_teachers.teacher_count', to: 'staging.stg_ospi__teachers.teacher_count', decides: false},
  ]);
  assert.deepEqual(upstream.columns.at(-1), {
    column: 'raw.ospi_teachers.teacher_count',
    kind: 'source',
    file: 'dbt/models/staging/ospi/_ospi__sources.yml',
    source: 'Report Card Teacher Demographics',
    published_as: ['TeacherCount'],
  });
  const constant = JSON.parse(await lineage('int_enrollment', '--json'));
  assert.deepEqual(constant.columns[0], {
    column: 'intermediate.int_enrollment.publisher_id',
    kind: 'model',
    file: 'dbt/models/intermediate/int_enrollment.sql',
    fixed: 'constant',
    from: [],
    decided_by: [],
  });
  const table = JSON.parse(await lineage('bridge_school_region', '--json'));
  assert.deepEqual(table.rows, [{use: 'filter', column: 'intermediate.int_region_school.is_in_region'}]);
});

describe('an unknown name is refused', () => {
  const wrong: [args: string[], says: RegExp][] = [
    [['schols'], /schols: there is no such table; near that: schools/],
    [['marts.schols.city'], /near that: schools/],
    [['schools.teachers'], /marts\.schools has no column "teachers"; near that: teacher_count/],
    [['schools.xyzzy'], /marts\.schools has no column "xyzzy"\. It has school_year, /],
    [['gap_pp'], /that is a column, not a table\. Write which: .*marts\.school_representation\.gap_pp/],
    [['schools', 'extra'], /argument/],
    [['schools', '--sideways'], /--sideways/],
    [[''], /there is no such table/],
    [['a.b.c.d'], /there is no such table/],
  ];
  for (const [args, says] of wrong) {
    test(`rollcall lineage ${args.join(' ')}`, async () => {
      const outcome = await rollcall(['lineage', ...args]);
      assert.equal(outcome.code, 2);
      assert.match(expectError(outcome), says);
    });
  }
});
