import assert from 'node:assert/strict';
import {createHash} from 'node:crypto';
import {once} from 'node:events';
import {appendFileSync, mkdirSync, readdirSync, statSync, symlinkSync, utimesSync, writeFileSync} from 'node:fs';
import {createServer} from 'node:net';
import {join} from 'node:path';
import {test} from 'node:test';
import {gzipSync} from 'node:zlib';
import {landCandidate} from '../../src/incoming/land-candidate.ts';
import {findCandidates, readCandidate} from '../../src/ingest/candidates.ts';
import {inspect} from '../../src/ingest/inspect.ts';
import type {Inspection} from '../../src/ingest/land.ts';
import {findLanded, isIntact, land} from '../../src/ingest/land.ts';
import {openReshaping, reshape} from '../../src/ingest/reshape.ts';
import {findInspection} from '../../src/ingest/reshaped.ts';
import {ospiTeachers} from '../../src/sources/ospi-teachers.ts';
import {schoolList} from '../../src/sources/school-list.ts';
import type {Source} from '../../src/sources/source.ts';
import {list} from '../support/small.ts';
import {makeTemporaryFolder} from '../support/temporary.ts';

async function fileToLand() {
  const folder = makeTemporaryFolder('land');
  const path = join(folder, 'list.csv');
  writeFileSync(path, 'a,b\n1,2\n');
  const inspection = await inspect(path);
  if ('problem' in inspection) throw new Error(inspection.problem);
  return {landing: join(folder, 'landing'), path, file: {path, name: 'list.csv', inspection}};
}

test('a file lands with the bytes that were inspected, and is found by their hash', async () => {
  const {landing, file} = await fileToLand();
  const landed = await land(landing, schoolList, file, ['2020-21']);
  assert.ok(await isIntact(landed));
  assert.deepEqual(await findLanded(landing, schoolList, file.inspection.sha256), landed);
});

test('a file that changes between inspection and landing does not land', async () => {
  const {landing, path, file} = await fileToLand();
  appendFileSync(path, '3,4\n');
  await assert.rejects(
    land(landing, schoolList, file, ['2020-21']),
    /^Failure: list\.csv changed while it was being read\./,
  );
  assert.equal(await findLanded(landing, schoolList, file.inspection.sha256), undefined);
  assert.deepEqual(readdirSync(join(landing, schoolList.id, '2020-21')), []);
});

test('a file with a damaged description counts as never landed', async () => {
  const {landing, file} = await fileToLand();
  const {path, sha256, ...rest} = await land(landing, schoolList, file, ['2020-21']);
  const ofMilliseconds = {...rest, sha256, publishedAt: '+053970-02-25T13:46:40.000Z'};
  for (const text of [
    '',
    '{',
    '[]',
    'null',
    JSON.stringify({sha256, schoolYears: '2020-21'}),
    JSON.stringify(ofMilliseconds),
  ]) {
    writeFileSync(path.replace('.csv.gz', '.json'), text);
    assert.equal(await findLanded(landing, schoolList, sha256), undefined, text);
  }
});

test('a gzipped file lands as the file that was compressed, whatever its name, and one that is cut off is named', async () => {
  const folder = makeTemporaryFolder('gzipped');
  const landing = join(folder, 'landing');
  const hashes = [];
  for (const [name, contents] of [
    ['plain.txt', list],
    ['list.csv.gz', gzipSync(list)],
    ['list.csv', gzipSync(list)],
  ] as const) {
    writeFileSync(join(folder, name), contents);
    const {landed} = await landCandidate(landing, await readCandidate(join(folder, name), schoolList));
    assert.ok(await isIntact(landed));
    assert.deepEqual(landed.schoolYears, ['2020-21'], name);
    hashes.push(landed.sha256);
  }
  assert.deepEqual(new Set(hashes), new Set([createHash('sha256').update(list).digest('hex')]));
  writeFileSync(join(folder, 'half.csv.gz'), gzipSync(list).subarray(0, -12));
  await assert.rejects(
    findCandidates(folder, [schoolList], () => {}),
    /half\.csv\.gz can't be read: it is gzipped and cut off\. Take it out of the folder/,
  );
});

