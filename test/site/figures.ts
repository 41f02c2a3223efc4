import assert from 'node:assert/strict';
import type {Site} from '../support/site.ts';

/** Figures as the pages should read, written down once more and on their own. */
type Figure = number | null;

const isKnown = (value: Figure): value is number => value !== null;
const fixed = (value: number, digits: number) => value.toFixed(digits);

function asCount(value: Figure): string {
  return isKnown(value) ? String(value).replace(/\B(?=(\d{3})+$)/g, ',') : '–';
}

export function asShare(value: Figure): string {
  if (!isKnown(value)) return '–';
  const text = fixed(value * 100, 1);
  if (value > 0 && text === '0.0') return '<0.1%';
  if (value < 1 && text === '100.0') return '>99.9%';
  return `${text}%`;
}

function asPoints(value: Figure): string {
  if (!isKnown(value)) return '–';
  const text = fixed(Math.abs(value), 1);
  return text === '0.0' ? text : (value < 0 ? '−' : '+') + text;
}

function asRatio(value: Figure): string {
  return isKnown(value) ? fixed(value, 2) : '–';
}

export type AnswerRow = Record<string, string | number | boolean | null>;

/** A figure of an answer; that the answer has such a column is part of what is tested. */
export function figure(row: AnswerRow, column: string): Figure {
  const value = row[column];
  assert.ok(value === null || typeof value === 'number', `${column} is a figure`);
  return value;
}

/** The page of each school, found by its code and district as the list of schools links to them. */
export function schoolPages(site: Site): Map<string, string> {
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

/** Every figure of every school in an answer stands on its page, on the list of schools and on the page of the question. */
export function assertSchools(site: Site, answer: readonly AnswerRow[]): void {
  const pages = schoolPages(site);
  assert.equal(pages.size, answer.length, 'a page for each school of the answer');
  const list = site.document('/schools/');
  const question = site.document('/questions/7d/');
  const questionRows = new Map(
    [...question.querySelectorAll('table tbody tr')].map((row) => [row.querySelector('a')?.getAttribute('href'), row]),
  );
  for (const school of answer) {
    const page = pages.get(`${school['district_name']} ${school['school_code']}`);
    assert.ok(page, `${school['school_name']} has a page`);
    const shown = {
      teachers_of_color_share: asShare(figure(school, 'teachers_of_color_share')),
      gap_pp: asPoints(figure(school, 'gap_pp')),
      parity_ratio: asRatio(figure(school, 'parity_ratio')),
      overlap: asRatio(figure(school, 'overlap')),
      groups_without_a_teacher: asCount(figure(school, 'groups_without_a_teacher')),
      teachers_to_parity: asCount(figure(school, 'teachers_to_parity')),
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
      const value = figure(school, count);
      if (value !== null && value > 0)
        assert.match(lead, new RegExp(`(^|\\D)${asCount(value)}(\\D|$)`), `${page} ${count}`);
    }
    const expected = [
      asCount(figure(school, 'all_students_count')),
      asShare(figure(school, 'students_of_color_share')),
      asCount(figure(school, 'all_teachers_count')),
      asShare(figure(school, 'teachers_of_color_share')),
      shown.gap_pp,
      shown.parity_ratio,
    ];
    const id = page.split('/').at(-2);
    const cells = [...(list.getElementById(`s${id}`)?.querySelectorAll('td.number') ?? [])].map(
      (cell) => cell.textContent,
    );
    assert.deepEqual(cells.slice(0, 6), expected, `the list: ${school['school_name']}`);
    assert.deepEqual(
      [cells[7], cells[8]],
      [shown.overlap, shown.teachers_to_parity],
      `the list: ${school['school_name']}`,
    );
    const row = [...(questionRows.get(page)?.querySelectorAll('td.number') ?? [])].map((cell) => cell.textContent);
    assert.deepEqual(
      row,
      [
        ...expected.slice(0, 4),
        asCount(figure(school, 'teachers_not_provided_count')),
        ...Object.values(shown).slice(1),
      ],
      `7d: ${school['school_name']}`,
    );
    assert.equal(document.querySelector('.warning') !== null, school['is_small'], `${page}: small numbers are marked`);
  }
}

/** The same for the table by group on each school's page. */
export function assertGroups(site: Site, answer: readonly AnswerRow[]): void {
  const pages = schoolPages(site);
  const bySchool = Map.groupBy(answer, (row) => `${row['district_name']} ${row['school_code']}`);
  for (const [key, rows] of bySchool) {
    const page = pages.get(key) ?? '';
    const document = site.document(page);
    for (const row of rows) {
      const group =
        row['category_type'] === 'gender' && row['demographic_group'] === 'not_provided'
          ? 'gender_not_provided'
          : row['demographic_group'];
      const cells = [...document.querySelectorAll(`[data-group="${group}"] td`)].map((cell) => cell.textContent);
      assert.deepEqual(
        [cells[0], cells[1], cells[2], cells[3], cells[5], cells[6]],
        [
          asCount(figure(row, 'student_count')),
          asShare(figure(row, 'student_share')),
          asCount(figure(row, 'teacher_count')),
          asShare(figure(row, 'teacher_share')),
          asPoints(figure(row, 'gap_pp')),
          asRatio(figure(row, 'parity_ratio')),
        ],
        `${page} ${group}`,
      );
    }
  }
}
