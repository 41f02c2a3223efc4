import assert from 'node:assert/strict';
import {mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {test} from 'node:test';
import {setTimeout} from 'node:timers/promises';
import {locateHome} from '../../src/home.ts';
import {type DatasetFreshness, findExpectedReleases, readFreshness} from '../../src/incoming/freshness.ts';
import {landCandidate} from '../../src/incoming/land-candidate.ts';
import {readCandidate} from '../../src/ingest/candidates.ts';
import {projectFolder} from '../../src/project-folder.ts';
import {schoolList} from '../../src/sources/school-list.ts';
import {makeTemporaryFolder} from '../support/temporary.ts';

const source = {
  id: 'figures',
  title: 'Figures',
  datasets: {'2019-20': 'a', '2020-21': 'b'},
  releases: [
    {name: 'preliminary', from: '01-01', by: '02-28'},
    {name: 'final', from: '06-01', by: '07-31'},
  ],
};

function landed(schoolYear: string, publishedAt: string): DatasetFreshness {
  return {
    id: schoolYear,
    schoolYears: [schoolYear],
    rows: 1,
    checkedAt: publishedAt,
    publishedAt,
    landedAt: publishedAt,
  };
}

const older = landed('2019-20', '2020-07-01T00:00:00Z');

/** Returns the overdue release of a day; null if there is none. */
const overdue = (day: string, ...datasets: DatasetFreshness[]) =>
  findExpectedReleases(source, datasets, new Date(`${day}T12:00:00Z`)).overdue?.id ?? null;

test('preliminary figures are due by the end of February, final ones by the end of July', () => {
  const preliminary = landed('2020-21', '2021-02-10T00:00:00Z');
  const final = landed('2020-21', '2021-06-15T00:00:00Z');
  assert.equal(overdue('2021-02-28', older), null, 'the last day is still in time');
  assert.equal(overdue('2021-03-01', older), 'figures 2020-21 preliminary');
  assert.equal(overdue('2021-03-01', older, preliminary), null);
  assert.equal(overdue('2021-07-31', older, preliminary), null);
  assert.equal(
    overdue('2021-08-01', older, preliminary),
    'figures 2020-21 final',
    'the preliminary ones are not the final ones',
  );
  assert.equal(overdue('2021-08-01', older, final), null);
  assert.equal(overdue('2022-02-28', older, final), null, 'nothing is due in winter');
  assert.equal(overdue('2022-03-01', older, final), 'figures 2021-22 preliminary');
});

test('the message about an undeclared year says how it comes in, and which file to add it to', () => {
  const {overdue, next} = findExpectedReleases(source, [older], new Date('2022-03-01T00:00:00Z'));
  assert.equal(
    overdue?.message,
    "Figures 2021-22: the preliminary figures were expected by 2022-02-28 and have not arrived. A run takes its data set once the publisher's catalogue lists it. If it has another name there, add a line to src/sources/figures.ts.",
  );
  assert.deepEqual(next, {release: 'final', schoolYear: '2021-22', by: '2022-07-31'});
});

test('nothing is overdue if nothing was ever downloaded or nothing is expected', () => {
  const never = {...older, landedAt: null, publishedAt: null};
  assert.equal(overdue('2022-03-01', never), null);
  const {releases: _, ...unannounced} = source;
  assert.deepEqual(findExpectedReleases(unannounced, [older], new Date('2022-03-01T00:00:00Z')), {
    overdue: null,
    next: null,
  });
});

test('a time that can not be, remembered by an earlier version, counts as never downloaded', async () => {
  const home = locateHome(makeTemporaryFolder('poisoned'));
  const folder = join(home.landing, 'ospi-enrollment');
  mkdirSync(join(folder, '2020-21'), {recursive: true});
  writeFileSync(join(folder, '2020-21', 'a.csv.gz'), '');
  const layout = {kind: 'delimited', delimiter: ',', header: []};
  const inspection = {sha256: 'a', bytes: 0, filledLines: 2, headerLine: 1, layout};
  const origin = {fileName: 'a.csv', origin: 'a.csv', schoolYears: ['2020-21'], publishedAt: null};
  writeFileSync(
    join(folder, '2020-21', 'a.json'),
    JSON.stringify({...inspection, ...origin, endsWithLineBreak: true, sourceId: 'ospi-enrollment', landedAt: ''}),
  );
  const known = {id: 'nvpc-yr7b', name: 'x', sha256: 'a', etag: null, rows: 1, checkedAt: '2026-01-01T00:00:00Z'};
  const readPublished = async (rowsUpdatedAt: number) => {
    writeFileSync(join(folder, 'nvpc-yr7b.json'), JSON.stringify({...known, rowsUpdatedAt}));
    const [enrollment] = await readFreshness(home, new Date());
    return enrollment?.datasets.find(({id}) => id === 'nvpc-yr7b')?.publishedAt;
  };
  assert.equal(await readPublished(1_640_000_000), '2021-12-20T11:33:20.000Z');
  for (const time of [1_640_000_000_000, 1e300, -5]) assert.equal(await readPublished(time), null, `${time}`);
});

test('a source fed from a folder has the name and the time of its last file', async () => {
  const home = locateHome(makeTemporaryFolder('fed'));
  const sample = join(projectFolder, 'sample', 'files', 'SampleSchoolList.txt');
  const readFile = async () =>
    (await readFreshness(home, new Date())).find(({source}) => source === schoolList.id)?.file;
  assert.equal(await readFile(), null);
  const list = readFileSync(sample, 'utf8');
  for (const [name, text] of [
    ['b.txt', list],
    ['a.txt', `${list.trimEnd()}\r\n\r\n`],
  ] as const) {
    const path = join(home.folder, name);
    writeFileSync(path, text);
    const {landed} = await landCandidate(home.landing, await readCandidate(path, schoolList));
    assert.deepEqual(await readFile(), {fileName: name, landedAt: landed.landedAt});
    await setTimeout(5);
  }
});
