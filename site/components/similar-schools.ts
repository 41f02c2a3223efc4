import type {School} from '../../src/report/schools.ts';
import {formatCounted} from '../../src/words/count.ts';
import {formatCount, formatRatio, formatShare, formatSigned} from '../../src/words/format.ts';
import {explainStar} from '../../src/words/rankings.ts';
import {drawDumbbell} from '../charts/dumbbell.ts';
import {type Html, html} from '../html.ts';
import {schoolsById} from '../indexes.ts';
import {toDownload, toSchool} from '../links.ts';
import type {PageContext} from '../page-context.ts';
import {formatPeers} from '../words/groups.ts';
import {renderChart} from './chart.ts';

/** Renders where a school stands among the schools like it: both shares of each, and the list with the reasons. */
export function renderSimilarSchools(context: PageContext, school: School): Html {
  const {report, to} = context;
  const {isSample} = report.build;
  const peers = school.similar.flatMap(({similar_school_id: id, ...likeness}) => {
    const peer = schoolsById(report).get(id);
    return peer === undefined ? [] : {...likeness, school: peer};
  });
  const why = html`Like it are ${formatPeers(school.school_types)} with half to twice as many students and at least three quarters of <a href="${to('methods/#similar')}">the students’ make-up</a> in common.`;
  if (peers.length === 0)
    return html`<p>No other school of the region is like this one, so its figures stand alone. ${why}</p>`;
  const own = school.measures.gap_pp;
  const wider = peers.filter(({school: {measures}}) => own !== null && (measures.gap_pp ?? own) < own).length;
  const counted = formatCounted(peers.length, 'school');
  const those =
    wider < peers.length ? `${wider} of ${counted}` : peers.length === 1 ? 'the one school' : `all ${counted}`;
  const finding =
    own === null
      ? `${counted} like it`
      : wider === 0
        ? `At none of the ${counted} like it does the teachers’ share of color fall further short of the students’`
        : `At ${those} like it, the teachers’ share of color falls further short of the students’`;
  const rows = [{school, student_overlap: null}, ...peers];
  const pairs = rows.map(({school: each}) => ({
    name: each === school ? 'This school' : each.school_name,
    students: each.measures.students_of_color_share,
    teachers: each.measures.teachers_of_color_share,
  }));
  const isSmall = rows.some(({school: each}) => each.measures.is_small);
  return renderChart(
    context,
    {
      data: toDownload(context, 'similar_school'),
      finding,
      shown: html`${why} ${peers.length === 1 ? 'It is' : 'They are'} in the order of what they have in common.`,
      narrow: drawDumbbell(pairs, {isSample, width: 340, alt: finding}),
      wide: drawDumbbell(pairs, {isSample, width: 700, left: 250, alt: finding}),
      table: 'These schools, and why they are on the list',
    },
    html`
      <div class="scroll" tabindex="0" role="region" aria-label="Schools like this one">
        <table>
          <caption>Schools like ${school.school_name}. In common: the part of the students’ make-up that coincides.${isSmall && ` ${explainStar(report.build.thresholds)}`}</caption>
          <thead><tr><th scope="col">School</th><th scope="col" class="number">In common</th><th scope="col" class="number students">Students</th><th scope="col" class="number students">of color</th><th scope="col" class="number teachers">Teachers</th><th scope="col" class="number teachers">of color</th><th scope="col" class="number">Gap, points</th><th scope="col" class="number">Representation</th></tr></thead>
          <tbody>
            ${rows.map(
              ({
                school: {measures: of, ...each},
                student_overlap,
              }) => html`<tr${student_overlap === null && html` class="total"`}>
                <th scope="row">${student_overlap === null ? each.school_name : html`<a href="${toSchool(context, each.school_id)}">${each.school_name}</a>`}${of.is_small && '\u00a0*'}</th>
                <td class="number">${formatShare(student_overlap, 0)}</td>
                <td class="number">${formatCount(of.all_students_count)}</td>
                <td class="number">${formatShare(of.students_of_color_share)}</td>
                <td class="number">${formatCount(of.all_teachers_count)}</td>
                <td class="number">${formatShare(of.teachers_of_color_share)}</td>
                <td class="number">${formatSigned(of.gap_pp)}</td>
                <td class="number">${formatRatio(of.representation)}</td>
              </tr>`,
            )}
          </tbody>
        </table>
      </div>`,
  );
}
