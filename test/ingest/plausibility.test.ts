import assert from 'node:assert/strict';
import {test} from 'node:test';
import {ospiEnrollment} from '../../src/sources/ospi-enrollment.ts';
import type {PlausibilityCheck} from '../../src/sources/source.ts';
import {sources} from '../../src/sources/sources.ts';
import {type Cells, makeEnrollmentFile, makeListFile} from '../support/publisher.ts';
import {checkFiles} from '../support/reshaping.ts';

/** Twenty-four schools that differ in every group, and their teachers, in two school years. */
const schools = Array.from({length: 24}, (_, index) => ({index, code: String(9001 + index), variant: index % 3}));
type School = (typeof schools)[number];
const place: Cells = {district_code: '99001', district_name: 'Lyra'};

const races = [
  'american_indian_alaskan_native',
  'asian',
  'black_african_american',
  'hispanic_latino',
  'native_hawaiian_pacific_islander',
  'two_or_more_races',
];
const programs = (ospiEnrollment.pivot?.breakdowns ?? []).map(({name}) => name).slice(2);

/** A school has 200 students or a few more: 10 to 12 of each group, and the rest White and male. */
function makeStudents(schoolYear: string, change: (school: School) => Cells = () => ({})): string {
  return makeEnrollmentFile(
    schools.flatMap((school) => {
      const groups = Object.fromEntries([...races, ...programs, 'gender_x'].map((id) => [id, 10 + school.variant]));
      const row = {...groups, white: 140 + school.index, female: 90 + school.variant, ...change(school)};
      return ['1st Grade', 'All Grades'].map((grade) => ({
        ...place,
        school_year: schoolYear,
        school_code: school.code,
        school_name: `School ${school.code}`,
        grade_level: grade,
        ...row,
      }));
    }),
  );
}

const teacherHeader =
  'SchoolYear,OrganizationLevel,DistrictCode,DistrictName,SchoolCode,SchoolName,TeacherTotalCount,DemographicCategoryType,DemographicCategory,TeacherCount,TeacherPercent,SumYearsExperience,AvgYearsExperience,MAPlusCount,MAPlusPercent';

/** A school has 60 teachers or a few more, each with a master's degree and 10.5 years of experience. */
function makeTeachers(
  schoolYear: string,
  {
    total = () => undefined,
    more = () => 0,
  }: {total?(school: School): string | undefined; more?(school: School): number} = {},
): string {
  const rows = schools.flatMap((school) => {
    const few = 1 + school.variant;
    const asian = few + more(school);
    const all = 60 + school.index + more(school);
    const groups: [string, string, number][] = [
      ['All', 'All', all],
      ['Gender', 'Female', all - 3 * few],
      ...['Male', 'Gender X', 'Not Provided'].map((label): [string, string, number] => ['Gender', label, few]),
      ['RaceEthnicity', 'Asian', asian],
      ['RaceEthnicity', 'Not Provided', few],
      ['RaceEthnicity', 'White', all - asian - few],
    ];
    return groups.map(([type, label, count]) =>
      [
        ...[schoolYear, 'School', '99001', 'Lyra', school.code, `School ${school.code}`, total(school) ?? all],
        ...[type, label, count, (count / all).toFixed(4), count * 10.5, 10.5, count, 1],
      ].join(','),
    );
  });
  return `${[teacherHeader, ...rows].join('\n')}\n`;
}

const list = makeListFile(schools.map(({code}) => ({district: '99001', school: code, types: ['e']})));

const good: Record<string, Record<string, string>> = {
  'ospi-enrollment': {'before.csv': makeStudents('2019-20'), 's.csv': makeStudents('2020-21')},
  'ospi-teachers': {'before-t.csv': makeTeachers('2019-20'), 't.csv': makeTeachers('2020-21')},
  'school-list': {'l.csv': list},
};

/** Returns the results of a check, as `year: failing of compared`, and its samples. */
async function judge(files: Record<string, string>, source: string, check: string, declared = sources) {
  const found = (await checkFiles({...good[source], ...files}, declared)).filter(
    (result) => result.source === source && result.check === check,
  );
  assert.ok(found.every(({status, failing}) => status === (failing === 0 ? 'pass' : 'warn')));
  return {
    counts: found.map(({schoolYear, failing, compared}) => `${schoolYear}: ${failing} of ${compared}`),
    samples: found.flatMap(({samples}) => samples),
  };
}

