/** Compares answers in which nearly everything is tied (coarse-files.ts) with worked-out ones. */
import assert from 'node:assert/strict';
import {after, before} from 'node:test';
import {writeCoarseFiles} from './coarse-files.ts';
import {ABOUT_2020_21, assertAnswer} from './compare.ts';
import {
  ask,
  findTrialFolder,
  hasTrialData,
  makeTemporaryFolder,
  removeTemporaryFolders,
  requireRollcall,
  testTrial,
} from './rollcall.ts';
import {readTrialFiles, type TrialFiles} from './source-files.ts';

let files: TrialFiles;
let home = '';

before(async () => {
  if (!hasTrialData) return;
  const folder = makeTemporaryFolder();
  writeCoarseFiles(readTrialFiles(findTrialFolder()), folder);
  files = readTrialFiles(folder);
  home = makeTemporaryFolder();
  await requireRollcall(home, 'run', '--from', `${folder}/ospi`, '--school-list', files.listPath);
});
after(removeTemporaryFolders);

for (const question of ABOUT_2020_21) {
  testTrial(`${question.title}, with ties`, async () => {
    await assertAnswer(home, files, question);
  });
}

testTrial('the figures really tie: by share, by count, by name', async () => {
  const [students, teachers, ofColor, schools] = await Promise.all(
    ['student-groups --group all', 'teacher-groups', 'teachers-of-color', 'representation'].map((words) =>
      ask(home, words),
    ),
  );
  for (const answer of [students, teachers, ofColor]) {
    assert.ok(answer?.rows.some((row) => Number(row['tied_beyond']) > 0));
  }
  const neighbours = (students?.rows ?? []).map((row, index, rows) => [row, rows[index + 1]] as const);
  assert.ok(
    neighbours.some(
      ([row, next]) =>
        row['student_share'] === next?.['student_share'] && row['student_count'] !== next?.['student_count'],
    ),
    'a share tied, the count not',
  );
  assert.ok(
    neighbours.some(
      ([row, next]) => row['school_name'] === next?.['school_name'] && Number(row['rank']) + 1 === next?.['rank'],
    ),
    'all tied but the code',
  );
  assert.ok(
    schools?.rows.some((row) => row['teachers_to_parity'] === 0 && row['gap_pp'] === 0),
    'exact parity',
  );
  assert.ok(
    schools?.rows.some((row) => row['parity_ratio'] === null && row['all_teachers_count'] !== null),
    'no students of color',
  );
});
