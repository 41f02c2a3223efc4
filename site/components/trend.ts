import type {TrendYear} from '../../src/report/organizations.ts';
import {formatCount, formatShare, formatSigned} from '../../src/words/format.ts';
import {drawTrend, hasTrend} from '../charts/trend.ts';
import {type Html, html} from '../html.ts';
import type {PageContext} from '../page-context.ts';
import {formatSpan, type TrendWords} from '../words/sentences.ts';
import {formatYear} from '../words/years.ts';
import {renderChart} from './chart.ts';

interface Props {
  trend: readonly TrendYear[];
  words: TrendWords;
  /** What the trend is of, in the caption of its table. */
  name: string;
  shown?: string;
  data: string | undefined;
  /** The widths of the drawings: for a phone, and for a wide screen if it has its own. */
  widths: [number, number?];
}

/** Renders the section with a trend, as a chart and as a table; nothing if there are too few years for one. */
export function renderTrend(context: PageContext, {trend, words, name, shown, data, widths}: Props): Html | false {
  const {finding, note} = words;
  const draw = (width: number) => drawTrend(trend, {isSample: context.report.build.isSample, alt: finding, width});
  const [narrow, wide] = widths;
  return (
    hasTrend(trend) &&
    html`<section aria-labelledby="years">
      <h2 id="years">Over the years</h2>
      ${renderChart(
        context,
        {
          data,
          finding,
          shown: shown ?? 'The share of color among students and among teachers.',
          of: formatSpan(trend),
          note,
          years: trend.map(({school_year}) => school_year),
          narrow: draw(narrow),
          ...(wide !== undefined && {wide: draw(wide)}),
        },
        renderTrendTable(context, trend, `${name} over the years.`),
      )}
    </section>`
  );
}

/** Renders the figures of a trend, school year by school year. */
function renderTrendTable({report}: PageContext, trend: readonly TrendYear[], caption: string): Html {
  return html`
    <div class="scroll" tabindex="0" role="region" aria-label="${caption}">
      <table>
        <caption>${caption}</caption>
        <thead>
          <tr>
            <th scope="col">School year</th>
            <th scope="col" class="number students">All students</th>
            <th scope="col" class="number students">Of color</th>
            <th scope="col" class="number teachers">All teachers</th>
            <th scope="col" class="number teachers">Of color</th>
            <th scope="col" class="number">Gap, points</th>
          </tr>
        </thead>
        <tbody>
          ${trend.map(
            (row) => html`<tr>
              <th scope="row">${formatYear(report, row.school_year)}</th>
              <td class="number">${formatCount(row.all_students_count)}</td>
              <td class="number">${formatShare(row.students_of_color_share)}</td>
              <td class="number">${formatCount(row.all_teachers_count)}</td>
              <td class="number">${formatShare(row.teachers_of_color_share)}</td>
              <td class="number">${formatSigned(row.gap_pp)}</td>
            </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
}