/** Replaces the checks of a source. */
function declare(source: string, checks: PlausibilityCheck[]) {
  return sources.map((each) => (each.id === source ? {...each, checks} : each));
}

test('ordinary figures pass every check, each of which compares rows', async () => {
  const results = await checkFiles(Object.assign({}, ...Object.values(good)));
  for (const {check, status, samples} of results) assert.equal(status, 'pass', `${check}: ${samples}`);
  assert.deepEqual(
    results
      .filter(({check}) => /vary|steady|beside|matches|sum_adds|higher_count_adds/.test(check))
      .map(({source, schoolYear, check, compared}) => `${source} ${schoolYear} ${check} ${compared}`),
    [
      // All students, three genders, seven races and ten programs.
      'ospi-enrollment 2019-20 groups_vary 21',
      'ospi-enrollment 2020-21 groups_vary 21',
      'ospi-enrollment 2020-21 totals_steady 24',
      'ospi-enrollment 2020-21 shares_steady 480',
      'ospi-enrollment 2020-21 levels_steady 20',
      'ospi-teachers 2019-20 groups_vary 8',
      'ospi-teachers 2020-21 groups_vary 8',
      'ospi-teachers 2020-21 totals_steady 24',
      'ospi-teachers 2020-21 shares_steady 168',
      'ospi-teachers 2020-21 levels_steady 7',
      'ospi-teachers 2019-20 total_given_beside_ospi_enrollment 24',
      'ospi-teachers 2020-21 total_given_beside_ospi_enrollment 24',
      'ospi-teachers 2019-20 teacher_share_matches 192',
      'ospi-teachers 2020-21 teacher_share_matches 192',
      'ospi-teachers 2019-20 years_of_experience_average_matches 192',
      'ospi-teachers 2020-21 years_of_experience_average_matches 192',
      'ospi-teachers 2019-20 masters_or_higher_share_matches 192',
      'ospi-teachers 2020-21 masters_or_higher_share_matches 192',
      'ospi-teachers 2019-20 years_of_experience_sum_adds_up 48',
      'ospi-teachers 2020-21 years_of_experience_sum_adds_up 48',
      'ospi-teachers 2019-20 masters_or_higher_count_adds_up 48',
      'ospi-teachers 2020-21 masters_or_higher_count_adds_up 48',
    ],
  );
});

test('a group that is one number at every school is found, at the number of schools that is declared', async () => {
  const files = {'s.csv': makeStudents('2020-21', () => ({foster_care: 0, mobile: 7}))};
  assert.deepEqual(await judge(files, 'ospi-enrollment', 'groups_vary'), {
    counts: ['2019-20: 0 of 21', '2020-21: 2 of 21'],
    samples: [
      'Foster_Care: 0 in all 24 school rows that have one',
      'Mobile: the same number in all 24 school rows that have one',
    ],
  });
  const atLeast = (least: number) =>
    judge(files, 'ospi-enrollment', 'groups_vary', declare('ospi-enrollment', [{kind: 'groups_vary', least}]));
  assert.deepEqual((await atLeast(24)).counts, ['2019-20: 0 of 21', '2020-21: 2 of 21']);
  assert.deepEqual((await atLeast(25)).counts, []);
});

test('a group that no school has a figure of is found, and one that some have none of is not', async () => {
  // The first two schools have two Asian teachers each.
  const teachers = makeTeachers('2020-21', {more: ({index}) => (index === 0 ? 1 : 0)});
  const withhold = (from: number) =>
    teachers.replaceAll(/(,School 90(\d\d),.*,Asian,)\d+,.*$/gm, (row, start: string, school: string) =>
      Number(school) < from ? row : `${start}NULL,NULL,NULL,NULL,NULL,NULL`,
    );
  assert.deepEqual(await judge({'t.csv': withhold(1)}, 'ospi-teachers', 'groups_vary'), {
    counts: ['2019-20: 0 of 8', '2020-21: 1 of 8'],
    samples: ['RaceEthnicity, Asian: withheld or missing in all 24 school rows'],
  });
  const more = declare('ospi-teachers', [{kind: 'groups_vary', least: 25}]);
  assert.deepEqual((await judge({'t.csv': withhold(1)}, 'ospi-teachers', 'groups_vary', more)).counts, []);
  assert.deepEqual((await judge({'t.csv': withhold(21)}, 'ospi-teachers', 'groups_vary')).counts, [
    '2019-20: 0 of 8',
    '2020-21: 0 of 8',
  ]);
  // Two schools say too little.
  assert.deepEqual((await judge({'t.csv': withhold(3)}, 'ospi-teachers', 'groups_vary')).counts, [
    '2019-20: 0 of 8',
    '2020-21: 0 of 7',
  ]);
});

