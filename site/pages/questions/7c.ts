import {formatCount, formatSchoolYear} from '../../../src/words/format.ts';
import {describeTies, explainMarks, listMarks} from '../../../src/words/rankings.ts';
import {drawBars} from '../../charts/bars.ts';
import {renderAnswerTable} from '../../components/answer-table.ts';
import {renderChart} from '../../components/chart.ts';
import {renderQuestionPage} from '../../components/question-page.ts';
import {type Html, html} from '../../html.ts';
import type {PageContext} from '../../page-context.ts';
import {findQuestion} from '../../words/find-question.ts';
import {findGroup} from '../../words/groups.ts';
import {chooseLeads, describeLarge} from '../../words/questions.ts';

export function render7c(context: PageContext): Html {
  const {to} = context;
  const {isSample, thresholds} = context.report.build;
  const {rows, schoolYear} = findQuestion(context, 'teacher-groups');
  const lists = [...Map.groupBy(rows, (row) => String(row['demographic_group_id']))].map(([id, list]) => {
    const {leads, isLimited} = chooseLeads([list]);
    const [lead = {}] = leads;
    const isGender = lead['category_type'] === 'gender';
    const name = findGroup(context, lead).short_name;
    const among = isLimited ? `, among ${describeLarge({minTeachers: thresholds.rankMinTeachers})}` : '';
    return {
      id,
      isGender,
      list,
      name,
      finding: `${name}: ${formatCount(Number(lead['teacher_count']))} at ${lead['school_name']}${among}`,
    };
  });
  // One scale for the page: equal numbers have bars of equal length in every panel.
  const most = Math.max(5, ...rows.map((row) => Number(row['teacher_count'])));
  const sections = [
    {id: 'race', title: 'Race and ethnicity', lists: lists.filter(({isGender}) => !isGender)},
    {id: 'gender', title: 'Gender', lists: lists.filter(({isGender}) => isGender)},
  ];
  return renderQuestionPage(
    context,
    {
      path: '7c',
      analysts: html`<p>The ranking uses the schools data set, <a href="${to('questions/7b/')}">that of question 7b</a>. It settles which schools are in the region, what they are called, and how many teachers each has in all. So the shares here are parts of the totals there. Schools without a number of teachers are in the data set, but in no ranking.</p>`,
    },
    html`
      ${sections
        .filter(({lists}) => lists.length > 0)
        .map(
          ({id, title, lists}) => html`<section aria-labelledby="${id}">
          <h2 id="${id}">${title}</h2>
          <div class="many">
            ${lists.map(({list, name, finding}) =>
              renderChart(
                context,
                {
                  answer: 'teacher-groups',
                  finding,
                  shown:
                    list.length < thresholds.schoolsPerGroup
                      ? 'Number of teachers at the elementary schools that have any.'
                      : `Number of teachers at the ${thresholds.schoolsPerGroup} elementary schools with the most.`,
                  narrow: drawBars(
                    list.map((row) => ({
                      name: [row['school_name'], ...listMarks(row)].join(' '),
                      value: Number(row['teacher_count']),
                      text: formatCount(Number(row['teacher_count'])),
                    })),
                    {
                      isSample,
                      width: 340,
                      color: 'teachers',
                      most,
                      alt: finding,
                    },
                  ),
                  note: [...explainMarks(list, thresholds), describeTies(list) ?? ''].join(' '),
                },
                renderAnswerTable(context, {
                  rows: list,
                  columns: [
                    'rank',
                    'school_name',
                    'district_name',
                    'teacher_count',
                    'all_teachers_count',
                    'teacher_share',
                  ],
                  caption: `${name}: elementary schools by number of teachers, ${formatSchoolYear(schoolYear ?? '')}.`,
                }),
              ),
            )}
          </div>
        </section>`,
        )}`,
  );
}
