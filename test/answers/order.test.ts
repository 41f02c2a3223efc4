import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {answers, representationByGroup} from '../../src/answers/answers.ts';
import {openSampleBuild, type SampleBuild} from '../support/pipeline.ts';

/** The order of rows in the answers, on the sample. */
let sample: SampleBuild;
before(async () => {
  sample = await openSampleBuild();
});
after(() => sample.close());

async function rowsOf(name: string, group?: string) {
  const answer = answers.find((each) => each.name === name);
  assert.ok(answer);
  return sample.rows(answer.sql('2020-21', {region: 'road_map', ...(group !== undefined && {group})}));
}

/** Returns the values in order, with consecutive duplicates removed. */
const runsOf = (values: unknown[]) => values.filter((value, index) => value !== values[index - 1]);

test("7a: rows are sorted by the assignment's order of groups, then type of school, then rank", async () => {
  const rows = await rowsOf('student-groups');
  assert.deepEqual(runsOf(rows.map(({demographic_group_id}) => demographic_group_id)), [
    'black_african_american',
    'american_indian_alaskan_native',
    'hispanic_latino',
  ]);
  const types = ['high', 'middle', 'elementary'];
  assert.deepEqual(runsOf(rows.map(({school_type}) => school_type)), [...types, ...types, ...types]);
  const ranks = rows.slice(0, 15).map(({rank}) => rank);
  assert.deepEqual(ranks, [1, 2, 3, 4, 5, 1, 2, 3, 4, 5, 1, 2, 3, 4, 5]);
  assert.deepEqual(
    runsOf((await rowsOf('student-groups', 'asian')).map(({demographic_group_id}) => demographic_group_id)),
    ['asian'],
  );
});

test('7c: races come before genders, and each group is sorted by rank', async () => {
  const rows = await rowsOf('teacher-groups');
  assert.deepEqual(runsOf(rows.map(({category_type}) => category_type)), ['race_ethnicity', 'gender']);
  const groups = runsOf(
    rows.map(({category_type, demographic_group_id}) => `${category_type} ${demographic_group_id}`),
  );
  assert.equal(new Set(groups).size, groups.length, 'the rows of a group stand together');
  for (const [index, {rank}] of rows.entries()) {
    const isFirst = rows[index - 1]?.['demographic_group_id'] !== rows[index]?.['demographic_group_id'];
    assert.ok(isFirst ? rank === 1 : rank === Number(rows[index - 1]?.['rank']) + 1);
  }
});

test('7d by group: the rows of a school stand together, races before genders', async () => {
  const rows = await sample.rows(representationByGroup.sql('2020-21', {region: 'road_map'}));
  const schools = runsOf(rows.map(({district_name, school_code}) => `${district_name} ${school_code}`));
  assert.equal(new Set(schools).size, schools.length);
  const first = rows.filter(({school_code}) => school_code === rows[0]?.['school_code']);
  assert.deepEqual(runsOf(first.map(({category_type}) => category_type)), ['race_ethnicity', 'gender']);
});
