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
    </div>`;
}
