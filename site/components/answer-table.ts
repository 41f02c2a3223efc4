import type {Row} from '../../src/duckdb/database.ts';
import type {Report} from '../../src/report/report.ts';
import {formatHeading} from '../../src/words/columns.ts';
import {explainMarks, listMarks} from '../../src/words/rankings.ts';
import {type Html, html} from '../html.ts';
import {toSchool} from '../links.ts';
import type {PageContext} from '../page-context.ts';
import {remember} from '../remember.ts';
import {formatCell, isNumeric} from '../words/columns.ts';
import {listReportNotes} from '../words/origin.ts';

interface Props {
  rows: readonly Row[];
  columns: readonly string[];
  caption: string;
  /** What stands after the caption. */
  after?: Html | undefined | '';
}

/** The ids of schools by what a row of an answer names them by. */
const schoolIds = remember(
  ({schools}: Report) =>
    new Map(schools.map((school) => [`${school.school_code} ${school.district_name}`, school.school_id])),
);

/**
 * Renders rows of an answer as a table. A row begins with its school, which is a link, or else with its first column, followed by
 * its marks, which the caption explains.
 */
export function renderAnswerTable(context: PageContext, {rows, columns, caption, after}: Props): Html {
  const {report} = context;
  const linkOf = (row: Row) => {
    const id = schoolIds(report).get(`${row['school_code']} ${row['district_name']}`);
    return id === undefined ? undefined : toSchool(context, id);
  };
  const head = columns.includes('school_name') ? 'school_name' : columns[0];
  const marksOf = (row: Row) => listMarks(row).map((mark) => `\u00a0${mark}`);
  return html`
    <div class="scroll" tabindex="0" role="region" aria-label="${caption}">
      <table>
        <caption>${[caption, ...explainMarks(rows, report.build.thresholds), ...listReportNotes(report)].join(' ')}${after}</caption>
        <thead><tr>${columns.map((column) => html`<th scope="col"${column === head ? html` class="stays"` : isNumeric(column) && html` class="number"`}>${formatHeading(column)}</th>`)}</tr></thead>
        <tbody>
          ${rows.map(
            (row) => html`<tr>
              ${columns.map((column) =>
                column === head
                  ? html`<th scope="row">${linkOf(row) ? html`<a href="${linkOf(row)}">${formatCell(context, column, row)}</a>` : formatCell(context, column, row)}${marksOf(row)}</th>`
                  : html`<td${isNumeric(column) && html` class="number"`}>${formatCell(context, column, row)}</td>`,
              )}
            </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
}
