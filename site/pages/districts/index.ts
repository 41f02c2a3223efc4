import {formatCounted} from '../../../src/words/count.ts';
import {
  formatCount,
  formatDecimal,
  formatRatio,
  formatSchoolYear,
  formatShare,
  formatSigned,
} from '../../../src/words/format.ts';
import {drawDumbbell, pairDistrict} from '../../charts/dumbbell.ts';
import {renderChart} from '../../components/chart.ts';
import {renderPage} from '../../components/page.ts';
import {type Html, html} from '../../html.ts';
import {toDistrict, toDownload} from '../../links.ts';
import type {PageContext} from '../../page-context.ts';

export function renderDistricts(context: PageContext): Html {
  const {report} = context;
  const {isSample} = report.build;
  const {schoolYear} = report;
  const rows = report.districts.map(pairDistrict);
  const known = rows
    .filter(({measures}) => measures?.gap_pp != null)
    .toSorted((a, b) => (a.measures?.gap_pp ?? 0) - (b.measures?.gap_pp ?? 0));
  const finding =
    known.length > 1
      ? `From ${formatSigned(known[0]?.measures?.gap_pp, 0)} points in ${known[0]?.name} to ${formatSigned(known.at(-1)?.measures?.gap_pp, 0)} in ${known.at(-1)?.name}`
      : 'Students and teachers of color';
  const csv = toDownload(context, 'district_representation');
  return renderPage(
    context,
    {
      at: 'districts/',
      title: 'Districts: students and teachers of color',
      description: `${formatCounted(rows.length, 'district')} with schools in the region, and how well their teachers reflect their students. School year ${schoolYear}.`,
    },
    html`
      <h1>Districts</h1>
      <p class="lead">${formatCounted(rows.length, 'district has', 'districts have')} schools in the region. Only those schools are counted, even if a district has others.</p>
      ${
        known.length > 0 &&
        html`<section aria-labelledby="gap">
          <h2 id="gap">The gap</h2>
          ${renderChart(context, {
            data: csv,
            finding,
            shown: 'The share of color among students and among teachers.',
            narrow: drawDumbbell(known, {isSample, width: 340, alt: finding}),
            wide: drawDumbbell(known, {isSample, width: 760, alt: finding}),
          })}
        </section>`
      }
      <section aria-labelledby="table">
        <h2 id="table">Every district</h2>
        <div class="scroll" tabindex="0" role="region" aria-label="Districts">
          <table>
            <caption>The region’s schools by district, ${formatSchoolYear(schoolYear)}. ${csv && html`<a href="${csv}" download>Download (CSV)</a>`}</caption>
            <thead>
              <tr><th scope="col">District</th><th scope="col" class="number">Schools compared</th><th scope="col" class="number students">Students</th><th scope="col" class="number students">of color</th><th scope="col" class="number teachers">Teachers</th><th scope="col" class="number teachers">of color</th><th scope="col" class="number">Gap, points</th><th scope="col" class="number">Parity ratio</th><th scope="col" class="number">Students of color per teacher of color</th><th scope="col" class="number">Overlap</th><th scope="col" class="number">Teachers to parity</th></tr>
            </thead>
            <tbody>
              ${rows.map(
                ({measures, ...row}) => html`<tr>
                  <th scope="row"><a href="${toDistrict(context, row.district_code)}">${row.district_name}</a></th>
                  <td class="number">${formatCount(measures?.compared_school_count)} of ${formatCount(measures?.school_count)}</td>
                  <td class="number">${formatCount(measures?.all_students_count)}</td>
                  <td class="number">${formatShare(measures?.students_of_color_share)}</td>
                  <td class="number">${formatCount(measures?.all_teachers_count)}</td>
                  <td class="number">${formatShare(measures?.teachers_of_color_share)}</td>
                  <td class="number">${formatSigned(measures?.gap_pp)}</td>
                  <td class="number">${formatRatio(measures?.parity_ratio)}</td>
                  <td class="number">${formatDecimal(measures?.students_of_color_per_teacher_of_color)}</td>
                  <td class="number">${formatRatio(measures?.overlap)}</td>
                  <td class="number">${formatCount(measures?.teachers_to_parity)}</td>
                </tr>`,
              )}
            </tbody>
          </table>
        </div>
      </section>`,
  );
}
