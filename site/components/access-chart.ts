import type {Row} from '../../src/duckdb/database.ts';
import {formatCounted} from '../../src/words/count.ts';
import {formatSchoolYear, formatShare} from '../../src/words/format.ts';
import {drawBars} from '../charts/bars.ts';
import {type Html, html} from '../html.ts';
import type {PageContext} from '../page-context.ts';
import {formatOfHundred} from '../words/access.ts';
import {findGroup} from '../words/groups.ts';
import {renderAnswerTable} from './answer-table.ts';
import {renderChart} from './chart.ts';

interface Props {
  rows: readonly Row[];
  name: string;
}

const share = (row: Row, column: string) => (typeof row[column] === 'number' ? row[column] : undefined);

/** Renders which students of each group have no teacher of their group, beside chance and parity. */
export function renderAccessChart(context: PageContext, {rows, name}: Props): Html {
  const {isSample} = context.report.build;
  const [worst] = rows.toSorted((a, b) => measureExcess(b) - measureExcess(a));
  const finding =
    worst === undefined || measureExcess(worst) <= 0
      ? 'No group has less access than a random assignment would give'
      : `The distance from chance is widest for ${findGroup(context, worst).adjective} students: of 100, ${formatOfHundred(worst['no_teacher_student_share'])} are in a school without such a teacher; at random, ${formatOfHundred(worst['chance_no_teacher_student_share'])} would be`;
  const bars = rows.map((row) => ({
    name: `${findGroup(context, row).short_name}: ${formatCounted(Number(row['student_count']), 'student')}, ${formatCounted(Number(row['teacher_count']), 'teacher')}`,
    value: share(row, 'no_teacher_student_share') ?? 0,
    chance: share(row, 'chance_no_teacher_student_share'),
    parity: share(row, 'parity_no_teacher_student_share'),
    text: formatShare(share(row, 'no_teacher_student_share')),
  }));
  return renderChart(
    context,
    {
      answer: 'access',
      finding,
      legend: accessLegend,
      shown: 'Share of each group’s students who are in a school without a teacher of their group.',
      narrow: drawBars(bars, {isSample, width: 360, color: 'students', most: 1, alt: finding}),
    },
    renderAnswerTable(context, {
      rows,
      columns: [
        'demographic_group',
        'student_count',
        'teacher_count',
        'no_teacher_student_share',
        'chance_no_teacher_student_share',
        'parity_no_teacher_student_share',
        'one_teacher_student_share',
        'teachers_of_color_exposure',
      ],
      caption: `${name}, ${formatSchoolYear(context.report.schoolYear)}: the share of each group’s students with no teacher of their group at their school, the same by chance and at parity, with one such teacher; and the share of teachers of color at the average student’s school.`,
    }),
  );
}

/** Measures how many points more of the students are without such a teacher than by chance. */
function measureExcess(row: Row): number {
  return Number(row['no_teacher_student_share']) - Number(row['chance_no_teacher_student_share']);
}

/** Explains the line of chance and the ring of parity. */
export const accessLegend = html`
  <ul class="legend">
    <li><svg viewBox="0 0 12 12" aria-hidden="true"><path d="M6 0v12" stroke="currentColor" stroke-width="2.5" /></svg>if the district’s teachers were assigned at random among its schools of the same types</li>
    <li><svg viewBox="0 0 12 12" aria-hidden="true"><circle cx="6" cy="6" r="4" fill="var(--paper)" stroke="currentColor" stroke-width="1.5" /></svg>at parity: if each school’s teachers were drawn from its students’ make-up</li>
  </ul>`;
