import type {Row} from '../../../src/duckdb/database.ts';
import type {GroupFigures} from '../../../src/report/organizations.ts';
import type {School} from '../../../src/report/schools.ts';
import {formatCounted} from '../../../src/words/count.ts';
import {formatCount, formatSchoolYear, formatShare} from '../../../src/words/format.ts';
import {shortenDistrict} from '../../../src/words/names.ts';
import {accessColumns, accessLegend, drawAccess} from '../../components/access-chart.ts';
import {renderAnswerTable} from '../../components/answer-table.ts';
import {renderChart} from '../../components/chart.ts';
import {renderPage} from '../../components/page.ts';
import {type Html, html} from '../../html.ts';
import {toQuestion, toSchool} from '../../links.ts';
import type {PageContext} from '../../page-context.ts';
import {describeGroupAccess} from '../../words/access.ts';
import {readFigure} from '../../words/columns.ts';
import {findQuestion} from '../../words/find-question.ts';
import {findGroup} from '../../words/groups.ts';
import {describeReportSource} from '../../words/origin.ts';

/** Renders where the students of a group have teachers of their own, and where none: by district, and at each school. */
export function renderGroup(context: PageContext, region: Row): Html {
  const {report, to} = context;
  const {adjective} = findGroup(context, region);
  const id = region['demographic_group_id'];
  const districts = findQuestion(context, 'access').rows.filter(
    (row) => row['demographic_group_id'] === id && row['name'] !== report.place,
  );
  const schools = report.schools
    .flatMap((school) => {
      const group = school.groups.find(({demographic_group_id}) => demographic_group_id === id);
      return group?.student_count ? [{school, group}] : [];
    })
    .toSorted((a, b) => (b.group.student_count ?? 0) - (a.group.student_count ?? 0));
  const having = (fits: (count: number) => boolean) =>
    schools.filter(({group: {teacher_count: count}}) => count !== null && fits(count));
  const unknown = schools.filter(({group}) => group.teacher_count === null).length;
  const lists = [
    ['none', `No ${adjective} teacher`, having((count) => count === 0)],
    ['one', `One ${adjective} teacher`, having((count) => count === 1)],
    ['more', `Two or more ${adjective} teachers`, having((count) => count > 1)],
  ] as const;
  const sentence = describeGroupAccess(context, region);
  return renderPage(
    context,
    {
      at: 'questions/',
      title: `Where ${adjective} students have ${adjective} teachers`,
      description: `${sentence} School year ${report.schoolYear}.`,
    },
    html`
      <p class="crumbs"><a href="${to('questions/')}">Questions</a> · <a href="${toQuestion(context, 'access')}">Access</a></p>
      <h1 class="name">Where ${adjective} students have ${adjective} teachers</h1>
      <p class="kicker after">${formatCounted(Number(region['student_count']), 'student')} and ${formatCounted(Number(region['teacher_count']), 'teacher')} · ${report.place} · <span class="nowrap">school year ${formatSchoolYear(report.schoolYear)}</span></p>
      <p class="lead">${sentence}</p>
      ${districts.length > 1 && renderDistricts(context, districts, adjective)}
      ${lists.map(
        ([anchor, heading, listed]) => html`
          <section aria-labelledby="${anchor}">
            <h2 id="${anchor}">${heading}</h2>
            ${
              listed.length === 0
                ? html`<p>No school.</p>`
                : renderSchools(context, listed, {heading, isLong: anchor !== 'none'})
            }
          </section>`,
      )}
      <section aria-labelledby="cant">
        <h2 id="cant">What this can’t say</h2>
        <p>It counts schools, not classes. ${unknown > 0 && `Of ${formatCounted(unknown, 'more school')} with ${adjective} students, the teachers are not known. `}Teachers whose race is not provided are left out. Where few students of a group are at each school, most would have no teacher of it even at parity: <a href="${to('methods/#no-access')}">chance and parity</a>.</p>
      </section>`,
  );
}

/** Renders the group's students without a teacher of their own, district by district. */
function renderDistricts(context: PageContext, rows: readonly Row[], adjective: string): Html {
  const share = (row: Row) => readFigure(row, 'no_teacher_student_share');
  const sorted = rows.toSorted((a, b) => (share(b) ?? 0) - (share(a) ?? 0));
  const [most] = sorted;
  const finding = `${shortenDistrict(String(most?.['name']))} has the highest share of ${adjective} students without a ${adjective} teacher: ${formatShare(most === undefined ? null : share(most), 0)}`;
  return html`
    <section aria-labelledby="districts">
      <h2 id="districts">District by district</h2>
      ${renderChart(
        context,
        {
          answer: 'access',
          finding,
          legend: accessLegend,
          shown: `Share of the ${adjective} students who are in a school without a ${adjective} teacher.`,
          narrow: drawAccess(context, sorted, (row) => shortenDistrict(String(row['name'])), finding),
        },
        renderAnswerTable(context, {
          rows: sorted,
          columns: ['name', ...accessColumns],
          caption: `${adjective} students without a ${adjective} teacher at their school, by district; the same by chance and at parity; and with one.`,
        }),
      )}
    </section>`;
}

/** Renders a list of schools: the group’s students and teachers there. A long list is folded. */
function renderSchools(
  context: PageContext,
  listed: readonly {school: School; group: GroupFigures}[],
  {heading, isLong}: {heading: string; isLong: boolean},
): Html {
  const students = listed.reduce((sum, {group}) => sum + (group.student_count ?? 0), 0);
  const counted = `${formatCounted(listed.length, 'school')}, ${formatCounted(students, 'student')} of the group`;
  const table = html`
    <div class="scroll" tabindex="0" role="region" aria-label="Schools: ${heading}">
      <table>
        <caption>${counted}. Students and teachers are those of the group. ${describeReportSource(context.report)}</caption>
        <thead><tr><th scope="col">School</th><th scope="col" class="number students">Students</th><th scope="col" class="number teachers">Teachers</th><th scope="col" class="number">All teachers</th></tr></thead>
        <tbody>
          ${listed.map(({school, group}) => html`<tr><th scope="row"><a href="${toSchool(context, school.school_id)}">${school.school_name}</a> <small class="muted">${shortenDistrict(school.district_name)}</small></th><td class="number">${formatCount(group.student_count)}</td><td class="number">${formatCount(group.teacher_count)}</td><td class="number">${formatCount(school.measures.all_teachers_count)}</td></tr>`)}
        </tbody>
      </table>
    </div>`;
  return isLong ? html`<details><summary>${counted}</summary>${table}</details>` : table;
}
