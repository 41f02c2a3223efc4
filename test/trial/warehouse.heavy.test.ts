/** Compares the warehouse with known figures of the real files, and its rows with the lines of the files. */
import assert from 'node:assert/strict';
import {createHash} from 'node:crypto';
import {readFileSync, statSync} from 'node:fs';
import {join} from 'node:path';
import {after, before} from 'node:test';
import {projectFolder} from '../../src/project-folder.ts';
import {countColumns, findZeroTwins, groupId, isTotalRow, keyOf, readStatuses, selectUsableRows} from './expected.ts';
import {
  findTrialFolder,
  hasTrialData,
  makeTemporaryFolder,
  query,
  removeTemporaryFolders,
  requireRollcall,
  rollcall,
  testTrial,
} from './rollcall.ts';
import {
  type Row,
  readCount,
  readRecord,
  readText,
  readTrialFiles,
  requireCount,
  requireText,
  type SourceFile,
  type TrialFiles,
} from './source-files.ts';

let files: TrialFiles;
let home = '';

const run = () =>
  requireRollcall(home, 'run', '--from', `${findTrialFolder()}/ospi`, '--school-list', files.listPath, '--json');

before(async () => {
  if (!hasTrialData) return;
  files = readTrialFiles(findTrialFolder());
  home = makeTemporaryFolder();
  await run();
});
after(removeTemporaryFolders);

const sqlText = (value: string) => `'${value.replaceAll("'", "''")}'`;
const tally = (values: Iterable<string>) => {
  const counts: Record<string, number> = {};
  for (const value of [...values].sort()) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
};
const enrollment = (schoolYear: string): SourceFile => {
  const file = files.enrollment.get(schoolYear);
  assert.ok(file, `no enrollment file for ${schoolYear}`);
  return file;
};
const YEARS = ['2019-20', '2020-21'];
const REGIONAL_TOTAL = '17801';

testTrial('the published file is opened read-only and stays unchanged; a second run does nothing', async () => {
  const {warehouse, status} = JSON.parse((await run()).stdout) as {warehouse: string; status: string};
  assert.equal(status, 'unchanged');
  const fingerprint = () => [
    statSync(warehouse).mtimeMs,
    createHash('sha256').update(readFileSync(warehouse)).digest('hex'),
  ];
  const published = fingerprint();
  for (const statement of ['create table x as select 1', 'delete from raw.school_list', 'drop table marts.schools']) {
    const {code, stderr} = await rollcall(home, 'sql', statement);
    assert.notEqual(code, 0, statement);
    assert.match(stderr, /read-only/);
  }
  await requireRollcall(home, 'answer', 'schools');
  assert.deepEqual(fingerprint(), published);
  assert.equal((JSON.parse((await run()).stdout) as {status: string}).status, 'unchanged');
  assert.deepEqual(fingerprint(), published);
});

testTrial('the list has 194 schools, with the known numbers by district and by flags', async () => {
  const rows = await query(home, 'select * from raw.school_list');
  assert.equal(rows.length, 194);
  assert.deepEqual(tally(rows.map((row) => String(row['district_code']))), {
    '17001': 36,
    '17210': 39,
    '17401': 30,
    '17403': 23,
    '17406': 5,
    '17408': 22,
    '17415': 39,
  });
  const flags = tally(rows.map((row) => [row['is_elementary'], row['is_middle'], row['is_high']].map(Number).join('')));
  assert.deepEqual([flags['100'], flags['010'], flags['001']], [127, 30, 26]);
  assert.equal(rows.length - 127 - 30 - 26, 11);

  const flag = (entry: Row, column: string) => entry[column] === '1';
  const identity = (code: unknown, district: unknown, ...types: unknown[]) => [code, district, ...types].join(' ');
  assert.deepEqual(
    rows
      .map((row) =>
        identity(row['school_code'], row['district_code'], row['is_elementary'], row['is_middle'], row['is_high']),
      )
      .sort(),
    files.list
      .map((entry) =>
        identity(
          entry['SchoolCode'],
          entry['DistrictCode'],
          flag(entry, 'ElementarySchoolFlag'),
          flag(entry, 'MiddleSchoolFlag'),
          flag(entry, 'HighSchoolFlag'),
        ),
      )
      .sort(),
  );

  const inTheRegion = await query(
    home,
    'select school_year, count(distinct school_id) as schools from core.bridge_school_region group by all order by 1',
  );
  // Two schools of the list opened in 2020-21.
  const had = (schoolYear: string) => new Set(enrollment(schoolYear).rows.map((row) => row['SchoolCode']));
  assert.deepEqual(
    inTheRegion,
    YEARS.map((school_year) => ({
      school_year,
      schools: files.list.filter((entry) => had(school_year).has(entry['SchoolCode'])).length,
    })),
  );
});