test('an enrollment that changes by more than half is found, in both directions', async () => {
  // The first three schools have 200, 207 and 214 students: 140, 141 and 142 of them White.
  const to = (totals: Record<number, number>) =>
    makeStudents('2020-21', ({index, variant}) => {
      const total = totals[index];
      return total === undefined ? {} : {white: total - 6 * (10 + variant), gender_x: 1};
    });
  assert.deepEqual(await judge({'s.csv': to({0: 300, 1: 103, 2: 322})}, 'ospi-enrollment', 'totals_steady'), {
    counts: ['2020-21: 2 of 24'],
    samples: ['Lyra, School 9002: 207 the year before, then 103', 'Lyra, School 9003: 214 the year before, then 322'],
  });
  // Those with 223 or more in one of the years: the first, the third, and 9012, 9015, 9018, 9020, 9021, 9023 and 9024.
  const declared = declare('ospi-enrollment', [{kind: 'totals_steady', change: 0.49, least: 223}]);
  assert.deepEqual(
    await judge({'s.csv': to({0: 300, 1: 103, 2: 322, 23: 110})}, 'ospi-enrollment', 'totals_steady', declared),
    {
      counts: ['2020-21: 3 of 9'],
      samples: [
        'Lyra, School 9001: 200 the year before, then 300',
        'Lyra, School 9003: 214 the year before, then 322',
        'Lyra, School 9024: 235 the year before, then 110',
      ],
    },
  );
});

test('the year before is the one just before, not the last one that is there', async () => {
  const files = {...good['ospi-enrollment'], 'before.csv': makeStudents('2018-19', () => ({white: 2, female: 5}))};
  const found = (await checkFiles(files)).filter(
    ({source, check}) => source === 'ospi-enrollment' && /steady/.test(check),
  );
  assert.deepEqual(found, []);
});

test('teachers that change by more than half are found, also without the row for everybody', async () => {
  const halved = makeTeachers('2020-21', {more: ({index}) => (index === 0 ? 31 : index === 1 ? 30 : 0)});
  const expected = {
    counts: ['2020-21: 1 of 24'],
    samples: ['Lyra, School 9001: 60 the year before, then 91'],
  };
  assert.deepEqual(await judge({'t.csv': halved}, 'ospi-teachers', 'totals_steady'), expected);
  const withoutAll = halved.replaceAll(/^.*,All,All,.*\n/gm, '');
  assert.deepEqual(await judge({'t.csv': withoutAll}, 'ospi-teachers', 'totals_steady'), expected);
});

test("a group's share that changes by 15 points at a school of 100 is found", async () => {
  // 10 of 200 students are 5%, 40 of 200 are 20%, 39 are 19.5%. 11 of 207 are 5.3%, and none would be 0%.
  const files = {
    's.csv': makeStudents('2020-21', ({index}) => (index === 0 ? {low_income: 40, homeless: 39} : {})),
  };
  assert.deepEqual(await judge(files, 'ospi-enrollment', 'shares_steady'), {
    counts: ['2020-21: 1 of 480'],
    samples: ['Lyra, School 9001, Low-Income: up 15 points'],
  });
  const declared = (points: number, least: number) =>
    judge(
      files,
      'ospi-enrollment',
      'shares_steady',
      declare('ospi-enrollment', [{kind: 'shares_steady', points, least}]),
    );
  assert.equal((await declared(14.5, 100)).counts[0], '2020-21: 2 of 480');
  assert.equal((await declared(15, 201)).counts[0], '2020-21: 0 of 460');
});

