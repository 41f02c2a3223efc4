import {formatSchoolYear} from '../../src/words/format.ts';
import {type Html, html} from '../html.ts';
import {toDownload} from '../links.ts';
import type {PageContext} from '../page-context.ts';
import {findQuestion} from '../words/find-question.ts';
import {renderAnswerTable} from './answer-table.ts';

/** Renders an exploration as a table, with its file and its query. `without` is a column to leave out. */
export function renderExploredTable(context: PageContext, name: string, without?: string): Html {
  const {question, rows, sql, schoolYear, ...found} = findQuestion(context, name);
  const columns = found.columns.filter((column) => column !== without && column !== 'demographic_group_id');
  const csv = toDownload(context, name);
  return html`
    ${renderAnswerTable(context, {
      rows,
      columns,
      caption: `${question}, ${formatSchoolYear(schoolYear ?? '')}.`,
      after: csv && html` <a href="${csv}" download>Download (CSV)</a>`,
    })}
    <details><summary>The query</summary><pre tabindex="0"><code>${sql.replaceAll(/\n {4}/g, '\n')}</code></pre></details>`;
}