testTrial('rows loaded and rows rejected add up to the lines of each file', async () => {
  const partitions = await query(home, 'select * from raw.source_partition');
  const sources = [...files.enrollment.values(), files.teachers];
  assert.equal(partitions.length, sources.length + 1);
  for (const file of sources) {
    const partition = partitions.find((row) => row['landed_sha256'] === file.sha256);
    assert.ok(partition, `no partition has the hash of ${file.path}`);
    assert.equal(partition['rows_in'], file.lines.length - 1);
    assert.equal(partition['rows_loaded'], usableOf(file));
    assert.equal(partition['rows_rejected'], file.lines.length - 1 - usableOf(file));
  }
  const list = partitions.find((row) => row['source_id'] === 'school-list');
  assert.deepEqual([list?.['rows_in'], list?.['rows_loaded'], list?.['rows_rejected']], [194, 194, 0]);

  const stored = await query(
    home,
    `select landed_sha256, count(*) as rows, count(distinct line_number) as lines from raw.ospi_enrollment_row group by 1
     union all select landed_sha256, count(*), count(distinct line_number) from raw.ospi_teachers group by 1`,
  );
  assert.deepEqual(
    new Map(stored.map((row) => [row['landed_sha256'], [row['rows'], row['lines']]])),
    new Map(sources.map((file) => [file.sha256, [usableOf(file), usableOf(file)]])),
  );

  // Pivoted: one row for each demographic column of each usable row.
  const pivoted = await query(home, 'select landed_sha256, count(*) as rows from raw.ospi_enrollment group by 1');
  assert.deepEqual(
    new Map(pivoted.map((row) => [row['landed_sha256'], row['rows']])),
    new Map([...files.enrollment.values()].map((file) => [file.sha256, usableOf(file) * countColumns(file).length])),
  );
});

const usableOf = (file: SourceFile) => (file === files.teachers ? file.rows.length : selectUsableRows(file).length);

testTrial('384 zero twins of 2019-20 are rejected, each with its line and its reason; 2020-21 has none', async () => {
  const rejected = await query(home, 'select * from raw.rejected_row order by line_number');
  const file = enrollment('2019-20');
  const twins = findZeroTwins(file);
  assert.equal(twins.size, 384);
  assert.equal(findZeroTwins(enrollment('2020-21')).size, 0);
  assert.deepEqual(
    rejected.map((row) => [row['landed_sha256'], row['school_year'], row['line_number'], row['reason']]),
    [...twins]
      .sort(([a], [b]) => a - b)
      .map(([line, real]) => [file.sha256, '2019-20', line, `zero twin of line ${real}`]),
  );
  // In some pairs the twin comes first, so neither "the first" nor "the last" of two would be right.
  assert.ok([...twins].some(([line, real]) => line < real) && [...twins].some(([line, real]) => line > real));
});

