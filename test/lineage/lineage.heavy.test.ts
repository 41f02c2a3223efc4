import assert from 'node:assert/strict';
import {join} from 'node:path';
import {describe, test} from 'node:test';
import {buildGraph} from '../../src/dbt/graph/graph.ts';
import {readProject} from '../../src/dbt/project/read-project.ts';
import {type Lineage, readLineage} from '../../src/lineage/project-lineage.ts';
import {formatColumnName, trace} from '../../src/lineage/trace.ts';
import {projectFolder} from '../../src/project-folder.ts';
import {findPublishedColumns} from '../../src/sources/published-columns.ts';
import {sources} from '../../src/sources/sources.ts';
import {writeTinyProject} from '../support/dbt-project.ts';

const lineage = await readLineage(buildGraph(await readProject(join(projectFolder, 'dbt'))));

/** Returns the columns of sources and seeds behind a column: of its values alone, or also of the conditions on them. */
function ends(of: Lineage, column: string, {decisions}: {decisions: boolean}): string[] {
  const steps = trace(of, columnNamed(column), 'upstream');
  const found = new Set<string>();
  const waiting = [column];
  const seen = new Set<string>();
  for (let here = waiting.pop(); here !== undefined; here = waiting.pop()) {
    if (seen.has(here)) continue;
    seen.add(here);
    if (of.tables.get(columnNamed(here).table)?.kind !== 'model') found.add(here);
    waiting.push(
      ...steps
        .filter(({to, decides}) => formatColumnName(to) === here && (decisions || !decides))
        .map(({from}) => formatColumnName(from)),
    );
  }
  return [...found].sort();
}

function columnNamed(name: string) {
  const at = name.lastIndexOf('.');
  return {table: name.slice(0, at), column: name.slice(at + 1)};
}

describe('the lineage of a column of the project matches the SQL, traced by hand', () => {
  const worked: Record<string, {values: string[]; decidedBy?: string[]}> = {
    'marts.top_schools_by_teachers_of_color.gap_pp': {
      values: [
        'raw.ospi_enrollment.student_count',
        'raw.ospi_teachers.teacher_count',
        'raw.ospi_teachers.teacher_total_count',
      ],
    },
    'marts.schools.city': {values: ['raw.school_list.city']},
    // A count of rows with a condition: no column's value is part of it.
    'marts.school_representation.groups_without_a_teacher': {values: []},
    'core.dim_district.district_name': {
      values: ['raw.ospi_enrollment_row.district_name', 'raw.ospi_teachers.district_name'],
    },
    // What decides is a constant: which of the files a row of int_organization is from.
    'core.dim_school_year.has_teachers': {values: [], decidedBy: []},
    'audit.table_row_count.data_set': {
      values: [],
      decidedBy: ['raw.landed_file.is_sample', 'raw.landed_file.origin'],
    },
    'core.dim_school.last_school_year': {
      values: ['raw.ospi_enrollment_row.school_year', 'raw.ospi_teachers.school_year', 'raw.school_list.school_year'],
    },
    'core.fct_teacher.demographic_group_id': {values: ['seeds.demographic_labels.demographic_group_id']},
    'staging.stg_ospi__enrollment.school_id': {
      values: ['raw.ospi_enrollment_row.district_code', 'raw.ospi_enrollment_row.school_code'],
      decidedBy: ['raw.ospi_enrollment_row.organization_level'],
    },
    'staging.stg_rollcall__source_partition.rows_in_count': {values: ['raw.source_partition.rows_in'], decidedBy: []},
  };
  for (const [column, {values, decidedBy}] of Object.entries(worked)) {
    test(column, () => {
      const byValue = ends(lineage, column, {decisions: false});
      assert.deepEqual(byValue, values);
      if (decidedBy === undefined) return;
      const all = ends(lineage, column, {decisions: true});
      assert.deepEqual(all, [...values, ...decidedBy].sort());
    });
  }
});

test('every column of every model comes from a source or a seed, or is a constant or a row count', () => {
  const lost: string[] = [];
  let followed = 0;
  for (const {table, kind, columns} of lineage.tables.values()) {
    if (kind !== 'model') continue;
    const made = lineage.of(table).columns;
    assert.deepEqual(
      [...made.keys()],
      columns.map(({name}) => name),
      table,
    );
    for (const {name} of columns) {
      followed += 1;
      const steps = trace(lineage, {table, column: name}, 'upstream');
      const isFixed = [...steps.map(({from}) => from), {table, column: name}].some(
        (here) =>
          lineage.tables.get(here.table)?.kind === 'model' && lineage.of(here.table).columns.get(here.column)?.fixed,
      );
      if (ends(lineage, `${table}.${name}`, {decisions: true}).length === 0 && !isFixed) lost.push(`${table}.${name}`);
    }
  }
  assert.deepEqual(lost, []);
  assert.ok(followed > 200, `${followed} columns were followed`);
});

