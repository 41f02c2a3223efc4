import {html} from 'hono/html';
import * as v from 'valibot';
import {formatCounted} from '../../words/count.ts';
import {joinWords} from '../../words/format.ts';
import {type Html, renderPage} from './page.ts';

const at = '/operations/lineage';

const column = v.object({
  column: v.string(),
  from: v.array(v.string()),
  decided_by: v.array(v.string()),
  fixed: v.optional(v.string()),
  source: v.optional(v.string()),
  published_as: v.optional(v.array(v.string())),
});
type Column = v.InferOutput<typeof column>;
const table = v.object({table: v.string(), file: v.string(), columns: v.array(column)});
type Table = v.InferOutput<typeof table>;

/** What `rollcall lineage --json` prints: every table. */
export const lineageSchema = v.array(table);

/** Renders the tables of the published build, each with a link to its columns. */
export function renderTables(tables: readonly string[]): Html {
  const schemas = Map.groupBy(tables, (name) => name.slice(0, name.indexOf('.')));
  const order = ['marts', 'core', 'intermediate', 'staging'];
  const sorted = [...schemas].sort(([a], [b]) => findPlace(order, a) - findPlace(order, b));
  return renderPage(
    'Lineage',
    html`<p class="lead">What each column is made of, from the answers back to the publisher’s files.</p>
${sorted.length === 0 ? html`<p>Nothing is published yet.</p>` : ''}
${sorted.map(([schema, names]) => html`<section id="${schema}"><h2>${schema}</h2><ul class="tables">${names.map((name) => html`<li>${link(name)}</li>`)}</ul></section>`)}`,
    {at},
  );
}

/** Returns the place in a list; after its end for what isn't in it. */
function findPlace(list: readonly string[], item: string): number {
  const index = list.indexOf(item);
  return index < 0 ? list.length : index;
}

/** Renders the columns of a table, or what one column is made of and goes into; undefined if there is no such name. */
export function renderLineage(tables: readonly Table[], name: string): Html | undefined {
  const asked = tables.find((each) => each.table === name);
  if (asked) return renderTable(asked);
  const columns = new Map(tables.flatMap((each) => each.columns).map((each) => [each.column, each]));
  const found = columns.get(name);
  return found && renderColumn(found, columns);
}

function renderTable({table, file, columns}: Table): Html {
  return renderPage(
    table,
    html`<p class="crumbs"><a href="${at}">Tables</a> · <code>${file}</code></p>
<div class="scroll" tabindex="0" role="region" aria-label="Columns of ${table}"><table><caption>${formatCounted(columns.length, 'column')}, and the columns that each is made of.</caption><thead><tr><th scope="col">Column</th><th scope="col">Made of</th><th scope="col">Decided by</th></tr></thead><tbody>${columns.map(
      (each) =>
        html`<tr><th scope="row">${link(each.column, each.column.slice(table.length + 1))}</th><td>${each.from.length > 0 ? renderLinks(each.from) : describeEnd(each)}</td><td>${renderLinks(each.decided_by)}</td></tr>`,
    )}</tbody></table></div>`,
    {at},
  );
}

function renderColumn(own: Column, columns: ReadonlyMap<string, Column>): Html {
  const {column, from, decided_by: deciding} = own;
  const all = [...columns.values()];
  const list = (names: readonly Column[]) => renderLinks(names.map((each) => each.column));
  const ends = listSources(own, columns);
  const parts = [
    {title: 'Made of', content: from.length > 0 ? renderLinks(from) : describeEnd(own)},
    {title: 'Decided by', content: renderLinks(deciding)},
    {title: 'Goes into', content: list(all.filter((each) => each.from.includes(column)))},
    {title: 'Decides', content: list(all.filter((each) => each.decided_by.includes(column)))},
    {title: 'In the files', content: ends.map((end) => html`${link(end.column)}: ${describeEnd(end)}<br>`)},
  ];
  return renderPage(
    column,
    html`<p class="crumbs"><a href="${at}">Tables</a> · ${link(column.slice(0, column.lastIndexOf('.')))}</p>
<dl class="facts">${parts.filter(({content}) => String(content) !== '').map(({title, content}) => html`<div><dt>${title}</dt><dd>${content}</dd></div>`)}</dl>
<p class="muted">A column is decided by those that choose its value without being part of it, in a condition or in the order of a window.</p>`,
    {at},
  );
}

/** Lists the columns of sources that a column is made of, through all steps. */
function listSources(own: Column, columns: ReadonlyMap<string, Column>): Column[] {
  const reached = new Set([own]);
  // A set yields what is added to it meanwhile.
  for (const each of reached) {
    for (const name of each.from) {
      const next = columns.get(name);
      if (next) reached.add(next);
    }
  }
  return [...reached].filter(({source}) => source !== undefined);
}

/** Describes a column that is made of no other. */
function describeEnd({source, published_as: names = [], fixed}: Column): string {
  if (fixed !== undefined) return fixed === 'constant' ? 'a constant in the SQL' : 'the number of rows';
  if (source === undefined) return 'Rollcall’s own';
  const [first = '', ...others] = names.map((name) => `“${name}”`);
  return `${others.length > 2 ? `${first} and ${others.length} more columns` : joinWords([first, ...others])} of ${source}`;
}

function renderLinks(names: readonly string[]): Html {
  return html`${names.map((name) => html`${link(name)}<br>`)}`;
}

function link(name: string, text = name): Html {
  return html`<a href="${at}/${name}">${text}</a>`;
}