testTrial('checks of sums fail for exactly as many rows as in the files', async () => {
  const adds: [check: string, whole: string, parts: string[]][] = [
    ['gender_adds_up', 'total', ['female', 'male', 'gender_x']],
    [
      'race_ethnicity_adds_up',
      'total',
      [
        'american_indian_alaskan_native',
        'asian',
        'black_african_american',
        'hispanic_latino',
        'native_hawaiian_pacific_islander',
        'two_or_more_races',
        'white',
      ],
    ],
    ['students_with_disabilities_adds_up', 'total', ['students_with_disabilities', 'students_without_disabilities']],
  ];
  for (const program of [
    'english_language_learners',
    'highly_capable',
    'homeless',
    'low_income',
    'migrant',
    'military_parent',
    'mobile',
    'section_504',
    'foster_care',
  ]) {
    adds.push([`${program}_adds_up`, 'total', [program, `non_${program}`]]);
  }
  const results = await query(home, "select * from audit.check_result where source_id = 'ospi-enrollment'");
  const result = (schoolYear: string, check: string) => {
    const found = results.find((row) => row['school_year'] === schoolYear && row['check_name'] === check);
    assert.ok(found, `no check ${check} for ${schoolYear}`);
    return found;
  };
  for (const schoolYear of YEARS) {
    const file = enrollment(schoolYear);
    const columns = new Map(countColumns(file).map((column) => [groupId(column), column]));
    const of = (row: Row, group: string) => requireCount(row, columns.get(group) ?? group);
    for (const [check, whole, parts] of adds) {
      const failing = selectUsableRows(file).filter(
        (row) => parts.reduce((total, part) => total + of(row, part), 0) !== of(row, whole),
      ).length;
      const found = result(schoolYear, check);
      assert.deepEqual(
        [found['compared_count'], found['failing_count']],
        [selectUsableRows(file).length, failing],
        check,
      );
      assert.equal(found['status'], failing === 0 ? 'pass' : 'warn', check);
    }
  }
  // The known figures of these files.
  assert.equal(result('2020-21', 'race_ethnicity_adds_up')['failing_count'], 32);
  assert.equal(result('2020-21', 'gender_adds_up')['failing_count'], 0);
});

testTrial(
  'each count of the files is known, withheld or unknown as its own row says, and printed as it is there',
  async () => {
    for (const schoolYear of YEARS) {
      const file = enrollment(schoolYear);
      const rows = await query(
        home,
        `select line_number, list(concat_ws('|', coalesce(student_count::varchar, '-'), student_count_status,
          printed_student_count) order by demographic_label) as cells
        from raw.ospi_enrollment where school_year = ${sqlText(schoolYear)} group by all order by all`,
      );
      const twins = findZeroTwins(file);
      const wanted = file.rows.flatMap((row, index) => {
        const cells = [...readStatuses(file, row)].map(([column, status]) => {
          const printed = requireCount(row, column);
          return {
            column,
            cell: `${status === 'value' ? printed : '-'}|${status}|${printed}`,
          };
        });
        const sorted = cells.sort((a, b) => (a.column < b.column ? -1 : 1));
        return twins.has(index + 2) ? [] : [{line_number: index + 2, cells: sorted.map(({cell}) => cell)}];
      });
      assert.deepEqual(rows, wanted);
      // The known figures of these files: all of them are of foster care.
      const found = tally(
        file.rows.flatMap((row, index) => {
          const of = [...readStatuses(file, row)].flatMap(([, status]) => (status === 'value' ? [] : [status]));
          return twins.has(index + 2) || of.length === 0 ? [] : [`${row['OrganizationLevel']}: ${of.join(', ')}`];
        }),
      );
      assert.deepEqual(found, knownDoubts[schoolYear]);
    }
  },
);

/** Rows by level and by what is said of foster care and of its complement. */
const knownDoubts: Record<string, Record<string, number>> = {
  '2019-20': {
    'District: suppressed, unknown': 183,
    'District: unknown, unknown': 6,
    'School: suppressed, suppressed': 6,
    'School: suppressed, unknown': 1109,
  },
  '2020-21': {
    'District: suppressed, unknown': 179,
    'District: unknown, unknown': 7,
    'School: suppressed, suppressed': 4,
    'School: suppressed, unknown': 948,
  },
};