test('downstream lineage is the reverse of upstream lineage', () => {
  const start = columnNamed('raw.ospi_teachers.teacher_total_count');
  const reached = trace(lineage, start, 'downstream').map(({to}) => formatColumnName(to));
  assert.ok(reached.includes('marts.top_schools_by_teachers_of_color.gap_pp'));
  for (const {table, kind, columns} of lineage.tables.values()) {
    if (kind !== 'model') continue;
    for (const {name} of columns) {
      const isBehind = ends(lineage, `${table}.${name}`, {decisions: true}).includes(formatColumnName(start));
      assert.equal(reached.includes(`${table}.${name}`), isBehind, `${table}.${name}`);
    }
  }
});

describe("the publisher's columns", () => {
  test('every column of a source is either the publisher’s or added by Rollcall', () => {
    const own = new Set<string>();
    for (const {table, kind, columns} of lineage.tables.values()) {
      const name = table.split('.')[1] ?? '';
      if (kind !== 'source' || !sources.some((source) => [source.table, source.pivot?.rowTable].includes(name)))
        continue;
      for (const column of columns) if (findPublishedColumns(name, column.name) === undefined) own.add(column.name);
    }
    assert.deepEqual([...own].sort(), ['landed_sha256', 'line_number']);
  });

  test('a column leads to its name in the file; pivoted figures lead to all demographic columns', () => {
    assert.deepEqual(findPublishedColumns('ospi_teachers', 'teacher_count')?.labels, ['TeacherCount']);
    assert.deepEqual(findPublishedColumns('ospi_teachers', 'teacher_count_status')?.labels, ['TeacherCount']);
    assert.deepEqual(findPublishedColumns('ospi_enrollment_row', 'current_school_type')?.labels, ['CurrentSchoolType']);
    assert.deepEqual(findPublishedColumns('school_list', 'school_year')?.labels, ['AcademicYear']);
    const figures = findPublishedColumns('ospi_enrollment', 'student_count');
    // All students, 3 genders, 7 races, 10 programs and their 10 complements.
    assert.equal(figures?.labels.length, 31);
    assert.equal(figures?.source.title, 'Report Card Enrollment');
    assert.equal(findPublishedColumns('ospi_enrollment', 'demographic_label')?.isTheirNames, true);
    assert.equal(findPublishedColumns('landed_file', 'bytes'), undefined);
  });
});

/** Returns the lineage of each column of a model `m`, as `[from, decided by, fixed]`, in a project with two source tables. */
async function ofModel(sql: string, columns: string, further: Record<string, string> = {}) {
  const described = (name: string, names: string) =>
    `  - name: ${name}\n    columns: [${names
      .split(' ')
      .map((column) => `{name: ${column}}`)
      .join(', ')}]\n`;
  const folder = await writeTinyProject({
    'models/raw.yml':
      `sources:\n  - name: raw\n    tables:\n${[described('t', 'a b c d k'), described('u', 'a k z')].join('').replaceAll(/^/gm, '    ')}`.trimEnd(),
    'models/m.sql': sql,
    'models/m.yml': `models:\n${described('m', columns)}`,
    ...further,
  });
  const found = (await readLineage(buildGraph(await readProject(folder)))).of('main.m');
  const short = (names: {table: string; column: string}[]) =>
    names.map(formatColumnName).sort().join(' ').replaceAll('raw.', '');
  return {
    columns: Object.fromEntries(
      [...found.columns].map(([name, {from, decidedBy, fixed}]) => [
        name,
        [short(from), short(decidedBy), ...(fixed ? [fixed] : [])],
      ]),
    ),
    rows: found.rows.map(({use, column}) => `${use} ${short([column])}`).sort(),
  };
}

const t = `{{ source('raw', 't') }}`;
const u = `{{ source('raw', 'u') }}`;

