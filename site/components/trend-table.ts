import type {TrendYear} from '../../src/report/organizations.ts';
import {formatCount, formatSchoolYear, formatShare, formatSigned} from '../../src/words/format.ts';
import {type Html, html} from '../html.ts';

interface Props {
  trend: readonly TrendYear[];
  caption: string;
}

/** Renders the figures of a trend, school year by school year. */
export function renderTrendTable({trend, caption}: Props): Html {
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
              <th scope="row">${formatSchoolYear(row.school_year)}</th>
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
