import assert from 'node:assert/strict';
import {test} from 'node:test';
import {type Cells, makeEnrollmentFile, makeListFile, makeTeacherFile} from '../support/publisher.ts';
import {makeSite} from '../support/site.ts';

const vega = {district_code: '99001', district_name: 'Lyra', school_code: '9001', school_name: 'Vega'};
const mira = {district_code: '99001', district_name: 'Lyra', school_code: '9006', school_name: 'Mira'};

const students = (...schools: Cells[]) =>
  makeEnrollmentFile(schools.map((school) => ({asian: 60, white: 40, ...school, grade_level: 'All Grades'})));
const nobody = {
  'American Indian/Alaskan Native': 0,
  Asian: 0,
  'Black/African American': 0,
  'Hispanic/Latino of any race(s)': 0,
  'Native Hawaiian/Other Pacific Islander': 0,
  'Two or More Races': 0,
  White: 0,
  'Not Provided': 0,
};
const teachers = (cells: Cells, races: Record<string, number> = {Asian: 1, White: 9}) => ({
  cells,
  races: {...nobody, ...races},
  genders: {Female: Object.values(races).reduce((sum, count) => sum + count, 0), Male: 0, 'Not Provided': 0},
});
const list = makeListFile([
  {district: '99001', school: '9001', types: ['e']},
  {district: '99001', school: '9006', types: ['h']},
]);
const text = (element: {textContent: string | null} | null) => element?.textContent?.replaceAll(/\s+/g, ' ').trim();

test('with one school year, figures are shown, and no trend', async () => {
  const site = await makeSite({
    's.csv': students(vega, mira),
    't.csv': makeTeacherFile([teachers(vega), teachers(mira)]),
    'l.csv': list,
  });
  assert.match(
    text(site.document('/').querySelector('.lead')) ?? '',
    /^No\. Of 100 students in the region’s schools, 60 are of color\. Of 100 teachers, 10 are\.$/,
  );
  for (const page of ['/', '/schools/99001-9001/'])
    assert.equal(site.document(page).querySelector('#years'), null, 'a section without figures is not there');
  assert.match(
    text(site.document('/schools/99001-9001/').querySelector('.lead')) ?? '',
    /^1 of 10 teachers \(10%\) and 60 of 100 students \(60%\) are of color, 50 points fewer among the teachers\.$/,
  );
  assert.equal(site.document('/').querySelectorAll('.sample').length, 0, 'these files are not a sample');
});

test('without a list and coordinates, the declared region is shown, and no map', async () => {
  const highline = {district_code: '17401', district_name: 'Highline', school_code: '2069', school_name: 'Hilltop'};
  const site = await makeSite({'s.csv': students(highline), 't.csv': makeTeacherFile([teachers(highline)])});
  const home = site.document('/');
  assert.deepEqual(
    [...home.querySelectorAll('svg[aria-label]')].filter((svg) => /^Map/.test(svg.getAttribute('aria-label') ?? '')),
    [],
  );
  assert.match(
    text(site.document('/methods/').documentElement) ?? '',
    /No school list is given, so the region is declared: 6 districts whole and \d+ schools of others\./,
  );
  assert.ok(site.pages.includes('/schools/17401-2069/'));
});

