import {renderPage} from '../../components/page.ts';
import {type Decision, renderMarkdown} from '../../documents.ts';
import {type Html, html} from '../../html.ts';
import type {PageContext} from '../../page-context.ts';

export function renderDecision(context: PageContext, decision: Decision): Html {
  const {to} = context;
  const {title} = decision;
  return renderPage(
    context,
    {at: 'methods/', title: `Decision: ${title}`, description: `Why Rollcall does it this way: ${title}.`},
    html`
      <p class="crumbs"><a href="${to('methods/')}">Methods</a> · <a href="${to('methods/#decisions')}">Decisions</a></p>
      <h1 class="name">${title}</h1>
      <div class="written">${renderMarkdown(context, decision)}</div>`,
  );
}