testTrial('checks of plausibility find exactly what is in the files', async () => {
  const results = await query(home, 'select * from audit.check_result');
  const failing = (check: string) =>
    Number(results.find((row) => row['school_year'] === '2020-21' && row['check_name'] === check)?.['failing_count']);
  const totals = (schoolYear: string) =>
    new Map(
      selectUsableRows(enrollment(schoolYear))
        .filter(isTotalRow)
        .map((row) => [`${row['OrganizationLevel']} ${row['DistrictCode']} ${row['SchoolCode']}`, row] as const),
    );
  const old = totals('2019-20');
  const pairs = [...totals('2020-21')].flatMap(([key, now]) => {
    const before = old.get(key);
    return before ? [{now, before}] : [];
  });
  const all = (row: Row) => requireCount(row, 'All Students');
  assert.equal(
    failing('totals_steady'),
    pairs.filter(
      ({now, before}) => Math.max(all(now), all(before)) >= 20 && Math.abs(all(now) - all(before)) > all(before) / 2,
    ).length,
  );
  const groups = countColumns(enrollment('2020-21')).filter(
    (column) => column !== 'All Students' && !/^non|without/i.test(column),
  );
  assert.equal(groups.length, 20);
  const large = pairs.filter(({now, before}) => Math.min(all(now), all(before)) >= 100);
  const jumps = large.flatMap(({now, before}) =>
    groups.filter(
      (group) =>
        // In whole numbers, so that a change of just 15 points is one.
        Math.abs(requireCount(now, group) * all(before) - requireCount(before, group) * all(now)) * 100 >=
        15 * all(now) * all(before),
    ),
  );
  assert.equal(failing('shares_steady'), jumps.length);
  const shifts = ['School', 'District'].flatMap((level) => {
    const here = pairs.filter(({now}) => now['OrganizationLevel'] === level);
    const share = (group: string, year: 'now' | 'before') =>
      here.reduce((sum, pair) => sum + requireCount(pair[year], group), 0) /
      here.reduce((sum, pair) => sum + all(pair[year]), 0);
    return groups
      .filter((group) => {
        const [now, before] = [share(group, 'now'), share(group, 'before')];
        return Math.abs(now - before) >= Math.max(0.005, Math.min(before, 1 - before) / 4);
      })
      .map((group) => `${level} ${group}`);
  });
  assert.deepEqual(shifts, ['School Mobile']);
  assert.equal(failing('levels_steady'), 1);

  const large100 = new Set(
    selectUsableRows(enrollment('2020-21')).flatMap((row) =>
      isTotalRow(row) && all(row) >= 100 ? [`${row['DistrictCode']} ${row['SchoolCode']}`] : [],
    ),
  );
  const everybody = files.teachers.rows.filter((row) => row['DemographicCategory'] === 'All');
  const unknown = everybody.filter(
    (row) =>
      row['OrganizationLevel'] === 'School' &&
      large100.has(`${row['DistrictCode']} ${row['SchoolCode']}`) &&
      readText(row, 'TeacherTotalCount') === null,
  );
  assert.equal(failing('total_given_beside_ospi_enrollment'), unknown.length);
  const degrees = everybody.flatMap((whole) => {
    const own = files.teachers.rows.filter(
      (row) => row['OrganizationID'] === whole['OrganizationID'] && readText(row, 'MAPlusCount') !== null,
    );
    return ['Gender', 'RaceEthnicity'].filter((type) => {
      const parts = own.filter((row) => row['DemographicCategoryType'] === type);
      const sum = parts.reduce((total, row) => total + requireCount(row, 'MAPlusCount'), 0);
      return parts.length > 0 && sum !== readCount(whole, 'MAPlusCount');
    });
  });
  assert.equal(failing('masters_or_higher_count_adds_up'), degrees.length);
});

testTrial('the exploration says how the share of color changed from one October to the next', async () => {
  const [found] = await query(
    home,
    `with grades as (
      select school_year, case when grade_id = 'half_day_kindergarten' then 'kindergarten' else grade_id end as grade,
        sum(student_count) filter (demographic_group_id = 'total') as students,
        sum(student_count) filter (groups.is_of_color) as of_color,
        sum(student_count) filter (demographic_group_id = 'white') as white
      from core.fct_enrollment
      join core.bridge_school_region using (school_year, school_id)
      join core.dim_demographic_group as groups using (demographic_group_id)
      where grade_id <> 'pre_kindergarten' group by all
    ),
    sides as (
      select sum(students) filter (school_year = '2019-20') as students, sum(of_color) filter (school_year = '2019-20') as of_color,
        sum(students) filter (school_year = '2020-21') as students_after, sum(of_color) filter (school_year = '2020-21') as of_color_after,
        sum(students) filter (school_year = '2019-20' and grade = 'grade_12') as leaving,
        sum(of_color) filter (school_year = '2019-20' and grade = 'grade_12') as leaving_of_color,
        sum(students) filter (school_year = '2020-21' and grade = 'kindergarten') as entering,
        sum(of_color) filter (school_year = '2020-21' and grade = 'kindergarten') as entering_of_color,
        sum(white) filter (school_year = '2019-20' and grade <> 'grade_12') - sum(white) filter (school_year = '2020-21' and grade <> 'kindergarten') as fewer_white
      from grades
    )
    select students, of_color, students_after, of_color_after, fewer_white,
      (students - leaving) - (students_after - entering) as fewer,
      round(100 * (of_color - leaving_of_color + entering_of_color) / (students - leaving + entering), 1) as replaced
    from sides`,
  );
  // Added up from the lines of the files, outside of Rollcall.
  assert.deepEqual(found, {
    students: 119161,
    of_color: 88258,
    students_after: 115207,
    of_color_after: 87359,
    fewer_white: 2527,
    fewer: 3334,
    replaced: 74.4,
  });
  const exploration = readFileSync(join(projectFolder, 'docs/exploration.md'), 'utf8');
  for (const figure of ['88,258 of 119,161', '87,359 of 115,207', '3,334 fewer children', '2,527', '74.4%'])
    assert.ok(exploration.includes(figure), figure);
});

