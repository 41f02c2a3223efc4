import assert from 'node:assert/strict';
import {cpSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {test} from 'node:test';
import {strFromU8, unzipSync} from 'fflate';
import {load} from 'js-yaml';
import {projectFolder} from '../../src/project-folder.ts';
import {explainStar, readThresholds, restsOnFew} from '../../src/words/thresholds.ts';
import {rollcall} from '../support/command.ts';
import {makeTemporaryFolder} from '../support/temporary.ts';
import {findPublishedHome} from '../support/workspace.ts';

const vars = {small_number: 12, schools_per_group: 4, schools_by_teachers_of_color: 7};

test("thresholds come from the project's vars, which must be whole numbers above 0", () => {
  assert.deepEqual(readThresholds(vars), {smallNumber: 12, schoolsPerGroup: 4, schoolsByTeachersOfColor: 7});
  for (const small_number of [undefined, 0, 2.5, '10']) {
    assert.throws(() => readThresholds({...vars, small_number}), /dbt_project\.yml: the var small_number/);
  }
});

test('a row rests on few people if its model says so, or else if a share is of fewer people than the threshold', () => {
  const isFew = (row: Record<string, unknown>) => restsOnFew(row, {smallNumber: 12});
  assert.equal(isFew({is_small: true, all_students_count: 500}), true);
  assert.equal(isFew({is_small: false, all_students_count: 5, student_share: 0.5}), false);
  assert.equal(isFew({student_count: 11, all_students_count: 500, student_share: 0.02}), true);
  assert.equal(isFew({student_count: 12, all_students_count: 500, student_share: 0.02}), false);
  assert.equal(isFew({teacher_count: 3, all_teachers_count: 40, teacher_share: 0.1}), false, 'a share of 40');
  assert.equal(isFew({teacher_count: 3, all_teachers_count: 11, teacher_share: 0.1}), true);
  assert.equal(isFew({all_students_count: 5, teacher_count: 3}), false, 'counts alone are not marked');
  assert.equal(isFew({student_count: null, student_share: null}), false);
  assert.equal(explainStar({smallNumber: 12}), '* rests on fewer than 12 people; read it with care.');
});

test('a build keeps its thresholds, and the terminal, the exports and the pages state them', async () => {
  const home = join(makeTemporaryFolder('thresholds'), 'home');
  cpSync(await findPublishedHome(), home, {recursive: true, verbatimSymlinks: true});
  const path = join(home, 'published', 'manifest.json');
  const manifest = JSON.parse(readFileSync(path, 'utf8'));
  const project = load(readFileSync(join(projectFolder, 'dbt', 'dbt_project.yml'), 'utf8')) as {vars: typeof vars};
  assert.deepEqual(manifest.thresholds, {
    smallNumber: project.vars.small_number,
    schoolsPerGroup: project.vars.schools_per_group,
    schoolsByTeachersOfColor: project.vars.schools_by_teachers_of_color,
  });

  writeFileSync(path, JSON.stringify({...manifest, thresholds: readThresholds(vars)}));
  const print = async (...args: string[]) => {
    const {code, stdout, stderr} = await rollcall([...args, '--home', home]);
    assert.equal(code, 0, stderr);
    return stdout;
  };
  assert.match(await print('answer', 'representation'), /^\* rests on fewer than 12 people/m);
  const list = await print('answer');
  assert.match(list, /The 4 schools of each type/);
  assert.match(list, /The 4 elementary schools/);
  assert.match(list, /The 7 schools with the highest share of teachers of color/);

  const [folder, workbook] = [join(home, 'tables'), join(home, 'rollcall.xlsx')];
  await print('export', '--to', folder, '--tables', 'seeds');
  assert.match(readFileSync(join(folder, 'README.md'), 'utf8'), /rest on fewer than 12 people,/);
  await print('export', '--to', workbook);
  const strings = strFromU8(unzipSync(readFileSync(workbook))['xl/sharedStrings.xml'] ?? new Uint8Array());
  assert.match(strings, /rests on fewer than 12 people/);
  assert.match(strings, /7a {2}The 4 schools of each type/);

  const pages = join(home, 'report');
  await print('site', '--out', pages);
  const read = (page: string) => readFileSync(join(pages, page, 'index.html'), 'utf8');
  assert.match(read('methods'), /fewer than 12 people/);
  assert.match(read('schools'), /\* rests on fewer than 12 people/);
  assert.match(read('schools/00905-0916'), /rest on fewer than 12 students or teachers/);
  assert.match(read('questions/7a'), /\* fewer than 12 Native American students/);
  assert.match(read('questions/7a'), /The 4 schools of each type/);
  assert.match(read('questions/7c'), /at the 4 elementary schools/);
  assert.match(read('exploration'), /\* Fewer than 12 teachers/);
});
