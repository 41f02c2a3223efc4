import {formatCounted} from '../../src/words/count.ts';
import {formatCount, formatDecimal, formatSchoolYear, formatShare, formatSigned} from '../../src/words/format.ts';
import {drawDumbbell} from '../charts/dumbbell.ts';
import {drawMap, gapClasses, locateSchools} from '../charts/map.ts';
import {drawMirror} from '../charts/mirror.ts';
import {drawScatter, findComparedSchools} from '../charts/scatter.ts';
import {drawTrend, hasTrend} from '../charts/trend.ts';
import {renderChart} from '../components/chart.ts';
import {renderGroupTable} from '../components/group-table.ts';
import {renderPage} from '../components/page.ts';
import {renderTrendTable} from '../components/trend-table.ts';
import {type Html, html} from '../html.ts';
import {toDistrict, toDownload, toSchool} from '../links.ts';
import type {PageContext} from '../page-context.ts';
import {shortenDistrict} from '../words/groups.ts';
import {describeComposition, describeTrend, formatSpan, judgeGap, verdictWords} from '../words/sentences.ts';

export function renderHome(context: PageContext): Html {
  const {report, to} = context;
  const {isSample} = report.build;
  const {region, schools, districts, schoolYear} = report;
  const {measures} = region;
  const races = region.groups.filter(({category_type}) => category_type === 'race_ethnicity');
  const ofColor = region.groups.filter(({category_type}) => category_type === 'of_color');
  const white = region.groups.find(({demographic_group_id}) => demographic_group_id === 'white');

  const students = measures?.students_of_color_share ?? null;
  const teachers = measures?.teachers_of_color_share ?? null;
  const answer =
    students === null || teachers === null
      ? `For ${formatSchoolYear(schoolYear)} the files don’t have both students and teachers, so the question has no answer here.`
      : `Of 100 students in the region’s schools, ${Math.round(100 * students)} are of color. Of 100 teachers, ${Math.round(100 * teachers)} are.`;

  const dots = findComparedSchools(schools);
  const below = dots.filter(({gap}) => gap < 0);
  const scatterFinding =
    below.length === dots.length
      ? `At every one of the ${dots.length} schools with figures, a smaller share of the teachers than of the students is of color`
      : `At ${below.length} of ${dots.length} schools, a smaller share of the teachers than of the students is of color`;
  const scatterAlt = `Scatter of ${formatCounted(dots.length, 'school')}: the share of students of color across, of teachers of color up. ${below.length} lie below the line on which the two are the same.`;

  const places = locateSchools(schools);
  const unplaced = schools.length - places.length;
  const widest = dots.toSorted((a, b) => a.gap - b.gap);
  const wide60 = dots.filter(({gap}) => gap < -60).length;
  const mapFinding =
    wide60 > 0
      ? `At ${formatCounted(wide60, 'school')} of ${dots.length} the gap is more than 60 points`
      : 'The gap at each school, where the schools are';

  const rows = districts
    .map(({measures, ...district}) => ({
      ...district,
      measures,
      name: shortenDistrict(district.district_name),
      students: measures?.students_of_color_share ?? null,
      teachers: measures?.teachers_of_color_share ?? null,
    }))
    .toSorted((a, b) => (a.measures?.gap_pp ?? 0) - (b.measures?.gap_pp ?? 0));
  const compared = rows.filter(({measures}) => measures?.gap_pp != null);
  const districtFinding =
    compared.length > 1
      ? `The gap is widest in ${compared[0]?.name} (${formatSigned(compared[0]?.measures?.gap_pp, 0)} points) and narrowest in ${compared.at(-1)?.name} (${formatSigned(compared.at(-1)?.measures?.gap_pp, 0)})`
      : 'Students and teachers of color by district';
  const uncompared = (measures?.school_count ?? 0) - (measures?.compared_school_count ?? 0);
  return renderPage(
    context,
    {
      title: 'Do the teachers reflect the students they teach?',
      description: `${answer} ${region.region_name}, ${schoolYear}.`,
      scripts: ['find.js', 'points.js'],
    },
    html`
      <div class="hero">
        <div>
          <p class="kicker">${region.region_name}${!report.build.isSample && ', South King County, Washington'} · <span class="nowrap">school year ${formatSchoolYear(schoolYear)}</span></p>
          <h1>Do the teachers reflect the students they teach?</h1>
          <p class="lead">
            ${measures && html`<strong>${verdictWords[judgeGap(measures)]}</strong>`} 
            ${students === null || teachers === null ? answer : html`Of 100 students in the region’s schools, <strong class="students">${Math.round(100 * students)}&nbsp;are of color</strong>. Of 100 teachers, <strong class="teachers">${Math.round(100 * teachers)}&nbsp;are</strong>.`}
          </p>
          <form class="find screen" action="${to('schools/')}" hidden data-find>
            <label for="find">Find your school</label>
            <input id="find" name="q" type="search" autocomplete="off"><button type="submit">Find</button>
          </form>
          <p><a href="${to('schools/')}">All ${formatCounted(schools.length, 'school')}</a> · <a href="${to('districts/')}">${formatCounted(districts.length, 'district')}</a> · <a href="${to('questions/')}">Six questions, answered</a></p>
          ${
            measures &&
            teachers !== null &&
            html`<dl class="numbers">
              <div><dt>of students are of color: ${formatCount(measures.students_of_color_count)} of ${formatCount(measures.all_students_count)}</dt><dd class="students">${formatShare(students, 0)}</dd></div>
              <div><dt>of teachers are of color: ${formatCount(measures.teachers_of_color_count)} of ${formatCount(measures.all_teachers_count)}${(measures.teachers_not_provided_count ?? 0) > 0 && html`; for ${formatCount(measures.teachers_not_provided_count)} more, race is not provided`}</dt><dd class="teachers">${formatShare(teachers, 0)}</dd></div>
              <div><dt>students of color for each teacher of color. For White students and White teachers it is ${formatDecimal(white?.students_per_teacher ?? null, 0)}</dt><dd>${formatDecimal(measures.students_of_color_per_teacher_of_color, 0)}</dd></div>
              <div><dt>more of the ${formatCount(measures.all_teachers_count)} teachers would have to be of color for the two shares to be the same</dt><dd>${formatCount(measures.teachers_to_parity)}</dd></div>
            </dl>`
          }
          ${measures && teachers !== null && html`<p class="source"><a href="${to('data/dictionary/#region_representation')}">Where these come from</a>: <code>npx rollcall sql "select * from region_representation where school_year = '${schoolYear}'"</code></p>`}
        </div>
        ${races.length === 0 ? html`<p>There is no school in which students and teachers can be compared in ${formatSchoolYear(schoolYear)}.</p>` : renderChart(context, {data: toDownload(context, 'region_representation_by_group'), heading: 'h2', finding: describeComposition(region.groups), shown: 'Each group’s share of the students, to the left, and of the teachers, to the right. The dashed outline is the students’ bar, reflected: where teachers reflect students, they fill it.', narrow: drawMirror(races, {isSample, width: 340, alt: `${describeComposition(region.groups)}. Bars for each race and ethnicity, students beside teachers.`}), note: `${measures?.compared_school_count} of ${formatCounted(measures?.school_count ?? 0, 'school')}, those with figures for both.`}, renderGroupTable(context, {groups: [...races, ...ofColor], caption: `Students and teachers by race and ethnicity in the region’s schools, ${formatSchoolYear(schoolYear)}.`}))}
      </div>

      ${
        dots.length > 0 &&
        html`<section aria-labelledby="schools">
          <h2 id="schools">School by school</h2>
          <div class="pair">
            ${renderChart(
              context,
              {
                data: toDownload(context, 'representation'),
                finding: scatterFinding,
                shown:
                  'Each dot is a school; the larger, the more teachers. On the line, the two shares would be the same.',
                schools: dots.map(({school}) => school.school_id),
                narrow: drawScatter(dots, {isSample, width: 340, alt: scatterAlt}),
                note:
                  uncompared > 0
                    ? `${formatCounted(uncompared, 'school')} without figures for both ${uncompared === 1 ? 'is' : 'are'} left out.`
                    : undefined,
                table: 'The ten widest and the ten narrowest gaps as a table',
              },
              html`
              <div class="scroll" tabindex="0" role="region" aria-label="Schools with the widest and the narrowest gaps">
                <table>
                  <caption>Schools with the widest and the narrowest gaps. <a href="${to('schools/')}">All schools</a></caption>
                  <thead><tr><th scope="col">School</th><th scope="col" class="number students">Students of color</th><th scope="col" class="number teachers">Teachers of color</th><th scope="col" class="number">Gap, points</th></tr></thead>
                  <tbody>
                    ${(widest.length > 20 ? [...widest.slice(0, 10), ...widest.slice(-10)] : widest).map(({school, students, teachers, gap}) => html`<tr><th scope="row"><a href="${toSchool(context, school.school_id)}">${school.school_name}</a>${school.measures.is_small && ' *'}</th><td class="number">${formatShare(students)}</td><td class="number">${formatShare(teachers)}</td><td class="number">${formatSigned(gap)}</td></tr>`)}
                  </tbody>
                </table>
              </div>
            `,
            )}
            <div>
              ${
                places.length === 0
                  ? html`<p>There is no map: the build has no school list, and with it no coordinates of the schools.</p>`
                  : renderChart(
                      context,
                      {
                        data: toDownload(context, 'representation'),
                        finding: mapFinding,
                        legend: mapLegend,
                        shown:
                          'Each dot is a school where it stands; the darker, the wider the gap between the shares of teachers and of students of color.',
                        schools: places.map(({school}) => school.school_id),
                        narrow: drawMap(places, {
                          isSample,
                          width: 340,
                          alt: `Map of ${formatCounted(places.length, 'school')}, coloured by gap. ${mapFinding}.`,
                        }),
                        note:
                          unplaced > 0
                            ? `${formatCounted(unplaced, 'school')} without coordinates ${unplaced === 1 ? 'is' : 'are'} not on the map.`
                            : undefined,
                      },
                      html`
                  <div class="scroll" tabindex="0" role="region" aria-label="Schools by gap">
                    <table>
                      <caption>How many schools have a gap of that size</caption>
                      <thead><tr><th scope="col">Gap, points</th><th scope="col" class="number">Schools</th></tr></thead>
                      <tbody>
                        ${gapClasses.toReversed().map(({from, name}, index, all) => html`<tr><th scope="row">${name}</th><td class="number">${formatCount(dots.filter(({gap}) => gap >= from && (index === all.length - 1 || gap < (all[index + 1]?.from ?? 0))).length)}</td></tr>`)}
                      </tbody>
                    </table>
                  </div>
                `,
                    )
              }
            </div>
          </div>
        </section>`
      }

      ${
        compared.length > 0 &&
        html`<section aria-labelledby="districts">
          <h2 id="districts">District by district</h2>
          ${renderChart(
            context,
            {
              data: toDownload(context, 'district_representation'),
              finding: districtFinding,
              shown:
                'Share of color among the students and among the teachers of the region’s schools in each district.',
              narrow: drawDumbbell(rows, {isSample, width: 340, alt: districtFinding}),
              wide: drawDumbbell(rows, {isSample, width: 760, alt: districtFinding}),
            },
            html`
            <div class="scroll" tabindex="0" role="region" aria-label="Districts">
              <table>
                <caption>The region’s schools by district, ${formatSchoolYear(schoolYear)}.</caption>
                <thead><tr><th scope="col">District</th><th scope="col" class="number">Schools compared</th><th scope="col" class="number students">Students of color</th><th scope="col" class="number teachers">Teachers of color</th><th scope="col" class="number">Gap, points</th></tr></thead>
                <tbody>
                  ${rows.map((row) => html`<tr><th scope="row"><a href="${toDistrict(context, row.district_id)}">${row.district_name}</a></th><td class="number">${row.measures?.compared_school_count ?? 0} of ${row.measures?.school_count ?? 0}</td><td class="number">${formatShare(row.students)}</td><td class="number">${formatShare(row.teachers)}</td><td class="number">${formatSigned(row.measures?.gap_pp)}</td></tr>`)}
                </tbody>
              </table>
            </div>
          `,
          )}
        </section>`
      }

      <section aria-labelledby="years">
        <h2 id="years">Over the years</h2>
        ${
          hasTrend(region.trend)
            ? renderChart(
                context,
                {
                  data: toDownload(context, 'region_representation'),
                  finding: describeTrend(region.trend),
                  shown: 'Share of color among the students and among the teachers of the region’s schools.',
                  of: formatSpan(region.trend),
                  narrow: drawTrend(region.trend, {isSample, width: 340, alt: describeTrend(region.trend)}),
                  wide: drawTrend(region.trend, {isSample, width: 720, alt: describeTrend(region.trend)}),
                },
                renderTrendTable({trend: region.trend, caption: 'The region’s schools over the years.'}),
              )
            : html`<p>The build has students and teachers for one school year only, ${formatSchoolYear(schoolYear)}. A trend needs two.</p>`
        }
      </section>

      <section aria-labelledby="limits">
        <h2 id="limits">What these figures can’t say</h2>
        <ul>
          <li><strong>They count people, not teaching.</strong> Whether a student has ever had a teacher of their own group depends on classes and years, which the state doesn’t publish.</li>
          <li><strong>The groups are broad.</strong> “Asian” or “Black” hold communities with little in common, from families here for generations to those who came last year.</li>
          <li><strong>Few teachers make large swings.</strong> In a school of 20 teachers, one more or less is 5 points. Each share comes with the range in which it may lie.</li>
          <li><strong>Some teachers’ race isn’t known.</strong> ${(measures?.teachers_not_provided_count ?? 0) > 0 ? `For ${formatCount(measures?.teachers_not_provided_count)} of ${formatCount(measures?.all_teachers_count)} it is not provided; they are never counted as of color.` : 'Those for whom it is not provided are never counted as of color.'}</li>
          <li><strong>They say how it is, not why.</strong> Who trains as a teacher, who is hired, who stays: none of it is in these files.</li>
        </ul>
        <p><a href="${to('methods/')}">How each figure is worked out</a> · <a href="${to('data/')}">Where they come from</a></p>
      </section>`,
  );
}

/** What the colors of the map stand for. */
const mapLegend = html`
  <ul class="legend">
    ${gapClasses.toReversed().map(({id, name}) => html`<li><svg viewBox="0 0 12 12" aria-hidden="true"><circle cx="6" cy="6" r="5" fill="${id === 'none' ? 'var(--paper)' : `var(--${id})`}" stroke="currentColor" stroke-width=".8" /></svg>${name}</li>`)}
  </ul>`;
