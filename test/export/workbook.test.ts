import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {test} from 'node:test';
import {Workbook} from 'wasm-xlsxwriter';
import {findPublished} from '../../src/builds/published.ts';
import {readProject} from '../../src/dbt/project/read-project.ts';
import {open} from '../../src/duckdb/database.ts';
import type {DataPackage} from '../../src/export/data-package.ts';
import {addSheet} from '../../src/export/sheet.ts';
import {readTables} from '../../src/export/tables.ts';
import {exportWorkbook} from '../../src/export/workbook.ts';
import {locateHome} from '../../src/home.ts';
import {projectFolder} from '../../src/project-folder.ts';
import {openPublic} from '../../src/report/public.ts';
import {run} from '../../src/runs/run.ts';
import {build, openSampleBuild, recordProgress} from '../support/pipeline.ts';
import {makeFolder} from '../support/publisher.ts';
import {makeStudents, list as smallList, teachers} from '../support/small.ts';
import {makeTemporaryFolder} from '../support/temporary.ts';
import {unzip} from '../support/unzip.ts';
import {enrollment, findPublishedHome, list, sampleFolder} from '../support/workspace.ts';
import {sheetNames as names} from './sheet-names.ts';

async function workbookOf(home: string, wanted?: string, openOf = openReadOnly): Promise<string> {
  const published = await findPublished(locateHome(home));
  assert.ok(published);
  const {warehouse, manifest} = published;
  const {build: id, builtAt, isSample, label, schoolYears, thresholds, inputs} = manifest;
  const path = join(makeTemporaryFolder('workbook'), 'rollcall.xlsx');
  const db = await openOf(warehouse);
  try {
    const tables = await readTables(db, await readProject(join(projectFolder, 'dbt')), manifest);
    await exportWorkbook(path, {
      db,
      build: {id, builtAt, isSample, label, schoolYears, thresholds, inputs, warehouse},
      tables,
      year: {wanted, usual: '2020-21'},
    });
  } finally {
    db.close();
  }
  return path;
}

const openReadOnly = (warehouse: string) => open(warehouse, {readOnly: true});

/** The files inside a workbook, as text. */
function partsOf(path: string): Record<string, string> {
  return Object.fromEntries(Object.entries(unzip(readFileSync(path))).map(([name, bytes]) => [name, bytes.toString()]));
}

test('the same build gives the same bytes', async () => {
  const home = await findPublishedHome();
  assert.ok(readFileSync(await workbookOf(home)).equals(readFileSync(await workbookOf(home))));
});

test('the label and where the figures come from stand on every sheet with figures', async () => {
  const from = await makeFolder({
    's.csv': makeStudents(30),
    't.csv': teachers,
    'l.csv': smallList,
    'notes.yml': 't.csv: Counts are recovered.',
  });
  const home = makeTemporaryFolder('home');
  await run({home: locateHome(home), from, label: 'Trial'}, recordProgress());
  const parts = partsOf(await workbookOf(home));
  const texts = [...(parts['xl/sharedStrings.xml'] ?? '').matchAll(/<t[^>]*>(.*?)<\/t>/gs)].map(
    ([, text = '']) => text,
  );
  const sheets = Object.entries(parts).filter(([name]) => /worksheets\/sheet\d+\.xml$/.test(name));
  for (const [name, sheet] of sheets) {
    const cells = [...sheet.matchAll(/<c r="A[23]"[^>]*t="s"[^>]*><v>(\d+)<\/v>/g)].map(
      ([, at]) => texts[Number(at)] ?? '',
    );
    assert.equal(cells[0], 'Trial.', name);
    if (cells[1]?.includes('Source:')) assert.match(cells[1], /as supplied in [stl]\.csv\./, name);
  }
  const notes = texts.filter((text) => text.includes('Source: '));
  assert.ok(notes.length >= 6);
  const said = 'Source: Report Card Teacher Demographics 2020-21 (OSPI), as supplied in t.csv. Counts are recovered.';
  assert.equal(
    notes.filter((text) => text.includes(said)).length,
    notes.length - 1,
    'all but 7a, which is of students alone',
  );
  assert.ok(
    texts.some((text) =>
      text.startsWith(
        'Washington Office of Superintendent of Public Instruction (OSPI). As supplied in t.csv. Counts are recovered. License: not known.',
      ),
    ),
  );
});

