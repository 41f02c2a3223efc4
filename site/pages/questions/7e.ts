import {formatSchoolYear, formatShare} from '../../../src/words/format.ts';
import {drawBars} from '../../charts/bars.ts';
import {renderAnswerTable} from '../../components/answer-table.ts';
import {renderChart} from '../../components/chart.ts';
import {renderQuestionPage} from '../../components/question-page.ts';
import {type Html, html} from '../../html.ts';
import {toDownload} from '../../links.ts';
import type {PageContext} from '../../page-context.ts';
import {describeTies, findQuestion} from '../../words/questions.ts';

export function render7e(context: PageContext): Html {
  const {isSample} = context.report.build;
  const {rows, schoolYear} = findQuestion(context, 'teachers-of-color');
  const [first] = rows;
  const finding = `The highest share of teachers of color is ${formatShare(Number(first?.['teachers_of_color_share']))}, at ${first?.['school_name']}`;
  const high = rows.filter(
    (row) => Number(row['teachers_of_color_share_high']) > Number(row['teachers_of_color_share']),
  ).length;
  return renderQuestionPage(
    context,
    {number: '7e'},
    rows.length > 0 &&
      html`
        <section aria-labelledby="chart">
          <h2 id="chart">The schools</h2>
          ${renderChart(
            context,
            {
              data: toDownload(context, 'teachers-of-color'),
              finding,
              shown: `Teachers of color as a share of all teachers.${high > 0 ? ' The dashed line shows the share if every teacher whose race is not provided were of color.' : ''}`,
              of: formatSchoolYear(schoolYear ?? ''),
              narrow: drawBars(
                rows.map((row) => ({
                  name: `${row['rank']}. ${row['school_name']}${row['is_small'] === true ? ' *' : ''}`,
                  value: Number(row['teachers_of_color_share']),
                  high: Number(row['teachers_of_color_share_high']),
                  text: formatShare(Number(row['teachers_of_color_share'])),
                })),
                {
                  isSample,
                  width: 360,
                  color: 'teachers',
                  alt: `${finding}. ${rows.map((row) => `${row['school_name']} ${formatShare(Number(row['teachers_of_color_share']))}`).join(', ')}.`,
                },
              ),
              note: describeTies(rows),
            },
            renderAnswerTable(context, {
              rows,
              columns: [
                'rank',
                'school_name',
                'district_name',
                'all_teachers_count',
                'teachers_of_color_count',
                'teachers_of_color_share',
                'teachers_of_color_share_high',
              ],
              caption: `The ${rows.length} schools with the highest share of teachers of color, ${formatSchoolYear(schoolYear ?? '')}.`,
            }),
          )}
        </section>`,
  );
}
