import assert from 'node:assert/strict';
import {test} from 'node:test';
import {makeEnrollmentFile, makeTeacherFile} from '../support/publisher.ts';
import {makeSite} from '../support/site.ts';

test('a report of one of the region’s districts is not called the region', async () => {
  // One of Seattle's schools in the declared region, and one that isn't in it.
  const schools = ['2069', '9999'].map((school_code) => ({
    district_code: '17001',
    district_name: 'Seattle School District No. 1',
    school_code,
    school_name: `School ${school_code}`,
  }));
  const students = schools.flatMap((school) => [
    {...school, grade_level: '1st Grade', white: 30, asian: 20},
    {...school, grade_level: 'All Grades', white: 30, asian: 20},
  ]);
  const staff = schools.map((cells) => ({
    cells,
    races: {White: 12, Asian: 3, 'Not Provided': 0},
    genders: {Female: 10, Male: 5, 'Not Provided': 0},
  }));
  const site = await makeSite({'s.csv': makeEnrollmentFile(students), 't.csv': makeTeacherFile(staff)});
  const missing =
    'The figures are of 1 school of Seattle School District No. 1, not of the whole Road Map Project region: there is no data for Auburn, Federal Way, Highline, Kent, Renton and Tukwila.';
  for (const page of site.pages) {
    const warning = site.document(page).querySelector('main > .warning');
    assert.equal(warning?.textContent, missing, page);
  }
  const read = (page: string, selector: string) => site.document(page).querySelector(selector)?.textContent ?? '';
  assert.match(read('/', '.kicker'), /^1 school of Seattle School District No\. 1, South King County, Washington/);
  assert.match(read('/', '.lead'), /Of 100 students in these schools, 40/);
  assert.match(read('/questions/', '.lead'), /of the 1 school of Seattle School District No\. 1\./);
  for (const page of ['/', '/questions/', '/schools/', '/questions/7d/'])
    assert.doesNotMatch(site.document(page).querySelector('footer')?.textContent ?? '', /Region: Road Map/, page);
});

test('pages of a carried-over year count and name the schools that the list can’t know', async () => {
  // In the sample, Minkar Elementary closed after 2020-21, the year of the list, and Tarazed Elementary opened.
  const site = await makeSite('sample', {schoolYear: '2021-22'});
  const brief = 'Schools as on the 2020–21 list: 1 not on it may be in the region and 1 of it without figures.';
  for (const page of ['/', '/questions/7a/', '/questions/7c/', '/districts/']) {
    const captions = [...site.document(page).querySelectorAll('figcaption')].map(({textContent}) => textContent ?? '');
    const ofYear = captions.filter((text) => text.includes(', 2021–22.'));
    assert.ok(ofYear.length > 0, page);
    for (const caption of ofYear) assert.ok(caption.includes(brief), `${page}: ${caption}`);
  }
  const question = site.document('/questions/7b/').querySelector('main')?.textContent ?? '';
  assert.match(question, /closed or under another code \(1\): Minkar Elementary/);
  assert.match(question, /whether they are in the region can’t be told.*\(1\): Tarazed Elementary/);
  const data = site.document('/data/').querySelector('section[aria-labelledby="region"]')?.textContent ?? '';
  assert.match(data, /2022–23.*Tarazed Elementary.*Minkar Elementary.*2021–22.*Tarazed Elementary.*Minkar Elementary/s);
});
