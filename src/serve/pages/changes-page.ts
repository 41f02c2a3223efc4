import {html} from 'hono/html';
import * as v from 'valibot';
import {formatFigure, formatHeading} from '../../words/columns.ts';
import {formatCounted} from '../../words/count.ts';
import {formatCount, formatSchoolYear} from '../../words/format.ts';
import {formatStatus} from '../../words/statuses.ts';
import {formatTime, type Html, renderPage} from './page.ts';

const place = v.object({
  source: v.string(),
  schoolYear: v.string(),
  schoolName: v.nullable(v.string()),
  schoolCode: v.nullable(v.string()),
  districtName: v.nullable(v.string()),
  row: v.string(),
});
const counts = v.object({rowsAdded: v.number(), rowsGone: v.number(), figuresRestated: v.number()});
const value = v.nullable(v.union([v.string(), v.number(), v.boolean(), v.array(v.string())]));
const side = v.object({build: v.string(), builtAt: v.string()});

/** The part of `rollcall changes --json` that the page shows. */
export const changesSchema = v.object({
  from: side,
  to: side,
  code: v.array(v.string()),
  rows: v.object({
    partitions: v.array(v.object({...counts.entries, source: v.string(), schoolYear: v.string(), kind: v.string()})),
    added: v.array(place),
    gone: v.array(place),
    restated: v.array(
      v.object({...place.entries, figure: v.string(), before: v.nullable(v.string()), after: v.nullable(v.string())}),
    ),
  }),
  answers: v.array(
    v.object({
      question: v.string(),
      schoolYear: v.string(),
      region: v.string(),
      kind: v.picklist(['added', 'gone', 'changed']),
      rows: v.array(
        v.object({
          kind: v.picklist(['entered', 'left', 'moved', 'changed']),
          list: v.record(v.string(), value),
          schoolName: v.nullable(v.string()),
          schoolCode: v.string(),
          rankBefore: v.nullable(v.number()),
          rankAfter: v.nullable(v.number()),
          values: v.array(v.object({column: v.string(), before: value, after: value})),
        }),
      ),
    }),
  ),
  schools: v.array(
    v.object({
      kind: v.picklist(['opened', 'closed', 'renamed']),
      nameBefore: v.nullable(v.string()),
      nameAfter: v.nullable(v.string()),
      districtName: v.nullable(v.string()),
      isInRegion: v.boolean(),
    }),
  ),
});
type Changes = v.InferOutput<typeof changesSchema>;
type Cells = readonly (Html | string)[];

const most = 100;

/** Renders how the published build differs from the one published before. */
export function renderChanges(changes: Changes, zone: string): Html {
  const {from, to, code, rows, answers, schools} = changes;
  const figures = ['Source', 'School year', 'School', 'Row'];
  return renderPage(
    'What changed',
    html`<p class="lead">Build <code>${to.build}</code>, made ${formatTime(to.builtAt, zone)}, beside build <code>${from.build}</code>, made ${formatTime(from.builtAt, zone)}.${code.length > 0 ? ` They were built with different ${code.join(', ')}.` : ''}</p>
${renderSection(
  'rows',
  'Rows of the files',
  'No row or figure differs.',
  ['Source', 'School year', 'Rows added', 'Rows gone', 'Figures restated'],
  rows.partitions.map((each) => [
    each.source,
    `${formatSchoolYear(each.schoolYear)}${{added: ', new', gone: ', gone'}[each.kind] ?? ''}`,
    formatCount(each.rowsAdded),
    formatCount(each.rowsGone),
    formatCount(each.figuresRestated),
  ]),
)}
${renderSection(
  'schools',
  'Schools',
  'None has opened, closed or been renamed.',
  ['School', 'District', 'What', 'In the region'],
  schools.map(({kind, nameBefore, nameAfter, districtName, isInRegion}) => [
    kind === 'renamed' ? `${nameBefore}, now ${nameAfter}` : (nameAfter ?? nameBefore ?? ''),
    districtName ?? '',
    kind,
    isInRegion ? 'yes' : 'no',
  ]),
)}
<section id="answers"><h2>Answers</h2><div>${answers.length === 0 ? html`<p>None has changed.</p>` : answers.map(renderAnswer)}</div></section>
${
  rows.restated.length === 0
    ? ''
    : renderSection(
        'restated',
        'Figures restated',
        '',
        [...figures, 'Figure', 'Before', 'After'],
        rows.restated.map((each) => [...placeRow(each), each.figure, formatSide(each.before), formatSide(each.after)]),
      )
}
${rows.added.length === 0 ? '' : renderSection('added', 'Rows added', '', figures, rows.added.map(placeRow))}
${rows.gone.length === 0 ? '' : renderSection('gone', 'Rows gone', '', figures, rows.gone.map(placeRow))}`,
    {at: '/operations/changes', zone},
  );
}

function renderSection(id: string, title: string, none: string, head: readonly string[], rows: readonly Cells[]): Html {
  return html`<section id="${id}"><h2>${title}</h2><div>${rows.length === 0 ? html`<p>${none}</p>` : renderTable(title, head, rows)}</div></section>`;
}

function renderTable(title: string, head: readonly string[], rows: readonly Cells[]): Html {
  const [left, ...others] = head;
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${title}"><table><thead><tr><th scope="col">${left}</th>${others.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead><tbody>${rows
    .slice(0, most)
    .map(
      ([first, ...cells]) => html`<tr><th scope="row">${first}</th>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>`,
    )}</tbody></table></div>${rows.length > most ? html`<p class="muted">and ${formatCount(rows.length - most)} more: <code>rollcall changes --json</code> has them all.</p>` : ''}`;
}

function renderAnswer({question, schoolYear, region, kind, rows}: Changes['answers'][number], index: number): Html {
  const title = `${question}, ${formatSchoolYear(schoolYear)} (${region})`;
  if (kind !== 'changed') return html`<p>${title}: ${kind === 'added' ? 'now available' : 'no longer available'}.</p>`;
  const cells = rows.map((row): Cells => {
    const list = Object.values(row.list).map(String).join(', ');
    const rank = {
      entered: `entered${row.rankAfter === null ? '' : ` at ${row.rankAfter}`}`,
      left: `left${row.rankBefore === null ? '' : `, was ${row.rankBefore}`}`,
      moved: `from ${row.rankBefore} to ${row.rankAfter}`,
      changed: row.rankAfter === null ? '' : `stays at ${row.rankAfter}`,
    }[row.kind];
    const values = row.values.map(
      ({column, before, after}) =>
        `${formatHeading(column)}: ${formatSide(before, column)} → ${formatSide(after, column)}`,
    );
    return [row.schoolName ?? row.schoolCode, list, rank, values.join('; ')];
  });
  return html`<details id="answer-${index}"><summary>${title}: ${formatCounted(rows.length, 'row')}</summary>${renderTable(title, ['School', 'List', 'Rank', 'Values'], cells)}</details>`;
}

function placeRow({source, schoolYear, schoolName, schoolCode, districtName, row}: v.InferOutput<typeof place>): Cells {
  const school = schoolName ?? (schoolCode === null ? undefined : `school ${schoolCode}`);
  return [source, formatSchoolYear(schoolYear), [school, districtName].filter(Boolean).join(', '), row];
}

/** Formats a value, or its status. A value that the publisher has withdrawn since is not shown. */
function formatSide(side: v.InferOutput<typeof value>, column = ''): string {
  if (side === null) return 'not shown';
  return typeof side === 'number' ? formatFigure(column, side) : formatStatus(String(side));
}
