import type {Row} from '../../src/duckdb/database.ts';
import {formatFigure} from '../../src/words/columns.ts';
import {formatCounted} from '../../src/words/count.ts';
import {fewestShown} from '../../src/words/fewest-shown.ts';
import {
  formatCount,
  formatDecimal,
  formatRatio,
  formatSchoolYear,
  formatShare,
  formatSigned,
} from '../../src/words/format.ts';
import {shortenDistrict} from '../../src/words/names.ts';
import {drawBars} from '../charts/bars.ts';
import {drawChange} from '../charts/change.ts';
import {findComparedSchools} from '../charts/scatter.ts';
import {drawSize} from '../charts/size.ts';
import {renderChart} from '../components/chart.ts';
import {renderExploredTable} from '../components/explored-table.ts';
import {renderPage} from '../components/page.ts';
import {type Html, html} from '../html.ts';
import type {PageContext} from '../page-context.ts';
import {describeAssignment, leastBeyondChance, listAssignment} from '../words/access.ts';
import {readFigure} from '../words/columns.ts';
import {findQuestion} from '../words/find-question.ts';
import {findGroup} from '../words/groups.ts';

export function renderExploration(context: PageContext): Html {
  return renderPage(
    context,
    {
      at: 'exploration/',
      title: 'Exploration: what else the figures show',
      description:
        'Growth needed for parity, where gaps narrow or widen, how teachers are spread over schools, school size, teachers’ experience, students by grade.',
    },
    html`
      <h1>Exploration</h1>
      <p class="lead">Beyond the questions: what else these figures show.</p>
      ${renderSection('growth', 'How many more teachers of color would it take?', renderGrowth(context))}
      ${renderSection('closing', 'Where gaps narrowed, and where they widened', renderClosing(context))}
      ${renderSection('assignment', 'District-wide, or between schools?', renderAssignment(context))}
      ${renderSection('size', 'Are larger schools closer to parity?', renderSize(context))}
      ${renderSection('experience', 'Experience by group', renderExperience(context))}
      ${renderSection('grades', 'Students by grade', renderGrades(context))}`,
  );
}

/** Renders a section; nothing if the build has no figures for it. */
function renderSection(id: string, title: string, content: Html | undefined): Html | false {
  return (
    content !== undefined &&
    html`<section aria-labelledby="${id}">
      <h2 id="${id}">${title}</h2>
      ${content}
    </section>`
  );
}

function renderGrowth(context: PageContext): Html | undefined {
  const {isSample} = context.report.build;
  const growth = findQuestion(context, 'growth').rows.filter((row) => typeof row['teachers_to_parity'] === 'number');
  const region = growth.at(-1);
  if (region === undefined) return undefined;
  const districts = growth.slice(0, -1).toSorted((a, b) => Number(b['growth_ratio']) - Number(a['growth_ratio']));
  const [most] = districts;
  const finding = `${context.report.partial === undefined ? 'The region’s' : 'These'} schools would need ${formatDecimal(Number(region['growth_ratio']))} times as many teachers of color as they have${most && districts.length > 1 ? `; those of ${shortenDistrict(String(most['name']))}, ${formatDecimal(Number(most['growth_ratio']))} times` : ''}`;
  const bars = districts.map((row) => ({
    name: `${shortenDistrict(String(row['name']))}: ${formatCount(Number(row['teachers_of_color_count']))}, and ${formatCount(Number(row['teachers_to_parity']))} more`,
    value: readFigure(row, 'growth_ratio'),
    text: `× ${formatDecimal(readFigure(row, 'growth_ratio'))}`,
  }));
  return renderChart(
    context,
    {
      answer: 'growth',
      finding,
      shown: `How many times as many teachers of color it would take to reach the students’ share, with the number of teachers unchanged.${compareWithChange(context, Number(region['teachers_to_parity']))}`,
      narrow: drawBars(bars, {isSample, width: 360, color: 'teachers', alt: finding}),
    },
    renderExploredTable(context, 'growth'),
  );
}

