import assert from 'node:assert/strict';
import {createHash} from 'node:crypto';
import {cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {test} from 'node:test';
import {parse} from 'csv-parse/sync';
import {readProject} from '../../src/dbt/project/read-project.ts';
import {open} from '../../src/duckdb/database.ts';
import type {DataPackage} from '../../src/export/data-package.ts';
import {exportFolder} from '../../src/export/folder.ts';
import {readTables} from '../../src/export/tables.ts';
import {projectFolder} from '../../src/project-folder.ts';
import {openSampleBuild} from '../support/pipeline.ts';
import {haveSameRows, makePlacesBuild, openPlaces, type Places, readParquet, teachers} from '../support/places.ts';
import {makeTemporaryFolder} from '../support/temporary.ts';

async function toFolder(places: Places, folder = join(makeTemporaryFolder('export'), 'out')): Promise<string> {
  const {build, project} = places;
  const db = await openPlaces(places);
  try {
    const tables = await readTables(db, project, build, ['core', 'marts']);
    await exportFolder(folder, {db, build, tables});
    return folder;
  } finally {
    db.close();
  }
}

/** Reads the bytes of every file in a folder, by path. */
function bytesIn(folder: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(folder, {recursive: true, withFileTypes: true})
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .map((path) => [path.slice(folder.length + 1), readFileSync(path, 'latin1')]),
  );
}

function descriptorOf(folder: string): DataPackage {
  return JSON.parse(readFileSync(join(folder, 'datapackage.json'), 'utf8'));
}

test('each table is exported as CSV and Parquet, with a descriptor and a README', async () => {
  const folder = await toFolder(await makePlacesBuild('one'));
  assert.deepEqual(Object.keys(bytesIn(folder)), [
    'README.md',
    'core/count.csv',
    'core/count.parquet',
    'core/place.csv',
    'core/place.parquet',
    'datapackage.json',
    'marts/remark.csv',
    'marts/remark.parquet',
  ]);
  const readme = readFileSync(join(folder, 'README.md'), 'utf8');
  assert.match(readme, /not provided\*\* are never counted as of color/);
  assert.doesNotMatch(readme, /\b[a-z]+[A-Z]\w*/, 'a name of the code in prose');
});

test('CSV: values are unchanged, an empty cell is null, and "" is an empty text', async () => {
  const folder = await toFolder(await makePlacesBuild('one'));
  // csv-parse reports which cells were quoted. Quoted cells are text, whatever they contain.
  const rows: (string | null)[][] = parse(readFileSync(join(folder, 'core/place.csv')), {
    cast: (value, {quoting}) => (value === '' && !quoting ? null : value),
  });
  assert.deepEqual(rows, [
    ['place_id', 'place_name', 'is_open', 'floor', 'visitors', 'height', 'price', 'opened_on', 'seen_at'],
    [
      '0001',
      'Café "Zum Löwen", 2nd\nfloor',
      'true',
      '-3',
      '9007199254740993',
      '0.1',
      '12.50',
      '2020-02-29',
      '2026-03-01T12:34:56.123456Z',
    ],
    ['0002', '', 'false', '0', '0', '-1.7976931348623157e+308', '-0.01', '0001-01-01', '1969-12-31T23:59:59.000000Z'],
    [
      '0003',
      " NULL\\N,;\t'🦉 ",
      null,
      '2147483647',
      '-9223372036854775808',
      '5e-324',
      '0.00',
      '9999-12-31',
      '2000-01-01T00:00:00.000000Z',
    ],
    ['9.10', null, null, null, null, null, null, null, '2026-11-25T00:00:00.500000Z'],
  ]);
});

test('Parquet: the rows of the warehouse, with its types', async () => {
  const places = await makePlacesBuild('one');
  const folder = await toFolder(places);
  const db = await openPlaces(places);
  for (const table of ['core.place', 'core.count', 'marts.remark']) {
    const file = readParquet(join(folder, `${table.replace('.', '/')}.parquet`));
    assert.ok(await haveSameRows(db, `from ${table}`, file), table);
    const types = async (relation: string) => db.rows(`select column_name, column_type from (describe ${relation})`);
    assert.deepEqual(await types(file), await types(`from ${table}`));
  }
  db.close();
});

test('the same build gives the same bytes, and a build with one different row gives others', async () => {
  const first = bytesIn(await toFolder(await makePlacesBuild('one')));
  assert.deepEqual(bytesIn(await toFolder(await makePlacesBuild('one'))), first);
  const other = bytesIn(await toFolder(await makePlacesBuild('one', {change: `update core.count set people = 9`})));
  const changed = Object.keys(first).filter((path) => other[path] !== first[path]);
  assert.deepEqual(changed, ['core/count.csv', 'core/count.parquet', 'datapackage.json']);
});

