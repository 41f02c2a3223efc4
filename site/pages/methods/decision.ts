import {renderPage} from '../../components/page.ts';
import type {Here} from '../../here.ts';
import {type Html, html} from '../../html.ts';
import {type Decision, renderMarkdown} from '../../written.ts';

export function renderDecision(here: Here, decision: Decision): Html {
  const {to} = here;
  const {title} = decision;
  return renderPage(
    here,
    {at: 'methods/', title: `Decision: ${title}`, description: `Why Rollcall does it so: ${title}.`},
    html`
      <p class="crumbs"><a href="${to('methods/')}">Methods</a> · <a href="${to('methods/#decisions')}">Decisions</a></p>
      <h1 class="name">${title}</h1>
      <div class="written">${renderMarkdown(here, decision)}</div>`,
  );
}