test("a group's share of the whole file that shifts is found, where the same schools have it in both years", async () => {
  // 24 schools have 8 × (10 + 11 + 12) = 264 of each group and 24 × 140 + 276 White students: 6 × 264 + 3636 = 5220 students.
  const files = {
    's.csv': makeStudents('2020-21', ({variant}) => ({mobile: 5 + variant, homeless: 8 + variant})),
  };
  // Mobile: 264 and 144 of 5220 are 5.1% and 2.8%. Homeless: 216 are 4.1%, 18% less.
  assert.deepEqual(await judge(files, 'ospi-enrollment', 'levels_steady'), {
    counts: ['2020-21: 1 of 20'],
    samples: ['Mobile in the school rows: 5.1% the year before, then 2.8%'],
  });
  const declared = async (change: number, points: number, least: number) => {
    const checks: PlausibilityCheck[] = [{kind: 'levels_steady', change, points, least}];
    return (await judge(files, 'ospi-enrollment', 'levels_steady', declare('ospi-enrollment', checks))).counts[0];
  };
  assert.equal(await declared(0.18, 0.5, 5220), '2020-21: 2 of 20');
  assert.equal(await declared(0.18, 1, 5220), '2020-21: 1 of 20');
  assert.equal(await declared(0.25, 2.3, 5220), '2020-21: 0 of 20');
  assert.equal(await declared(0.46, 0.5, 5220), '2020-21: 0 of 20');
  assert.equal(await declared(0.25, 0.5, 5221), undefined);
});

test('schools that are only in one of the years do not shift a share', async () => {
  const files = {
    's.csv': makeStudents('2020-21', ({index}) => (index < 12 ? {mobile: 100} : {})).replaceAll(
      /^.*,School 90(0\d|1[0-2]),.*\n/gm,
      '',
    ),
  };
  assert.deepEqual(await judge(files, 'ospi-enrollment', 'levels_steady'), {counts: ['2020-21: 0 of 20'], samples: []});
});

test('a total that is null at a school with 100 students is found', async () => {
  const files = {
    ...good['ospi-enrollment'],
    's.csv': makeStudents('2020-21', ({index}) => (index === 1 ? {white: 29, female: 10} : {})),
    't.csv': makeTeachers('2020-21', {total: ({index}) => (index < 2 ? 'NULL' : undefined)}),
  };
  // The second school has 6 × 11 + 29 = 95 students.
  assert.deepEqual(await judge(files, 'ospi-teachers', 'total_given_beside_ospi_enrollment'), {
    counts: ['2019-20: 0 of 24', '2020-21: 1 of 23'],
    samples: ['Lyra, School 9001: 200 in Report Card Enrollment'],
  });
  const checks: PlausibilityCheck[] = [{kind: 'total_given_beside', source: 'ospi-enrollment', least: 95}];
  const declared = declare('ospi-teachers', checks);
  assert.deepEqual((await judge(files, 'ospi-teachers', 'total_given_beside_ospi_enrollment', declared)).counts, [
    '2019-20: 0 of 24',
    '2020-21: 2 of 24',
  ]);
});

/** Replaces the cells from the count on in the schools' rows of Asian teachers, one after the other, and their total by 60. */
function replaceCells(...cells: string[]): string {
  return makeTeachers('2020-21').replaceAll(
    /^(2020-21,.*,School 90(\d\d)),\d+(,RaceEthnicity,Asian,).*$/gm,
    (row, start: string, school: string, group: string) => {
      const replacement = cells[Number(school) - 1];
      return replacement === undefined ? row : `${start},60${group}${replacement}`;
    },
  );
}

test('a published percentage is compared with its counts to the decimals that it has', async () => {
  // 1 / 60 = 0.016667
  const right = ['0.017', '0.0167', '0.016667', 'NULL'];
  const wrong = ['0.016', '0.0166', '0.0168', '0.018', '1.67'];
  const files = {'t.csv': replaceCells(...[...right, ...wrong].map((share) => `1,${share},10.5,10.5,1,1`))};
  assert.deepEqual(await judge(files, 'ospi-teachers', 'teacher_share_matches'), {
    counts: ['2019-20: 0 of 192', '2020-21: 5 of 191'],
    samples: [39, 47, 55, 63, 71].map(
      (line, index) => `Lyra, School ${9005 + index}, RaceEthnicity, Asian (line ${line})`,
    ),
  });
});

