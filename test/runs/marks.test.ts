import assert from 'node:assert/strict';
import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {test} from 'node:test';
import {buildSite} from '../../site/build.ts';
import {open} from '../../src/duckdb/database.ts';
import {type Home, locateHome} from '../../src/home.ts';
import {planRun} from '../../src/runs/plan.ts';
import {run} from '../../src/runs/run.ts';
import {recordProgress} from '../support/pipeline.ts';
import {makeFolder} from '../support/publisher.ts';
import {list, makeStudents, teachers} from '../support/small.ts';
import {makeTemporaryFolder} from '../support/temporary.ts';

const files = {'s.csv': makeStudents(30), 't.csv': teachers, 'l.csv': list};
const noted = (note: string) => ({...files, 'notes.yml': `t.csv: ${note}\n`});

async function makePlan(home: Home, files: Record<string, string>, options = {}) {
  const {plan} = await planRun({home, from: await makeFolder(files), ...options});
  return [plan.build.action, ...plan.build.reasons.map(({reason}) => reason)];
}

test('a note lands with its file, and other words make another build', async () => {
  const home = locateHome(makeTemporaryFolder('home'));
  const {manifest, warehouse} = await run(
    {home, from: await makeFolder(noted('Counts are recovered.'))},
    recordProgress(),
  );
  const notes = manifest.inputs.flatMap(({source, note}) => (note === undefined ? [] : [[source, note]]));
  assert.deepEqual(notes, [['ospi-teachers', 'Counts are recovered.']]);
  const db = await open(warehouse, {readOnly: true});
  assert.deepEqual(await db.rows('select source_id, note from core.dim_landed_file where note is not null'), [
    {source_id: 'ospi-teachers', note: 'Counts are recovered.'},
  ]);
  db.close();
  assert.deepEqual(await makePlan(home, noted('Counts are recovered.')), ['keep']);
  assert.deepEqual(await makePlan(home, noted('Counts are estimates.')), ['build', 'notes']);
  assert.deepEqual(await makePlan(home, files), ['build', 'notes'], 'without notes.yml, the note is gone');
  assert.deepEqual(
    await makePlan(home, files, {only: ['ospi-enrollment']}),
    ['keep'],
    'a source left out keeps its note',
  );
});

test('of two files with the same contents, the one with a note is read', async () => {
  const from = await makeFolder({...files, 'u.csv': teachers, 'notes.yml': 'u.csv: Counts are recovered.\n'});
  const {incoming} = await planRun({home: locateHome(makeTemporaryFolder('home')), from});
  const read = incoming.filter(({source}) => source.id === 'ospi-teachers');
  assert.deepEqual(
    read.map(({candidate}) => [candidate?.name, candidate?.note]),
    [['u.csv', 'Counts are recovered.']],
  );
});

test('a label marks the build, stays for later runs, and ends with an empty one', async () => {
  const home = locateHome(makeTemporaryFolder('home'));
  const {manifest} = await run({home, from: await makeFolder(files), label: 'Trial'}, recordProgress());
  assert.equal(manifest.label, 'Trial');
  assert.deepEqual(await makePlan(home, files), ['keep']);
  assert.deepEqual(await makePlan(home, files, {label: 'Other'}), ['build', 'label']);
  assert.deepEqual(await makePlan(home, files, {label: ''}), ['build', 'label']);
});

test('every page and download of a labeled build is marked, and figures carry the note on their file', async () => {
  const home = locateHome(makeTemporaryFolder('home'));
  const from = await makeFolder(noted('Counts are recovered.'));
  const {warehouse, manifest} = await run({home, from, label: 'Trial of <2> files'}, recordProgress());
  const folder = join(makeTemporaryFolder('site'), 'site');
  await buildSite({warehouse, facts: manifest, restatements: undefined}, {schoolYear: '2020-21'}, folder);
  const read = (path: string) => readFileSync(join(folder, path), 'utf8');
  const all = readdirSync(folder, {recursive: true, encoding: 'utf8'});
  const pages = all.filter((name) => name.endsWith('.html'));
  assert.ok(pages.length > 10);
  for (const page of pages) {
    const text = read(page);
    assert.match(text, /<title>Trial of &lt;2&gt; files: /, page);
    assert.match(text, /<div class="sample"><p class="wrap">Trial of &lt;2&gt; files<\/p><\/div>/, page);
    for (const [drawing] of text.matchAll(/<svg class="chart".*?<\/svg>/gs))
      assert.match(drawing, />Trial of &lt;2&gt; files<\/text><\/svg>$/, page);
  }
  const captions = (page: string) =>
    [...read(page).matchAll(/<figcaption>(.*?)<\/figcaption>/gs)].map(([, text = '']) => text);
  const students = captions('questions/7a/index.html');
  const staff = captions('questions/7c/index.html');
  assert.ok(students.length > 0 && staff.length > 0);
  for (const caption of students) {
    assert.match(caption, /^Source: OSPI, in files supplied by hand, 2020–21\./);
    assert.doesNotMatch(caption, /recovered/);
  }
  for (const caption of staff)
    assert.match(caption, /^Source: OSPI, in files supplied by hand, 2020–21\..* Counts are recovered\./);
  assert.match(read('index.html'), /Report Card Teacher Demographics 2020-21: Counts are recovered\./);
  const withFigures = pages.filter((page) => !page.startsWith('methods/'));
  assert.doesNotMatch(withFigures.map(read).join(''), /fetched from/);
  const csv = all.filter((name) => /^data\/(files|schools)\/.*\.csv$/.test(name));
  assert.ok(csv.length > 15);
  for (const name of csv) {
    assert.match(name, /\/LABELED-/);
    const [header = '', row] = read(name).split('\n');
    assert.equal(header.split(',')[0], 'build_label', name);
    if (row !== '') assert.match(row ?? '', /^Trial of <2> files,/, name);
  }
});
