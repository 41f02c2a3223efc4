import {formatCounted} from '../../../src/words/count.ts';
import {renderPage} from '../../components/page.ts';
import {type Html, html, raw} from '../../html.ts';
import type {PageContext} from '../../page-context.ts';

export function renderDictionary(context: PageContext): Html {
  const {report, to} = context;
  const schemas = [
    {id: 'marts', title: 'Marts', what: 'The answers and the pages are made from these.'},
    {id: 'core', title: 'Core', what: 'Dimensions and facts, the same for every publisher.'},
  ];
  const known = new Set(
    report.tables.filter(({schema}) => schema === 'marts' || schema === 'core').map(({name}) => name),
  );
  const inline = (text: string) =>
    text
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll(/`([^`]+)`/g, '<code>$1</code>');
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
      <p class="lead">What one row of each table is, and what each of its columns means.</p>
      ${schemas.map(({id, title, what}) => {
        const tables = report.tables.filter(({schema}) => schema === id);
        return html`<section aria-labelledby="${id}">
            <h2 id="${id}">${title}</h2>
            <div>
              <p>${what} ${formatCounted(tables.length, 'table')}.</p>
              ${tables.map(
                (table) => html`<details class="table" id="${table.name}">
                  <summary><code>${table.name}</code></summary>
                  <p>${raw(inline(table.description))}</p>
                  <dl class="columns">
                    ${table.columns.map(({name, description}) => html`<div><dt><code>${name}</code></dt><dd>${raw(inline(description))}</dd></div>`)}
                  </dl>
                  <p class="small">
                    Made from ${table.madeFrom.map((name, index) => html`${index > 0 && ', '}${known.has(name) ? html`<a href="#${name}"><code>${name}</code></a>` : html`<code>${name}</code>`}`)}: <a href="${to(`data/models/${table.name}.sql`)}">how (SQL)</a>.
                    To see what one column is made from: <code>npx rollcall lineage ${table.schema}.${table.name}.…</code>
                  </p>
                </details>`,
              )}
            </div>
          </section>`;
      })}`,
  );
}
