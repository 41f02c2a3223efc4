import {formatCount, formatDecimal, formatSchoolYear, formatShare, formatSigned} from '../../src/words/format.ts';
import {drawBars} from '../charts/bars.ts';
import {drawChange} from '../charts/change.ts';
import {findComparedSchools} from '../charts/scatter.ts';
import {drawSize} from '../charts/size.ts';
import {renderChart} from '../components/chart.ts';
import {renderExploredTable} from '../components/explored-table.ts';
import {renderPage} from '../components/page.ts';
import {type Chapter, renderMarkdown, slugify} from '../documents.ts';
import {type Html, html} from '../html.ts';
import {toDownload} from '../links.ts';
import type {PageContext} from '../page-context.ts';
import {findGroup, shortenDistrict} from '../words/groups.ts';

export function renderExploration(context: PageContext, chapters: readonly Chapter[]): Html {
  const {report} = context;
  const {isSample} = report.build;
  const rowsOf = (name: string) => report.explorations.find((exploration) => exploration.name === name)?.rows ?? [];
  const growth = rowsOf('growth').filter((row) => typeof row['teachers_to_parity'] === 'number');
  const closing = rowsOf('closing').filter((row) => typeof row['gap_change_pp'] === 'number');
  const sizes = rowsOf('size');
  const experience = rowsOf('experience').filter((row) => row['category_type'] === 'race_ethnicity');
  const grades = rowsOf('grades');
  const districts = growth.slice(0, -1).toSorted((a, b) => Number(b['growth_ratio']) - Number(a['growth_ratio']));
  const region = growth.at(-1);
  const years = region?.['years_to_parity'];
  const growthFinding = region
    ? `The region’s schools would need ${formatDecimal(Number(region['growth_ratio']))} times as many teachers of color as they have; ${districts[0] ? `${shortenDistrict(String(districts[0]['name']))} ${formatDecimal(Number(districts[0]['growth_ratio']))} times` : ''}`
    : '';
  const pace =
    region === undefined || region['since_school_year'] === null
      ? 'With one school year there is no pace to say how long that would take.'
      : years === null
        ? `Since ${formatSchoolYear(String(region['since_school_year']))} their number has not grown: at that pace, never.`
        : `At the pace since ${formatSchoolYear(String(region['since_school_year']))}, that would take ${formatCount(Number(years))} years.`;
  const ofRegion = closing.at(-1);
  const ofDistricts = closing.slice(0, -1);
  const widened = ofDistricts.filter((row) => Number(row['gap_change_pp']) < 0).length;
  const closingFinding = `The gap has widened in ${widened} of ${ofDistricts.length} districts; in the region as a whole it has ${Number(ofRegion?.['gap_change_pp']) < 0 ? 'widened' : 'closed'} by ${formatSigned(Math.abs(Number(ofRegion?.['gap_change_pp']))).replace('+', '')} points`;
  const dots = findComparedSchools(report.schools);
  const correlation = sizes.at(-1)?.['rank_correlation'];
  const relation =
    typeof correlation !== 'number'
      ? ''
      : Math.abs(correlation) < 0.2
        ? 'Larger schools are no closer to parity than small ones'
        : correlation > 0
          ? 'The larger the school, the wider the gap, on the whole'
          : 'The larger the school, the narrower the gap, on the whole';
  const {smallNumber} = report.build.thresholds;
  const mean = experience.toSorted((a, b) => Number(b['average_years']) - Number(a['average_years']));
  const large = mean.filter(
    (row) => Number(row['teacher_count']) >= smallNumber && row['demographic_group'] !== 'not_provided',
  );
  const experienceFinding =
    large.length > 1
      ? `Between ${formatDecimal(Number(large.at(-1)?.['average_years']))} years (${findGroup(context, large.at(-1) ?? {}).short_name}) and ${formatDecimal(Number(large[0]?.['average_years']))} (${findGroup(context, large[0] ?? {}).short_name}) on average`
      : 'Years of experience by group';
  const first = grades.find((row) => row['grade_name'] === 'Kindergarten') ?? grades[0];
  const last = grades.at(-1);
  const gradesFinding =
    first && last
      ? `${formatShare(Number(first['students_of_color_share']), 0)} of students in ${String(first['grade_name']).toLowerCase()} are of color, ${formatShare(Number(last['students_of_color_share']), 0)} in ${String(last['grade_name']).toLowerCase()}`
      : '';
  return renderPage(
    context,
    {
      at: 'exploration/',
      title: 'Exploration: what else the figures say, and what would say more',
      description:
        'Growth needed for parity, where gaps close or widen, school size, teachers’ experience, the students of tomorrow; and what other data, models and analyses would be worth it.',
    },
    html`
      <h1>Exploration</h1>
      <p class="lead">Beyond the six questions: what else these figures say, and what would say more.</p>

      <section aria-labelledby="growth">
        <h2 id="growth">How many teachers of color are lacking?</h2>
        ${
          region
            ? renderChart(
                context,
                {
                  data: toDownload(context, 'growth'),
                  finding: growthFinding,
                  shown: `How many times as many teachers of color it would take for their share to reach that of the students, the number of teachers as it is. ${pace}`,
                  narrow: drawBars(
                    districts.map((row) => ({
                      name: `${shortenDistrict(String(row['name']))}: ${formatCount(Number(row['teachers_of_color_count']))}, and ${formatCount(Number(row['teachers_to_parity']))} more`,
                      value: Number(row['growth_ratio']),
                      text: `× ${formatDecimal(Number(row['growth_ratio']))}`,
                    })),
                    {isSample, width: 360, color: 'teachers', alt: growthFinding},
                  ),
                },
                renderExploredTable(context, {
                  name: 'growth',
                  columns: [
                    'name',
                    'all_teachers_count',
                    'teachers_of_color_count',
                    'teachers_of_color_share',
                    'students_of_color_share',
                    'teachers_to_parity',
                    'growth_ratio',
                    'teachers_of_color_per_year',
                    'years_to_parity',
                  ],
                }),
              )
            : html`<p>There are no districts with both students and teachers.</p>`
        }
      </section>

      <section aria-labelledby="closing">
        <h2 id="closing">Where gaps close, and where they widen</h2>
        ${
          closing.length > 0
            ? renderChart(
                context,
                {
                  data: toDownload(context, 'closing'),
                  finding: closingFinding,
                  shown: `Change of the gap since ${formatSchoolYear(String(closing[0]?.['since_school_year']))}, in percentage points.`,
                  of: `${formatSchoolYear(String(closing[0]?.['since_school_year']))} to ${formatSchoolYear(report.schoolYear)}`,
                  narrow: drawChange(
                    closing.map((row) => ({
                      name: shortenDistrict(String(row['name'])),
                      value: Number(row['gap_change_pp']),
                    })),
                    {isSample, width: 360, ends: ['Widens', 'Closes'], alt: closingFinding},
                  ),
                },
                renderExploredTable(context, {
                  name: 'closing',
                  columns: [
                    'name',
                    'since_school_year',
                    'school_count',
                    'closing_count',
                    'widening_count',
                    'gap_pp',
                    'gap_change_pp',
                  ],
                }),
              )
            : html`<p>That takes two school years with both students and teachers; the build has one.</p>`
        }
      </section>

      <section aria-labelledby="size">
        <h2 id="size">Are larger schools closer to parity?</h2>
        ${dots.length > 0 ? renderChart(context, {data: toDownload(context, 'size'), finding: `${relation}${typeof correlation === 'number' ? ` (rank correlation of size and gap: ${correlation.toFixed(2).replace('-', '−')})` : ''}`, shown: 'Each dot is a school: its number of students across, its gap up.', narrow: drawSize(dots, {isSample, width: 360, alt: relation}), wide: drawSize(dots, {isSample, width: 720, alt: relation})}, renderExploredTable(context, {name: 'size', columns: ['size_group', 'school_count', 'fewest_students_count', 'most_students_count', 'median_gap_pp', 'median_overlap']})) : html`<p>There is no school with both students and teachers.</p>`}
      </section>

      <section aria-labelledby="experience">
        <h2 id="experience">Experience by group</h2>
        ${
          experience.length > 0
            ? renderChart(
                context,
                {
                  data: toDownload(context, 'experience'),
                  finding: experienceFinding,
                  shown: `Average years of experience of the teachers of each group at the region’s schools. * fewer than ${smallNumber} teachers.`,
                  narrow: drawBars(
                    experience.map((row) => ({
                      name: `${findGroup(context, row).short_name}${Number(row['teacher_count']) < smallNumber ? ' *' : ''}`,
                      value: Number(row['average_years']),
                      text: formatDecimal(Number(row['average_years'])),
                    })),
                    {isSample, width: 360, color: 'teachers', alt: experienceFinding},
                  ),
                },
                renderExploredTable(context, {
                  name: 'experience',
                  columns: ['demographic_group', 'teacher_count', 'average_years', 'masters_share'],
                }),
              )
            : html`<p>The file of teachers has no years of experience.</p>`
        }
      </section>

      <section aria-labelledby="grades">
        <h2 id="grades">The students of tomorrow</h2>
        ${
          grades.length > 0
            ? renderChart(
                context,
                {
                  data: toDownload(context, 'grades'),
                  finding: gradesFinding,
                  shown: 'Share of students of color by grade at the region’s schools.',
                  narrow: drawBars(
                    grades.map((row) => ({
                      name: String(row['grade_name']),
                      value: Number(row['students_of_color_share']),
                      text: formatShare(Number(row['students_of_color_share'])),
                    })),
                    {isSample, width: 360, color: 'students', most: 1, alt: gradesFinding},
                  ),
                },
                renderExploredTable(context, {
                  name: 'grades',
                  columns: ['grade_name', 'student_count', 'students_of_color_count', 'students_of_color_share'],
                }),
              )
            : html`<p>There are no students by grade and race.</p>`
        }
      </section>

      ${chapters.map(
        ({title, markdown}) => html`
        <section aria-labelledby="${slugify(title)}">
          <h2 id="${slugify(title)}">${title}</h2>
          <div class="written">${renderMarkdown(context, {title, markdown})}</div>
        </section>`,
      )}`,
  );
}
