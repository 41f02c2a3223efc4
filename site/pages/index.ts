import type {District, Sums} from '../../src/report/organizations.ts';
import type {Report} from '../../src/report/report.ts';
import type {School} from '../../src/report/schools.ts';
import {formatCounted} from '../../src/words/count.ts';
import {formatCount, formatDecimal, formatSchoolYear, formatShare, joinWords} from '../../src/words/format.ts';
import {explainStar} from '../../src/words/rankings.ts';
import {drawDumbbell, type Pair, pairDistrict} from '../charts/dumbbell.ts';
import {type ComparedSchool, drawScatter, findComparedSchools, placeSchools, sharesOfColor} from '../charts/scatter.ts';
import {renderAccessChart} from '../components/access-chart.ts';
import {renderChart} from '../components/chart.ts';
import {renderComposition} from '../components/composition.ts';
import {renderFind} from '../components/find.ts';
import {renderPage} from '../components/page.ts';
import {renderMap} from '../components/school-map.ts';
import {renderTrend} from '../components/trend.ts';
import {type Html, html} from '../html.ts';
import {toDistrict, toDownload, toSchool} from '../links.ts';
import type {PageContext} from '../page-context.ts';
import {describeAccess, listAccess} from '../words/access.ts';
import {formatPlace} from '../words/origin.ts';
import {listAnswered} from '../words/questions.ts';
import {countBeyondPool} from '../words/representation.ts';
import {describeCoverage, describePanelTrend, formatGap, judgeGap, verdictWords} from '../words/sentences.ts';
import {formatYear} from '../words/years.ts';

const question = 'Do the teachers reflect the students they teach?';

export function renderHome(context: PageContext): Html {
  const {place, schoolYear} = context.report;
  return renderPage(
    context,
    {
      title: question,
      description: `${describeAnswer(context.report)} ${place}, ${schoolYear}.`,
      scripts: ['find.js', 'points.js'],
    },
    html`
      <div class="hero">
        ${renderAnswer(context)}
        ${renderMakeUp(context)}
      </div>
      ${renderAccess(context)}
      ${renderSchools(context)}
      ${renderDistricts(context)}
      ${renderYears(context)}
      ${renderLimits(context)}`,
  );
}

/** Returns the answer as plain text, for search engines and previews. */
function describeAnswer({region: {measures}, schoolYear, partial}: Report): string {
  const {students_of_color_share: students = null, teachers_of_color_share: teachers = null} = measures ?? {};
  return students === null || teachers === null
    ? `The files for ${formatSchoolYear(schoolYear)} don’t have both students and teachers. Without both, the question has no answer.`
    : `Of 100 students in ${partial === undefined ? 'the region’s' : 'these'} schools, ${Math.round(100 * students)} are of color. Of 100 teachers, ${Math.round(100 * teachers)} are.`;
}

/** Renders the question, the answer in a sentence and in four numbers, and links to the rest. */
function renderAnswer(context: PageContext): Html {
  const {report, to} = context;
  const {region, schools, districts, schoolYear} = report;
  const {measures} = region;
  const {students_of_color_share: students = null, teachers_of_color_share: teachers = null} = measures ?? {};
  return html`
    <div>
      <p class="kicker">${report.place}${!report.build.isSample && `, ${formatPlace(region)}`} · <span class="nowrap">school year ${formatYear(report, schoolYear)}</span></p>
      <h1>${question}</h1>
      <p class="lead">
        ${measures && html`<strong>${verdictWords[judgeGap(measures)]}</strong>`} 
        ${students === null || teachers === null ? describeAnswer(report) : html`Of 100 students in ${report.partial === undefined ? 'the region’s' : 'these'} schools, <strong class="students">${Math.round(100 * students)}&nbsp;are of color</strong>. Of 100 teachers, <strong class="teachers">${Math.round(100 * teachers)}&nbsp;are</strong>.`}
      </p>
      ${renderFind(context)}
      <p><a href="${to('schools/')}">All ${formatCounted(schools.length, 'school')}</a> · <a href="${to('districts/')}">${formatCounted(districts.length, 'district')}</a> · <a href="${to('questions/')}">${formatCounted(listAnswered(context).length, 'question')}, answered</a></p>
      ${measures && teachers !== null && renderNumbers(context, measures)}
      ${renderHeldYears(context)}
    </div>`;
}

function renderHeldYears({report: {heldYears}, to}: PageContext): Html | false {
  const years = joinWords(heldYears.map(({schoolYear}) => formatSchoolYear(schoolYear)));
  return heldYears.length > 0 && html`<p class="source">Held back: ${years}. <a href="${to('data/#held')}">Why</a></p>`;
}