testTrial('checks of grades and of districts differ for exactly as many rows as in the files', async () => {
  const results = await query(
    home,
    "select * from audit.check_result where check_name in ('grades_add_up', 'schools_add_up')",
  );
  for (const schoolYear of YEARS) {
    const file = enrollment(schoolYear);
    const columns = countColumns(file);
    const rows = selectUsableRows(file);
    const sum = (some: Row[], column: string) => some.reduce((total, row) => total + requireCount(row, column), 0);
    const statuses = new Map(rows.map((row) => [row, readStatuses(file, row)]));
    const isKnown = (row: Row, column: string) => statuses.get(row)?.get(column) === 'value';
    const differing = (pairs: [Row, Row[]][]) => {
      let compared = 0;
      let failing = 0;
      for (const [whole, parts] of pairs) {
        for (const column of columns) {
          if (![whole, ...parts].every((row) => isKnown(row, column))) continue;
          compared += 1;
          if (sum(parts, column) !== requireCount(whole, column)) failing += 1;
        }
      }
      return [compared, failing];
    };

    const organizationOf = (row: Row) => `${row['OrganizationLevel']} ${row['DistrictCode']} ${row['SchoolCode']}`;
    const grades = Map.groupBy(
      rows.filter((row) => !isTotalRow(row)),
      organizationOf,
    );
    const gradesOf = rows.filter(isTotalRow).map((row): [Row, Row[]] => [row, grades.get(organizationOf(row)) ?? []]);

    const placeOf = (row: Row) => `${row['DistrictCode']} ${row['GradeLevel']}`;
    const schools = Map.groupBy(
      rows.filter((row) => row['OrganizationLevel'] === 'School'),
      placeOf,
    );
    const schoolsOf = rows
      .filter((row) => row['OrganizationLevel'] === 'District' && row['DistrictCode'] !== REGIONAL_TOTAL)
      .map((row): [Row, Row[]] => [row, schools.get(placeOf(row)) ?? []]);

    for (const [check, pairs] of [
      ['grades_add_up', gradesOf],
      ['schools_add_up', schoolsOf],
    ] as const) {
      const found = results.find((row) => row['school_year'] === schoolYear && row['check_name'] === check);
      assert.deepEqual(
        [found?.['compared_count'], found?.['failing_count']],
        differing([...pairs]),
        `${check} ${schoolYear}`,
      );
    }
  }
});

testTrial(
  '17801, a second total of the region, is not a district and has no figures in core; all other districts are there',
  async () => {
    const [districts, facts] = await Promise.all([
      query(home, 'select district_code, district_name from core.dim_district order by 1'),
      query(home, `select count(*) as rows from core.fct_enrollment where school_id like '${REGIONAL_TOTAL}%'`),
    ]);
    const rows = [...files.enrollment.values(), files.teachers].flatMap((file) => file.rows);
    assert.ok(rows.some((row) => row['DistrictCode'] === REGIONAL_TOTAL));
    const wanted = new Map(rows.map((row) => [requireText(row, 'DistrictCode'), requireText(row, 'DistrictName')]));
    wanted.delete(REGIONAL_TOTAL);
    assert.deepEqual(
      districts.map((row) => [row['district_code'], row['district_name']]),
      [...wanted].sort(([a], [b]) => (a < b ? -1 : 1)),
    );
    assert.equal(facts[0]?.['rows'], 0);
  },
);

