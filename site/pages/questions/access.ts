import type {Row} from '../../../src/duckdb/database.ts';
import {formatShare} from '../../../src/words/format.ts';
import {shortenDistrict} from '../../../src/words/names.ts';
import {drawBars} from '../../charts/bars.ts';
import {renderAccessChart} from '../../components/access-chart.ts';
import {renderAnswerTable} from '../../components/answer-table.ts';
import {renderChart} from '../../components/chart.ts';
import {renderQuestionPage} from '../../components/question-page.ts';
import {type Html, html} from '../../html.ts';
import {toGroup} from '../../links.ts';
import type {PageContext} from '../../page-context.ts';
import {listAccess} from '../../words/access.ts';
import {findQuestion} from '../../words/find-question.ts';
import {findGroup} from '../../words/groups.ts';

export function renderAccess(context: PageContext): Html {
  const {report, to} = context;
  const {rows} = findQuestion(context, 'access');
  const region = listAccess(context, report.place);
  const districts = [...new Set(rows.map((row) => String(row['name'])))].filter((name) => name !== report.place);
  return renderQuestionPage(
    context,
    {path: 'access'},
    region.length > 0 &&
      html`
        <section aria-labelledby="groups">
          <h2 id="groups">Each group</h2>
          <div>
            <p>Even at parity, most students of a small group would have no teacher of it, since they are a few at each school. So each bar stands beside <a href="${to('methods/#no-access')}">chance and parity</a>.</p>
            ${renderAccessChart(context, {rows: region, name: report.place})}
            <p>School by school: ${region.map((row, at) => html`${at > 0 && ' · '}<a href="${toGroup(context, String(row['demographic_group_id']))}">${findGroup(context, row).short_name}</a>`)}</p>
          </div>
        </section>
        <section aria-labelledby="exposure">
          <h2 id="exposure">Who meets teachers of color</h2>
          ${renderExposure(context, region)}
        </section>
        ${districts.length > 1 && renderDistricts(context, districts)}
        <section aria-labelledby="cant">
          <h2 id="cant">What this can’t say</h2>
          <p>It counts schools, not classes: a school with one Black teacher counts as a school with a Black teacher for each of its Black students, whether they ever have that teacher or not. Teachers whose race is not provided are left out. The differences from chance don’t say who decided what: they contain where teachers live, apply and stay.</p>
        </section>`,
  );
}

/** Renders the share of teachers of color at the school of the average student of each group. */
function renderExposure(context: PageContext, rows: readonly Row[]): Html {
  const {isSample} = context.report.build;
  const of = (row: Row) => Number(row['teachers_of_color_exposure']);
  const white = rows.find((row) => row['demographic_group_id'] === 'white');
  const [most] = rows.toSorted((a, b) => of(b) - of(a));
  const finding =
    white === undefined || most === undefined || most === white
      ? 'Teachers of color at the average student’s school'
      : `At the average White student’s school, ${formatShare(of(white))} of the teachers are of color; at the average ${findGroup(context, most).adjective} student’s, ${formatShare(of(most))}`;
  const bars = rows.map((row) => ({
    name: `The average ${findGroup(context, row).adjective} student`,
    value: of(row),
    text: formatShare(of(row)),
  }));
  return renderChart(
    context,
    {
      answer: 'access',
      finding,
      shown:
        'The share of teachers of color, of those whose race is known, at the school of the average student of each group.',
      narrow: drawBars(bars, {isSample, width: 360, color: 'teachers', alt: finding}),
    },
    renderAnswerTable(context, {
      rows,
      columns: ['demographic_group', 'student_count', 'teachers_of_color_exposure'],
      caption: 'The share of teachers of color at the school of the average student of each group.',
    }),
  );
}

/** Renders the districts beside each other, and every figure behind them. */
function renderDistricts(context: PageContext, districts: readonly string[]): Html {
  const {rows, columns} = findQuestion(context, 'access');
  const groups = listAccess(context, context.report.place);
  const cell = (name: string, {demographic_group_id: group}: Row) => {
    const row = rows.find((each) => each['name'] === name && each['demographic_group_id'] === group);
    const share = (column: string) => {
      const value = row?.[column];
      return formatShare(typeof value === 'number' ? value : null, 0);
    };
    return row === undefined
      ? '–'
      : html`${share('no_teacher_student_share')}<br><span class="muted">(${share('chance_no_teacher_student_share')})</span>`;
  };
  const caption = 'Students in a school without a teacher of their group, by district; in parentheses, by chance.';
  return html`
    <section aria-labelledby="districts">
      <h2 id="districts">District by district</h2>
      <div>
        <div class="scroll" tabindex="0" role="region" aria-label="${caption}">
          <table>
            <caption>${caption} A dash: no students of the group.</caption>
            <thead><tr><th scope="col">District</th>${groups.map((group) => html`<th scope="col" class="number">${findGroup(context, group).short_name}</th>`)}</tr></thead>
            <tbody>
              ${districts.map((name) => html`<tr><th scope="row">${shortenDistrict(name)}</th>${groups.map((group) => html`<td class="number">${cell(name, group)}</td>`)}</tr>`)}
            </tbody>
          </table>
        </div>
        <details>
          <summary>Every figure of each district and group</summary>
          ${renderAnswerTable(context, {
            rows,
            columns: columns.filter((column) => !['school_year', 'demographic_group_id', 'is_small'].includes(column)),
            caption: 'Access by district and group.',
          })}
        </details>
      </div>
    </section>`;
}
