import type {School} from '../../src/report/schools.ts';
import {formatCounted} from '../../src/words/count.ts';
import {formatCount, joinWords} from '../../src/words/format.ts';
import {type Html, html} from '../html.ts';
import {toGroup} from '../links.ts';
import type {PageContext} from '../page-context.ts';
import {listAccess} from '../words/access.ts';
import {formatCell} from '../words/columns.ts';
import {describeReportSource} from '../words/origin.ts';

/** Renders how many teachers of their own group the students of a school have, group by group, beside its district. */
export function renderOwnGroup(context: PageContext, school: School): Html {
  const {report} = context;
  const groups = school.groups.filter(
    ({category_type, student_count}) => category_type === 'race_ethnicity' && (student_count ?? 0) > 0,
  );
  const without = groups.filter(({teacher_count}) => teacher_count === 0);
  const isKnown = groups.every(({teacher_count}) => teacher_count !== null);
  if (groups.length === 0 || groups.every(({teacher_count}) => teacher_count === null))
    return html`<p>The files don’t say which groups of students have a teacher of their own here.</p>`;
  const people = without.reduce((sum, {student_count}) => sum + (student_count ?? 0), 0);
  const open = school.measures.teachers_not_provided_count ?? 0;
  const district = listAccess(context, school.district_name);
  const caption = 'Students, and the teachers of their own group at the school';
  return html`
    <p>${
      without.length === 0
        ? isKnown && 'Every group with students has a teacher of its own.'
        : `${formatCounted(people, 'student has', 'students have')} no teacher of their own group here: ${joinWords(without.map(({short_name, student_count}) => `${short_name} (${formatCount(student_count)})`))}.`
    }${open > 0 && ` The race of ${formatCounted(open, 'teacher')} is not provided.`}</p>
    <div class="scroll" tabindex="0" role="region" aria-label="${caption}">
      <table>
        <caption>${caption}. District: the share of the group’s students who are in a school without such a teacher. ${describeReportSource(report)}</caption>
        <thead><tr><th scope="col">Group</th><th scope="col" class="number students">Students</th><th scope="col" class="number teachers">Their teachers</th><th scope="col" class="number">District: none</th></tr></thead>
        <tbody>
          ${groups.map((group) => {
            const row = district.find((each) => each['demographic_group_id'] === group.demographic_group_id);
            return html`<tr>
              <th scope="row">${row === undefined ? group.short_name : html`<a href="${toGroup(context, group.demographic_group_id)}">${group.short_name}</a>`}</th>
              <td class="number">${formatCount(group.student_count)}</td>
              <td class="number">${group.teacher_count === 0 ? 'none' : formatCount(group.teacher_count)}</td>
              <td class="number">${row === undefined ? '–' : formatCell(context, 'no_teacher_student_share', row)}</td>
            </tr>`;
          })}
        </tbody>
      </table>
    </div>`;
}