testTrial('five schools of the list have no teacher total, which is null and not 0 in every table', async () => {
  const without = files.teachers.rows
    .filter((row) => row['DemographicCategoryType'] === 'All' && readText(row, 'TeacherTotalCount') === null)
    .map((row) => requireText(row, 'SchoolCode'))
    .sort();
  assert.equal(without.length, 5);
  const codes = (rows: Awaited<ReturnType<typeof query>>) => rows.map((row) => String(row['school_code'])).sort();
  const [schools, measures, zeros, statuses] = await Promise.all([
    query(home, "select school_code from marts.schools where school_year = '2020-21' and teacher_count is null"),
    query(
      home,
      `select school_code from marts.school_representation where school_year = '2020-21' and all_teachers_count is null
       and teachers_of_color_count is null and teachers_of_color_share is null and gap_pp is null and overlap is null`,
    ),
    query(home, "select count(*) as rows from marts.schools where school_year = '2020-21' and teacher_count = 0"),
    query(
      home,
      'select teacher_count_status as status, count(*) as rows, count(teacher_count) as counts from raw.ospi_teachers group by 1 order by 1',
    ),
  ]);
  assert.deepEqual(codes(schools), without);
  assert.deepEqual(codes(measures), without);
  assert.equal(zeros[0]?.['rows'], 0);
  const missing = files.teachers.rows.filter((row) => readText(row, 'TeacherCount') === null).length;
  const values = files.teachers.rows.length - missing;
  assert.deepEqual(statuses, [
    {status: 'missing', rows: missing, counts: 0},
    {status: 'value', rows: values, counts: values},
  ]);
});

testTrial("the students of every district match the sum of its schools' lines", async () => {
  const rows = await query(
    home,
    `select school_year, district_code, sum(student_count) as students, count(*) as schools
     from core.fct_enrollment_all_grades join core.dim_school using (school_id) join core.dim_district using (district_id)
     where demographic_group_id = 'total' group by all`,
  );
  const found = new Map(
    rows.map((row) => [`${row['school_year']} ${row['district_code']}`, [row['students'], row['schools']]]),
  );
  const wanted = new Map<string, number[]>();
  for (const schoolYear of YEARS) {
    for (const row of selectUsableRows(enrollment(schoolYear))) {
      if (row['OrganizationLevel'] !== 'School' || !isTotalRow(row)) continue;
      const place = `${schoolYear} ${row['DistrictCode']}`;
      const [students = 0, schools = 0] = wanted.get(place) ?? [];
      wanted.set(place, [students + requireCount(row, 'All Students'), schools + 1]);
    }
  }
  assert.deepEqual([...found].sort(), [...wanted].sort());
});

testTrial("the students of every grade and group match the sum of all schools' lines", async () => {
  const rows = await query(
    home,
    `select school_year, grade_name, demographic_group_id as demographic_group, sum(printed_student_count) as printed,
       coalesce(sum(student_count), 0) as students, count(student_count) as known, count(*) as rows
     from core.fct_enrollment join core.dim_grade using (grade_id) group by all`,
  );
  const wanted = new Map<string, [number, number, number, number]>();
  for (const schoolYear of YEARS) {
    const file = enrollment(schoolYear);
    for (const row of selectUsableRows(file)) {
      if (row['OrganizationLevel'] !== 'School' || isTotalRow(row)) continue;
      for (const [column, status] of readStatuses(file, row)) {
        const place = `${schoolYear} | ${row['GradeLevel']} | ${groupId(column)}`;
        const [printed, students, known, schools] = wanted.get(place) ?? [0, 0, 0, 0];
        const [count, one] = status === 'value' ? [requireCount(row, column), 1] : [0, 0];
        wanted.set(place, [printed + requireCount(row, column), students + count, known + one, schools + 1]);
      }
    }
  }
  const found = rows.map((row): [string, unknown] => [
    `${row['school_year']} | ${row['grade_name']} | ${row['demographic_group']}`,
    [row['printed'], row['students'], row['known'], row['rows']],
  ]);
  assert.deepEqual(found.sort(), [...wanted].sort());
});

