import type {Row} from '../../../src/duckdb/database.ts';
import type {School} from '../../../src/report/schools.ts';
import {formatSchoolYear, formatShare} from '../../../src/words/format.ts';
import {describeTies, explainMarks, listMarks} from '../../../src/words/rankings.ts';
import {drawBars} from '../../charts/bars.ts';
import {drawDumbbell} from '../../charts/dumbbell.ts';
import {renderAnswerTable} from '../../components/answer-table.ts';
import {renderChart} from '../../components/chart.ts';
import {renderQuestionPage} from '../../components/question-page.ts';
import {type Html, html} from '../../html.ts';
import type {PageContext} from '../../page-context.ts';
import {readFigure} from '../../words/columns.ts';
import {findQuestion} from '../../words/find-question.ts';
import {chooseLeads, describeLarge, findRankSize} from '../../words/questions.ts';
import {formatGap} from '../../words/sentences.ts';

interface Props {
  path: '7e' | '7f';
  title: string;
  chart: Pick<Parameters<typeof renderChart>[1], 'finding' | 'shown' | 'narrow' | 'wide'>;
  columns: readonly string[];
  caption: string;
}

/** Renders a page about the schools with the highest share of teachers of color. */
function renderTopSchools(context: PageContext, {path, title, chart, columns, caption}: Props): Html {
  const {rows, schoolYear} = findQuestion(context, 'teachers-of-color');
  const year = formatSchoolYear(schoolYear ?? '');
  const note = [...explainMarks(rows, context.report.build.thresholds), describeTies(rows) ?? ''].join(' ');
  return renderQuestionPage(
    context,
    {path},
    rows.length > 0 &&
      html`
        <section aria-labelledby="chart">
          <h2 id="chart">${title}</h2>
          ${renderChart(
            context,
            {...chart, answer: 'teachers-of-color', note},
            renderAnswerTable(context, {
              rows: rows.map((row) => ({...row, similar_schools_gap_pp: findSimilarGap(context, row)})),
              columns: ['rank', 'school_name', 'district_name', ...columns],
              caption: `${caption}, ${year}.`,
            }),
          )}
        </section>`,
  );
}

export function render7e(context: PageContext): Html {
  const {isSample} = context.report.build;
  const {rows} = findQuestion(context, 'teachers-of-color');
  const {leads, isLimited} = chooseLeads([rows]);
  const [first] = leads;
  const finding = `${isLimited ? `Among ${describeLarge(findRankSize(context))}, the` : 'The'} highest share of teachers of color is ${formatShare(Number(first?.['teachers_of_color_share']))}, at ${first?.['school_name']}`;
  const hasHigher = rows.some(
    (row) => Number(row['teachers_of_color_share_high']) > Number(row['teachers_of_color_share']),
  );
  const bars = rows.map((row) => ({
    name: [`${row['rank']}. ${row['school_name']}`, ...listMarks(row)].join(' '),
    value: Number(row['teachers_of_color_share']),
    high: readFigure(row, 'teachers_of_color_share_high'),
    text: formatShare(Number(row['teachers_of_color_share'])),
  }));
  const alt = `${finding}. ${rows.map((row, index) => `${row['school_name']} ${bars[index]?.text}`).join(', ')}.`;
  return renderTopSchools(context, {
    path: '7e',
    title: 'The schools',
    chart: {
      finding,
      shown: `Teachers of color as a share of all teachers.${hasHigher ? ' The dashed line shows the share if every teacher whose race is not provided were of color.' : ''}`,
      narrow: drawBars(bars, {isSample, width: 360, color: 'teachers', alt}),
    },
    columns: [
      'all_teachers_count',
      'teachers_of_color_count',
      'teachers_of_color_share',
      'teachers_of_color_share_high',
      'top_probability',
    ],
    caption: `The ${rows.length} schools with the highest share of teachers of color`,
  });
}

/** Finds the median gap of the schools like the one of a row. */
function findSimilarGap({report}: PageContext, row: Row): number | null {
  const isOfRow = ({school_code, district_name}: School) =>
    school_code === row['school_code'] && district_name === row['district_name'];
  return report.schools.find(isOfRow)?.measures.similar_schools_gap_pp ?? null;
}

export function render7f(context: PageContext): Html {
  const {isSample} = context.report.build;
  const {rows} = findQuestion(context, 'teachers-of-color');
  const pairs = rows.map((row) => ({
    name: [`${row['rank']}. ${row['school_name']}`, ...listMarks(row)].join(' '),
    students: readFigure(row, 'students_of_color_share'),
    teachers: readFigure(row, 'teachers_of_color_share'),
  }));
  const gaps = rows.map((row) => row['gap_pp']).filter((gap) => typeof gap === 'number');
  const finding = `At these schools, the gap ranges from ${formatGap(Math.max(...gaps))} to ${formatGap(Math.min(...gaps))} of color among teachers than among students`;
  return renderTopSchools(context, {
    path: '7f',
    title: 'Their teachers and students',
    chart: {
      finding,
      shown:
        'The share of color among teachers and among students. The schools with the highest share among teachers come first.',
      narrow: drawDumbbell(pairs, {isSample, width: 340, alt: finding}),
      wide: drawDumbbell(pairs, {isSample, width: 760, left: 280, alt: finding}),
    },
    columns: ['teachers_of_color_share', 'students_of_color_share', 'gap_pp', 'similar_schools_gap_pp', 'parity_ratio'],
    caption: 'Teachers and students of color at the schools with the highest share of teachers of color',
  });
}