test('in a year without teachers, students are shown, and the reason why there is no answer', async () => {
  const site = await makeSite({'s.csv': students(vega, mira), 'l.csv': list});
  assert.match(text(site.document('/').querySelector('.lead')) ?? '', /don’t have both students and teachers/);
  assert.match(text(site.document('/').documentElement) ?? '', /The students are those of every school where they/);
  const page = site.document('/schools/99001-9001/');
  assert.match(
    text(page.querySelector('.lead')) ?? '',
    /^Of 100 students, 60 are of color \(60%\)\. The state’s file doesn’t say how many teachers it has\.$/,
  );
  assert.match(text(page.querySelector('#missing + ul')) ?? '', /There is no file of teachers for 2020–21/);
  assert.match(text(site.document('/questions/7e/').documentElement) ?? '', /can't be answered/);
  assert.match(text(site.document('/questions/7a/').querySelector('.lead')) ?? '', /Vega|Mira/);
});

test('schools with missing or withheld figures say which, and nothing is computed from them', async () => {
  const site = await makeSite('sample', {schoolYear: '2022-23'});
  const withheld = site.document('/schools/00905-0916/');
  assert.match(
    text(withheld.querySelector('#missing + ul')) ?? '',
    /state withholds the number of .*students in “Asian”.*That is not zero/,
  );
  assert.match(
    text(withheld.querySelector('.lead')) ?? '',
    /^The state’s file doesn’t say how many students the school has\./,
  );
  for (const column of ['gap_pp', 'parity_ratio', 'overlap'])
    assert.equal(withheld.querySelector(`[data-column="${column}"]`), null);
  const missing = site.document('/schools/99004-9033/');
  assert.match(
    text(missing.querySelector('#missing + ul')) ?? '',
    /file leaves the number of .* empty\. That is not zero/,
  );
  assert.match(text(missing.querySelector('.lead')) ?? '', /The state’s file doesn’t say how many teachers it has\.$/);
  const row = site.document('/schools/').getElementById('s99004-9033');
  assert.equal(row?.querySelectorAll('td.number')[4]?.textContent, '–', 'the list shows no gap either');
  assert.match(text(site.document('/').documentElement) ?? '', /1 school without coordinates is not on the map/);
});

test('names with odd characters appear unchanged on the pages', async () => {
  const odd = {...vega, school_name: `"Tlingit & Łingít" <b>K–8</b> O'Brien`, district_name: '<i>Lyra</i> & Co'};
  const site = await makeSite({
    's.csv': students(odd, mira),
    't.csv': makeTeacherFile([teachers(odd), teachers(mira)]),
    'l.csv': list,
  });
  const page = site.document('/schools/99001-9001/');
  assert.equal(page.querySelector('h1')?.textContent, odd.school_name);
  assert.equal(page.querySelector('main b'), null);
  assert.ok(page.title.startsWith(odd.school_name));
  const row = site.document('/schools/').getElementById('s99001-9001');
  assert.equal(row?.querySelector('a')?.textContent, odd.school_name);
});

test('parity is stated as parity, and a group without people has no gap', async () => {
  const even = {Asian: 6, White: 4};
  const site = await makeSite({
    's.csv': students(vega, {...mira, asian: 0, white: 100}),
    't.csv': makeTeacherFile([teachers(vega, even), teachers(mira, {White: 10})]),
    'l.csv': list,
  });
  assert.match(text(site.document('/').querySelector('.lead')) ?? '', /^Yes, by this measure\./);
  assert.equal(
    site.document('/schools/99001-9001/').querySelector('[data-column="gap_pp"] a')?.firstChild?.textContent,
    '0.0',
  );
  const white = site.document('/schools/99001-9006/');
  assert.equal(white.querySelector('[data-column="parity_ratio"]'), null, 'no ratio to a share of nought');
  assert.match(
    text(white.querySelector('.lead')) ?? '',
    /^Of 100 students, none are of color \(0%\)\. Of 10 teachers, none are \(0%\)\.$/,
  );
});

test('the report opens with the configured school year, or else the newest with students and teachers', async () => {
  const files = {
    's.csv': makeEnrollmentFile(
      ['2018-19', '2019-20'].map((school_year) => ({
        ...vega,
        school_year,
        grade_level: 'All Grades',
        asian: 60,
        white: 40,
      })),
    ),
    't.csv': makeTeacherFile([teachers({...vega, school_year: '2018-19'})]),
    'l.csv': makeListFile([{district: '99001', school: '9001', types: ['e'], year: 2019}]),
  };
  const site = await makeSite(files, {schoolYear: '2020-21'});
  assert.match(text(site.document('/').querySelector('.kicker')) ?? '', /school year 2018–19/);
  const years = [...site.document('/').querySelectorAll('.years a')].map((link) => text(link));
  assert.deepEqual(years, ['2019–20 (students only)', '2018–19']);
  assert.match(text(site.document('/2019-20/').querySelector('.lead')) ?? '', /don’t have both students and teachers/);
  assert.match(text(site.document('/2019-20/questions/7d/').documentElement) ?? '', /can't be answered for 2019-20/);
});
