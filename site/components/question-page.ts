import {formatSchoolYear} from '../../src/words/format.ts';
import type {Here} from '../here.ts';
import {type Html, html} from '../html.ts';
import {fileOf, toQuestion} from '../links.ts';
import {asked, findQuestion} from '../words/questions.ts';
import {renderPage} from './page.ts';

interface Props {
  number: string;
  scripts?: readonly string[];
}

/** One of the mission's questions: the answer in a sentence, what shows it (the content), the query, and the files. */
export function renderQuestionPage(here: Here, {number, scripts = []}: Props, content: Html | Html[] | false): Html {
  const {to} = here;
  const index = asked.findIndex((each) => each.number === number);
  const [before, question, after] = [asked[index - 1], asked[index], asked[index + 1]];
  if (question === undefined) throw new Error(`There is no question ${number}.`);
  const answer = findQuestion(here, question.answer);
  const {sql, notes, schoolYear} = answer;
  const csv = fileOf(here, answer.name);
  const json = fileOf(here, answer.name, 'json');
  const sentence = question.sentence(answer, here);
  return renderPage(
    here,
    {
      at: 'questions/',
      title: `${question.number}. ${question.question}`,
      description: `${sentence} ${schoolYear ?? ''}`,
      scripts,
    },
    html`
      <p class="crumbs"><a href="${to('questions/')}">Questions</a> · ${question.number}${schoolYear && ` · school year ${formatSchoolYear(schoolYear)}`}</p>
      <h1 class="name">${question.question}</h1>
      <p class="lead">${sentence}</p>
      ${notes.map((note) => html`<p class="warning small">${note.charAt(0).toUpperCase() + note.slice(1)}${!note.endsWith('.') && '.'}</p>`)}
      ${csv && html`<p class="small"><a href="${csv}" download>Download (CSV)</a> · <a href="${json}" download>JSON</a></p>`}
      ${content}
      <section aria-labelledby="query">
        <h2 id="query">The query</h2>
        <div>
          <p>The same as <code>npx rollcall answer ${answer.name.replace('-by-group', ' --by group')}</code>. What each column means stands on the <a href="${to('data/dictionary/')}">page of the data</a>.</p>
          <pre tabindex="0"><code>${sql.replaceAll(/\n {4}/g, '\n')}</code></pre>
        </div>
      </section>
      <nav class="onward" aria-label="Other questions">
        ${before ? html`<a href="${toQuestion(here, before.number)}">← ${before.number}. ${before.short}</a>` : html`<span></span>`}
        ${after && html`<a href="${toQuestion(here, after.number)}">${after.number}. ${after.short} →</a>`}
      </nav>`,
  );
}