function renderNumbers({report, to}: PageContext, measures: Sums): Html {
  const white = report.region.groups.find(({demographic_group_id}) => demographic_group_id === 'white');
  return html`
    <dl class="numbers">
      <div><dt>of students are of color: ${formatCount(measures.students_of_color_count)} of ${formatCount(measures.all_students_count)}</dt><dd class="students">${formatShare(measures.students_of_color_share, 0)}</dd></div>
      <div><dt>of teachers are of color: ${formatCount(measures.teachers_of_color_count)} of ${formatCount(measures.all_teachers_count)}${(measures.teachers_not_provided_count ?? 0) > 0 && html`. The race of ${formatCount(measures.teachers_not_provided_count)} is not provided`}</dt><dd class="teachers">${formatShare(measures.teachers_of_color_share, 0)}</dd></div>
      <div><dt>students of color for each teacher of color. For White students and White teachers it is ${formatDecimal(white?.students_per_teacher ?? null, 0)}</dt><dd>${formatDecimal(measures.students_of_color_per_teacher_of_color, 0)}</dd></div>
      <div><dt>more of the ${formatCount(measures.all_teachers_count)} teachers would have to be of color for the two shares to be equal</dt><dd>${formatCount(measures.teachers_to_parity)}</dd></div>
    </dl>
    <p class="small"><a href="${to('data/#sources')}">Where these figures come from</a></p>`;
}

function renderMakeUp(context: PageContext): Html | false {
  const {region, schoolYear} = context.report;
  const {groups, measures} = region;
  if (!groups.some(({category_type}) => category_type === 'race_ethnicity')) return false;
  return renderComposition(context, {
    groups: groups.filter(({category_type}) => category_type !== 'gender'),
    data: toDownload(context, 'region_representation_by_group'),
    heading: 'h2',
    shown:
      'Left: each group’s share of the students. Right: its share of the teachers. The dashed outline repeats the students’ bar. Where teachers reflect students, their bar fills it.',
    width: 340,
    note: describeCoverage(measures),
    caption: `Students and teachers by race and ethnicity in the region’s schools, ${formatSchoolYear(schoolYear)}.`,
  });
}

/** Renders who has no teacher of their group at their school, beside what chance would give. */
function renderAccess(context: PageContext): Html | false {
  const {report, to} = context;
  const rows = listAccess(context, report.place);
  return (
    rows.length > 0 &&
    html`<section aria-labelledby="access">
      <h2 id="access">A teacher of one’s own group</h2>
      <div>
        <p>${describeAccess(rows, context)}</p>
        ${renderAccessChart(context, {rows, name: report.place})}
        <p><a href="${to('questions/access/')}">Access in each district, and what it can’t say</a></p>
      </div>
    </section>`
  );
}

function renderSchools(context: PageContext): Html | false {
  const compared = findComparedSchools(context.report.schools);
  return (
    compared.length > 0 &&
    html`<section aria-labelledby="schools">
      <h2 id="schools">School by school</h2>
      ${renderScatter(context, compared)}
      ${renderMap(context, compared)}
    </section>`
  );
}

function renderScatter(context: PageContext, compared: readonly ComparedSchool[]): Html {
  const {build, region} = context.report;
  const points = placeSchools(
    compared.map(({school}) => school),
    sharesOfColor,
  );
  const below = compared.filter(({gap}) => gap < 0).length;
  const left = (region.measures?.school_count ?? 0) - (region.measures?.compared_school_count ?? 0);
  const alt = `Scatter of ${formatCounted(compared.length, 'school')}: the share of students of color across, the share of teachers of color up. ${below} lie below the line on which the two shares are equal.`;
  return renderChart(
    context,
    {
      answer: 'representation',
      finding: `${below === compared.length ? `At all ${below} schools with figures` : `At ${below} of ${compared.length} schools`}, the share of color is smaller among teachers than among students${describePool(compared.map(({school}) => school))}`,
      shown: 'Each dot is a school. A larger dot means more teachers. On the line, the two shares are equal.',
      schools: compared.map(({school}) => school.school_id),
      narrow: drawScatter(points, sharesOfColor, {isSample: build.isSample, width: 340, alt}),
      wide: drawScatter(points, sharesOfColor, {isSample: build.isSample, width: 620, alt}),
      note:
        left > 0
          ? `${formatCounted(left, 'school')} without figures for both ${left === 1 ? 'is' : 'are'} left out.`
          : undefined,
      table: 'The ten widest and the ten narrowest gaps as a table',
    },
    renderExtremes(context, compared),
  );
}

/** Says at how many schools the teachers are closer to the students than the district’s would be, so that parity isn’t the only yardstick. */
function describePool(schools: readonly School[]): string {
  const {beyond, known} = countBeyondPool(schools.map(({measures}) => measures.overlap_beyond_pool_pp));
  if (known === 0) return '';
  return `; ${beyond} of ${known} have teachers closer to their students than a random draw from the district’s would be`;
}

