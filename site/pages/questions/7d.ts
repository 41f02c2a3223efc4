import {formatCounted} from '../../../src/words/count.ts';
import {formatSchoolYear, formatShare} from '../../../src/words/format.ts';
import {findMedian} from '../../../src/words/median.ts';
import {drawScatter, overlapAndPool, placeSchools, sharesOfColor} from '../../charts/scatter.ts';
import {renderAnswerTable} from '../../components/answer-table.ts';
import {renderChart} from '../../components/chart.ts';
import {renderQuestionPage} from '../../components/question-page.ts';
import {type Html, html} from '../../html.ts';
import {toDownload} from '../../links.ts';
import type {PageContext} from '../../page-context.ts';
import {findQuestion} from '../../words/find-question.ts';
import {countBeyondPool, tooFew} from '../../words/representation.ts';

export function render7d(context: PageContext): Html {
  const {report, to} = context;
  const {isSample, thresholds} = report.build;
  const {rows, schoolYear} = findQuestion(context, 'representation');
  const year = formatSchoolYear(schoolYear ?? '');
  const pool = placeSchools(report.schools, overlapAndPool);
  const {beyond, known} = countBeyondPool(pool.map(({school}) => school.measures.overlap_beyond_pool_pp));
  const finding = `At ${beyond} of ${formatCounted(known, 'school')}, the teachers are closer to the students than a random draw from their district’s teachers would be`;
  const points = placeSchools(report.schools, sharesOfColor);
  const half = points.filter(({school}) => (school.measures.parity_ratio ?? 1) < 0.5).length;
  const otherFinding = `At ${half} of ${formatCounted(points.length, 'school')}, the share of color among teachers is less than half of the share among students`;
  const byGroup = toDownload(context, 'representation-by-group');
  return renderQuestionPage(
    context,
    {path: '7d', scripts: ['points.js']},
    html`
      ${
        pool.length > 0 &&
        html`<section aria-labelledby="chart">
          <h2 id="chart">Schools, and what their district’s teachers would give</h2>
          ${renderChart(context, {
            answer: 'representation',
            finding,
            shown:
              'Each dot is a school. A larger dot means more teachers. Upward: how much of the teachers’ and the students’ make-up coincides. Across: how much would, if the teachers were drawn at random from the district’s schools of the same types. Above the line, the school has more.',
            schools: pool.map(({school}) => school.school_id),
            narrow: drawScatter(pool, overlapAndPool, {isSample, width: 340, alt: finding}),
            wide: drawScatter(pool, overlapAndPool, {isSample, width: 620, alt: finding}),
          })}
        </section>`
      }
      <section aria-labelledby="table">
        <h2 id="table">Every school</h2>
        <div>
          <p>Sorted by <a href="${to('methods/#representation')}">representation</a>; schools with fewer than ${thresholds.smallNumber} teachers whose race is known come last. ${describeStudents(rows)}So read it with the two beside it: what the school has <a href="${to('methods/#pool')}">beyond its district’s teachers</a>, and the median of <a href="${to('methods/#similar')}">schools like it</a>. None of them says what a school decided.</p>
          ${renderAnswerTable(context, {
            rows,
            columns: [
              'school_name',
              'representation',
              'overlap_beyond_pool_pp',
              'similar_schools_representation',
              'representation_band',
              'known_teachers_count',
              'students_of_color_share',
              'district_name',
            ],
            caption: `How well each school’s teachers represent its students, ${year}.`,
          })}
          <details>
            <summary>The other measures of each school</summary>
            ${
              points.length > 0 &&
              renderChart(context, {
                answer: 'representation',
                finding: otherFinding,
                shown: 'Each dot is a school. A larger dot means more teachers. On the line, the two shares are equal.',
                schools: points.map(({school}) => school.school_id),
                narrow: drawScatter(points, sharesOfColor, {isSample, width: 340, alt: otherFinding}),
                wide: drawScatter(points, sharesOfColor, {isSample, width: 620, alt: otherFinding}),
              })
            }
            <p>Gap and ratio compare two shares. Overlap compares the whole make-up. “Groups without a teacher” shows what both can hide. <a href="${to('methods/')}">How each is worked out</a>. ${byGroup && html`A row for each school and group: <a href="${byGroup}" download>download (CSV)</a>.`}</p>
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
                'similar_schools_gap_pp',
                'parity_ratio',
                'overlap',
                'groups_without_a_teacher',
                'teachers_to_parity',
              ],
              caption: `Students and teachers of color at each school, ${year}.`,
            })}
          </details>
        </div>
      </section>`,
  );
}

/** Says who the students are where representation is highest and lowest; nothing if there are too few schools to split. */
function describeStudents(rows: ReturnType<typeof findQuestion>['rows']): string {
  const shares = rows
    .filter((row) => typeof row['representation'] === 'number' && row['representation_band'] !== tooFew)
    .map((row) => row['students_of_color_share'])
    .filter((share) => typeof share === 'number');
  const third = Math.floor(shares.length / 3);
  if (third < 3) return '';
  const median = (part: number[]) => formatShare(findMedian(part), 0);
  return `It doesn’t correct for who the students are: in the third of schools where it is highest, the median share of students of color is ${median(shares.slice(0, third))}; in the third where it is lowest, ${median(shares.slice(-third))}. `;
}