test('bytes that the same code has inspected and reshaped are not inspected again; one other byte or other code is', async () => {
  const folder = makeTemporaryFolder('known');
  const [path, lake] = [join(folder, 'list.csv'), join(folder, 'lake')];
  writeFileSync(path, list);
  const {landed} = await landCandidate(join(folder, 'landing'), await readCandidate(path, schoolList));
  const db = await openReshaping(lake);
  await reshape(db, lake, schoolList, landed, {contractId: 'now', corrections: []});
  db.close();
  const inspection = await inspect(path);
  const asked: (Inspection | undefined)[] = [];
  const find = (contract: string) =>
    findCandidates(
      folder,
      [schoolList],
      () => {},
      [],
      (sha256) => {
        const known = findInspection(lake, {sha256}, contract);
        asked.push(known);
        return known;
      },
    );
  const [same] = await find('now');
  await find('later');
  assert.deepEqual(asked, [inspection, undefined]);
  assert.equal(same?.inspection, asked[0], 'taken as it was');
  const {atime, mtime} = statSync(path);
  writeFileSync(path, list.replace('High', 'Hugh'));
  utimesSync(path, atime, mtime);
  const [changed] = await find('now');
  assert.equal(asked.at(-1), undefined);
  assert.equal(changed?.inspection.bytes, landed.bytes);
  assert.notEqual(changed?.inspection.sha256, landed.sha256);
});

test('pipes, devices and links to them or to folders are passed over and named', async () => {
  const folder = makeTemporaryFolder('odd');
  writeFileSync(join(folder, 'list.csv'), list);
  mkdirSync(join(folder, 'sub'));
  symlinkSync('sub', join(folder, 'linked.csv'));
  symlinkSync('/dev/zero', join(folder, 'zero.csv'));
  const pipe = createServer().listen(join(folder, 'pipe.csv'));
  await once(pipe, 'listening');
  symlinkSync('pipe.csv', join(folder, 'to-pipe.csv'));
  const notes: string[] = [];
  const found = await findCandidates(folder, [schoolList], (text) => notes.push(text));
  pipe.close();
  assert.deepEqual(
    found.map(({name}) => name),
    ['list.csv'],
  );
  assert.deepEqual(notes, [
    'linked.csv is passed over: it is a link to a folder',
    'pipe.csv is passed over: it is a pipe or a device',
    'to-pipe.csv is passed over: it is a pipe or a device',
    'zero.csv is passed over: it is a pipe or a device',
  ]);
});

test('a table of something else is passed over by name if each source has a file, and refused otherwise', async () => {
  const folder = makeTemporaryFolder('else');
  writeFileSync(join(folder, 'weather.csv'), 'day,rain\n1,2\n');
  const notes: string[] = [];
  const find = (needed: Source[], elsewhere: Source[] = []) =>
    findCandidates(folder, needed, (text) => notes.push(text), elsewhere);
  await assert.rejects(find([schoolList]), /^Failure: weather\.csv is not a file of .* reads "day, rain".*Move it out/);
  writeFileSync(join(folder, 'list.csv'), list);
  await assert.rejects(find([schoolList, ospiTeachers]), /weather\.csv is not a file of/);
  assert.deepEqual(notes, []);
  for (const elsewhere of [[], [ospiTeachers]]) {
    const found = await find([schoolList, ...elsewhere], elsewhere);
    assert.deepEqual(
      found.map(({name}) => name),
      ['list.csv'],
    );
    assert.match(notes.pop() ?? '', /^weather\.csv is passed over: it is not a file of .*"day, rain"/);
  }
});

test('a header that no table has is refused by name, and so is a gzipped file that unpacks without end', async () => {
  const folder = makeTemporaryFolder('large');
  const path = join(folder, 'wide.csv');
  const inspectText = async (text: string | Uint8Array, largest?: number) => {
    writeFileSync(path, text);
    const found = await inspect(path, largest);
    return 'problem' in found ? found.problem : found.layout.header.length;
  };
  const names = (count: number) => Array.from({length: count}, (_, column) => `c${column}`).join(',');
  assert.equal(await inspectText(`${names(1000)}\n`), 1000);
  assert.match(String(await inspectText(`${names(1001)}\n`)), /has 1001 columns, and a table may have 1000 at most/);
  assert.match(String(await inspectText(`${names(10_000)}\n`)), /10000 columns|first line of more than/);
  assert.match(String(await inspectText(`${'n'.repeat(32_768)},b\n`)), /a column name of more than 1000 characters/);
  assert.match(String(await inspectText('a,'.repeat(50_000))), /has a first line of more than 66 kB/);
  const million = gzipSync(`a,b\n${'1,2\n'.repeat(250_000)}`);
  assert.equal(await inspectText(million), 2);
  assert.match(String(await inspectText(million, 900_000)), /has more than 900 kB, unpacked/);
  // A bomb of zero bytes: a thousand times as large unpacked, and refused at the first of them.
  assert.match(
    String(await inspectText(gzipSync(Buffer.concat([Buffer.from('a,b\n'), Buffer.alloc(5e7)])))),
    /zero bytes|UTF-16/,
  );
});
