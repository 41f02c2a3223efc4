import {formatCounted} from '../../../src/words/count.ts';
import {formatSchoolYear} from '../../../src/words/format.ts';
import {drawHistogram} from '../../charts/histogram.ts';
import {renderAnswerTable} from '../../components/answer-table.ts';
import {renderChart} from '../../components/chart.ts';
import {renderQuestionPage} from '../../components/question-page.ts';
import {type Html, html} from '../../html.ts';
import type {PageContext} from '../../page-context.ts';
import {findQuestion} from '../../words/find-question.ts';

export function render7b(context: PageContext): Html {
  const {isSample} = context.report.build;
  const {rows, schoolYear} = findQuestion(context, 'schools');
  const known = rows.map((row) => row['teacher_count']).filter((value) => typeof value === 'number');
  const under = known.filter((value) => value < 50).length;
  const finding = `${under} of ${formatCounted(known.length, 'school')} have fewer than 50 teachers`;
  return renderQuestionPage(
    context,
    {path: '7b'},
    html`
      ${
        known.length > 0 &&
        html`<section aria-labelledby="chart">
          <h2 id="chart">Large and small</h2>
          ${renderChart(context, {
            answer: 'schools',
            finding,
            shown: 'Schools by number of teachers, in steps of ten.',
            narrow: drawHistogram(known, {isSample, width: 360, alt: finding}),
            wide: drawHistogram(known, {isSample, width: 720, alt: finding}),
          })}
        </section>`
      }
      <section aria-labelledby="table">
        <h2 id="table">Every school</h2>
        ${renderAnswerTable(context, {
          rows,
          columns: ['school_name', 'district_name', 'city', 'school_types', 'all_students_count', 'teacher_count'],
          caption: `The schools of the region and their teachers, ${formatSchoolYear(schoolYear ?? '')}. A dash means that the state gives no number.`,
        })}
      </section>`,
  );
}