/** Sets the teachers who are missing for parity beside those that the schools gained or lost since the first year. */
function compareWithChange(context: PageContext, missing: number): string {
  const change = findQuestion(context, 'closing').rows.at(-1);
  const gained = change?.['teachers_of_color_count_change'];
  if (typeof gained !== 'number') return '';
  const schools = formatCounted(Number(change?.['matched_school_count']), 'school');
  const more = gained === 0 ? 'as many' : `${formatCount(Math.abs(gained))} ${gained > 0 ? 'more' : 'fewer'}`;
  return ` It takes ${formatCount(missing)} more. The ${schools} with figures for both years have ${more} since ${formatSchoolYear(String(change?.['since_school_year']))}.`;
}

function renderClosing(context: PageContext): Html | undefined {
  const {build, schoolYear} = context.report;
  const rows = findQuestion(context, 'closing').rows.filter((row) => typeof row['gap_change_pp'] === 'number');
  const region = rows.at(-1);
  if (region === undefined) return undefined;
  const number = (column: string) => Number(region[column]);
  const since = formatSchoolYear(String(region['since_school_year']));
  const matched = formatCounted(number('matched_school_count'), 'school');
  const finding = `At the same ${matched}, the share of teachers of color changed by ${formatSigned(number('teachers_of_color_share_change_pp'))} points since ${since}, that of students of color by ${formatSigned(number('students_of_color_share_change_pp'))}`;
  const unmatched = region['unmatched_schools'];
  return renderChart(
    context,
    {
      answer: 'closing',
      finding,
      shown: `Change of the gap since ${since}, in percentage points, at the schools with figures for both years. In people: ${formatSigned(number('teachers_of_color_count_change'), 0)} teachers and ${formatSigned(number('students_of_color_count_change'), 0)} students of color.`,
      of: `${since} to ${formatSchoolYear(schoolYear)}`,
      narrow: drawChange(
        rows.map((row) => ({name: shortenDistrict(String(row['name'])), value: Number(row['gap_change_pp'])})),
        {isSample: build.isSample, width: 360, ends: ['Teachers fell back', 'Teachers caught up'], alt: finding},
      ),
      note: [
        `School by school, the gap has narrowed at ${number('closing_count')}, widened at ${number('widening_count')}, and shows no clear change at ${number('unclear_count')}.`,
        ...(typeof unmatched === 'string' ? [`Not compared in both years: ${unmatched}.`] : []),
      ].join(' '),
    },
    renderExploredTable(context, 'closing', 'unmatched_schools'),
  );
}

function renderAssignment(context: PageContext): Html | undefined {
  const {isSample} = context.report.build;
  const rows = listAssignment(context);
  const region = rows.at(-1);
  if (region === undefined) return undefined;
  const districts = rows.slice(0, -1);
  const beyond = districts.filter((row) => Number(row['dissimilarity_beyond_chance']) >= leastBeyondChance);
  const finding =
    districts.length > 1
      ? `In ${beyond.length} of ${formatCounted(districts.length, 'district')}, teachers of color are more together at some schools than a random assignment would have them`
      : `Dissimilarity is ${formatFigure('dissimilarity', Number(region['dissimilarity']))}; a random assignment would give ${formatFigure('dissimilarity_expected', Number(region['dissimilarity_expected']))}`;
  const bars = districts.map((row) => ({
    name: shortenDistrict(String(row['name'])),
    value: readFigure(row, 'dissimilarity'),
    chance: readFigure(row, 'dissimilarity_expected'),
    text: formatRatio(readFigure(row, 'dissimilarity')),
  }));
  return html`<div>
    <p>Are teachers of color missing everywhere, or are they at other schools? Suppose that a district put its teachers’ names into hats, one for each type of school, and drew each school’s staff. Some schools would still get more teachers of color than others. What goes beyond that lies between schools. A school with more teachers of color than parity asks for could make up for another one. What would be missing even then is district-wide: no move of a teacher closes it.</p>
    <p><strong>${String(region['name'])}:</strong> ${describeAssignment(region)} Two counts show who is where, not who was hired and who left.</p>
    ${renderChart(
      context,
      {
        answer: 'assignment',
        finding,
        shown:
          'Dissimilarity of teachers of color and White teachers over each district’s schools: 0 if every school has the same share, 1 if no school has both. The line across the bar is what a random assignment would give.',
        narrow: drawBars(bars, {isSample, width: 360, color: 'teachers', most: 1, alt: finding}),
      },
      renderExploredTable(context, 'assignment'),
    )}
  </div>`;
}

