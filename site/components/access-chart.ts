import type {Row} from '../../src/duckdb/database.ts';
import {formatCounted} from '../../src/words/count.ts';
import {formatSchoolYear, formatShare} from '../../src/words/format.ts';
import {drawBars} from '../charts/bars.ts';
import type {Drawing} from '../charts/draw.ts';
import {type Html, html} from '../html.ts';
import type {PageContext} from '../page-context.ts';
import {formatOfHundred, measureShortfall, sortByShortfall} from '../words/access.ts';
import {readFigure} from '../words/columns.ts';
import {findGroup} from '../words/groups.ts';
import {renderAnswerTable} from './answer-table.ts';
import {renderChart} from './chart.ts';

interface Props {
  rows: readonly Row[];
  name: string;
}

/** Renders which students of each group have no teacher of their group, beside chance and parity: the farthest from chance first. */
export function renderAccessChart(context: PageContext, {rows: unsorted, name}: Props): Html {
  const rows = sortByShortfall(unsorted);
  const [worst] = rows;
  const finding =
    worst === undefined || measureShortfall(worst) <= 0
      ? 'No group has less access than a random assignment would give'
      : `The distance from chance is widest for ${findGroup(context, worst).adjective} students: of 100, ${formatOfHundred(worst['no_teacher_student_share'])} are in a school without such a teacher; at random, ${formatOfHundred(worst['chance_no_teacher_student_share'])} would be`;
  return renderChart(
    context,
    {
      answer: 'access',
      finding,
      legend: accessLegend,
      shown: 'Share of each group’s students who are in a school without a teacher of their group.',
      narrow: drawAccess(context, rows, (row) => findGroup(context, row).short_name, finding),
    },
    renderAnswerTable(context, {
      rows,
      columns: ['demographic_group', ...accessColumns, 'teachers_of_color_exposure'],
      caption: `${name}, ${formatSchoolYear(context.report.schoolYear)}: the share of each group’s students with no teacher of their group at their school, the same by chance and at parity, with one such teacher; and the share of teachers of color at the average student’s school.`,
    }),
  );
}

/** The columns that tables of access have in common. */
export const accessColumns = [
  'student_count',
  'teacher_count',
  'no_teacher_student_share',
  'chance_no_teacher_student_share',
  'parity_no_teacher_student_share',
  'one_teacher_student_share',
];

/** Draws the share of students without a teacher of their group, a bar for each row, beside chance and parity. */
export function drawAccess(
  {report}: PageContext,
  rows: readonly Row[],
  nameRow: (row: Row) => string,
  alt: string,
): Drawing {
  const bars = rows.map((row) => ({
    name: `${nameRow(row)}: ${formatCounted(Number(row['student_count']), 'student')}, ${formatCounted(Number(row['teacher_count']), 'teacher')}`,
    value: readFigure(row, 'no_teacher_student_share'),
    chance: readFigure(row, 'chance_no_teacher_student_share'),
    parity: readFigure(row, 'parity_no_teacher_student_share'),
    text: formatShare(readFigure(row, 'no_teacher_student_share')),
  }));
  return drawBars(bars, {isSample: report.build.isSample, width: 360, color: 'students', most: 1, alt});
}

/** Explains the line of chance and the ring of parity. */
export const accessLegend = html`
  <ul class="legend">
    <li><svg viewBox="0 0 12 12" aria-hidden="true"><path d="M6 0v12" stroke="currentColor" stroke-width="2.5" /></svg>if the district’s teachers were assigned at random among its schools of the same types</li>
    <li><svg viewBox="0 0 12 12" aria-hidden="true"><circle cx="6" cy="6" r="4" fill="var(--paper)" stroke="currentColor" stroke-width="1.5" /></svg>at parity: if each school’s teachers were drawn from its students’ make-up</li>
  </ul>`;
