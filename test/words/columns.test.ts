import assert from 'node:assert/strict';
import {test} from 'node:test';
import {access, answers, representationByGroup} from '../../src/answers/answers.ts';
import {explorations} from '../../src/answers/explorations.ts';
import {
  findUnit,
  formatFigure,
  formatFullHeading,
  formatHeading,
  formatNarrowHeading,
} from '../../src/words/columns.ts';

test('headings are derived from column names', () => {
  const headings = {
    school_name: 'School',
    student_count: 'Students',
    all_teachers_count: 'All teachers',
    teachers_of_color_share: 'Teachers of color, share',
    teachers_of_color_share_high: 'Teachers of color, share at most',
    teacher_share_chance_low: 'Teachers, share, by chance from',
    gap_pp: 'Gap, pp',
    gap_pp_chance_high: 'Gap, pp, by chance to',
    teacher_count_change: 'Teachers, change',
    student_share_change_pp: 'Students, share, change, pp',
    parity_ratio: 'Parity ratio',
    is_carried_over: 'Carried over',
    school_id: 'School ID',
    landed_at: 'Landed',
  };
  assert.deepEqual(Object.fromEntries(Object.keys(headings).map((name) => [name, formatFullHeading(name)])), headings);
});

test('in the table of an answer the heading of a share is short, since the title says of what, and points are spelled out', () => {
  assert.equal(formatHeading('student_share'), 'Share');
  assert.equal(formatHeading('teachers_of_color_share_high'), 'At most');
  assert.equal(formatHeading('gap_pp'), 'Gap, points');
  assert.equal(formatHeading('gap_change_pp'), 'Gap, points');
  assert.equal(formatHeading('school_name'), 'School');
});

test('on a narrow screen, headings of figures break into two lines of nearly equal length', () => {
  assert.equal(formatNarrowHeading('students_of_color_share'), 'Students of\ncolor, share');
  assert.equal(formatNarrowHeading('groups_without_a_teacher'), 'Groups without\na teacher');
  assert.equal(formatNarrowHeading('gap_pp'), 'Gap,\npp');
  assert.equal(formatNarrowHeading('overlap'), 'Overlap');
  assert.equal(formatNarrowHeading('district_code'), 'District\ncode');
  assert.equal(formatNarrowHeading('rank'), '#');
  assert.equal(formatNarrowHeading('school_year'), 'School year');
});

test('the column name gives the format of a figure', () => {
  const figures: [string, number, string][] = [
    ['student_share', 0.217, '21.7%'],
    ['teachers_of_color_share_chance_low', 0.0003, '<0.1%'],
    ['own_group_exposure', 0.5, '50.0%'],
    ['gap_pp', -54.24, '−54.2'],
    ['gap_pp_chance_high', 3, '+3.0'],
    ['student_share_change_pp', -1, '−1.0'],
    ['parity_ratio', 0.5, '0.50'],
    ['median_overlap', 0.561, '0.56'],
    ['rank_correlation', -0.107, '−0.11'],
    ['students_per_teacher', 51.44, '51.4'],
    ['students_of_color_per_teacher_of_color', 51.44, '51.4'],
    ['average_years', 12.25, '12.3'],
    ['teacher_count_change', -12, '−12'],
    ['student_count_change_since_first', 3, '+3'],
    ['all_students_count', 1715, '1,715'],
    ['teachers_to_parity', 1715, '1,715'],
    ['seconds', 0.35, '0.35'],
  ];
  for (const [column, value, text] of figures) assert.equal(formatFigure(column, value), text, column);
});

/** Columns of answers that are not figures. */
const texts =
  /school_year$|_code$|_name$|^(name|city|representation_band|school_types?|demographic_group|category_type|size_group|is_small|is_rank_small|grade_span_changed_since_first|tied_beyond|tied_schools|demographic_group_id|unmatched_schools)$/;

test('every column of an answer has a heading in words, and a unit if it holds figures', () => {
  const columns = [...answers, representationByGroup, access, ...explorations].flatMap((answer) => answer.columns);
  for (const column of columns) {
    assert.match(formatHeading(column), /^[A-Z][a-z',.: -]*$/i, column);
    assert.equal(findUnit(column) === undefined, texts.test(column), column);
  }
});