testTrial("every figure of every school's total row matches its line, in both years", async () => {
  const rows = await query(
    home,
    `select school_year, district_code, school_code, demographic_group_id as demographic_group, student_count
     from core.fct_enrollment_all_grades join core.dim_school using (school_id) join core.dim_district using (district_id)`,
  );
  const found = new Map(
    rows.map((row) => [
      [row['school_year'], row['district_code'], row['school_code'], row['demographic_group']].join(' '),
      row['student_count'],
    ]),
  );
  let compared = 0;
  for (const schoolYear of YEARS) {
    const file = enrollment(schoolYear);
    for (const row of selectUsableRows(file)) {
      if (row['OrganizationLevel'] !== 'School' || !isTotalRow(row)) continue;
      for (const [column, status] of readStatuses(file, row)) {
        const place = [schoolYear, row['DistrictCode'], row['SchoolCode'], groupId(column)].join(' ');
        assert.equal(found.get(place), status === 'value' ? requireCount(row, column) : null, place);
        compared += 1;
      }
    }
  }
  assert.equal(rows.length, compared);
});

testTrial('every teacher figure of every school matches its line', async () => {
  const rows = await query(
    home,
    `select school_code, line_number, demographic_group_id, teacher_count, landed_sha256
     from core.fct_teacher join core.dim_school using (school_id)`,
  );
  const ofSchools = files.teachers.rows.filter((row) => row['OrganizationLevel'] === 'School');
  assert.equal(rows.length, ofSchools.length);
  for (const row of rows) {
    assert.equal(row['landed_sha256'], files.teachers.sha256);
    const line = readRecord(files.teachers, Number(row['line_number']));
    assert.equal(line['SchoolCode'], row['school_code']);
    assert.equal(readCount(line, 'TeacherCount'), row['teacher_count']);
    const category = groupId(requireText(line, 'DemographicCategory'));
    const isOther = category === 'all' || category === 'not_provided';
    if (!isOther) assert.equal(row['demographic_group_id'], category);
  }
});

/** Returns a generator of numbers from 0 to 1, the same in every run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const PICKS = 20;

/** Picks lines of a file, always including the first and the last. */
function pickLines(file: SourceFile, seed: number): number[] {
  const random = seeded(seed);
  const lines = new Set([2, file.lines.length]);
  while (lines.size < PICKS) lines.add(2 + Math.floor(random() * (file.lines.length - 1)));
  return [...lines];
}

