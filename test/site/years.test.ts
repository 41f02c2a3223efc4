import assert from 'node:assert/strict';
import {existsSync} from 'node:fs';
import {before, test} from 'node:test';
import {answers} from '../../src/answers/answers.ts';
import {ask} from '../../src/answers/ask.ts';
import {open} from '../../src/duckdb/database.ts';
import {rollcall} from '../support/command.ts';
import {build} from '../support/pipeline.ts';
import {makeEnrollmentFile, makeListFile, makeTeacherFile} from '../support/publisher.ts';
import {makeSite, resolveFile, type Site} from '../support/site.ts';

/** Students of color of each year, of 100, and teachers of color, of 10: no two figures are the same. */
const figures = {
  '2018-19': {students: 41, teachers: 1},
  '2019-20': {students: 52, teachers: 2},
  '2020-21': {students: 63, teachers: 3},
  '2021-22': {students: 74, teachers: 4},
};
type Year = keyof typeof figures;
const years: Year[] = ['2018-19', '2019-20', '2020-21', '2021-22'];
const vega = {district_code: '99001', district_name: 'Lyra', school_code: '9001', school_name: 'Vega'};
const mira = {...vega, school_code: '9002', school_name: 'Mira'};

/** The students of Vega, and in 2018-19 of Mira too, as the publisher had them on a day. */
function makeStudents(school_year: Year, data_as_of = '2023-01-01'): string {
  const {students} = figures[school_year];
  const schools = school_year === '2018-19' ? [vega, mira] : [vega];
  return makeEnrollmentFile(
    schools.flatMap((school) =>
      ['1st Grade', 'All Grades'].map((grade_level) => ({
        ...school,
        school_year,
        data_as_of,
        grade_level,
        asian: students,
        white: 100 - students,
      })),
    ),
  );
}

const teachers = makeTeacherFile(
  years.flatMap((school_year) =>
    [vega, ...(school_year === '2018-19' ? [mira] : [])].map((school) => ({
      cells: {...school, school_year},
      races: {Asian: figures[school_year].teachers, White: 10 - figures[school_year].teachers, 'Not Provided': 0},
      genders: {Female: 5, Male: 5, 'Not Provided': 0},
    })),
  ),
);
const list = makeListFile([
  {district: '99001', school: '9001', types: ['e']},
  {district: '99001', school: '9002', types: ['e']},
]);
const base = {'t.csv': teachers, 'l.csv': list, 's19.csv': makeStudents('2018-19'), 's20.csv': makeStudents('2019-20')};

let site: Site;
before(async () => {
  const preliminary = {'Enrollment 2021-22 - Preliminary.csv': makeStudents('2021-22')};
  site = await makeSite({...base, 's21.csv': makeStudents('2020-21'), ...preliminary}, {schoolYear: undefined});
});

const text = (node: {textContent: string | null} | null | undefined) =>
  (node?.textContent ?? '').replaceAll(/\s+/g, ' ').trim();

/** The school year of a page of a year: that of its folder, or the one that the report opens with. */
const yearOf = (page: string) => /^\/(\d{4}-\d\d)\//.exec(page)?.[1] ?? '2020-21';
const isShared = (page: string) => /^\/(404|data\/dictionary|methods\/decisions)/.test(page);
const dash = (year: string) => year.replace('-', '–');

test('the report opens with the newest school year that is not preliminary; the others have folders', () => {
  assert.match(text(site.document('/').querySelector('.kicker')), /school year 2020–21$/);
  const folders = new Set(site.otherPages.map(yearOf));
  assert.deepEqual([...folders].sort(), ['2018-19', '2019-20', '2021-22']);
  for (const year of ['2018-19', '2019-20', '2021-22'] as const) {
    const lead = text(site.document(`/${year}/`).querySelector('.lead'));
    assert.match(
      lead,
      new RegExp(`, ${figures[year].students} are of color\\. Of 100 teachers, ${10 * figures[year].teachers} are`),
    );
  }
});

