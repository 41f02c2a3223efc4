import {capitalize} from '../../src/words/format.ts';
import {type Html, html} from '../html.ts';
import {toDownload, toQuestion} from '../links.ts';
import type {PageContext} from '../page-context.ts';
import {findQuestion} from '../words/find-question.ts';
import {questions} from '../words/questions.ts';
import {formatYear} from '../words/years.ts';
import {renderPage} from './page.ts';

interface Props {
  /** The folder of the page. */
  path: string;
  scripts?: readonly string[];
  /** What analysts need to know beside the query. */
  analysts?: Html;
}

/** Renders a question: the answer in a sentence, the files, the content that shows it, and for analysts the query. */
export function renderQuestionPage(
  context: PageContext,
  {path, scripts = [], analysts}: Props,
  content: Html | Html[] | false,
): Html {
  const {report, to} = context;
  const index = questions.findIndex((each) => each.path === path);
  const [before, question, after] = [questions[index - 1], questions[index], questions[index + 1]];
  if (question === undefined) throw new Error(`There is no question ${path}.`);
  const answer = findQuestion(context, question.answer);
  const {sql, notes, schoolYear} = answer;
  const csv = toDownload(context, answer.name);
  const json = toDownload(context, answer.name, 'json');
  const sentence = question.sentence(answer, context);
  return renderPage(
    context,
    {
      at: 'questions/',
      title: question.question,
      description: `${sentence} ${schoolYear ?? ''}`,
      scripts,
    },
    html`
      <p class="crumbs"><a href="${to('questions/')}">Questions</a>${schoolYear && ` · school year ${formatYear(report, schoolYear)}`}</p>
      <h1 class="name">${question.question}</h1>
      <p class="lead">${sentence}</p>
      ${notes.filter((note) => note !== report.partial && note !== report.preliminary && !isInSentence(note)).map((note) => html`<p class="warning small">${capitalize(note)}${!note.endsWith('.') && '.'}</p>`)}
      ${csv && html`<p class="small"><a href="${csv}" download>Download (CSV)</a> · <a href="${json}" download>JSON</a></p>`}
      ${content}
      <section aria-labelledby="analysts">
        <h2 id="analysts">For analysts</h2>
        <div>
          ${analysts}
          <p>${question.number !== undefined && `This is question ${question.number}. `}<code>npx rollcall answer ${answer.name.replace('-by-group', ' --by group')}</code> gives the same answer. The <a href="${to('data/dictionary/')}">dictionary</a> says what each column means.</p>
          <details><summary>The query</summary><pre tabindex="0"><code>${sql.replaceAll(/\n {4}/g, '\n')}</code></pre></details>
        </div>
      </section>
      <nav class="onward" aria-label="Other questions">
        ${before ? html`<a href="${toQuestion(context, before.path)}">← ${before.short}</a>` : html`<span></span>`}
        ${after && html`<a href="${toQuestion(context, after.path)}">${after.short} →</a>`}
      </nav>`,
  );
}

/** Says whether the sentence about the highest shares has the note, which that about their students has no need of. */
function isInSentence(note: string): boolean {
  return note.endsWith('(top_probability)');
}
