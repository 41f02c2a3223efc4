import {formatSchoolYear, formatShare} from '../../../src/words/format.ts';
import {describeTies, explainMarks, listMarks} from '../../../src/words/rankings.ts';
import {drawBarColumns, drawBars, findLongest} from '../../charts/bars.ts';
import {renderAnswerTable} from '../../components/answer-table.ts';
import {renderChart} from '../../components/chart.ts';
import {renderQuestionPage} from '../../components/question-page.ts';
import {type Html, html} from '../../html.ts';
import type {PageContext} from '../../page-context.ts';
import {findQuestion} from '../../words/find-question.ts';
import {findGroup} from '../../words/groups.ts';
import {chooseLeads, describeLarge, nameOnce} from '../../words/questions.ts';

export function render7a(context: PageContext): Html {
  const {isSample, thresholds} = context.report.build;
  const {rows, schoolYear} = findQuestion(context, 'student-groups');
  const types: Record<string, string> = {
    high: 'High schools',
    middle: 'Middle schools',
    elementary: 'Elementary schools',
  };
  const groups = [...Map.groupBy(rows, (row) => String(row['demographic_group_id']))].map(([group, ofGroup]) => {
    const lists = [...Map.groupBy(ofGroup, (row) => String(row['school_type']))];
    const {leads, isLimited} = chooseLeads(lists.map(([, list]) => list));
    const {adjective} = findGroup(context, ofGroup[0] ?? {});
    const tops = leads.toSorted((a, b) => Number(b['student_share']) - Number(a['student_share']));
    const among = isLimited ? `, among ${describeLarge({minStudents: thresholds.rankMinStudents})}` : '';
    const finding = `The highest shares of ${adjective} students${among}: ${nameOnce(tops, (row) => formatShare(Number(row['student_share'])))}`;
    const drawn = ofGroup.map((row) => ({
      list: types[String(row['school_type'])] ?? '',
      name: `${[row['school_name'], ...listMarks(row)].join(' ')}`,
      value: Number(row['student_share']),
      text: formatShare(Number(row['student_share'])),
    }));
    return {group, adjective, ofGroup, lists, finding, drawn};
  });
  // One scale for the page: equal shares have bars of equal length in every list.
  const most = findLongest(groups.flatMap(({drawn}) => drawn));
  return renderQuestionPage(
    context,
    {path: '7a'},
    groups.map(
      ({group, adjective, ofGroup, lists, finding, drawn}) => html`
        <section aria-labelledby="${group}">
          <h2 id="${group}">${adjective} students</h2>
          ${renderChart(
            context,
            {
              answer: 'student-groups',
              finding,
              shown: `The ${thresholds.schoolsPerGroup} schools of each type with the highest share of ${adjective} students. A school of two types is in both lists.`,
              narrow: drawBars(drawn, {isSample, width: 360, color: 'students', most, alt: finding}),
              wide: drawBarColumns(drawn, {isSample, width: 780, color: 'students', most, alt: finding}),
              note: [
                ...explainMarks(ofGroup, thresholds),
                ...lists.flatMap(([type, list]) => {
                  const tied = describeTies(list);
                  return tied ? `${types[type]}: ${tied}` : [];
                }),
              ].join(' '),
            },
            lists.map(([type, list]) =>
              renderAnswerTable(context, {
                rows: list,
                columns: [
                  'rank',
                  'school_name',
                  'district_name',
                  'city',
                  'student_count',
                  'all_students_count',
                  'student_share',
                ],
                caption: `${types[type]} by share of ${adjective} students, ${formatSchoolYear(schoolYear ?? '')}.`,
              }),
            ),
          )}
        </section>`,
    ),
  );
}