describe('the lineage of a small model', () => {
  test('a star stands for all columns of its table, also in common table expressions and beside other columns', async () => {
    const {columns} = await ofModel(
      `with everything as (select * from ${u}), more as (select *, z + 1 as y from everything) select more.* from more`,
      'a k z y',
    );
    assert.deepEqual(columns, {a: ['u.a', ''], k: ['u.k', ''], z: ['u.z', ''], y: ['u.z', '']});
  });

  test('the parts of a union are matched by position, not by name', async () => {
    const {columns} = await ofModel(
      `select a, b as n from ${t} union all select z, k from ${u} union all select 1, a from ${t}`,
      'a n',
    );
    assert.deepEqual(columns, {a: ['t.a u.z', ''], n: ['t.a t.b u.k', '']});
  });

  test('a common table expression hides a table of the same name, and an inner one hides an outer one', async () => {
    const {columns} = await ofModel(
      `with t as (select a as b, b as a from ${t}), q as (with t as (select z as a from ${u}) select a from t)
        select t.a, q.a as of_q from t cross join q`,
      'a of_q',
    );
    assert.deepEqual(columns, {a: ['t.b', ''], of_q: ['u.z', '']});
  });

  test('an alias does not hide a column of the same name', async () => {
    const {columns} = await ofModel(
      `with swapped as (select a as b, b as a, max(c) over (partition by b) as c from ${t}) select a, b, c from swapped`,
      'a b c',
    );
    assert.deepEqual(columns, {a: ['t.b', ''], b: ['t.a', ''], c: ['t.c', 't.b']});
  });

  test("a window's partition and order are conditions; its argument is the value", async () => {
    const {columns} = await ofModel(
      `select sum(b) over (partition by c order by d) as running, row_number() over (partition by c order by d desc) as nth,
        max(a) over shared as highest, count(*) over () as n from ${t} window shared as (partition by k)`,
      'running nth highest n',
    );
    assert.deepEqual(columns, {
      running: ['t.b', 't.c t.d'],
      nth: ['', 't.c t.d'],
      highest: ['t.a', 't.k'],
      n: ['', '', 'row count'],
    });
  });

  test('the conditions of a case are conditions, also inside a sum; its results are the value', async () => {
    const {columns} = await ofModel(
      `select sum(case when c > 1 then b else d end) as x, case max(a) when 1 then max(b) end as y,
        count(case when k is null then 1 end) as n, max(c) is not null as is_there from ${t}`,
      'x y n is_there',
    );
    assert.deepEqual(columns, {x: ['t.b t.d', 't.c'], y: ['t.b', 't.a'], n: ['', 't.k'], is_there: ['t.c', '']});
  });

  test('columns that filter, join and group belong to the rows, not to the values', async () => {
    const {columns, rows} = await ofModel(
      `select t.a, max(u.z) as z from ${t} as t left join ${u} as u on t.k = u.k where t.b > 0 group by t.a having count(t.c) > 1`,
      'a z',
    );
    assert.deepEqual(columns, {a: ['t.a', ''], z: ['u.z', '']});
    assert.deepEqual(rows, ['filter t.b', 'filter t.c', 'group t.a', 'join t.k', 'join u.k']);
  });

  test('macros are rendered first; constants and row counts are distinguished from lost columns', async () => {
    const {columns} = await ofModel(
      `with f as (select 'x' as word, {{ twice('a') }} as a2 from ${t} union all select 'y', cast(null as integer) from ${u}),
        n as (select count(*) as n from ${t}) select f.word, f.a2, n.n from f cross join n`,
      'word a2 n',
      {'macros/twice.sql': '{% macro twice(x) %}({{ x }} + {{ x }}){% endmacro %}'},
    );
    assert.deepEqual(columns, {word: ['', '', 'constant'], a2: ['t.a', ''], n: ['', '', 'row count']});
  });

  test('a column without a table name is found if only one of the joined tables has it', async () => {
    const {columns} = await ofModel(`select b, z from ${t} as t join ${u} as u on t.k = u.k`, 'b z');
    assert.deepEqual(columns, {b: ['t.b', ''], z: ['u.z', '']});
  });
});

describe('uncertain lineage is reported, not skipped', () => {
  const refused: [what: string, sql: string, columns: string, says: RegExp][] = [
    ['a column of two tables', `select a from ${t} as t join ${u} as u on t.k = u.k`, 'a', /which table "a" is of/],
    [
      'a name that could be a column or an alias of the same select',
      `select t.b as z, z + 1 as more from ${t} as t join ${u} as u on t.k = u.k`,
      'z more',
      /"z" could be a column or an alias/,
    ],
    ['a column of no table', `select nowhere from ${t}`, 'nowhere', /which table "nowhere" is of/],
    ['a table that the project does not know', 'select a from raw.v', 'a', /reads raw\.v, which is not in the project/],
    ['columns that differ from the yml', `select a, b from ${t}`, 'a c', /yields a, b; its yml describes a, c/],
    ['a star with replacements', `select * replace (b as a) from ${t}`, 'a b c d k', /replace/],
    ['invalid SQL', `select from where ${t}`, 'a', /can't be parsed/],
    [
      'a query that calls itself',
      `with recursive r as (select 1 as n union all select n + 1 from r where n < 3) select n from r`,
      'n',
      /calls itself/,
    ],
  ];
  for (const [what, sql, columns, says] of refused) {
    test(what, async () => {
      await assert.rejects(ofModel(sql, columns), (error: Error) => {
        assert.match(error.message, /^dbt\/models\/m\.sql: lineage: /);
        assert.match(error.message, says);
        return true;
      });
    });
  }
});