test('a configured school year comes first', async () => {
  const other = await makeSite({...base, 's21.csv': makeStudents('2020-21')}, {schoolYear: '2019-20'});
  assert.match(text(other.document('/').querySelector('.kicker')), /school year 2019–20$/);
  assert.ok(other.otherPages.includes('/2020-21/'));
});

test('every page has the school years, as links to the same page, or to the first page of a year that has no such one', () => {
  for (const page of [...site.pages, ...site.otherPages]) {
    const links = [...site.document(page).querySelectorAll('.years a')];
    const names = links.map((link) => text(link));
    assert.deepEqual(names, ['2021–22 (preliminary)', '2020–21', '2019–20', '2018–19'], page);
    const current = links.filter((link) => link.getAttribute('aria-current') === 'true').map((link) => text(link));
    assert.deepEqual(
      current.map((name) => name.slice(0, 7)),
      isShared(page) ? [] : [dash(yearOf(page))],
      page,
    );
    const inYear = page.replace(/^\/\d{4}-\d\d/, '');
    for (const [index, year] of ['2021-22', '2020-21', '2019-20', '2018-19'].entries()) {
      const target = new URL(links[index]?.getAttribute('href') ?? '', `http://report.test${page}`).pathname;
      const folder = year === '2020-21' ? '' : `/${year}`;
      const isThere = !isShared(page) && existsSync(resolveFile(site.folder, `${folder}${inYear}`));
      assert.equal(target.replace(/index\.html$/, ''), `${folder}${isThere ? inYear : '/'}`, page);
    }
  }
  const mira = site.document('/2018-19/schools/99001-9002/').querySelectorAll('.years a');
  assert.deepEqual(
    [...mira].map((link) => link.getAttribute('href')),
    [
      '../../../2021-22/index.html',
      '../../../schools/99001-9002/index.html',
      '../../../2019-20/index.html',
      'index.html',
    ],
    'Mira has figures in 2018-19, and the list of 2020-21 has it',
  );
});

test('a link stays in its school year, unless it is one to another year or to what all years share', () => {
  let checked = 0;
  for (const page of [...site.pages, ...site.otherPages].filter((each) => !isShared(each))) {
    for (const element of site.document(page).querySelectorAll('[href], [action], [data-from]')) {
      if (element.closest('.years')) continue;
      const link = element.getAttribute('href') ?? element.getAttribute('action') ?? element.getAttribute('data-from');
      const {pathname} = new URL(link ?? '', `http://report.test${page}`);
      if (/^\/(assets|favicon|data\/(dictionary|files|diagrams|models)|methods\/decisions)/.test(pathname)) continue;
      assert.equal(yearOf(pathname), yearOf(page), `${page} links to ${pathname}`);
      checked++;
    }
  }
  assert.ok(checked > 500);
});

test('a page names its school year, and the figures of another year only together with that year', () => {
  for (const page of [...site.pages, ...site.otherPages].filter((each) => !isShared(each))) {
    const document = site.document(page);
    const year = yearOf(page);
    assert.match(document.title, new RegExp(` · ${dash(year)}`), page);
    assert.match(text(document.querySelector('.years summary')), new RegExp(`^School year ${dash(year)}`), page);
    // What spans the years, and the list of files, name each year.
    const spanning = 'section[aria-labelledby="years"], section[aria-labelledby="source"], script';
    for (const part of document.querySelectorAll(spanning)) part.remove();
    const shown = text(document.querySelector('main'));
    if (/\/(exploration|data|methods)\/$/.test(page)) continue;
    for (const [other, {students}] of Object.entries(figures)) {
      if (other === year) continue;
      assert.doesNotMatch(shown, new RegExp(`(?<![\\d.])${students}(\\.0)?[% ]`), `${page} has the share of ${other}`);
    }
  }
  for (const year of years) {
    const page = year === '2020-21' ? '/' : `/${year}/`;
    const rows = [...site.document(page).querySelectorAll('section[aria-labelledby="years"] tbody tr')];
    const [names, shares] = [0, 2].map((column) => rows.map((row) => text(row.children[column])));
    assert.deepEqual(names, ['2018–19', '2019–20', '2020–21', '2021–22 (preliminary)']);
    assert.deepEqual(shares, ['41.0%', '52.0%', '63.0%', '74.0%']);
  }
});

