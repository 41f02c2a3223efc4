import type {Row} from '../../src/duckdb/database.ts';
import {formatHeading} from '../../src/words/columns.ts';
import {formatSchoolYear} from '../../src/words/format.ts';
import {explainMarks, listMarks} from '../../src/words/rankings.ts';
import {type Html, html} from '../html.ts';
import {toDownload} from '../links.ts';
import type {PageContext} from '../page-context.ts';
import {formatCell, isNumeric} from '../words/columns.ts';
import {findQuestion} from '../words/find-question.ts';

/** Renders an exploration as a table, with its file and its query. `without` is a column to leave out. */
export function renderExploredTable(context: PageContext, name: string, without?: string): Html {
  const {question, rows, sql, schoolYear, ...found} = findQuestion(context, name);
  const columns = found.columns.filter((column) => column !== without && column !== 'demographic_group_id');
  const csv = toDownload(context, name);
  return html`
    ${renderRows(context, {
      rows,
      columns,
      caption: `${question}, ${formatSchoolYear(schoolYear ?? '')}.`,
      after: csv && html` <a href="${csv}" download>Download (CSV)</a>`,
    })}
    <details><summary>The query</summary><pre tabindex="0"><code>${sql.replaceAll(/\n {4}/g, '\n')}</code></pre></details>`;
}

interface Props {
  rows: readonly Row[];
  columns: readonly string[];
  caption: string;
  /** What stands after the caption. */
  after?: Html | undefined | '';
}

/** Renders rows as a table whose first column is their name, followed by their marks, which the caption explains. */
export function renderRows(context: PageContext, {rows, columns, caption, after}: Props): Html {
  const marksOf = (row: Row) => listMarks(row).map((mark) => `\u00a0${mark}`);
  return html`
    <div class="scroll" tabindex="0" role="region" aria-label="${caption}">
      <table>
        <caption>${[caption, ...explainMarks(rows, context.report.build.thresholds)].join(' ')}${after}</caption>
        <thead><tr>${columns.map((column) => html`<th scope="col"${isNumeric(column) && html` class="number"`}>${formatHeading(column)}</th>`)}</tr></thead>
        <tbody>
          ${rows.map((row) => html`<tr>${columns.map((column, index) => (index === 0 ? html`<th scope="row">${formatCell(context, column, row)}${marksOf(row)}</th>` : html`<td${isNumeric(column) && html` class="number"`}>${formatCell(context, column, row)}</td>`))}</tr>`)}
        </tbody>
      </table>
    </div>`;
}
