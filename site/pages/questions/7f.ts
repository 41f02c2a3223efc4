import type {Row} from '../../../src/duckdb/database.ts';
import {formatSchoolYear, formatSigned} from '../../../src/words/format.ts';
import {drawDumbbell} from '../../charts/dumbbell.ts';
import {renderAnswerTable} from '../../components/answer-table.ts';
import {renderChart} from '../../components/chart.ts';
import {renderQuestionPage} from '../../components/question-page.ts';
import {type Html, html} from '../../html.ts';
import {toDownload} from '../../links.ts';
import type {PageContext} from '../../page-context.ts';
import {describeTies, findQuestion} from '../../words/questions.ts';

export function render7f(context: PageContext): Html {
  const {isSample} = context.report.build;
  const {rows, schoolYear} = findQuestion(context, 'teachers-of-color');
  const figure = (value: Row[string] | undefined) => (typeof value === 'number' ? value : null);
  const pairs = rows.map((row) => ({
    name: `${row['rank']}. ${row['school_name']}`,
    students: figure(row['students_of_color_share']),
    teachers: figure(row['teachers_of_color_share']),
  }));
  const gaps = rows.flatMap((row) => (typeof row['gap_pp'] === 'number' ? row['gap_pp'] : []));
  const finding = `The gaps at these schools range from ${formatSigned(Math.max(...gaps), 0)} to ${formatSigned(Math.min(...gaps), 0)} percentage points`;
  return renderQuestionPage(
    context,
    {number: '7f'},
    rows.length > 0 &&
      html`
        <section aria-labelledby="chart">
          <h2 id="chart">Their teachers and students</h2>
          ${renderChart(
            context,
            {
              data: toDownload(context, 'teachers-of-color'),
              finding,
              shown: 'The share of color among teachers and among students, in the order of 7e.',
              of: formatSchoolYear(schoolYear ?? ''),
              narrow: drawDumbbell(pairs, {isSample, width: 340, alt: finding}),
              wide: drawDumbbell(pairs, {isSample, width: 760, left: 280, alt: finding}),
              note: describeTies(rows),
            },
            renderAnswerTable(context, {
              rows,
              columns: [
                'rank',
                'school_name',
                'district_name',
                'teachers_of_color_share',
                'students_of_color_share',
                'gap_pp',
                'parity_ratio',
              ],
              caption: `Teachers and students of color at the schools of 7e, ${formatSchoolYear(schoolYear ?? '')}.`,
            }),
          )}
        </section>`,
  );
}