test('headers are frozen and filterable, cells are typed, and headings have an explanation', async () => {
  const parts = partsOf(await workbookOf(await findPublishedHome()));
  const sheets = Object.keys(parts).filter((name) => /worksheets\/sheet\d+\.xml$/.test(name));
  assert.equal(sheets.length, names.length);
  assert.doesNotMatch(parts['xl/sharedStrings.xml'] ?? '', /[ >][a-z]+[A-Z]\w*[ <]/, 'a name of the code in prose');
  for (const [index, name] of names.entries()) {
    const sheet = parts[`xl/worksheets/sheet${index + 1}.xml`] ?? '';
    if (name === 'About' || name === 'Charts') continue;
    assert.match(sheet, /<pane [^>]*ySplit="5"[^>]*state="frozen"/, name);
    assert.match(sheet, /<autoFilter ref="A5:/, name);
  }
  // 7d: a share is a number from 0 to 1, formatted as a percentage.
  const representation = parts['xl/worksheets/sheet6.xml'] ?? '';
  const percent = /numFmtId="(\d+)" formatCode="0\.0%"/.exec(parts['xl/styles.xml'] ?? '')?.[1];
  const cells = [...representation.matchAll(/<c r="L\d+" s="(\d+)"><v>([^<]+)<\/v>/g)];
  assert.ok(cells.length > 20);
  const styles = (parts['xl/styles.xml'] ?? '').replace(/.*<cellXfs/s, '');
  const used = [...styles.matchAll(/<xf numFmtId="(\d+)"/g)].map(([, id]) => id);
  for (const [, style, value] of cells) {
    assert.equal(used[Number(style)], percent);
    assert.ok(Number(value) >= 0 && Number(value) <= 1);
  }
  assert.match(
    Object.entries(parts)
      .filter(([name]) => /comments\d*\.xml$/.test(name))
      .join(),
    /share among students, in percentage points/,
  );
});

/** Reads the cells of a sheet by their addresses, texts and numbers as texts. */
function readCells(parts: Record<string, string>, sheet: string): Map<string, string> {
  const texts = [...(parts['xl/sharedStrings.xml'] ?? '').matchAll(/<si><t[^>]*>(.*?)<\/t><\/si>/gs)].map(
    ([, text]) => text ?? '',
  );
  const xml = parts[`xl/worksheets/sheet${names.indexOf(sheet) + 1}.xml`] ?? '';
  return new Map(
    [...xml.matchAll(/<c r="([A-Z]+\d+)"[^>]*?(t="s")?><v>([^<]*)<\/v>/g)].map(([, at = '', isText, value = '']) => [
      at,
      isText ? (texts[Number(value)] ?? '') : value,
    ]),
  );
}

test('the charts draw the columns that their titles name, over whole areas of their sheets', async () => {
  const sample = await openSampleBuild();
  sample.close();
  const parts = partsOf(await workbookOf(sample.home));
  const charts = Object.entries(parts).filter(([name]) => /charts\/chart\d+\.xml$/.test(name));
  const drawn = charts.map(([, xml]) => {
    const title = /<a:t>(.*?)<\/a:t>/.exec(xml)?.[1] ?? '';
    assert.match(title, /^SAMPLE: /);
    const ranges = [...xml.matchAll(/<c:f>'([^']+)'!\$([A-Z]+)\$(\d+):\$([A-Z]+)\$(\d+)<\/c:f>/g)].map(
      ([, sheet = '', column, first, , last]) => {
        const cells = readCells(parts, sheet);
        // The table ends with the range, or another area begins.
        const area = (row: number) => cells.get(`${sheet.startsWith('Districts') ? 'B' : 'A'}${row}`);
        const next = area(Number(last) + 1);
        if (sheet.startsWith('Districts')) assert.notEqual(next, area(Number(last)), title);
        else assert.equal(next, undefined, title);
        return [cells.get(`${column}5`), Number(last) - Number(first) + 1];
      },
    );
    return [title.replace('SAMPLE: ', ''), ranges];
  });
  const pair = (label: string, value: string, rows: number) => [
    [label, rows],
    [value, rows],
  ];
  const shares = ['Students of color, share', 'Teachers of color, share'] as const;
  assert.deepEqual(drawn, [
    [
      'Road Map Project region: shares of color, by school year',
      shares.flatMap((share) => pair('School year', share, 5)),
    ],
    [
      'Gap by district: teachers’ share of color minus students’, in points',
      Array.from({length: 5}, () => pair('School year', 'Gap, pp', 5)).flat(),
    ],
    ['Each school: students and teachers of color', pair(...shares, 32)],
    [
      'The schools with the highest share of teachers of color',
      shares.toReversed().flatMap((share) => pair('School', share, 10)),
    ],
  ]);
});

