import {formatCount, formatSchoolYear} from '../../../src/words/format.ts';
import {drawBars} from '../../charts/bars.ts';
import {renderAnswerTable} from '../../components/answer-table.ts';
import {renderChart} from '../../components/chart.ts';
import {renderQuestionPage} from '../../components/question-page.ts';
import {type Html, html} from '../../html.ts';
import type {PageContext} from '../../page-context.ts';
import {findGroup} from '../../words/groups.ts';
import {describeTies, findQuestion} from '../../words/questions.ts';

export function render7c(context: PageContext): Html {
  const {to} = context;
  const {isSample, thresholds} = context.report.build;
  const {rows, schoolYear} = findQuestion(context, 'teacher-groups');
  const lists = [...Map.groupBy(rows, (row) => String(row['demographic_group_id']))].map(([key, list]) => {
    const [first] = list;
    const isGender = first?.['category_type'] === 'gender';
    const name = findGroup(context, first ?? {}).short_name;
    const best = Number(first?.['teacher_count']);
    return {
      id: key,
      isGender,
      list,
      name,
      finding:
        best === 0
          ? `${name}: no elementary school has such a teacher`
          : `${name}: ${formatCount(best)} at ${first?.['school_name']}`,
    };
  });
  const sections = [
    {id: 'race', title: 'Race and ethnicity', lists: lists.filter(({isGender}) => !isGender)},
    {id: 'gender', title: 'Gender', lists: lists.filter(({isGender}) => isGender)},
  ];
  return renderQuestionPage(
    context,
    {number: '7c'},
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
                  shown: `Number of teachers at the ${thresholds.schoolsPerGroup} elementary schools with the most.`,
                  of: formatSchoolYear(schoolYear ?? ''),
                  narrow: drawBars(
                    list.map((row) => ({
                      name: String(row['school_name']),
                      value: Number(row['teacher_count']),
                      text: formatCount(Number(row['teacher_count'])),
                    })),
                    {
                      isSample,
                      width: 340,
                      color: 'teachers',
                      most: Math.max(5, ...list.map((row) => Number(row['teacher_count']))),
                      alt: finding,
                    },
                  ),
                  note: describeTies(list),
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
        )}
      <section aria-labelledby="uses">
        <h2 id="uses">Does it use the schools data set?</h2>
        <p>Yes. The data set of <a href="${to('questions/7b/')}">7b</a> settles which schools are in the region, what they are called, and how many teachers each has in all. The ranking takes all three from there, so the shares here are parts of the totals in 7b. Schools without a number of teachers are in 7b, but in no ranking.</p>
      </section>`,
  );
}
