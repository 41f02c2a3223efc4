import assert from 'node:assert/strict';
import {mkdir, readdir, readFile, readlink, stat, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {test} from 'node:test';
import {findPublished} from '../../src/builds/published.ts';
import {Failure} from '../../src/failure.ts';
import {makeTemporaryName} from '../../src/files.ts';
import {locateHome} from '../../src/home.ts';
import {AuditFailure} from '../../src/ledger/audit-failure.ts';
import {lock} from '../../src/ledger/lock.ts';
import {run} from '../../src/runs/run.ts';
import {build, recordProgress} from '../support/pipeline.ts';
import {makeEnrollmentFile, makeFolder, makeListFile, makeTeacherFile} from '../support/publisher.ts';

const school = {district_code: '99001', district_name: 'Lyra', school_code: '9001', school_name: 'Vega'};
const students = (count: number) =>
  makeEnrollmentFile([
    {...school, grade_level: '1st Grade', white: count},
    {...school, grade_level: 'All Grades', white: count},
  ]);
const teachers = makeTeacherFile([
  {cells: school, races: {White: 3, 'Not Provided': 0}, genders: {Female: 2, Male: 1, 'Not Provided': 0}},
]);
const list = makeListFile([{district: '99001', school: '9001', types: ['e']}]);
const files = (count = 30) => ({'s.csv': students(count), 't.csv': teachers, 'l.csv': list});

const count = async (home: string) => {
  const published = await findPublished(locateHome(home));
  return published?.manifest.build;
};

test('a second run with the same files does nothing', async () => {
  const first = await build(files());
  first.close();
  const before = await stat(first.warehouse);
  const second = await build(files(), first.home);
  second.close();
  assert.equal(first.status, 'published');
  assert.equal(second.status, 'unchanged');
  assert.equal(second.build, first.build);
  assert.equal((await stat(second.warehouse)).mtimeMs, before.mtimeMs);
});

test('new files make a new build beside the old one, and the link switches to it', async () => {
  const first = await build(files(30));
  first.close();
  const second = await build(files(31), first.home);
  second.close();
  assert.notEqual(second.build, first.build);
  assert.equal(await readlink(join(first.home, 'published')), join('builds', second.build));
  assert.deepEqual((await readdir(join(first.home, 'builds'))).sort(), [first.build, second.build].sort());
  const back = await build(files(30), first.home);
  back.close();
  assert.deepEqual(
    [back.status, await count(first.home)],
    ['unchanged', first.build],
    'the existing build is published, not rebuilt',
  );
});

test('landed files are stored unchanged, under their hash', async () => {
  const built = await build(files());
  built.close();
  const [input] = built.manifest.inputs.filter(({source}) => source === 'ospi-enrollment');
  const landed = join(built.home, 'landing', 'ospi-enrollment', '2020-21', `${input?.sha256}.csv.gz`);
  const {gunzipSync} = await import('node:zlib');
  assert.equal(gunzipSync(await readFile(landed)).toString('utf8'), students(30));
  const lake = await readdir(join(built.home, 'lake'));
  assert.deepEqual(lake.filter((name) => !name.startsWith('_')).sort(), [
    'ospi_enrollment',
    'ospi_enrollment_row',
    'ospi_teachers',
    'school_list',
  ]);
});

test('a run with failed checks publishes nothing, reports them, and keeps the failed build for inspection', async () => {
  const first = await build(files());
  first.close();
  // 31 of 30 students in half of the rows, and 29 in the other.
  const wrong = students(30).replaceAll(/,30,0,0,30,/g, ',30,0,0,31,');
  assert.notEqual(wrong, students(30));
  await assert.rejects(build({...files(), 's.csv': wrong}, first.home), (error) => {
    assert.ok(error instanceof AuditFailure);
    assert.deepEqual(
      error.checks.filter(({status}) => status === 'error').map(({check}) => check),
      ['gender_adds_up'],
    );
    return true;
  });
  assert.equal(await count(first.home), first.build);
  assert.ok((await stat(join(first.home, 'failed', 'warehouse.duckdb'))).size > 0);
  assert.deepEqual(await readdir(join(first.home, 'builds')), [first.build]);
});

test('an unknown label stops the publication and is named', async () => {
  const first = await build(files());
  first.close();
  const unknown = teachers.replace('RaceEthnicity,White', 'RaceEthnicity,Martian');
  await assert.rejects(build({...files(), 't.csv': unknown}, first.home), (error) => {
    assert.ok(error instanceof AuditFailure);
    const failed = error.tests.filter(({status}) => status === 'error');
    assert.ok(failed.some(({name}) => name === 'not_null_stg_ospi__teachers_demographic_group_id'));
    assert.match(
      error.message,
      /Where it comes from: stg_ospi__teachers ← stg_ospi__regional_total ← stg_rollcall__correction ← raw\.ospi_teachers, raw\.ospi_enrollment_row, raw\.correction\./,
    );
    assert.ok(error.message.includes(join(first.home, 'failed', 'warehouse.duckdb')));
    return true;
  });
  assert.equal(await count(first.home), first.build);
});

test('the next run removes the half-made files of a killed run, and no others', async () => {
  const first = await build(files());
  first.close();
  await mkdir(makeTemporaryName(join(first.home, 'builds', 'abc')));
  await mkdir(makeTemporaryName(join(first.home, 'lake', 'deep', 'abc')), {recursive: true});
  for (const name of ['draft.tmp', 'builds/abc.123.tmp', 'landing/mine.download'])
    await writeFile(join(first.home, name), 'mine');
  const second = await build(files(), first.home);
  second.close();
  assert.deepEqual((await readdir(join(first.home, 'builds'))).sort(), [first.build, 'abc.123.tmp'].sort());
  assert.deepEqual(await readdir(join(first.home, 'lake', 'deep')), []);
  for (const name of ['draft.tmp', 'landing/mine.download'])
    assert.equal(await readFile(join(first.home, name), 'utf8'), 'mine');
});

test('only the requested years are built; the school list stays', async () => {
  const both = files();
  const folder = await makeFolder({...both, 'old.csv': students(20).replaceAll('2020-21', '2019-20')});
  const home = locateHome(join(folder, 'home'));
  const result = await run({home, from: folder, years: ['2019-20']}, recordProgress());
  assert.deepEqual(result.manifest.inputs.map(({source, schoolYears}) => [source, ...schoolYears]).sort(), [
    ['ospi-enrollment', '2019-20'],
    ['school-list', '2020-21'],
  ]);
});

test('while one run holds the lock another is refused; the lock ends with its holder', async () => {
  const folder = await makeFolder(files());
  const home = locateHome(join(folder, 'home'));
  const release = lock(home);
  await assert.rejects(run({home, from: folder}, recordProgress()), (error) => {
    assert.ok(error instanceof Failure);
    assert.equal(error.exitCode, 4);
    assert.match(error.message, new RegExp(`another run holds the lock \\(process ${process.pid}, since `));
    return true;
  });
  release();
  assert.equal((await run({home, from: folder}, recordProgress())).status, 'published');
});
