import type {Column, Table} from '../../../src/report/catalog.ts';
import {layers} from '../../../src/report/layers.ts';
import {formatCounted} from '../../../src/words/count.ts';
import {capitalize} from '../../../src/words/format.ts';
import {renderPage} from '../../components/page.ts';
import {type Html, html, raw} from '../../html.ts';
import type {PageContext} from '../../page-context.ts';

const about: Record<Table['layer'], string> = {
  marts: 'The answers and the pages are made from these.',
  core: 'Dimensions and facts, the same for every publisher.',
  staging: 'The sources in one vocabulary, row for row.',
  seeds: 'Small tables written by hand.',
  raw: 'The files as they came, row for row.',
  intermediate: 'Steps between the others.',
  audit: 'The checks and tests before the build was published.',
};

export function renderDictionary(context: PageContext): Html {
  const {report, to} = context;
  const columns = report.tables.reduce((sum, table) => sum + table.columns.length, 0);
  return renderPage(
    context,
    {
      at: 'data/',
      title: 'Dictionary: every table and column',
      description: 'What one row of each table is, and what each column means.',
      scripts: ['dictionary.js'],
    },
    html`
      <p class="crumbs"><a href="${to('data/')}">Data</a></p>
      <h1>Dictionary</h1>
      <p class="lead">What one row of each table is, and what each of its columns means: ${formatCounted(report.tables.length, 'table')}, ${formatCounted(columns, 'column')}.</p>
      <div class="filters screen" hidden data-filters>
        <p><label for="q">A word of a name or a meaning</label><input id="q" name="q" type="search" autocomplete="off"></p>
      </div>
      <p class="small" role="status" data-status></p>
      <p class="small">A star marks the columns of the key, which together identify a row. Tests hold for every row of this build, unless they only warn. Values are all of them if there are few, else the lowest and the highest.</p>
      ${layers.map((layer) => {
        const tables = report.tables.filter((table) => table.layer === layer);
        return html`<section aria-labelledby="${layer}">
            <h2 id="${layer}">${capitalize(layer)}</h2>
            <div>
              <p>${about[layer]} ${formatCounted(tables.length, 'table')}.</p>
              ${tables.map((table) => renderTable(context, table))}
            </div>
          </section>`;
      })}`,
  );
}

function renderTable({report, to}: PageContext, table: Table): Html {
  const link = (name: string) =>
    report.tables.some((other) => other.name === name)
      ? html`<a href="#${name}"><code>${name}</code></a>`
      : html`<code>${name}</code>`;
  const list = (names: readonly string[]) => names.map((name, index) => html`${index > 0 && ', '}${link(name)}`);
  return html`<details class="table" id="${table.name}">
      <summary><code>${table.name}</code></summary>
      <p>${inline(`${table.grain} ${table.about}`)} ${table.rowCount !== null && `${formatCounted(table.rowCount, 'row')}.`}</p>
      <dl class="columns">
        ${table.columns.map((column) => renderColumn(table, column, link))}
      </dl>
      <p class="small">
        ${table.parents.length > 0 && html`Made from ${list(table.parents)}${table.sql !== undefined && html` (<a href="${to(`data/models/${table.name}.sql`)}">SQL</a>)`}. `}
        ${table.readers.length > 0 && html`Read by ${list(table.readers)}. `}
        ${table.sql !== undefined && html`What one column is made from: <code>npx rollcall lineage ${table.layer}.${table.name}.…</code>`}
      </p>
    </details>`;
}

function renderColumn(table: Table, column: Column, link: (name: string) => Html): Html {
  const {name, type, description, values, rules} = column;
  const led = table.references.filter((reference) => reference.column === name);
  return html`<div id="${table.name}--${name}">
      <dt><code>${name}</code>${table.key.includes(name) && ' *'} <small>${type || 'left out of this report'}</small></dt>
      <dd>
        ${inline(description)}
        ${(values !== '' || rules.length + led.length > 0) && html`<small>${values !== '' && html`Values: ${values}. `}${rules.length > 0 && `Tests: ${rules.join('; ')}. `}${led.map((reference) => html`Each is in ${link(reference.table)}. `)}</small>`}
      </dd>
    </div>`;
}

/** Renders the text of a description, whose only markup is code. */
function inline(text: string): Html {
  return raw(
    text
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll(/`([^`]+)`/g, '<code>$1</code>'),
  );
}