test('a published average is compared with its sum, which is rounded too', async () => {
  // A sum of 10.5 can be up to 10.55, and its average over 2 up to 5.275, which is 5.3.
  const right = ['10.5,5.2', '10.5,5.3', '10.6,5.3', '10.5,NULL'];
  const wrong = ['10.5,5.4', '10.5,5.1'];
  const files = {'t.csv': replaceCells(...[...right, ...wrong].map((cells) => `2,NULL,${cells},1,NULL`))};
  assert.deepEqual(await judge(files, 'ospi-teachers', 'years_of_experience_average_matches'), {
    counts: ['2019-20: 0 of 192', '2020-21: 2 of 191'],
    samples: ['Lyra, School 9005, RaceEthnicity, Asian (line 39)', 'Lyra, School 9006, RaceEthnicity, Asian (line 47)'],
  });
  const check: PlausibilityCheck = {
    kind: 'quotient_matches',
    quotient: 'years_of_experience_average',
    dividend: 'years_of_experience_sum',
    divisor: 'teacher_count',
    rounding: 0.2,
  };
  const declared = declare('ospi-teachers', [check]);
  // The cells have one decimal each, so a wider rounding only concerns the sum.
  assert.deepEqual((await judge(files, 'ospi-teachers', 'years_of_experience_average_matches', declared)).counts, [
    '2019-20: 0 of 192',
    '2020-21: 0 of 191',
  ]);
});

test("the share of master's degrees is compared with their count", async () => {
  const files = {'t.csv': replaceCells('1,NULL,10.5,10.5,1,0.5')};
  assert.deepEqual((await judge(files, 'ospi-teachers', 'masters_or_higher_share_matches')).counts, [
    '2019-20: 0 of 192',
    '2020-21: 1 of 192',
  ]);
});

test('experience and degrees of the groups are compared with those of everybody', async () => {
  // The first three schools have 60, 61 and 62 teachers, and 1, 2 and 3 of them are Asian: 10.5, 21 and 31.5 years of experience.
  // The three groups and everybody are rounded, so that the sum may miss by 4 × 0.05.
  const files = {
    't.csv': replaceCells('1,NULL,10.7,NULL,1,NULL', '2,NULL,21.3,NULL,2,NULL', '3,NULL,136.5,NULL,2,NULL'),
  };
  assert.deepEqual(await judge(files, 'ospi-teachers', 'years_of_experience_sum_adds_up'), {
    counts: ['2019-20: 0 of 48', '2020-21: 2 of 48'],
    // 640.8 of 640.5, and 756 of 651
    samples: ['Lyra, School 9002, RaceEthnicity: 100% of it', 'Lyra, School 9003, RaceEthnicity: 116% of it'],
  });
  assert.deepEqual(await judge(files, 'ospi-teachers', 'masters_or_higher_count_adds_up'), {
    counts: ['2019-20: 0 of 48', '2020-21: 1 of 48'],
    samples: ['Lyra, School 9003, RaceEthnicity: 98% of it'],
  });
  const checks: PlausibilityCheck[] = [{kind: 'types_match_total', part: 'years_of_experience_sum', rounding: 0.1}];
  const declared = declare('ospi-teachers', checks);
  assert.deepEqual((await judge(files, 'ospi-teachers', 'years_of_experience_sum_adds_up', declared)).counts, [
    '2019-20: 0 of 48',
    '2020-21: 1 of 48',
  ]);
});

test('two schools of the list at the same coordinates are found', async () => {
  const located = list.split('\n').map((line, index) => {
    if (line === '') return line;
    return `${line},${index === 0 ? 'Lat,Long' : index === 24 ? 'NULL,NULL' : `47.${String(index === 3 ? 1 : index).padStart(3, '0')},-122.2`}`;
  });
  assert.deepEqual(await judge({'l.csv': located.join('\n')}, 'school-list', 'coordinates_differ'), {
    counts: ['2020-21: 2 of 23'],
    samples: [
      '47.001, -122.2: school 9001 of district 99001 (line 2)',
      '47.001, -122.2: school 9003 of district 99001 (line 4)',
    ],
  });
});
