import type {Row} from '../../src/duckdb/database.ts';
import type {Here} from '../here.ts';
import {type Html, html} from '../html.ts';
import {toSchool} from '../links.ts';
import {heading, isNumeric, isOfFew, shown} from '../words/columns.ts';

interface Props {
  rows: readonly Row[];
  columns: readonly string[];
  caption: string;
}

/** Rows of an answer as a table. Schools are links; a star marks those whose figures rest on few people. */
export function renderAnswerTable(here: Here, {rows, columns, caption}: Props): Html {
  const {report} = here;
  const ids = new Map(
    report.schools.map((school) => [`${school.school_code} ${school.district_name}`, school.school_id]),
  );
  const linkOf = (row: Row) => {
    const id = ids.get(`${row['school_code']} ${row['district_name']}`);
    return id === undefined ? undefined : toSchool(here, id);
  };
  const isSmall = rows.some(isOfFew);
  return html`
    <div class="scroll" tabindex="0" role="region" aria-label="${caption}">
      <table>
        <caption>${caption}${isSmall && ' * rests on fewer than 10 people; read it with care.'}</caption>
        <thead><tr>${columns.map((column) => html`<th scope="col"${isNumeric(column) && html` class="number"`}>${heading(column)}</th>`)}</tr></thead>
        <tbody>
          ${rows.map(
            (row) => html`<tr>
              ${columns.map((column) =>
                column === 'school_name'
                  ? html`<th scope="row">${linkOf(row) ? html`<a href="${linkOf(row)}">${shown(column, row)}</a>` : shown(column, row)}${isOfFew(row) && '\u00a0*'}</th>`
                  : html`<td${isNumeric(column) && html` class="number"`}>${shown(column, row)}</td>`,
              )}
            </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
}