test('the notes of a sheet do not widen its print, and names are repeated on each page', async () => {
  const parts = partsOf(await workbookOf(await findPublishedHome()));
  for (const [index, name] of names.entries()) {
    if (name === 'About' || name === 'Charts' || name === 'Definitions') continue;
    const sheet = parts[`xl/worksheets/sheet${index + 1}.xml`] ?? '';
    assert.match(sheet, /<mergeCell ref="A3:[A-Z]+3"\/>/, name);
    assert.match(sheet, /<pageSetup [^>]*fitToHeight="0"/, name);
  }
  const repeated = [...(parts['xl/workbook.xml'] ?? '').matchAll(/Print_Titles"[^>]*>([^<]+)</g)].map(
    ([, range]) => range,
  );
  assert.ok(repeated.includes("'7d Representation'!$A:$C,'7d Representation'!$5:$5"), repeated.join(' '));
});

test('every sheet of a sample is marked as one, on screen and in print', async () => {
  const parts = partsOf(await workbookOf(await findPublishedHome()));
  const strings = [...(parts['xl/sharedStrings.xml'] ?? '').matchAll(/<si>(.*?)<\/si>/gs)].map(
    ([, text]) => text ?? '',
  );
  const mark = strings.findIndex((text) => text.includes('SAMPLE: invented schools and figures'));
  assert.ok(mark >= 0);
  for (const index of names.keys()) {
    const sheet = parts[`xl/worksheets/sheet${index + 1}.xml`] ?? '';
    assert.match(sheet, new RegExp(`<c r="A2"[^>]*t="s"[^>]*><v>${mark}</v>`));
    assert.match(sheet, /<oddHeader>&amp;CSAMPLE: invented/);
  }
});

test('a question without an answer has a sheet that says why', async () => {
  const files = [enrollment, list].map((name) => [name, readFileSync(join(sampleFolder, name))]);
  const students = await build(Object.fromEntries(files));
  students.close();
  const path = await workbookOf(students.home);
  const {resources} = JSON.parse(readFileSync(`${path}.datapackage.json`, 'utf8')) as DataPackage;
  // Only question 7a needs no teachers.
  assert.deepEqual(
    resources.map(({title}) => title),
    ['7a Student groups', 'Schools', 'Districts and region'],
  );
  const parts = partsOf(path);
  for (const name of names) assert.ok(parts['xl/workbook.xml']?.includes(`<sheet name="${name}"`), name);
  assert.match(parts['xl/sharedStrings.xml'] ?? '', /schools can't be answered.*no Report Card Teacher Demographics/);
});

test('a sheet by group leaves out the school years beyond 50,000 rows, and names them', async () => {
  const {home, close} = await openSampleBuild();
  close();
  // The sample has 384 rows by group in the school year of the workbook and 372 in the next, so one has room, and two have not.
  const path = await workbookOf(home, undefined, async (warehouse) => {
    const db = await openPublic(warehouse);
    await db.run(`create or replace view marts.school_representation_by_group as
      select figures.* from build.marts.school_representation_by_group as figures, range(70)`);
    return db;
  });
  const {resources} = JSON.parse(readFileSync(`${path}.datapackage.json`, 'utf8')) as DataPackage;
  const byGroup = resources.findIndex(({title}) => title === '7d Representation by group');
  const parts = partsOf(path);
  assert.match(
    parts['xl/sharedStrings.xml'] ?? '',
    /2018-19 to 2022-23 \(4\): left out, since the years of this sheet have at most 50,000 rows together\./,
  );
  // After the sheets About and Charts.
  assert.equal(parts[`xl/worksheets/sheet${byGroup + 3}.xml`]?.match(/<row /g)?.length, 384 * 70 + 4);
});

test('a sheet takes as many rows as a state has', () => {
  const rows = Array.from({length: 200_000}, () => ({name: 'Vega'}));
  const sheet = {name: 'Many', title: 'Many', notes: [], sections: [], isSmall: () => false, rows};
  const workbook = new Workbook();
  addSheet(workbook, {...sheet, columns: [{name: 'name', heading: 'Name', type: 'VARCHAR'}]}, {isSample: false});
  workbook.free();
});
