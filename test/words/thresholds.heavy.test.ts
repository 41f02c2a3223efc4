import assert from 'node:assert/strict';
import {cpSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {test} from 'node:test';
import {load} from 'js-yaml';
import {readBuild} from '../../src/builds/find.ts';
import {locateHome} from '../../src/home.ts';
import {projectFolder} from '../../src/project-folder.ts';
import {readThresholds} from '../../src/words/thresholds.ts';
import {rollcall} from '../support/command.ts';
import {makeTemporaryFolder} from '../support/temporary.ts';
import {unzip} from '../support/unzip.ts';
import {findPublishedHome} from '../support/workspace.ts';

const vars = {
  small_number: 12,
  rank_min_students: 400,
  rank_min_teachers: 27,
  schools_per_group: 4,
  schools_by_teachers_of_color: 7,
};

test("thresholds come from the project's vars, which must be whole numbers above 0", () => {
  assert.deepEqual(readThresholds(vars), {
    smallNumber: 12,
    rankMinStudents: 400,
    rankMinTeachers: 27,
    schoolsPerGroup: 4,
    schoolsByTeachersOfColor: 7,
  });
  for (const small_number of [undefined, 0, 2.5, '10']) {
    assert.throws(() => readThresholds({...vars, small_number}), /dbt_project\.yml: the var small_number/);
    assert.throws(() => readThresholds({...vars, rank_min_students: small_number}), /the var rank_min_students/);
  }
});

test('a build made before there were all of them gets the missing ones from the project', async () => {
  const folder = join(makeTemporaryFolder('thresholds'), 'home');
  cpSync(await findPublishedHome(), folder, {recursive: true, verbatimSymlinks: true});
  const path = join(folder, 'published', 'manifest.json');
  const manifest = JSON.parse(readFileSync(path, 'utf8'));
  const thresholdsOf = async (thresholds?: object) => {
    writeFileSync(path, JSON.stringify({...manifest, thresholds}));
    const found = await readBuild(locateHome(folder), manifest.build);
    return 'manifest' in found ? found.manifest.thresholds : found.problem;
  };
  assert.deepEqual(await thresholdsOf({...manifest.thresholds, smallNumber: 12}), {
    ...manifest.thresholds,
    smallNumber: 12,
  });
  assert.deepEqual(await thresholdsOf({smallNumber: 12}), {...manifest.thresholds, smallNumber: 12});
  assert.deepEqual(await thresholdsOf(), manifest.thresholds);
  assert.match(String(await thresholdsOf({smallNumber: 'few'})), /damaged/);
});

test('a build keeps its thresholds, and the terminal, the exports and the pages state them', async () => {
  const home = join(makeTemporaryFolder('thresholds'), 'home');
  cpSync(await findPublishedHome(), home, {recursive: true, verbatimSymlinks: true});
  const path = join(home, 'published', 'manifest.json');
  const manifest = JSON.parse(readFileSync(path, 'utf8'));
  const project = load(readFileSync(join(projectFolder, 'dbt', 'dbt_project.yml'), 'utf8')) as {vars: typeof vars};
  assert.deepEqual(manifest.thresholds, {
    smallNumber: project.vars.small_number,
    rankMinStudents: project.vars.rank_min_students,
    rankMinTeachers: project.vars.rank_min_teachers,
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
  const readme = readFileSync(join(folder, 'README.md'), 'utf8').replaceAll(/\s+/g, ' ');
  assert.match(readme, /rest on fewer than 12 people,.* schools with fewer than 400 students or 27 teachers/);
  await print('export', '--to', workbook);
  const strings = String(unzip(readFileSync(workbook))['xl/sharedStrings.xml']);
  assert.match(strings, /rests on fewer than 12 people .* ranks a school with fewer than 400 students or 27 teachers/);
  assert.match(strings, /7a {2}The 4 schools of each type/);

  const pages = join(home, 'report');
  await print('site', '--out', pages);
  const read = (page: string) => readFileSync(join(pages, page, 'index.html'), 'utf8');
  assert.match(read('methods'), /fewer than 12 people/);
  assert.match(read('methods'), /fewer than 400 students or 27 teachers/);
  assert.match(read('schools'), /\* rests on fewer than 12 people/);
  assert.match(read('schools/00905-0916'), /rest on fewer than 12 students or teachers/);
  assert.match(read('questions/7a'), /\* rests on fewer than 12 people/);
  assert.match(read('questions/7a'), /† ranks a school with fewer than 400 students;/);
  assert.match(read('questions/7a'), /The 4 schools of each type/);
  // Kuma Homeschool, which is first among the high schools, has 23 students.
  assert.match(
    read('questions/7a'),
    /Native American students, among schools with at least 400 students: 4\.5% at Mimosa Elementary; 3\.1% at Gacrux Middle; 3\.0% at Imai High</,
  );
  assert.match(read('questions/7c'), /at the 4 elementary schools/);
});
