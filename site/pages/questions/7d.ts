import {formatCounted} from '../../../src/words/count.ts';
import {formatSchoolYear} from '../../../src/words/format.ts';
import {drawScatter, findComparedSchools} from '../../charts/scatter.ts';
import {renderAnswerTable} from '../../components/answer-table.ts';
import {renderChart} from '../../components/chart.ts';
import {renderQuestionPage} from '../../components/question-page.ts';
import {type Html, html} from '../../html.ts';
import {toDownload} from '../../links.ts';
import type {PageContext} from '../../page-context.ts';
import {findQuestion} from '../../words/questions.ts';

export function render7d(context: PageContext): Html {
  const {report, to} = context;
  const {isSample} = report.build;
  const answer = findQuestion(context, 'representation');
  const {rows, schoolYear} = answer;
  const points = findComparedSchools(report.schools);
  const half = points.filter(({school}) => (school.measures.parity_ratio ?? 1) < 0.5).length;
  const finding = `At ${half} of ${formatCounted(points.length, 'school')}, the share of color among teachers is less than half of the share among students`;
  const byGroup = toDownload(context, 'representation-by-group');
  return renderQuestionPage(
    context,
    {number: '7d', scripts: ['points.js']},
    html`
      ${
        points.length > 0 &&
        html`<section aria-labelledby="chart">
          <h2 id="chart">Schools, and the line of parity</h2>
          ${renderChart(context, {
            answer: 'representation',
            finding,
            shown: 'Each dot is a school. A larger dot means more teachers. On the line, the two shares are equal.',
            schools: points.map(({school}) => school.school_id),
            narrow: drawScatter(points, {isSample, width: 340, alt: finding}),
            wide: drawScatter(points, {isSample, width: 620, alt: finding}),
          })}
        </section>`
      }
      <section aria-labelledby="table">
        <h2 id="table">Every school</h2>
        <div>
          <p>One number doesn’t say it all. Gap and ratio compare two shares. Overlap compares the whole make-up. “Groups without a teacher” shows what both can hide. <a href="${to('methods/')}">How each is worked out</a>. ${byGroup && html`A row for each school and group: <a href="${byGroup}" download>download (CSV)</a>.`}</p>
          ${renderAnswerTable(context, {
            rows,
            columns: [
              'school_name',
              'district_name',
              'all_students_count',
              'students_of_color_share',
              'all_teachers_count',
              'teachers_of_color_share',
              'teachers_not_provided_count',
              'gap_pp',
              'parity_ratio',
              'overlap',
              'groups_without_a_teacher',
              'teachers_to_parity',
            ],
            caption: `Students and teachers of color at each school, ${formatSchoolYear(schoolYear ?? '')}.`,
          })}
        </div>
      </section>`,
  );
}
