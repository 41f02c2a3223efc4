/** Compares the examples with the files they were taken from, and the picture of the report with the report. */
import assert from 'node:assert/strict';
import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {test} from 'node:test';
import {gunzipSync} from 'node:zlib';
import {parse} from 'csv-parse/sync';
import {readPictured} from '../docs/pictured.ts';
import {projectFolder} from '../src/project-folder.ts';
import {rollcall} from './support/command.ts';
import {makeTemporaryFolder} from './support/temporary.ts';
import {findTrialFolder, testTrial} from './trial/rollcall.ts';
import {type Row, readTrialFiles, requireText} from './trial/source-files.ts';

const examples = join(projectFolder, 'examples');
const readExample = (...path: string[]) => gunzipSync(readFileSync(join(examples, ...path))).toString('utf8');

testTrial('the example of southern Seattle has the files as they are', () => {
  const names = readdirSync(join(examples, 'south-seattle')).filter((name) => name.endsWith('.gz'));
  assert.equal(names.length, 4);
  for (const name of names) {
    const original = readFileSync(join(findTrialFolder(), 'south-seattle', name.replace(/\.gz$/, '')), 'utf8');
    assert.equal(readExample('south-seattle', name), original, name);
  }
});

const flags = ['ElementarySchoolFlag', 'MiddleSchoolFlag', 'HighSchoolFlag'];
const listed = ['AcademicYear', 'SchoolCode', 'DistrictCode', 'dRoadMapRegionFlag', ...flags];
const nameSchool = (row: Row) => `${requireText(row, 'DistrictCode')} ${requireText(row, 'SchoolCode')}`;

testTrial("the example of the region has exactly the lines of the list's schools", () => {
  const {enrollment, list} = readTrialFiles(findTrialFolder());
  const file = enrollment.get('2020-21');
  assert.ok(file && list.length === 194);
  const schools = new Set(list.map(nameSchool));
  const lines = file.rows.flatMap((row, index) =>
    requireText(row, 'OrganizationLevel') === 'School' && schools.has(nameSchool(row)) ? file.lines[index + 1] : [],
  );
  const found = readExample('road-map-2020-21', 'Report_Card_Enrollment_2020-21_School_Year_Road_Map_Schools.csv.gz');
  assert.deepEqual(
    found
      .replace(/^\uFEFF/, '')
      .trimEnd()
      .split('\r\n'),
    [file.lines[0], ...lines],
  );
});

testTrial('the lists of the examples have the codes and flags of the list, and nothing else of it', () => {
  const {list} = readTrialFiles(findTrialFolder());
  for (const [example, district] of [
    ['road-map-2020-21', /./],
    ['south-seattle', /^17001$/],
  ] as const) {
    const text = readFileSync(join(examples, example, 'Road_Map_Project_School_List.txt'), 'utf8');
    const found = parse(text, {delimiter: '\t'}) as string[][];
    const expected = list.filter((row) => district.test(requireText(row, 'DistrictCode')));
    assert.deepEqual(found, [listed, ...expected.map((row) => listed.map((column) => requireText(row, column)))]);
  }
});

test('the picture in the README shows the words of the report as it is now (if not, run: npm run picture)', async () => {
  const home = makeTemporaryFolder('picture');
  const {code, stderr} = await rollcall(['run', '--from', join(examples, 'south-seattle'), '--home', home], {
    withSite: true,
  });
  assert.equal(code, 0, stderr);
  const words = readPictured(readFileSync(join(home, 'published', 'site', 'index.html'), 'utf8'));
  assert.match(words, /^Do the teachers reflect the students they teach\?$/m);
  assert.equal(words, readFileSync(join(projectFolder, 'docs', 'report.txt'), 'utf8'));
});
