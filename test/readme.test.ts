import assert from 'node:assert/strict';
import {readdir, readFile, stat} from 'node:fs/promises';
import {join} from 'node:path';
import {test} from 'node:test';
import {documents, fillIn, onExamples} from '../docs/printed.ts';
import {projectFolder} from '../src/project-folder.ts';
import {rollcall} from './support/command.ts';
import {makeTemporaryFolder} from './support/temporary.ts';

const shares = `select round(100 * students_of_color_share) as students, round(100 * teachers_of_color_share) as teachers,
  school_count as schools, (select count(*) from school_representation where school_year = '2020-21' and gap_pp >= 0) as reached
  from region_representation where school_year = '2020-21'`;

const reading = `select now.teachers_to_parity as missing, now.teachers_of_color_count - before.teachers_of_color_count as gained,
    white_before.teacher_count - white_now.teacher_count as fewer,
    now.gap_pp - before.gap_pp between 0 and 2 as narrowed
  from region_representation as now, region_representation as before,
    region_representation_by_group as white_now, region_representation_by_group as white_before
  where now.school_year = '2020-21' and before.school_year = '2018-19' and white_now.school_year = '2020-21'
    and white_before.school_year = '2018-19' and white_now.demographic_group_id = 'white'
    and white_before.demographic_group_id = 'white'`;

test('what documents say that commands print is what they print', async () => {
  const run = onExamples(async (args) => {
    const {code, stdout, stderr} = await rollcall(args);
    assert.equal(code, 0, stderr);
    return stdout;
  }, makeTemporaryFolder('documents'));
  for (const document of documents) {
    const text = await readFile(join(projectFolder, document), 'utf8');
    assert.match(text, /<!-- end -->/, document);
    assert.equal(await fillIn(document, run), text, `${document}: npm run readme`);
  }
  const [region] = JSON.parse(await run('south-seattle', ['sql', shares, '--json'])) as Record<string, number>[];
  const found = /36 Seattle schools, (\d+) are of color; of 100 teachers, (\d+) are/;
  const [, students, teachers] = found.exec(await readFile(join(projectFolder, 'README.md'), 'utf8')) ?? [];
  assert.deepEqual({students: Number(students), teachers: Number(teachers), schools: 36, reached: 0}, region);
  const exploration = await readFile(join(projectFolder, 'docs/exploration.md'), 'utf8');
  const [missing, gained] =
    /take (\d+) more teachers of color, and in two years the schools gained (\d+)/.exec(exploration)?.slice(1) ?? [];
  const [more, fewer] = /are (\d+) more teachers of color and (\d+) fewer White/.exec(exploration)?.slice(1) ?? [];
  assert.deepEqual(
    [{missing: Number(missing), gained: Number(gained), fewer: Number(fewer), narrowed: true}],
    JSON.parse(await run('south-seattle', ['sql', reading, '--json'])),
  );
  assert.equal(more, gained);
});

test('every link of the documents leads to a file', async () => {
  const {glob} = await import('node:fs/promises');
  let links = 0;
  for await (const path of glob('{*.md,docs/**/*.md,examples/*/*.md,sample/*.md}', {cwd: projectFolder})) {
    const text = await readFile(join(projectFolder, path), 'utf8');
    for (const [, target = ''] of text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)) {
      await assert.doesNotReject(stat(join(projectFolder, path, '..', target)), `${path}: ${target}`);
      links++;
    }
  }
  assert.ok(links > 100);
});

test('the index of decisions lists every decision', async () => {
  const folder = join(projectFolder, 'docs/decisions');
  const index = await readFile(join(folder, 'README.md'), 'utf8');
  for (const name of await readdir(folder)) {
    if (name !== 'README.md') assert.ok(index.includes(`(${name})`), name);
  }
});