test('the descriptor has files with hashes, columns with types and descriptions, keys, sources and the license', async () => {
  const folder = await toFolder(await makePlacesBuild('one'));
  const {resources, sources, licenses, profile} = descriptorOf(folder);
  assert.equal(profile, 'data-package');
  for (const {path, bytes, hash} of resources) {
    const contents = readFileSync(join(folder, String(path)));
    assert.equal(bytes, contents.length);
    assert.equal(hash, `sha256:${createHash('sha256').update(contents).digest('hex')}`);
  }
  const schema = (name: string) => resources.find((resource) => resource['name'] === name)?.['schema'];
  assert.deepEqual(schema('core.count'), {
    fields: [
      {name: 'year', type: 'string', constraints: {required: true}},
      {name: 'place_id', type: 'string', constraints: {required: true}},
      {name: 'people', type: 'integer'},
    ],
    primaryKey: ['year', 'place_id'],
    foreignKeys: [{fields: ['place_id'], reference: {resource: 'core.place', fields: ['place_id']}}],
  });
  assert.deepEqual(
    (schema('core.place') as {fields: {type: string}[]}).fields.map(({type}) => type),
    ['string', 'string', 'boolean', 'integer', 'integer', 'number', 'number', 'date', 'datetime'],
  );
  assert.equal(schema('core.count.parquet'), undefined);
  assert.deepEqual(sources, [
    {
      title: 'Report Card Teacher Demographics 2020-21',
      path: 'https://data.wa.gov/api/views/y59b-6pu8',
      publisher: 'Washington Office of Superintendent of Public Instruction (OSPI)',
      description: 'Fetched from data.wa.gov on 2026-11-01.',
      sha256: 'ab'.repeat(32),
      landedAt: '2026-11-01T08:00:00.000Z',
      publishedAt: '2021-06-01T00:00:00.000Z',
      schoolYears: ['2020-21'],
      license: {name: 'PUBLIC_DOMAIN', title: 'Public Domain'},
    },
  ]);
  assert.deepEqual(licenses, [{name: 'PUBLIC_DOMAIN', title: 'Public Domain'}]);
});

test('a license is stated only if it is known for every source', async () => {
  const {license: _, ...list} = {...teachers, source: 'school-list', file: 'list.txt', origin: 'list.txt'};
  const folder = await toFolder(await makePlacesBuild('one', {inputs: [list]}));
  const {licenses, sources, description} = descriptorOf(folder);
  assert.equal(licenses, undefined);
  assert.deepEqual(
    sources.map(({license}) => license?.name ?? null),
    ['PUBLIC_DOMAIN', null],
  );
  assert.equal(sources[1]?.description, 'As supplied in list.txt.');
  assert.match(description, /license of some of these files is not known/);
});

test('a new export replaces the former one, including files that no longer exist', async () => {
  const folder = await toFolder(await makePlacesBuild('one'));
  cpSync(join(folder, 'core/place.csv'), join(folder, 'core/former.csv'));
  const descriptor = descriptorOf(folder);
  descriptor.resources.push({path: 'core/former.csv'});
  writeFileSync(join(folder, 'datapackage.json'), JSON.stringify(descriptor));
  await toFolder(await makePlacesBuild('two'), folder);
  assert.ok(!existsSync(join(folder, 'core/former.csv')));
  assert.equal(descriptorOf(folder).rollcall.build, 'two');
  assert.deepEqual(readdirSync(dirname(folder)), ['out']);
});

test('what others put into the folder of an export stays, and is not overwritten', async () => {
  const one = await makePlacesBuild('one');
  const folder = await toFolder(one);
  writeFileSync(join(folder, 'core', 'my notes.txt'), 'dear');
  await toFolder(await makePlacesBuild('two'), folder);
  assert.equal(readFileSync(join(folder, 'core', 'my notes.txt'), 'utf8'), 'dear');
  assert.equal(descriptorOf(folder).rollcall.build, 'two');
  const former = descriptorOf(folder);
  former.resources = former.resources.filter(({path}) => path !== 'core/place.csv');
  writeFileSync(join(folder, 'datapackage.json'), JSON.stringify(former));
  const before = bytesIn(folder);
  await assert.rejects(
    toFolder(one, folder),
    /core\/place\.csv: Rollcall did not write this file, and an export needs its name/,
  );
  assert.deepEqual(bytesIn(folder), before);
});

