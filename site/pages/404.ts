import {renderPage} from '../components/page.ts';
import type {Here} from '../here.ts';
import {type Html, html} from '../html.ts';

export function render404(here: Here): Html {
  const {to} = here;
  return renderPage(
    here,
    {title: 'Page not found', description: 'There is no such page in this report.'},
    html`
      <h1>There is no such page</h1>
      <p class="lead">The school may not be in this year’s list, or the address may have a slip in it.</p>
      <p><a href="${to('schools/')}">All schools</a> · <a href="${to('')}">The report from its beginning</a></p>`,
  );
}
