import assert from 'node:assert/strict';
import type {Site} from '../support/site.ts';

/** Figures as the pages should show them, formatted independently of the pages. */
type Figure = number | null;

const isKnown = (value: Figure): value is number => value !== null;
const fixed = (value: number, digits: number) => value.toFixed(digits);

function formatCount(value: Figure): string {
  return isKnown(value) ? String(value).replace(/\B(?=(\d{3})+$)/g, ',') : '–';
}

export function formatShare(value: Figure): string {
  if (!isKnown(value)) return '–';
  const text = fixed(value * 100, 1);
  if (value > 0 && text === '0.0') return '<0.1%';
  if (value < 1 && text === '100.0') return '>99.9%';
  return `${text}%`;
}

function formatPoints(value: Figure): string {
  if (!isKnown(value)) return '–';
  const text = fixed(Math.abs(value), 1);
  return text === '0.0' ? text : (value < 0 ? '−' : '+') + text;
}

function formatRatio(value: Figure): string {
  return isKnown(value) ? fixed(value, 2) : '–';
}

export type AnswerRow = Record<string, string | number | boolean | null>;

/** Returns a figure of an answer, and asserts that the answer has that column. */
export function readFigure(row: AnswerRow, column: string): Figure {
  const value = row[column];
  assert.ok(value === null || typeof value === 'number', `${column} is a figure`);
  return value;
}

/** Finds the page of each school by its code and district, as the list of schools links to it. */
export function findSchoolPages(site: Site): Map<string, string> {
  const pages = site.pages.filter((page) => /^\/schools\/.+\/$/.test(page));
  return new Map(
    pages.map((page) => {
      const document = site.document(page);
      const code = /code (\S+)/.exec(document.querySelector('.kicker')?.textContent ?? '')?.[1];
      const district = document.querySelector('.crumbs a:last-child')?.textContent;
      return [`${district} ${code}`, page];
    }),
  );
}

