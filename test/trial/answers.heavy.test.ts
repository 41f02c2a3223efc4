/** Compares every row and column of the five answers with ones worked out from the files (expected.ts). */
import assert from 'node:assert/strict';
import {after, before} from 'node:test';
import {ABOUT_2019_20, ABOUT_2020_21, assertAnswer, groupsOf} from './compare.ts';
import {readSchools} from './expected.ts';
import {
  ask,
  findTrialFolder,
  hasTrialData,
  makeTemporaryFolder,
  removeTemporaryFolders,
  requireRollcall,
  rollcall,
  testTrial,
} from './rollcall.ts';
import {readTrialFiles, type TrialFiles} from './source-files.ts';

let files: TrialFiles;
let home = '';

before(async () => {
  if (!hasTrialData) return;
  files = readTrialFiles(findTrialFolder());
  home = makeTemporaryFolder();
  await requireRollcall(home, 'run', '--from', `${findTrialFolder()}/ospi`, '--school-list', files.listPath);
});
after(removeTemporaryFolders);

for (const question of ABOUT_2020_21) {
  testTrial(question.title, async () => {
    const {stderr} = await assertAnswer(home, files, question);
    assert.doesNotMatch(stderr, /carried over/);
  });
}

for (const question of ABOUT_2019_20) {
  testTrial(`${question.title}, with the list carried over and a note about it`, async () => {
    const {stderr} = await assertAnswer(home, files, question);
    assert.match(stderr, /2019-20.*2020-21.*carried over/s);
  });
}

testTrial('without --year, the latest year with teachers is answered', async () => {
  const [plain, asked] = await Promise.all([ask(home, 'schools'), ask(home, 'schools --year 2020-21')]);
  assert.equal(plain.json, asked.json);
});

testTrial('no school or group is left out: 194 schools, 30 groups of students, 11 categories of teachers', async () => {
  const schools = readSchools(files, '2020-21');
  assert.equal(schools.length, files.list.length);
  assert.equal(groupsOf(schools).length, 30);
  const categories = (rows: Iterable<string>) => new Set(rows).size;
  const answer = await ask(home, 'teacher-groups');
  assert.equal(categories(answer.rows.map((row) => `${row['category_type']} ${row['demographic_group_id']}`)), 11);
  const inTheFile = files.teachers.rows.filter((row) => row['DemographicCategoryType'] !== 'All');
  assert.equal(
    categories(inTheFile.map((row) => `${row['DemographicCategoryType']} ${row['DemographicCategory']}`)),
    11,
  );
});

testTrial(
  'questions about teachers can’t be answered for 2019-20: one clear message, and nothing on stdout',
  async () => {
    for (const question of ['teacher-groups', 'representation', 'teachers-of-color']) {
      const {code, stdout, stderr} = await rollcall(home, 'answer', question, '--year', '2019-20', '--format', 'json');
      assert.equal(code, 1, question);
      assert.equal(stdout, '');
      assert.match(stderr, /2019-20.*[Tt]eacher/s);
      assert.doesNotMatch(stderr, /\n\s+at /);
    }
  },
);