test('preliminary figures are called so wherever the year is', async () => {
  const warning = 'The 2021-22 figures of Report Card Enrollment are preliminary: the publisher will restate them.';
  for (const page of site.otherPages.filter((each) => each.startsWith('/2021-22/'))) {
    const document = site.document(page);
    const warnings = [...document.querySelectorAll('main > .warning')].map((part) => text(part));
    assert.equal(warnings.filter((each) => each === warning).length, 1, page);
    assert.match(document.title, /2021–22 \(preliminary\)/, page);
    for (const caption of document.querySelectorAll('figcaption'))
      assert.match(text(caption), /2021–22 \(preliminary\)|Preliminary: 2021–22\./, page);
  }
  for (const page of site.pages)
    assert.ok(!text(site.document(page).querySelector('main > .warning')).includes('preliminary'), page);
  for (const name of ['representation', 'schools'])
    assert.ok(existsSync(resolveFile(site.folder, `/data/files/${name}-2021-22-preliminary.csv`)), name);
  const rows = await readAll('select school_year from core.dim_school_year where is_preliminary');
  assert.deepEqual(rows, [{school_year: '2021-22'}]);
});

async function readAll(sql: string) {
  const db = await open(site.warehouse, {readOnly: true});
  try {
    return await db.rows(sql);
  } finally {
    db.close();
  }
}

test('answers open with the same school year, name the others, and say what is preliminary', async () => {
  const answer = async (...args: string[]) => {
    const {code, stdout, stderr} = await rollcall(['answer', ...args, '--home', site.home]);
    assert.equal(code, 0, stderr);
    return {stdout, stderr};
  };
  for (const {name} of answers) {
    const {stdout, stderr} = await answer(name);
    assert.match(stdout, /, 2020-21$/m, name);
    assert.match(stderr, /^Year: 2020-21\. For another: --year 2021-22 \(or 2019-20, 2018-19\)$/m, name);
    assert.doesNotMatch(stderr, /preliminary/, name);
  }
  const asked = await answer('representation', '--year', '2021-22');
  assert.match(asked.stdout, /, 2021-22 \(preliminary\)$/m);
  assert.match(asked.stderr, /^Note: the 2021-22 figures of Report Card Enrollment are preliminary/m);
  assert.doesNotMatch(asked.stderr, /^Year:/m, 'it was asked for');
  assert.match((await answer('representation', '--year', 'latest')).stdout, /, 2021-22 \(preliminary\)$/m);
});

test('figures from before the June in which the school year ends are preliminary, whatever the file is called', async () => {
  assert.equal((await askFirst({...base, 's.csv': makeStudents('2020-21', '2021-05-31')})).schoolYear, '2019-20');
  assert.equal((await askFirst({...base, 's.csv': makeStudents('2020-21', '2021-06-01')})).schoolYear, '2020-21');
});

test('if all figures are preliminary, an answer has them, and says so', async () => {
  const {schoolYear, notes} = await askFirst({
    't.csv': teachers,
    'l.csv': list,
    'PRELIMINARY.csv': makeStudents('2021-22'),
  });
  assert.equal(schoolYear, '2021-22');
  assert.match(notes.join('\n'), /the 2021-22 figures of Report Card Enrollment are preliminary/);
});

/** Asks the first question, about the school year that answers open with. */
async function askFirst(files: Record<string, string>) {
  const built = await build(files);
  built.close();
  const db = await open(built.warehouse, {readOnly: true});
  const [first] = answers;
  assert.ok(first);
  try {
    return await ask(db, first, {});
  } finally {
    db.close();
  }
}
