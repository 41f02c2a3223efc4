import {renderFind} from '../components/find.ts';
import {renderPage} from '../components/page.ts';
import {type Html, html} from '../html.ts';
import type {PageContext} from '../page-context.ts';

export function render404(context: PageContext): Html {
  const {to} = context;
  return renderPage(
    context,
    {title: 'Page not found', description: 'There is no such page in this report.', scripts: ['find.js']},
    html`
      <h1>There is no such page</h1>
      <p class="lead">The school may be missing from this year’s list, or the address may be mistyped.</p>
      ${renderFind(context)}
      <p><a href="${to('schools/')}">All schools</a> · <a href="${to('')}">Start of the report</a></p>`,
  );
}