test('a folder with other files alone is refused and left unchanged', async () => {
  const one = await makePlacesBuild('one');
  const other = join(makeTemporaryFolder('export'), 'photos');
  mkdirSync(other);
  writeFileSync(join(other, 'README.md'), 'my photos');
  await assert.rejects(toFolder(one, other), /the folder has files that are not an export \(README\.md\)/);
  await assert.rejects(toFolder(one, join(other, 'README.md')), {code: 'ENOTDIR'});
  assert.deepEqual(bytesIn(other), {'README.md': 'my photos'});
  rmSync(join(other, 'README.md'));
  await toFolder(one, other);
});

test('an export that fails halfway leaves the former one and no other files', async () => {
  const folder = await toFolder(await makePlacesBuild('one'));
  const first = bytesIn(folder);
  const lists = await makePlacesBuild('two', {change: 'create table marts.unfit as select [1, 2] as list'});
  await assert.rejects(toFolder(lists, folder), /The column list has the type INTEGER\[\], which can't be exported/);
  assert.deepEqual(bytesIn(folder), first);
  assert.deepEqual(readdirSync(dirname(folder)), ['out']);
});

test('a label and the notes on the files stand in the README, the descriptor and every row', async () => {
  const folder = await toFolder(await makePlacesBuild('one', {label: "Ann's trial", note: 'Counts are recovered.'}));
  const {name, description, sources, rollcall} = descriptorOf(folder);
  assert.equal(name, 'rollcall');
  assert.match(description, /^Ann's trial\. Students/);
  assert.equal(rollcall.label, "Ann's trial");
  assert.equal(sources[0]?.description, 'Fetched from data.wa.gov on 2026-11-01. Counts are recovered.');
  const readme = readFileSync(join(folder, 'README.md'), 'utf8');
  assert.match(readme, /^# .*\n\n\*\*Ann's trial\.\*\* Every row says so, in `build_label`\./);
  assert.match(readme, /\| Fetched from data\.wa\.gov on 2026-11-01\. Counts are recovered\. \|/);
  for (const table of ['core/place', 'core/count', 'marts/remark']) {
    const [header, ...rows]: string[][] = parse(readFileSync(join(folder, `${table}.csv`)));
    assert.equal(header?.[0], 'build_label');
    assert.ok(rows.length > 0 && rows.every(([mark]) => mark === "Ann's trial"));
  }
});

test('the README says where to start, links each table, and says in a line what a row is', async () => {
  const sample = await openSampleBuild();
  sample.close();
  const {build: id, builtAt, isSample, schoolYears, thresholds, inputs} = sample.manifest;
  const build = {id, builtAt, isSample, schoolYears, thresholds, inputs, warehouse: sample.warehouse};
  const db = await open(sample.warehouse, {readOnly: true});
  const folder = join(makeTemporaryFolder('export'), 'tables');
  await exportFolder(folder, {
    db,
    build,
    tables: await readTables(db, await readProject(join(projectFolder, 'dbt')), build, ['marts']),
  });
  db.close();
  const readme = readFileSync(join(folder, 'README.md'), 'utf8');
  const [, start = ''] = /## Start here\n\n(.*?)\n\n/s.exec(readme) ?? [];
  assert.match(start, /^- How well each school’s teachers represent its students: \[marts\.school_representation\]/);
  assert.equal(start.split('\n').length, 5, 'every table that it names is there');
  for (const [, path = ''] of readme.matchAll(/\]\(([^)]+)\)/g)) assert.ok(existsSync(join(folder, path)), path);
  for (const line of readme.split('\n').filter((each) => each.startsWith('| [marts.')))
    assert.doesNotMatch(line, /One row|\. [A-Z]/, line);
  assert.match(
    readme,
    /\| \[marts\.schools\]\(marts\/schools\.csv\) \| \d+ \| a school of the region in a school year, with/,
  );
});

test('a folder of the sample is marked as one in its README and in every row of every table', async () => {
  const folder = await toFolder(await makePlacesBuild('one', {isSample: true}));
  const {name, description} = descriptorOf(folder);
  assert.equal(name, 'rollcall-sample');
  assert.match(description, /^SAMPLE: invented/);
  assert.match(readFileSync(join(folder, 'README.md'), 'utf8'), /^# .*SAMPLE\n\n\*\*SAMPLE: invented/);
  for (const table of ['core/place', 'core/count', 'marts/remark']) {
    const [header, ...rows]: string[][] = parse(readFileSync(join(folder, `${table}.csv`)));
    assert.equal(header?.[0], 'is_sample');
    assert.ok(rows.length > 0 && rows.every(([mark]) => mark === 'true'));
  }
});