/** Asserts that every figure of an answer is on the school's page, the list of schools and the page of the question. */
export function assertSchools(site: Site, answer: readonly AnswerRow[]): void {
  const pages = findSchoolPages(site);
  assert.equal(pages.size, answer.length, 'a page for each school of the answer');
  const list = site.document('/schools/');
  const question = site.document('/questions/7d/');
  const [leading, others] = [...question.querySelectorAll('#table ~ div table')].map(
    (table) =>
      new Map(
        [...table.querySelectorAll('tbody tr')].map((row) => [
          row
            .querySelector('a')
            ?.getAttribute('href')
            ?.replace(/^\.\.\/\.\.(.*)index\.html$/, '$1'),
          [...row.querySelectorAll('td.number')].map((cell) => cell.textContent),
        ]),
      ),
  );
  assert.deepEqual(
    [...(leading?.keys() ?? [])],
    answer.map((school) => pages.get(`${school['district_name']} ${school['school_code']}`)),
    '7d is in the order of the answer',
  );
  for (const school of answer) {
    const page = pages.get(`${school['district_name']} ${school['school_code']}`);
    assert.ok(page, `${school['school_name']} has a page`);
    const shown = {
      teachers_of_color_share: formatShare(readFigure(school, 'teachers_of_color_share')),
      gap_pp: formatPoints(readFigure(school, 'gap_pp')),
      parity_ratio: formatRatio(readFigure(school, 'parity_ratio')),
      overlap: formatRatio(readFigure(school, 'overlap')),
      groups_without_a_teacher: formatCount(readFigure(school, 'groups_without_a_teacher')),
      teachers_to_parity: formatCount(readFigure(school, 'teachers_to_parity')),
      representation: formatRatio(readFigure(school, 'representation')),
      overlap_beyond_pool_pp: formatPoints(readFigure(school, 'overlap_beyond_pool_pp')),
    };
    const document = site.document(page);
    assert.equal(document.querySelector('h1')?.textContent, school['school_name']);
    for (const [column, text] of Object.entries(shown)) {
      const found = document.querySelector(`[data-column="${column}"] a`)?.firstChild?.textContent;
      assert.equal(found ?? '–', text, `${page} ${column}`);
    }
    const lead = document.querySelector('.lead')?.textContent ?? '';
    for (const count of [
      'all_students_count',
      'students_of_color_count',
      'all_teachers_count',
      'teachers_of_color_count',
    ] as const) {
      const value = readFigure(school, count);
      if (value !== null && value > 0)
        assert.match(lead, new RegExp(`(^|\\D)${formatCount(value)}(\\D|$)`), `${page} ${count}`);
    }
    const similarGap = formatPoints(readFigure(school, 'similar_schools_gap_pp'));
    const expected = [
      formatCount(readFigure(school, 'all_students_count')),
      formatShare(readFigure(school, 'students_of_color_share')),
      formatCount(readFigure(school, 'all_teachers_count')),
      formatShare(readFigure(school, 'teachers_of_color_share')),
      shown.gap_pp,
      similarGap,
      shown.parity_ratio,
    ];
    const id = page.split('/').at(-2);
    const cells = [...(list.getElementById(`s${id}`)?.querySelectorAll('td.number') ?? [])].map(
      (cell) => cell.textContent,
    );
    assert.deepEqual(cells.slice(0, 7), expected, `the list: ${school['school_name']}`);
    assert.deepEqual(
      [cells[8], cells[9]],
      [shown.overlap, shown.teachers_to_parity],
      `the list: ${school['school_name']}`,
    );
    assert.deepEqual(
      leading?.get(page),
      [
        formatRatio(readFigure(school, 'representation')),
        formatPoints(readFigure(school, 'overlap_beyond_pool_pp')),
        formatRatio(readFigure(school, 'similar_schools_representation')),
        formatCount(readFigure(school, 'known_teachers_count')),
        formatShare(readFigure(school, 'students_of_color_share')),
      ],
      `7d: ${school['school_name']}`,
    );
    assert.deepEqual(
      others?.get(page),
      [
        ...expected.slice(0, 4),
        formatCount(readFigure(school, 'teachers_not_provided_count')),
        shown.gap_pp,
        similarGap,
        ...Object.values(shown).slice(2, 6),
      ],
      `7d, the other measures: ${school['school_name']}`,
    );
    assert.equal(
      document.querySelector('.warning') !== null,
      school['is_small'] === true,
      `${page}: small numbers are marked`,
    );
  }
}

/** Asserts that every figure of an answer is in the table by group on the school's page. */
export function assertGroups(site: Site, answer: readonly AnswerRow[]): void {
  const pages = findSchoolPages(site);
  const bySchool = Map.groupBy(answer, (row) => `${row['district_name']} ${row['school_code']}`);
  for (const [key, rows] of bySchool) {
    const page = pages.get(key) ?? '';
    const document = site.document(page);
    for (const row of rows) {
      const group = row['demographic_group_id'];
      // The report leaves out small counts of Gender X, with all that follows from them.
      const isLeftOut =
        group === 'gender_x' &&
        ['student_count', 'teacher_count'].some((column) => [1, 2, 3, 4, 5, 6, 7, 8, 9].includes(Number(row[column])));
      const read = (column: string) => (isLeftOut ? null : readFigure(row, column));
      const cells = [...document.querySelectorAll(`[data-group="${group}"] td`)].map((cell) => cell.textContent);
      assert.deepEqual(
        [cells[0], cells[1], cells[2], cells[3], cells[5], cells[6]],
        [
          formatCount(read('student_count')),
          formatShare(read('student_share')),
          formatCount(read('teacher_count')),
          formatShare(read('teacher_share')),
          formatPoints(read('gap_pp')),
          formatRatio(read('parity_ratio')),
        ],
        `${page} ${group}`,
      );
    }
  }
}