/** Reads a date in the two layouts of these files, `4/22/22 0:00` and `2021-12-01`. */
function dateOf(row: Row): string {
  const stated = requireText(row, 'DataAsOf');
  const [, month = '', day = '', year = ''] = /^(\d+)\/(\d+)\/(\d\d) 0:00$/.exec(stated) ?? [];
  return month === '' ? stated : `20${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
}

for (const [index, schoolYear] of YEARS.entries()) {
  testTrial(
    `${PICKS} lines of the enrollment of ${schoolYear} match the raw rows with their hash and line number`,
    async () => {
      const file = enrollment(schoolYear);
      const twins = findZeroTwins(file);
      const [firstTwin] = twins.keys();
      const lines = pickLines(file, 20_210 + index);
      if (firstTwin !== undefined) lines.push(firstTwin);
      const where = `landed_sha256 = ${sqlText(file.sha256)} and line_number in (${lines.join(', ')})`;
      const [counts, rows, rejected] = await Promise.all([
        query(home, `select * from raw.ospi_enrollment where ${where}`),
        query(home, `select * from raw.ospi_enrollment_row where ${where}`),
        query(home, `select * from raw.rejected_row where ${where}`),
      ]);
      const bare = (label: unknown) =>
        String(label)
          .toLowerCase()
          .replace(/[^a-z0-9]/g, '');
      for (const number of lines) {
        const line = readRecord(file, number);
        const found = new Map(
          counts
            .filter((row) => row['line_number'] === number)
            .map((row) => [
              bare(row['demographic_label']),
              [row['student_count'], row['student_count_status'], row['printed_student_count']],
            ]),
        );
        const row = rows.find((candidate) => candidate['line_number'] === number);
        if (twins.has(number)) {
          assert.deepEqual([found.size, row], [0, undefined]);
          assert.ok(rejected.some((candidate) => candidate['line_number'] === number));
          continue;
        }
        const wanted = [...readStatuses(file, line)].map(([column, status]): [string, unknown] => {
          const printed = requireCount(line, column);
          return [bare(column), [status === 'value' ? printed : null, status, printed]];
        });
        assert.deepEqual(found, new Map(wanted), `line ${number} of ${file.path}`);
        assert.ok(row, `line ${number} of ${file.path}`);
        assert.equal(row['school_year'], line['SchoolYear']);
        assert.equal(row['organization_level'], line['OrganizationLevel']?.toLowerCase());
        assert.equal(row['district_code'], readText(line, 'DistrictCode'));
        assert.equal(row['district_name'], readText(line, 'DistrictName'));
        assert.equal(row['school_code'], readText(line, 'SchoolCode'));
        assert.equal(row['school_name'], readText(line, 'SchoolName'));
        assert.equal(row['grade_level'], readText(line, 'GradeLevel'));
        assert.equal(row['current_school_type'], readText(line, 'CurrentSchoolType'));
        assert.equal(row['data_as_of'], dateOf(line));
      }
    },
  );
}

testTrial(`${PICKS} lines of the teacher file match the raw rows with their hash and line number`, async () => {
  const file = files.teachers;
  const lines = pickLines(file, 20_212);
  // One line without figures is always included.
  lines.push(2 + file.rows.findIndex((row) => readText(row, 'TeacherCount') === null));
  const found = await query(
    home,
    `select * from raw.ospi_teachers where landed_sha256 = ${sqlText(file.sha256)} and line_number in (${lines.join(', ')})`,
  );
  assert.equal(found.length, new Set(lines).size);
  const number = (row: Row, column: string) => (readText(row, column) === null ? null : Number(readText(row, column)));
  for (const row of found) {
    const line = readRecord(file, Number(row['line_number']));
    assert.deepEqual(
      {...row, teacher_total_count_status: null, teacher_count_status: null},
      {
        ...row,
        school_year: line['SchoolYear'],
        landed_sha256: file.sha256,
        publisher_row_id: line['RowID'],
        organization_level: line['OrganizationLevel']?.toLowerCase(),
        district_code: readText(line, 'DistrictCode'),
        district_name: readText(line, 'DistrictName'),
        school_code: readText(line, 'SchoolCode'),
        school_name: readText(line, 'SchoolName'),
        teacher_total_count: readCount(line, 'TeacherTotalCount'),
        teacher_total_count_status: null,
        demographic_category_type: line['DemographicCategoryType'],
        demographic_label: line['DemographicCategory'],
        teacher_count: readCount(line, 'TeacherCount'),
        teacher_count_status: null,
        teacher_share: number(line, 'TeacherPercent'),
        years_of_experience_sum: number(line, 'SumYearsExperience'),
        years_of_experience_average: number(line, 'AvgYearsExperience'),
        masters_or_higher_count: number(line, 'MAPlusCount'),
        masters_or_higher_share: number(line, 'MAPlusPercent'),
        data_as_of: dateOf(line),
      },
    );
    const status = (column: string) => (readText(line, column) === null ? 'missing' : 'value');
    assert.equal(row['teacher_count_status'], status('TeacherCount'));
    assert.equal(row['teacher_total_count_status'], status('TeacherTotalCount'));
  }
});

testTrial('the landed files are the original files, under their hash', async () => {
  const landed = await query(home, 'select landed_sha256, file_name, bytes, is_sample from raw.landed_file');
  const paths = [...files.enrollment.values(), files.teachers].map((file) => file.path);
  paths.push(files.listPath);
  const identity = (path: string) => {
    const bytes = readFileSync(path);
    return [createHash('sha256').update(bytes).digest('hex'), path.split('/').at(-1), bytes.length, false];
  };
  assert.deepEqual(
    landed.map((row) => [row['landed_sha256'], row['file_name'], row['bytes'], row['is_sample']]).sort(),
    paths.map(identity).sort(),
  );
});

testTrial('no key occurs twice among the loaded rows', async () => {
  for (const schoolYear of YEARS) {
    const keys = selectUsableRows(enrollment(schoolYear)).map(keyOf);
    assert.equal(new Set(keys).size, keys.length);
  }
  const twice = await query(
    home,
    `select school_year, organization_level, district_code, school_code, grade_level from raw.ospi_enrollment_row
     group by all having count(*) > 1`,
  );
  assert.deepEqual(twice, []);
});
