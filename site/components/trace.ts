import {isOfYear} from '../../src/answers/origins.ts';
import type {Report} from '../../src/report/report.ts';
import type {School} from '../../src/report/schools.ts';
import {formatLines, formatSchoolYear, formatTime} from '../../src/words/format.ts';
import {type Html, html} from '../html.ts';
import type {PageContext} from '../page-context.ts';

/** Renders the lines of the landed files that a school's figures come from. */
export function renderTrace({report, to}: PageContext, school: School): Html {
  const titles = new Map(report.sources.map(({id, title}) => [id, title]));
  const file = new Map(report.files.map((file) => [file.landed_sha256, file]));
  const rows = school.lines.toSorted(
    (a, b) => b.school_year.localeCompare(a.school_year) || a.source_id.localeCompare(b.source_id),
  );
  return html`
    <p class="small muted">Line 1 of a file is its header. The hash is the beginning of the file’s SHA-256.</p>
    <div class="scroll" tabindex="0" role="region" aria-label="Lines of the source files">
      <table>
        <caption>Lines, files and times</caption>
        <thead>
          <tr><th scope="col">School year</th><th scope="col" class="stays">What</th><th scope="col">Lines</th><th scope="col">Hash</th><th scope="col">Landed</th><th scope="col">File</th></tr>
        </thead>
        <tbody>
          ${rows.map(({school_year, source_id, landed_sha256, lines}) => {
            const landed = file.get(landed_sha256);
            return html`<tr>
                <td class="nowrap">${formatSchoolYear(school_year)}</td>
                <th scope="row">${titles.get(source_id) ?? source_id}</th>
                <td>${formatLines(lines)}</td>
                <td><a href="${to(`data/#file-${landed_sha256.slice(0, 12)}`)}"><code>${landed_sha256.slice(0, 8)}</code></a></td>
                <td class="nowrap">${landed?.landed_at ? formatTime(landed.landed_at) : '–'}</td>
                <td class="anywhere">${landed?.file_name}</td>
              </tr>`;
          })}
        </tbody>
      </table>
    </div>
    ${renderSourceRows(report, rows)}`;
}

/** Renders the publisher's own rows of the report's school year, file by file. They are folded, since a school has dozens. */
function renderSourceRows({sourceRows, files, sources, schoolYear}: Report, lines: School['lines']): Html[] {
  return lines
    .filter(({source_id, school_year}) => isOfYear(source_id, school_year, schoolYear))
    .flatMap(({source_id, school_year, landed_sha256, lines}) => {
      const published = sourceRows.get(landed_sha256);
      const rows = lines.flatMap((line) => {
        const cells = published?.rows.get(line);
        return cells === undefined ? [] : [{line, cells}];
      });
      const file = files.find((file) => file.landed_sha256 === landed_sha256);
      const title = sources.find(({id}) => id === source_id)?.title ?? source_id;
      if (published === undefined || rows.length === 0) return [];
      const landed = file?.landed_at ? formatTime(file.landed_at) : 'at an unknown time';
      return html`
        <details data-rows="${landed_sha256.slice(0, 8)}">
          <summary>The publisher’s own ${rows.length === 1 ? 'row' : `${rows.length} rows`}: ${title}, ${formatSchoolYear(school_year)}</summary>
          <div class="scroll" tabindex="0" role="region" aria-label="Rows of ${title}, ${formatSchoolYear(school_year)}">
            <table>
              <caption>${file?.file_name}, landed ${landed}, SHA-256 <code class="hash">${landed_sha256}</code>. The header and the cells are as published; columns that no figure here rests on are left out.</caption>
              ${rows.length === 1 ? renderRecord(published.header, rows[0]) : renderRecords(published.header, rows)}
            </table>
          </div>
        </details>`;
    });
}

interface Published {
  line: number;
  cells: readonly string[];
}

/** Renders one row of many columns downward. */
function renderRecord(header: readonly string[], row: Published | undefined): Html {
  return html`
    <thead><tr><th scope="col">Line</th><th scope="col">${row?.line}</th></tr></thead>
    <tbody>${header.map((name, at) => html`<tr><th scope="row">${name}</th><td>${row?.cells[at]}</td></tr>`)}</tbody>`;
}

/** Renders rows across, as in the file. */
function renderRecords(header: readonly string[], rows: readonly Published[]): Html {
  return html`
    <thead><tr><th scope="col">Line</th>${header.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
    <tbody>${rows.map(({line, cells}) => html`<tr><th scope="row">${line}</th>${cells.map((text) => html`<td>${text}</td>`)}</tr>`)}</tbody>`;
}
