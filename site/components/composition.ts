import type {GroupFigures} from '../../src/report/organizations.ts';
import {formatCount, formatDecimal, formatRatio, formatShare, formatSigned} from '../../src/words/format.ts';
import {explainStar} from '../../src/words/rankings.ts';
import {drawMirror} from '../charts/mirror.ts';
import {type Html, html} from '../html.ts';
import type {PageContext} from '../page-context.ts';
import {describeComposition} from '../words/sentences.ts';
import {renderChart} from './chart.ts';

interface Props {
  groups: readonly GroupFigures[];
  shown: string;
  data: string | undefined;
  width: number;
  withCounts?: boolean;
  heading?: 'h2';
  note?: string | undefined;
  /** The caption of the table. */
  caption: string;
}

/**
 * Renders the make-up of students and teachers as a chart of races, the largest shortfall first, and as a table of races, everybody
 * of color and genders.
 */
export function renderComposition(
  context: PageContext,
  {groups, width, withCounts = false, caption, ...chart}: Props,
): Html {
  const ofType = (type: string) => groups.filter(({category_type}) => category_type === type);
  const races = ofType('race_ethnicity').toSorted((a, b) => (a.gap_pp ?? Infinity) - (b.gap_pp ?? Infinity));
  const finding = describeComposition(groups);
  const alt = `${finding}. Bars for each race and ethnicity, students beside teachers.`;
  const {isSample} = context.report.build;
  return renderChart(
    context,
    {...chart, finding, narrow: drawMirror(races, {isSample, width, withCounts, alt})},
    renderGroupTable(context, [...races, ...ofType('of_color'), ...ofType('gender')], caption),
  );
}

/** Renders students and teachers by group: counts, shares and measures. */
function renderGroupTable({report}: PageContext, groups: readonly GroupFigures[], caption: string): Html {
  const isSmall = groups.some(({is_small}) => is_small);
  const range = ({teacher_share_chance_low: low, teacher_share_chance_high: high}: GroupFigures) =>
    low === null || high === null ? '–' : `${formatShare(low, 0)} to ${formatShare(high, 0)}`;
  const hasRange = groups.some((group) => group.teacher_share_chance_low !== null);
  return html`
    <div class="scroll" tabindex="0" role="region" aria-label="${caption}">
      <table>
        <caption>${caption}${hasRange && ' By chance: the shares of teachers that hiring of the same kind could as well have given.'}${isSmall && ` ${explainStar(report.build.thresholds)}`}</caption>
        <thead>
          <tr>
            <th scope="col">Group</th>
            <th scope="col" class="number students">Students</th>
            <th scope="col" class="number students">Share</th>
            <th scope="col" class="number teachers">Teachers</th>
            <th scope="col" class="number teachers">Share</th>
            ${hasRange && html`<th scope="col" class="number">By chance</th>`}
            <th scope="col" class="number">Gap, points</th>
            <th scope="col" class="number">Parity ratio</th>
            <th scope="col" class="number">Students per teacher</th>
          </tr>
        </thead>
        <tbody>
          ${groups.map(
            (
              group,
            ) => html`<tr${group.category_type === 'of_color' && html` class="total"`} data-group="${group.demographic_group_id}">
              <th scope="row">${group.short_name}${group.is_small && '\u00a0*'}</th>
              <td class="number">${formatCount(group.student_count)}</td>
              <td class="number">${formatShare(group.student_share)}</td>
              <td class="number">${formatCount(group.teacher_count)}</td>
              <td class="number">${formatShare(group.teacher_share)}</td>
              ${hasRange && html`<td class="number">${range(group)}</td>`}
              <td class="number">${formatSigned(group.gap_pp)}</td>
              <td class="number">${formatRatio(group.parity_ratio)}</td>
              <td class="number">${group.teacher_count === 0 && (group.student_count ?? 0) > 0 ? 'no teacher' : formatDecimal(group.students_per_teacher)}</td>
            </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
}