function renderSize(context: PageContext): Html | undefined {
  const {build, schools} = context.report;
  const compared = findComparedSchools(schools);
  if (compared.length === 0) return undefined;
  const correlation = findQuestion(context, 'size').rows.at(-1)?.['rank_correlation'];
  const relation = typeof correlation === 'number' ? describeCorrelation(correlation) : '';
  const label = {isSample: build.isSample, alt: relation};
  return renderChart(
    context,
    {
      answer: 'size',
      finding: `${relation}${typeof correlation === 'number' ? ` (rank correlation of size and gap: ${correlation.toFixed(2).replace('-', '−')})` : ''}`,
      shown: 'Each dot is a school: its number of students from left to right, its gap from bottom to top.',
      narrow: drawSize(compared, {...label, width: 360}),
      wide: drawSize(compared, {...label, width: 720}),
    },
    renderExploredTable(context, 'size', 'rank_correlation'),
  );
}

function describeCorrelation(correlation: number): string {
  if (Math.abs(correlation) < 0.2) return 'Larger schools are no closer to parity than smaller ones';
  return `On the whole, larger schools have ${correlation > 0 ? 'wider' : 'narrower'} gaps`;
}

function renderExperience(context: PageContext): Html | undefined {
  const {isSample} = context.report.build;
  const rows = findQuestion(context, 'experience').rows.filter((row) => row['category_type'] === 'race_ethnicity');
  if (rows.length === 0) return undefined;
  const large = rows
    .filter((row) => row['demographic_group_id'] !== 'not_provided')
    .toSorted((a, b) => Number(b['average_years']) - Number(a['average_years']));
  const [most] = large;
  const least = large.at(-1);
  const years = (row: Row) => formatDecimal(Number(row['average_years']));
  const finding =
    most && least && most !== least
      ? `Between ${years(least)} years (${findGroup(context, least).short_name}) and ${years(most)} (${findGroup(context, most).short_name}) on average`
      : 'Years of experience by group';
  const bars = large.map((row) => ({
    name: findGroup(context, row).short_name,
    value: readFigure(row, 'average_years'),
    text: years(row),
  }));
  return renderChart(
    context,
    {
      answer: 'experience',
      finding,
      shown: `Average years of experience of each group’s teachers, at the region’s schools. Groups of fewer than ${fewestShown} teachers are left out; teachers whose race is not provided are in the table.`,
      narrow: drawBars(bars, {isSample, width: 360, color: 'teachers', alt: finding}),
    },
    renderExploredTable(context, 'experience', 'category_type'),
  );
}

function renderGrades(context: PageContext): Html | undefined {
  const {isSample} = context.report.build;
  const rows = findQuestion(context, 'grades').rows;
  const first = rows.find((row) => row['grade_name'] === 'Kindergarten') ?? rows[0];
  const last = rows.at(-1);
  if (first === undefined || last === undefined) return undefined;
  const finding = `${formatShare(Number(first['students_of_color_share']), 0)} of students in ${String(first['grade_name']).toLowerCase()} are of color, ${formatShare(Number(last['students_of_color_share']), 0)} in ${String(last['grade_name']).toLowerCase()}`;
  const bars = rows.map((row) => ({
    name: String(row['grade_name']),
    value: readFigure(row, 'students_of_color_share'),
    text: formatShare(readFigure(row, 'students_of_color_share')),
  }));
  return renderChart(
    context,
    {
      answer: 'grades',
      finding,
      shown:
        'The share of students of color by grade, at the region’s schools. Families move and students leave between grades, so the lower grades are no forecast of the higher ones.',
      narrow: drawBars(bars, {isSample, width: 360, color: 'students', most: 1, alt: finding}),
    },
    renderExploredTable(context, 'grades'),
  );
}