/** Renders the ten widest and the ten narrowest gaps as a table. */
function renderExtremes(context: PageContext, compared: readonly ComparedSchool[]): Html {
  const sorted = compared.toSorted((a, b) => a.gap - b.gap);
  const rows = sorted.length > 20 ? [...sorted.slice(0, 10), ...sorted.slice(-10)] : sorted;
  return html`
    <div class="scroll" tabindex="0" role="region" aria-label="Schools with the widest and the narrowest gaps">
      <table>
        <caption>Schools with the widest and the narrowest gaps. ${rows.some(({school}) => school.measures.is_small) && `${explainStar(context.report.build.thresholds)} `}<a href="${context.to('schools/')}">All schools</a></caption>
        <thead><tr><th scope="col">School</th><th scope="col" class="number students">Students of color</th><th scope="col" class="number teachers">Teachers of color</th><th scope="col" class="number">Gap</th></tr></thead>
        <tbody>
          ${rows.map(({school, students, teachers, gap}) => html`<tr><th scope="row"><a href="${toSchool(context, school.school_id)}">${school.school_name}</a>${school.measures.is_small && '\u00a0*'}</th><td class="number">${formatShare(students)}</td><td class="number">${formatShare(teachers)}</td><td class="number">${formatGap(gap, 1)}</td></tr>`)}
        </tbody>
      </table>
    </div>`;
}

function renderDistricts(context: PageContext): Html | false {
  const {build, districts} = context.report;
  const rows = districts.map(pairDistrict).toSorted((a, b) => (a.measures?.gap_pp ?? 0) - (b.measures?.gap_pp ?? 0));
  const compared = rows.filter(({measures}) => measures?.gap_pp != null);
  const [widest] = compared;
  const narrowest = compared.at(-1);
  const finding =
    compared.length > 1
      ? `The gap is widest in ${widest?.name}, with ${formatGap(widest?.measures?.gap_pp)} of color among teachers than among students, and narrowest in ${narrowest?.name}, with ${formatGap(narrowest?.measures?.gap_pp)}`
      : 'Students and teachers of color by district';
  const label = {isSample: build.isSample, alt: finding};
  return (
    compared.length > 0 &&
    html`<section aria-labelledby="districts">
      <h2 id="districts">District by district</h2>
      ${renderChart(
        context,
        {
          data: toDownload(context, 'district_representation'),
          finding,
          shown: 'The share of color among students and among teachers, at the region’s schools in each district.',
          narrow: drawDumbbell(rows, {...label, width: 340}),
          wide: drawDumbbell(rows, {...label, width: 760}),
        },
        renderDistrictTable(context, rows),
      )}
    </section>`
  );
}

function renderDistrictTable(context: PageContext, rows: readonly (District & Pair)[]): Html {
  return html`
    <div class="scroll" tabindex="0" role="region" aria-label="Districts">
      <table>
        <caption>The region’s schools by district, ${formatSchoolYear(context.report.schoolYear)}.</caption>
        <thead><tr><th scope="col">District</th><th scope="col" class="number">Schools compared</th><th scope="col" class="number students">Students of color</th><th scope="col" class="number teachers">Teachers of color</th><th scope="col" class="number">Gap</th></tr></thead>
        <tbody>
          ${rows.map((row) => html`<tr><th scope="row"><a href="${toDistrict(context, row.district_id)}">${row.district_name}</a></th><td class="number">${row.measures?.compared_school_count ?? 0} of ${row.measures?.school_count ?? 0}</td><td class="number">${formatShare(row.students)}</td><td class="number">${formatShare(row.teachers)}</td><td class="number">${formatGap(row.measures?.gap_pp, 1)}</td></tr>`)}
        </tbody>
      </table>
    </div>`;
}

function renderYears(context: PageContext): Html | false {
  const {region} = context.report;
  return renderTrend(context, {
    trend: region.trend,
    words: describePanelTrend(region.trend, region.change),
    name: 'The region’s schools',
    shown:
      'The share of color among students and among teachers. Each year covers the schools with figures for both in that year.',
    data: toDownload(context, 'region_representation'),
    widths: [340, 720],
  });
}

function renderLimits({report, to}: PageContext): Html {
  const {measures} = report.region;
  return html`
    <section aria-labelledby="limits">
      <h2 id="limits">What these figures can’t say</h2>
      <ul>
        <li><strong>They count people, not teaching.</strong> They don’t say whether a student has ever had a teacher of their own group. That depends on the student’s classes over the years, which the state doesn’t publish.</li>
        <li><strong>The groups are broad.</strong> “Asian” and “Black” each cover communities with little in common. Some families have been here for generations; others came last year.</li>
        <li><strong>Small staffs swing widely.</strong> At a school with 20 teachers, one teacher more or less is 5 points. A school’s page says what hiring of the same kind could as well have given.</li>
        <li><strong>Some teachers’ race isn’t known.</strong> ${(measures?.teachers_not_provided_count ?? 0) > 0 ? `The race of ${formatCount(measures?.teachers_not_provided_count)} of ${formatCount(measures?.all_teachers_count)} is not provided. They are never counted as of color.` : 'Teachers whose race is not provided are never counted as of color.'}</li>
        <li><strong>They show how things are, not why.</strong> These files don’t say who trains as a teacher, who is hired and who stays.</li>
      </ul>
      <p><a href="${to('methods/')}">How each figure is worked out</a> · <a href="${to('data/')}">Where the figures come from</a></p>
    </section>`;
}
