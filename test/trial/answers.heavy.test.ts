/** Every row and column of the five answers, against the same worked out from the files (expected.ts). */
import assert from 'node:assert/strict';
import {after, before} from 'node:test';
import {ABOUT_2019_20, ABOUT_2020_21, assertAnswer, groupsOf} from './compare.ts';
import {schoolsOf} from './expected.ts';
import {
  ask,
  hasTrialData,
  mustRollcall,
  removeTemporaryFolders,
  rollcall,
  temporaryFolder,
  trial,
  trialFolder,
} from './rollcall.ts';
import {readTrialFiles, type TrialFiles} from './source-files.ts';

let files: TrialFiles;
let home = '';

before(async () => {
  if (!hasTrialData) return;
  files = readTrialFiles(trialFolder());
  home = temporaryFolder();
  await mustRollcall(home, 'run', '--from', `${trialFolder()}/ospi`, '--school-list', files.listPath);
});
after(removeTemporaryFolders);

for (const question of ABOUT_2020_21) {
  trial(question.title, async () => {
    const {stderr} = await assertAnswer(home, files, question);
    assert.doesNotMatch(stderr, /carried over/);
  });
}

for (const question of ABOUT_2019_20) {
  trial(`${question.title}, with the list carried over, which is said`, async () => {
    const {stderr} = await assertAnswer(home, files, question);
    assert.match(stderr, /2019-20.*2020-21.*carried over/s);
  });
}

trial('the latest year that has teachers is answered where none is asked for', async () => {
  const [plain, asked] = await Promise.all([ask(home, 'schools'), ask(home, 'schools --year 2020-21')]);
  assert.equal(plain.json, asked.json);
});

trial('nothing is left out: 194 schools, 30 groups of students, 11 categories of teachers', async () => {
  const schools = schoolsOf(files, '2020-21');
  assert.equal(schools.length, files.list.length);
  assert.equal(groupsOf(schools).length, 30);
  const categories = (rows: Iterable<string>) => new Set(rows).size;
  const answer = await ask(home, 'teacher-groups');
  assert.equal(categories(answer.rows.map((row) => `${row['category_type']} ${row['demographic_group']}`)), 11);
  const inTheFile = files.teachers.rows.filter((row) => row['DemographicCategoryType'] !== 'All');
  assert.equal(
    categories(inTheFile.map((row) => `${row['DemographicCategoryType']} ${row['DemographicCategory']}`)),
    11,
  );
});

trial('what needs teachers can’t be answered for 2019-20: one clear message, and nothing on stdout', async () => {
  for (const question of ['teacher-groups', 'representation', 'teachers-of-color']) {
    const {code, stdout, stderr} = await rollcall(home, 'answer', question, '--year', '2019-20', '--format', 'json');
    assert.equal(code, 1, question);
    assert.equal(stdout, '');
    assert.match(stderr, /2019-20.*[Tt]eacher/s);
    assert.doesNotMatch(stderr, /\n\s+at /);
  }
});
